"""Objects whose keys are not paths (``a//b``), which obstore refuses: they are read with boto3, which takes any key."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def is_path(key: str) -> bool:
    """Return whether obstore can ask for a key: it takes a key for a path, without empty and dotted parts."""
    return not _CONTROL.search(key) and all(part not in ("", ".", "..") for part in key.split("/"))


class ExactKeys:
    """The objects of a bucket, by their keys as they are.

    :param bucket: the bucket.
    :param options: ``region``, ``endpoint``, ``access_key_id``, ``secret_access_key`` and ``session_token``, as obstore
        calls them.
    """

    def __init__(self, bucket: str, options: Mapping[str, Any]) -> None:
        import boto3  # few statements need it, and it takes memory
        from botocore.config import Config

        self._bucket = bucket
        self._client = boto3.client(
            "s3",
            region_name=options["region"],
            endpoint_url=options.get("endpoint"),
            aws_access_key_id=options.get("access_key_id"),
            aws_secret_access_key=options.get("secret_access_key"),
            aws_session_token=options.get("session_token"),
            config=Config(retries={"total_max_attempts": 4, "mode": "standard"}),
        )

    def size(self, key: str) -> int:
        """Return an object's length in bytes."""
        return int(self._client.head_object(Bucket=self._bucket, Key=key)["ContentLength"])

    def stream(self, key: str, chunk_bytes: int) -> Iterator[bytes]:
        """Iterate over an object's bytes in chunks."""
        with closing(self._client.get_object(Bucket=self._bucket, Key=key)["Body"]) as body:
            yield from body.iter_chunks(chunk_bytes)

    def list(self, prefix: str) -> Iterator[tuple[str, int]]:
        """Iterate over the keys with a prefix and their sizes; the empty markers of folders are left out."""
        for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix):
            for entry in page.get("Contents", ()):
                if entry["Size"] or not entry["Key"].endswith("/"):
                    yield entry["Key"], entry["Size"]
