"""What all tests share: one S3 and one local Redshift for the whole run, and an environment of its own."""

from __future__ import annotations

import functools
import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import psycopg
import pytest
from hypothesis import settings

from local_redshift import RedshiftServer
from local_redshift.environment import enter_environment, own_environment
from local_redshift.s3 import S3Server
from support.servers import Bucket, redshift_settings

_numbers = itertools.count(1)

#: Variables that these tests read. All others of a user's shell are meant for other programs.
_TOLD = ("PYTEST_*", "AIRFLOW_HOME", "BACKFILL_HOURS", "GHOSTS", "UPDATE_DOCS", "JDBC_DRIVER", "JAVA_HOME")
if "CONTAINER_TESTS" not in os.environ:
    _HOME = Path(__file__).parents[3] / ".state" / "home"
    _HOME.mkdir(parents=True, exist_ok=True)
    enter_environment(own_environment(os.environ, _HOME, also=_TOLD))

# How long an example takes says more about the machine than about the code.
settings.register_profile("project", deadline=None)
settings.load_profile("project")

# botocore parses its descriptions of S3 once for each session. A task's process makes one or two, the tests thousands:
# that was a third of what an hour's tasks cost here.
botocore.session.create_loader = functools.cache(botocore.session.create_loader)


@pytest.hookimpl(tryfirst=True)  # xdist looks for the groups in the same hook, and would find none
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep a file's tests in one process."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(str(item.path)))


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A running S3 server."""
    with S3Server(tmp_path_factory.mktemp("s3") / "data") as server:
        yield server


@pytest.fixture(scope="session")
def s3_client(s3: S3Server) -> Any:
    """A boto3 client of the S3 server."""
    return boto3.client(
        "s3",
        endpoint_url=s3.endpoint,
        aws_access_key_id=s3.access_key_id,
        aws_secret_access_key=s3.secret_access_key,
        region_name="us-east-1",
    )


@pytest.fixture
def bucket(s3: S3Server, s3_client: Any) -> Bucket:
    """A new bucket."""
    name = f"bucket-{next(_numbers)}"
    s3.create_bucket(name)
    return Bucket(name, s3_client)


@pytest.fixture(scope="session")
def redshift(tmp_path_factory: pytest.TempPathFactory, s3: S3Server) -> Iterator[RedshiftServer]:
    """A running local Redshift."""
    folder = tmp_path_factory.mktemp("redshift") / "state"
    with RedshiftServer(redshift_settings(folder, s3)) as process, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(process.trust))
        yield process


@pytest.fixture
def schema(redshift: RedshiftServer) -> Iterator[str]:
    """A new schema, dropped after the test."""
    name = f"test_{next(_numbers)}"
    with psycopg.connect(**redshift.connection(), autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}")
        yield name
        connection.execute(f"DROP SCHEMA {name} CASCADE")


@pytest.fixture
def db(redshift: RedshiftServer, schema: str) -> Iterator[psycopg.Connection[Any]]:
    """A psycopg connection in autocommit mode whose search_path is the new schema."""
    with psycopg.connect(**redshift.connection(), autocommit=True) as connection:
        connection.execute(f"SET search_path TO {schema}, public")
        yield connection
