"""What a local Redshift is started with.

Contract: values only; defaults are for a laptop.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

#: Sessions that clients can have at the same time: enough for dashboards, notebooks and the tasks of a scheduler.
SESSIONS = 250


class Isolation(StrEnum):
    """The isolation of transactions: https://docs.aws.amazon.com/redshift/latest/dg/c_serial_isolation.html"""

    SNAPSHOT = "snapshot"
    SERIALIZABLE = "serializable"

    @property
    def postgres(self) -> str:
        """PostgreSQL's name for it. Its REPEATABLE READ is snapshot isolation; READ COMMITTED is neither."""
        return "repeatable read" if self is Isolation.SNAPSHOT else "serializable"


class Tls(StrEnum):
    """Whether clients encrypt, as Redshift's parameter ``require_ssl`` says.

    https://docs.aws.amazon.com/redshift/latest/mgmt/connecting-ssl-support.html
    """

    OFFERED = "offered"
    REQUIRED = "required"
    OFF = "off"


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
class Settings:
    """What a local Redshift is started with.

    :param folder: where data, certificate and secrets are kept.
    :param host: address to listen on.
    :param port: port to listen on; 0 for any free one.
    :param database: the database that is made.
    :param user: the administrator who is made.
    :param password: the administrator's password.
    :param users: further users with their passwords.
    :param tls: whether clients may, have to or cannot encrypt.
    :param isolation: the isolation level of sessions.
    :param lenient: warn of what only PostgreSQL has instead of refusing it.
    :param data_api_port: port of the Data API; None for no such API.
    :param s3: how COPY reaches S3.
    :param certificate: a TLS certificate to use instead of a self-signed one.
    :param key: the certificate's key.
    :param binaries: folder of PostgreSQL's programs, when not the wheel's.
    """

    folder: Path
    host: str = "127.0.0.1"
    port: int = 5439
    database: str = "dev"
    user: str = "awsuser"
    password: str = field(default="Local-Redshift-1", repr=False)
    users: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    tls: Tls = Tls.OFFERED
    isolation: Isolation = Isolation.SNAPSHOT
    lenient: bool = False
    data_api_port: int | None = None
    s3: S3Settings = field(default_factory=S3Settings)
    certificate: Path | None = None
    key: Path | None = None
    binaries: Path | None = None
