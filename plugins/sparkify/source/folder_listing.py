"""A compact listing of a folder with up to millions of objects, which can be compared with an earlier one. Pure.

The objects are divided into groups by the MD5 of their URI, and each group has a digest, as in a Merkle tree with one
level. Two listings differ only in the groups whose digests differ, so only these have to be compared with the ledger.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from sparkify.hooks.s3_object import S3Object

#: A group is the first two hexadecimal digits of the MD5 of an object's URI.
GROUPS = tuple(f"{number:02x}" for number in range(256))
#: Hexadecimal digits of a group's digest.
_DIGITS = 16
_FIELDS = 4


class FolderListing:
    """The objects of a folder, in no order. Threads may add objects concurrently.

    :param bucket: the folder's bucket.
    """

    def __init__(self, bucket: str) -> None:
        self.bucket = bucket
        self.count = 0
        self._packed = {group: bytearray() for group in GROUPS}
        self._digests = dict.fromkeys(GROUPS, 0)
        self._lock = threading.Lock()

    def add(self, objects: Iterable[S3Object]) -> None:
        """Add objects."""
        packed = [(group_of(item.uri), _digest(item), _pack(item)) for item in objects]
        with self._lock:
            self.count += len(packed)
            for group, digest, record in packed:
                self._digests[group] += digest  # a sum does not depend on the order
                self._packed[group] += record

    @property
    def fingerprint(self) -> str:
        """The groups' digests: equal for two listings of the same versions of the same objects."""
        return "".join(f"{digest % (1 << 4 * _DIGITS):0{_DIGITS}x}" for digest in self._digests.values())

    def changed_groups(self, fingerprint: str | None) -> Sequence[str]:
        """Return the groups that differ from an earlier listing's, or all groups if there is none."""
        if fingerprint is None:
            return GROUPS
        mine = self.fingerprint
        spans = [slice(_DIGITS * number, _DIGITS * (number + 1)) for number in range(len(GROUPS))]
        return [group for group, span in zip(GROUPS, spans, strict=True) if mine[span] != fingerprint[span]]

    def objects(self, groups: Iterable[str]) -> list[S3Object]:
        """Return the objects of some groups, sorted by key."""
        found = [item for group in groups for item in _unpack(self.bucket, bytes(self._packed[group]))]
        return sorted(found, key=lambda item: item.key)


def group_of(uri: str) -> str:
    """Return an object's group; in SQL ``SUBSTRING(MD5(object_uri), 1, 2)``."""
    return hashlib.md5(uri.encode(), usedforsecurity=False).hexdigest()[:2]


def _digest(item: S3Object) -> int:
    version = f"{item.uri}\0{item.etag}".encode()
    return int.from_bytes(hashlib.md5(version, usedforsecurity=False).digest()[: _DIGITS // 2])


def _pack(item: S3Object) -> bytes:
    modified = item.last_modified.timestamp() if item.last_modified else ""
    return f"{item.key}\0{item.etag}\0{item.size}\0{modified}\0".encode()


def _unpack(bucket: str, packed: bytes) -> Iterator[S3Object]:
    fields = packed.decode().split("\0")[:-1]
    for first in range(0, len(fields), _FIELDS):
        key, etag, size, modified = fields[first : first + _FIELDS]
        moment = datetime.fromtimestamp(float(modified), UTC) if modified else None
        yield S3Object(bucket, key, etag, int(size), moment)
