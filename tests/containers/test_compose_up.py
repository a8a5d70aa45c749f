"""docker-compose.yaml in a real engine: it comes up healthy, loads, scales, loses a worker, and leaves nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from local.runner.settings import ROOT
from local_redshift.supervision import free_port
from tests.chaos.tables import compare_tables, read_tables
from tests.containers.engine import Engine, install
from tests.containers.lost_worker import load_hours, load_hours_losing_a_worker, make_tables
from tests.containers.project import Project
from tests.containers.stand_ins import make_stand_ins

FIRST = datetime(2018, 11, 1, tzinfo=UTC)
HOURS = 2
CACHE = ROOT / ".state" / "containers"


@pytest.fixture(scope="module")
def project(request: pytest.FixtureRequest) -> Iterator[Project]:
    """The project on an engine of its own, with all local services and workers, not started yet."""
    install()
    with Engine(CACHE) as engine:
        for image in make_stand_ins(engine, ROOT, CACHE):
            tell(request, f"{image.image} is a stand-in: {image.differs}.")
        values = {
            "AIRFLOW_PORT": str(free_port()),
            "REDSHIFT_PORT": str(free_port()),
            "SAMPLE_HOURS": str(HOURS),
            "SAMPLE_SONGS": "200",
            "WORKER_CONCURRENCY": "2",
            "COMPOSE_PROFILES": "local",
            "EXECUTOR": "LocalExecutor",
        }
        project = Project(engine, CACHE, values)
        project.down()
        yield project
        project.down()
        assert project.containers() == []


@pytest.fixture(scope="module")
def clean(project: Project) -> dict[str, Any]:
    """The tables as the hours leave them that were loaded on one machine, without a fault."""
    project.up()
    project.wait_until_healthy()
    make_tables(project.api)
    load_hours(project.api, FIRST, HOURS)
    return tables(project)


def tables(project: Project) -> dict[str, Any]:
    with psycopg.connect(project.warehouse, autocommit=True) as connection:
        return read_tables(connection)


def tell(request: pytest.FixtureRequest, line: str) -> None:
    """Print a line at once, whether or not the test's output is captured."""
    capture = request.config.pluginmanager.getplugin("capturemanager")
    assert capture is not None
    with capture.global_and_fixture_disabled():
        print(f"\n{line}", flush=True)


@pytest.mark.parametrize("name", ["FERNET_KEY", "JWT_SECRET", "POSTGRES_PASSWORD", "ADMIN_PASSWORD", "CONN_REDSHIFT"])
def test_nothing_starts_while_a_variable_is_unset(project: Project, name: str) -> None:
    refused = project.try_compose("up", "--detach", **{name: ""})
    assert refused.returncode != 0
    assert "set it in .env" in refused.stderr
    assert project.containers() == []


def test_hours_are_loaded_on_one_machine(project: Project, clean: dict[str, Any]) -> None:
    assert len(clean["public.songplays"]) > 0
    assert len([row for row in clean["etl.load_ledger"] if "songplays" in row]) == HOURS


def test_no_container_runs_as_root_or_without_a_limit_or_a_health_check(project: Project, clean: object) -> None:
    for container in project.containers():
        assert container["Config"]["User"] in ("airflow", "redshift", "postgres", "redis"), container["Name"]
        assert container["HostConfig"]["Memory"] > 0, container["Name"]
        ended = container["State"]["Status"] == "exited" and container["State"]["ExitCode"] == 0
        assert ended or container["State"]["Health"]["Status"] == "healthy", container["Name"]


def test_no_secret_is_in_an_image_or_a_log(project: Project, clean: object, request: pytest.FixtureRequest) -> None:
    secrets = {name: project.values[name] for name in project.values if name.endswith(("PASSWORD", "SECRET", "_KEY"))}
    secrets["LOCAL_S3_SECRET_ACCESS_KEY"] = project.values["LOCAL_S3_SECRET_ACCESS_KEY"]
    history = "".join(
        project.engine.docker("history", "--no-trunc", "--format", "{{.CreatedBy}}", image)
        for image in ("sparkify-airflow:3.3.2", "local-redshift:0.1.0")
    )
    logs = project.compose("logs", "--no-color")
    assert len(logs) > 1000
    assert {name for name, secret in secrets.items() if secret in history or secret in logs} == set()


def test_worker_refuses_another_executor_with_a_sentence(project: Project, clean: object) -> None:
    refused = project.try_compose("run", "--rm", "--no-deps", "-T", "worker", COMPOSE_PROFILES="local,celery")
    assert refused.returncode != 0
    assert "The profile celery needs EXECUTOR=CeleryExecutor in .env" in refused.stderr + refused.stdout


def test_redis_refuses_an_empty_password_with_a_sentence(project: Project, clean: object) -> None:
    changed = {"COMPOSE_PROFILES": "local,celery", "REDIS_PASSWORD": ""}
    refused = project.try_compose("run", "--rm", "--no-deps", "-T", "redis", **changed)
    assert refused.returncode != 0
    assert "set REDIS_PASSWORD in .env" in refused.stderr + refused.stdout


def test_worker_cut_off_and_killed_in_mid_load_leaves_the_same_rows(
    project: Project, clean: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    project.up(workers=2, COMPOSE_PROFILES="local,celery", EXECUTOR="CeleryExecutor")
    project.wait_until_healthy()
    assert len(project.containers("worker")) == 2
    make_tables(project.api, drop=True)
    lost: list[str] = []

    def lose(hostname: str) -> None:
        lost.append(hostname)
        project.cut_off_and_kill(hostname)

    busy = load_hours_losing_a_worker(project.api, project.warehouse, FIRST, HOURS, lose)
    tell(request, f"Workers {sorted(busy)}; {lost} was cut off and killed.")
    assert len(busy) == 2
    assert [found["State"]["Running"] for found in project.containers("worker")].count(True) == 1
    assert compare_tables(clean, tables(project)) == []


def test_services_are_healthy_within_their_memory_after_the_work(
    project: Project, clean: object, request: pytest.FixtureRequest
) -> None:
    for line in project.engine.docker("stats", "--no-stream", "--format", "{{.Name}} {{.MemUsage}}").splitlines():
        tell(request, line)
    ill = [found["Name"] for found in project.containers() if found["State"]["OOMKilled"]]
    assert ill == []
