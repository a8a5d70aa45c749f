"""Real servers for the integration tests: one S3 and one local Redshift for the whole run."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.session
import psycopg
import pytest

from local_redshift import RedshiftServer
from local_redshift.s3 import S3Server
from local_redshift.testing import Bucket

# botocore parses its descriptions of S3 once for each session. A task's process makes one or two, the tests thousands:
# that was a third of what an hour's tasks cost here.
botocore.session.create_loader = functools.cache(botocore.session.create_loader)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all tests of this folder."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.integration)


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
    """A running local Redshift, whose certificate Amazon's driver trusts."""
    with pytest.MonkeyPatch.context() as patch:
        # The driver reads the file at every connection, and the system's authorities are 25 ms of it.
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
