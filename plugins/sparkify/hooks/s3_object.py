"""An object of S3 as it is listed, and addresses of objects. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sparkify.hooks.shortening import name_some


@dataclass(frozen=True)
class S3Object:
    """One version of one object of the source.

    :param bucket: its bucket.
    :param key: its key.
    :param etag: its entity tag, without quotes; a change of content changes it.
    :param size: its length in bytes.
    :param last_modified: when S3 received it, UTC.
    """

    bucket: str
    key: str
    etag: str
    size: int
    last_modified: datetime | None = None

    @property
    def uri(self) -> str:
        """The object's address, ``s3://bucket/key``."""
        return f"s3://{self.bucket}/{self.key}"


def split_uri(uri: str) -> tuple[str, str]:
    """Return the bucket and the key of an address ``s3://bucket/key``."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key


def name_files(objects: Sequence[S3Object], shown: int = 3) -> str:
    """Return the addresses of the first objects, and how many more there are, for messages."""
    return name_some([item.uri for item in objects], shown, joined_by=" or")
