"""Manifests, by which COPY reads exactly the objects that were listed. Pure.

COPY takes a key *prefix*: ``…/2018-11-1`` also loads the 10th to the 19th. A manifest names each object, and with
``mandatory`` COPY fails when one is gone.
https://docs.aws.amazon.com/redshift/latest/dg/loading-data-files-using-manifest.html
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from sparkify.hooks.s3_object import S3Object


def build_manifest(objects: Sequence[S3Object]) -> dict[str, Any]:
    """Return a COPY manifest of the objects: each one mandatory, with its length."""
    return {
        "entries": [
            {"url": item.uri, "mandatory": True, "meta": {"content_length": item.size}}
            for item in sorted(objects, key=lambda item: item.uri)
        ]
    }


def encode_manifest(objects: Sequence[S3Object]) -> bytes:
    """Return a COPY manifest of the objects as the file's content."""
    return json.dumps(build_manifest(objects), indent=1, ensure_ascii=False).encode()


def manifest_hash(objects: Iterable[S3Object]) -> str:
    """Return 32 hexadecimal digits that stand for these objects in these versions, in any order."""
    lines = sorted(f"{item.uri}\t{item.etag}\t{item.size}\n" for item in objects)
    return hashlib.md5("".join(lines).encode(), usedforsecurity=False).hexdigest()


def changed_objects(expected: Iterable[S3Object], found: Iterable[S3Object], *, is_whole: bool = False) -> list[str]:
    """Return a phrase for each expected object that is gone or has another version by now.

    :param expected: the objects as they were listed first.
    :param found: a later listing.
    :param is_whole: whether ``expected`` is all that there was, so that another object is a change as well; other
        objects are ignored otherwise.
    """
    expected = list(expected)
    now = {item.uri: item for item in found}
    phrases = []
    for item in expected:
        later = now.get(item.uri)
        if later is None:
            phrases.append(f"{item.uri} is gone")
        elif (later.etag, later.size) != (item.etag, item.size):
            phrases.append(
                f"{item.uri} changed from ETag {item.etag} ({item.size} bytes) to {later.etag} ({later.size} bytes)"
            )
    if is_whole:
        phrases += [f"{uri} is new" for uri in sorted(now.keys() - {item.uri for item in expected})]
    return phrases
