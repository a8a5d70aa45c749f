"""Decides which objects below a source's prefix are data files; nothing else decides this. Pure.

By its key below the prefix and its size, an object is one of three things:

- *ignored*, by conventions that other tools follow as well. Names that begin with ``.``, and those that begin with
  ``_`` and have no ``=``, are hidden at every level (``_SUCCESS``, ``_temporary/0/part-0.json``, ``.hive-staging/…``),
  and so are names that end in ``._COPYING_``: Spark's ``HadoopFSUtils.shouldFilterOutPathName``, of which Hadoop's
  ``FileInputFormat.hiddenFileFilter`` is the older half. An empty object is a folder's marker when its key ends in
  ``/`` (the S3 console) or in ``$folder$`` (Hadoop and EMR).
  https://github.com/apache/spark/blob/master/core/src/main/scala/org/apache/spark/util/HadoopFSUtils.scala
  https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-folders.html
- *unusable*: S3 allows its key, but COPY and the ledger cannot take it safely. It is reported, and not loaded.
  https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
- *data*: every other object, whatever its name ends in. What it holds is checked when it is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from sparkify.hooks.s3_object import S3Object

#: The width of object_uri in the tables of the ledger and of the staging; a key may have 1,024 bytes by itself.
MAX_URI_BYTES = 1024

#: Most keys do not match this, and are data. There may be millions of keys, so only the others are looked at closely.
_REMARKABLE = re.compile(r"(?:^|/)[._]|[/$]$|\._COPYING_(?:/|$)|[\x00-\x1f\x7f-\x9f]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


@dataclass(frozen=True)
class UnclaimedObject:
    """An object that no load reads and no rule ignores.

    :param uri: its address, with control characters escaped.
    :param reason: why no load reads it.
    """

    uri: str
    reason: str

    def __str__(self) -> str:
        return f"{self.uri} ({self.reason})"


@dataclass
class ClassifiedObjects:
    """The objects of a source that are not ignored.

    :param data: the data files, in the order in which they came.
    :param unusable: objects that cannot be loaded because of their keys.
    """

    data: list[S3Object] = field(default_factory=list)
    unusable: list[UnclaimedObject] = field(default_factory=list)


def classify_objects(objects: Iterable[S3Object], prefix: str) -> ClassifiedObjects:
    """Return the data files and the unusable objects; ignored ones are left out.

    :param objects: objects whose keys begin with the prefix.
    :param prefix: the folder, or the folder and the beginning of names in it; its own parts do not count.
    """
    start = prefix.rfind("/") + 1
    found = ClassifiedObjects()
    for item in objects:
        path = item.key[start:]
        if path and len(item.uri) * 4 <= MAX_URI_BYTES and not _REMARKABLE.search(path):
            found.data.append(item)
        elif not is_ignored(path, item.size):
            reason = unusable_reason(item)
            if reason:
                found.unusable.append(UnclaimedObject(escape_uri(item.uri), reason))
            else:
                found.data.append(item)
    return found


def is_ignored(path: str, size: int) -> bool:
    """Return whether an object is ignored by convention.

    :param path: its key below the source's prefix.
    :param size: in bytes.
    """
    is_marker = size == 0 and (not path or path.endswith(("/", "$folder$")))
    return is_marker or is_hidden(path)


def is_hidden(path: str) -> bool:
    """Return whether an object or a folder is hidden by its own name or by the name of a folder above it.

    :param path: a key, or a folder's, below the source's prefix.
    """
    return any(map(_hides, path.split("/")))


def unusable_reason(item: S3Object) -> str | None:
    """Return why an object's key prevents it from being loaded, ``None`` when it can be loaded."""
    if _CONTROL.search(item.key):
        return "its key has control characters"
    if any(part in (".", "..") for part in item.key.split("/")):
        return "its key has a part '.' or '..', which clients resolve"
    if item.key.endswith("/"):
        return "it is named like a folder, and is not empty"
    if len(item.uri.encode()) > MAX_URI_BYTES:
        return f"its address has more than {MAX_URI_BYTES:,} bytes"
    return None


def escape_uri(uri: str) -> str:
    """Return an address with its control characters escaped, cut to the length of the tables' column for addresses."""
    shown = _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", uri)
    return shown.encode()[:MAX_URI_BYTES].decode(errors="ignore")


def _hides(name: str) -> bool:
    if name in (".", ".."):
        return False  # not names: see unusable_reason
    return name.startswith(".") or (name.startswith("_") and "=" not in name) or name.endswith("._COPYING_")
