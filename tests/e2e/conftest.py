"""The whole system for the end-to-end tests: started once, on free ports, in a folder of its own.

Tests share it: five hours of generated events lie in S3, and a test that needs hours of its own takes a ``new_day``.
They ask the scheduler for runs through ``stack.api``, a client of the API that the UI uses.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import psycopg
import pytest

from local.runner.settings import Login, Ports, RunnerSettings
from local.runner.source import upload
from local.runner.stack import Stack
from local.sample import Sample
from tests.chaos.airflow_stack import Cluster, make_tables, open_cluster
from tests.support.messages import Messages
from tests.support.source_bucket import SourceBucket

#: A user of Airflow's who may only look.
VIEWER = "viewer"

_days = itertools.count()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all tests of this folder, and allow for the start of the system."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.timeout(900))


@pytest.fixture(scope="session")
def messages() -> Iterator[Messages]:
    """A server to which the running system sends its alerts."""
    with Messages() as messages:
        yield messages


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory, messages: Messages) -> Iterator[Cluster]:
    """The running system: five hours and sixty songs in S3, the tables created, nothing loaded.

    The pipeline reaches the warehouse through a proxy, in which tests of faults can spoil what they like.
    """
    settings = RunnerSettings(
        state=tmp_path_factory.mktemp("stack"),
        ports=Ports(0, 0, 0),
        sample=Sample(seed=3, hours=5, songs=60),
        schedule=False,
        environment={
            "AIRFLOW__SPARKIFY__RETRY_DELAY_SECONDS": "3",
            "AIRFLOW__SPARKIFY__ALERT_WEBHOOK_CONN_ID": "alerts",
            "AIRFLOW_CONN_ALERTS": messages.address,
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"admin:admin,{VIEWER}:viewer",
        },
    )
    with open_cluster(settings) as cluster:
        upload(cluster.stack.source, cluster.stack.s3, settings.bucket, lambda count: None)
        make_tables(cluster.stack)
        yield cluster


@pytest.fixture(scope="session")
def stack(cluster: Cluster) -> Stack:
    """The running system."""
    return cluster.stack


@pytest.fixture(scope="session")
def bucket(stack: Stack) -> SourceBucket:
    """The bucket that the DAG loads from."""
    client = boto3.client(
        "s3",
        endpoint_url=stack.s3.endpoint,
        aws_access_key_id=stack.s3.access_key_id,
        aws_secret_access_key=stack.s3.secret_access_key,
        region_name="us-east-1",
    )
    return SourceBucket(stack.settings.bucket, client)


@pytest.fixture(scope="session")
def viewer(stack: Stack) -> Login:
    """The login of the user who may only look; Airflow made the password."""
    passwords = json.loads(Path(stack.environment["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"]).read_text())
    return Login(VIEWER, passwords[VIEWER])


@pytest.fixture
def warehouse(stack: Stack) -> Iterator[psycopg.Connection[Any]]:
    """A connection to the warehouse, in autocommit mode."""
    with psycopg.connect(stack.redshift.dsn(), autocommit=True) as connection:
        yield connection


@pytest.fixture
def new_day() -> datetime:
    """The first hour of a day that no other test loads."""
    return datetime(2018, 12, 1, tzinfo=UTC) + timedelta(days=next(_days))


@pytest.fixture
def events(new_day: datetime) -> list[list[str]]:
    """Event lines of the first six hours of the new day."""
    return list(Sample(seed=new_day.toordinal(), start=new_day, hours=6, songs=1, events_per_hour=30).events_by_hour())
