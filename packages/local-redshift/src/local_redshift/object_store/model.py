"""One object's address. Values only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class S3Object:
    """An object to load.

    :param size: its length in bytes, None when it is not known yet.
    :param mandatory: whether it is an error that there is none.
    """

    bucket: str
    key: str
    size: int | None
    mandatory: bool = True

    @property
    def uri(self) -> str:
        """Its address."""
        return f"s3://{self.bucket}/{self.key}"
