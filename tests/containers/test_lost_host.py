"""Two Celery workers on two hosts, of which one is cut off the network and killed: the same rows as without that."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from local.runner.child import Child
from local.runner.settings import ROOT, Ports, RunnerSettings
from local.runner.source import upload
from local.runner.stack import Stack
from local.sample import Sample
from local_redshift.supervision import free_port
from tests.chaos.airflow_stack import PACE
from tests.chaos.tables import compare_tables, read_tables
from tests.containers.cluster_python import cluster_python
from tests.containers.hosts import Host, install, open_hosts, open_redis
from tests.containers.lost_worker import load_hours, load_hours_losing_a_worker, make_tables

FIRST = datetime(2018, 11, 1, tzinfo=UTC)
HOURS = 4
VENV = ROOT / ".state" / "containers" / "venv"
PYTHON = VENV / "bin" / "python"


class CeleryStack(Stack):
    """The running system, with Airflow of the lock for several machines; its tasks wait for workers."""

    def _child(self, name: str, words: tuple[str, ...], log: Path) -> Child:
        return Child(name, [str(PYTHON), "-m", "airflow", *words], self.environment, self.folder, log)


@dataclass
class Workplace:
    """A system, and two hosts with a worker each."""

    stack: CeleryStack
    hosts: list[Host]

    def lose(self, hostname: str) -> None:
        """Cut a worker's host off, and kill it."""
        [host] = [host for host in self.hosts if host.name == hostname]
        host.cut_off()
        host.kill()

    def tables(self) -> dict[str, Any]:
        """Return what the warehouse holds."""
        with psycopg.connect(self.stack.redshift.dsn(), autocommit=True) as connection:
            return read_tables(connection)


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workplace]:
    """The running system, and two hosts with a worker each that share nothing with it but the network."""
    if os.geteuid() != 0:
        pytest.skip("Network namespaces need root.")
    install()
    cluster_python(VENV)
    folder = tmp_path_factory.mktemp("hosts")
    port, password = free_port(), secrets.token_hex(16)
    broker = f"redis://:{password}@127.0.0.1:{port}/0"
    settings = RunnerSettings(
        state=folder / "state",
        ports=Ports(0, 0, 0),
        sample=Sample(seed=3, hours=HOURS, songs=200),
        schedule=False,
        environment={
            **PACE,
            "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "30",
            "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT": "60",
            "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT_CHECK_INTERVAL": "5",
            "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
            "AIRFLOW__CELERY__BROKER_URL": broker,
            "AIRFLOW__CELERY__RESULT_BACKEND": broker,
            "AIRFLOW__CELERY__WORKER_CONCURRENCY": "4",
        },
    )
    with open_redis(folder, port, password), CeleryStack(settings) as stack:
        upload(stack.source, stack.s3, settings.bucket, lambda count: None)
        ports = [port, stack.ports.airflow, stack.ports.redshift, stack.ports.s3]
        with open_hosts(2, ports) as hosts:
            for host in hosts:
                start_worker(host, stack, broker)
            yield Workplace(stack, hosts)


def start_worker(host: Host, stack: CeleryStack, broker: str) -> None:
    """Start a worker that knows nothing but the gateway's address."""
    environment = {
        name: value.replace("127.0.0.1", host.gateway)
        for name, value in stack.environment.items()
        if name != "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"
    }
    redshift = json.loads(environment["AIRFLOW_CONN_SPARKIFY_REDSHIFT"])
    # The local Redshift's certificate is for this machine's own names.
    redshift["extra"] = {"ssl": False}
    environment["AIRFLOW_CONN_SPARKIFY_REDSHIFT"] = json.dumps(redshift)
    environment["AIRFLOW_HOME"] = str(stack.folder / host.name)
    command = [str(PYTHON), "-m", "airflow", "celery", "worker", "--skip-serve-logs", "--celery-hostname", host.name]
    host.run(command, environment, stack.folder, stack.logs / f"{host.name}.log")


def test_host_cut_off_and_killed_in_mid_load_leaves_the_same_rows(workplace: Workplace) -> None:
    api = workplace.stack.api
    make_tables(api)
    load_hours(api, FIRST, HOURS)
    clean = workplace.tables()
    assert len(clean["public.songplays"]) > 0
    make_tables(api, drop=True)
    busy = load_hours_losing_a_worker(api, workplace.stack.redshift.dsn(), FIRST, HOURS, workplace.lose)
    assert busy == {host.name for host in workplace.hosts}
    assert sorted(bool(host.processes()) for host in workplace.hosts) == [False, True]
    assert compare_tables(clean, workplace.tables()) == []
