"""Where objects are: how S3 is reached, and one object's address. Values only."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class S3Settings:
    """How the server reaches S3.

    :param endpoint: address of the S3 server; None for AWS.
    :param region: region of buckets when the statement names none.
    :param access_key_id: the key that an IAM role stands for; None for what the environment gives.
    :param secret_access_key: its secret.
    :param allowed_roles: the roles that COPY may name; empty for any well-formed one.
    """

    endpoint: str | None = None
    region: str = "us-east-1"
    access_key_id: str | None = None
    secret_access_key: str | None = field(default=None, repr=False)
    allowed_roles: tuple[str, ...] = ()


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
