"""What the tests of the plugin on real servers share: the servers, the pipeline, and the rigs of single operators."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from airflow.providers.amazon.aws.hooks.redshift_sql import RedshiftSQLHook

from bench.rig.dag_runs import Run, load_dag
from local.runner.reader import create_reader
from local_redshift import RedshiftServer, S3Settings, Settings
from local_redshift.s3 import S3Server
from local_redshift.testing import ROLE, S3Proxy, WireProxy
from sparkify.hooks import connecting
from sparkify.hooks.refused_logins import RefusedLogins
from tests.support.fault_rig import Rig, Servers
from tests.support.pipeline import Pipeline
from tests.support.services import BUCKETS, READER, Services
from tests.support.staging_rig import Stage, connections, make_tables


@pytest.fixture(scope="session")
def services(s3: S3Server, redshift: RedshiftServer) -> Services:
    """The servers, with buckets and tables made."""
    services = Services(s3, redshift)
    for bucket in BUCKETS:
        s3.create_bucket(bucket)
    create_reader(redshift.dsn(), READER)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in services.connections().items():
            patch.setenv(f"AIRFLOW_CONN_{name}", json.dumps(value))
        patch.setenv("AIRFLOW__SPARKIFY__REDSHIFT_CONN_ID", "stage_postgres")
        patch.setenv("AIRFLOW__SPARKIFY__COPY_ROLE", ROLE)
        Run(load_dag("sparkify_create_tables"), None, None).run_task("create_tables")
    return services


@pytest.fixture(params=["redshift", pytest.param("postgres", marks=pytest.mark.exhaustive)])
def conn_id(request: pytest.FixtureRequest, services: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """The connection of the pipeline's runs, by Amazon's driver, and by PostgreSQL's as well in ``make test-all``.

    What differs between the two is tested with both in every run: connecting, staging, publishing, errors.
    """
    for name, value in services.connections().items():
        monkeypatch.setenv(f"AIRFLOW_CONN_{name}", json.dumps(value))
    conn_id = f"stage_{request.param}"
    settings = {
        "REDSHIFT_CONN_ID": conn_id,
        "READER_CONN_ID": "stage_reader",
        "AWS_CONN_ID": "stage_s3",
        "COPY_ROLE": "default",
    }
    for name, text in settings.items():
        monkeypatch.setenv(f"AIRFLOW__SPARKIFY__{name}", text)
    return conn_id


@pytest.fixture
def pipeline(conn_id: str, services: Any, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Pipeline:
    bucket = f"pipeline-{abs(hash(request.node.name)) % 10**12}"
    monkeypatch.setenv("AIRFLOW__SPARKIFY__SOURCE_BUCKET", bucket)
    monkeypatch.setenv("AIRFLOW__SPARKIFY__LOG_LAYOUT", getattr(request, "param", "hourly"))
    return Pipeline(services, conn_id, bucket)


@pytest.fixture(scope="module")
def warehouse(redshift: RedshiftServer, s3: S3Server) -> RedshiftServer:
    """The local Redshift with the pipeline's templates and bookkeeping tables."""
    s3.create_bucket("stage")
    s3.create_bucket("manifests")
    make_tables(redshift)
    return redshift


@pytest.fixture(params=["redshift", "postgres"])
def stage(
    request: pytest.FixtureRequest, warehouse: RedshiftServer, s3: S3Server, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Stage]:
    for name, value in connections(warehouse, s3).items():
        monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps(value))
    stage = Stage(f"stage_{request.param}")
    yield stage
    with stage.hook.session() as session:
        session.run(f"DROP SCHEMA {stage.schema} CASCADE")


@pytest.fixture(scope="module")
def servers(s3: S3Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """A Redshift of its own, because its COPY reads through a proxy."""
    with ExitStack() as stack:
        task_s3, copy_s3 = (stack.enter_context(S3Proxy(s3.port)) for _ in range(2))
        for bucket in ("stage", "manifests"):
            s3.create_bucket(bucket)
        access = S3Settings(copy_s3.endpoint, "us-east-1", s3.access_key_id, s3.secret_access_key)
        folder = tmp_path_factory.mktemp("redshift-faults") / "state"
        redshift = stack.enter_context(RedshiftServer(Settings(folder, port=0, s3=access)))
        make_tables(redshift)
        wire = stack.enter_context(WireProxy(lambda: (redshift.settings.host, redshift.port)))
        yield Servers(redshift, wire, task_s3, copy_s3, (s3.access_key_id, s3.secret_access_key))


@pytest.fixture(params=["redshift", "postgres"])
def rig(
    request: pytest.FixtureRequest, servers: Servers, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Rig]:
    monkeypatch.setattr(connecting, "_REFUSED", RefusedLogins(tmp_path / "refused"))
    # the provider's waits between five connects teach the tests nothing
    monkeypatch.setattr(RedshiftSQLHook.get_conn.retry, "sleep", lambda seconds: None)
    rig = Rig(servers, request.param, monkeypatch)
    yield rig
    rig.drop()
