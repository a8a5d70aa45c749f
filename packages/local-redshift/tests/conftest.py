"""What all tests of the package share: short names for the package's own fixtures, and a shell of no other program."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

import psycopg
import pytest
from hypothesis import settings

from local_redshift import RedshiftServer
from local_redshift.s3 import S3Server
from local_redshift.testing import Bucket

# The test of the wheel runs pip, which may need these.
os.environ.setdefault("PYTEST_SHELL", json.dumps(dict(os.environ)))

#: Variables that drivers and boto3 read here, and that are meant for other servers.
_OTHERS = ("AWS_*", "PG*", "RCLONE_*", "LOCAL_REDSHIFT_*", "*_PROXY", "*_proxy", "SSL_CERT_*")
for _name in list(os.environ):
    if any(fnmatchcase(_name, pattern) for pattern in _OTHERS):
        del os.environ[_name]

# How long an example takes says more about the machine than about the code.
settings.register_profile("project", deadline=None)
settings.load_profile("project")


@pytest.fixture(scope="session")
def s3(redshift_s3_server: S3Server) -> S3Server:
    """A running S3 server."""
    return redshift_s3_server


@pytest.fixture(scope="session")
def s3_client(redshift_s3_client: Any) -> Any:
    """A boto3 client of the S3 server."""
    return redshift_s3_client


@pytest.fixture
def bucket(redshift_bucket: Bucket) -> Bucket:
    """A new bucket."""
    return redshift_bucket


@pytest.fixture(scope="session")
def redshift(redshift_server: RedshiftServer) -> Iterator[RedshiftServer]:
    """A running local Redshift, whose certificate every driver trusts."""
    with pytest.MonkeyPatch.context() as patch:
        # Amazon's driver reads the file at every connection, and the system's authorities are 25 ms of it.
        patch.setenv("SSL_CERT_FILE", str(redshift_server.certificate))
        yield redshift_server


@pytest.fixture
def schema(redshift: RedshiftServer, redshift_schema: str) -> str:
    """A new schema, dropped after the test."""
    return redshift_schema


@pytest.fixture
def db(schema: str, redshift_connection: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    """A psycopg connection in autocommit mode whose search_path is the new schema."""
    return redshift_connection
