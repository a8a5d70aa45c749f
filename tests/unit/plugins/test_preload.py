"""When modules are loaded ahead of the tasks."""

from __future__ import annotations

from pathlib import Path

import airflow.jobs.job
import pytest
from airflow._shared.listeners.listener import ListenerManager
from airflow._shared.listeners.spec import lifecycle
from airflow.jobs.job import Job
from airflow.sdk.execution_time.task_runner import TaskRunnerMarker
from botocore.loaders import JSONFileLoader

from sparkify import preload
from sparkify.hooks import store_access
from sparkify.hooks.store_access import StoreAccess


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Holds one item for each time that the modules were loaded."""
    calls: list[int] = []
    monkeypatch.setattr(preload, "load_modules", lambda: calls.append(1))
    return calls


@pytest.fixture
def listeners(monkeypatch: pytest.MonkeyPatch) -> ListenerManager:
    """Airflow's manager of listeners with this one listener, as a starting job finds it."""
    manager = ListenerManager()
    manager.add_hookspecs(lifecycle)
    manager.add_listener(preload)
    monkeypatch.setattr(airflow.jobs.job, "get_listener_manager", lambda: manager)
    return manager


@pytest.mark.parametrize(
    ("words", "executor", "expected"),
    [
        (["airflow", "scheduler", "--skip-serve-logs"], "LocalExecutor", True),
        (["airflow", "scheduler"], "LocalExecutor,CeleryExecutor", True),
        (["airflow", "scheduler"], "CeleryExecutor", False),
        (["airflow", "dag-processor"], "LocalExecutor", False),
        (["airflow"], "LocalExecutor", False),
    ],
)
@pytest.mark.usefixtures("listeners")
def test_only_a_scheduler_whose_tasks_are_its_forks_loads_ahead(
    monkeypatch: pytest.MonkeyPatch, loads: list[int], words: list[str], executor: str, expected: bool
) -> None:
    monkeypatch.setattr("sys.argv", words)
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", executor)
    Job()  # Airflow calls the listeners when it makes the job of what starts
    assert bool(loads) is expected


def test_a_task_which_is_a_fork_of_the_scheduler_loads_nothing_again(
    monkeypatch: pytest.MonkeyPatch, loads: list[int], listeners: ListenerManager
) -> None:
    monkeypatch.setattr("sys.argv", ["airflow", "scheduler"])
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", "LocalExecutor")
    listeners.hook.on_starting(component=TaskRunnerMarker())
    assert loads == []


def test_a_module_that_cannot_be_loaded_is_left_to_the_task_that_needs_it(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(preload, "MODULES", ("sparkify.no_such_module", "sparkify.hooks.log_tables"))
    preload.load_modules()
    assert "sparkify.no_such_module is not loaded ahead" in caplog.text


def test_s3s_definition_is_read_once_for_all_clients(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path))  # what was read for another path does not count
    read: list[str] = []
    load_file = JSONFileLoader.load_file
    monkeypatch.setattr(JSONFileLoader, "load_file", lambda self, path: read.append(path) or load_file(self, path))
    store_access.load_definitions()
    assert any("service-2" in path for path in read)
    read.clear()
    monkeypatch.setenv("AIRFLOW_CONN_STORE", "aws://key:secret@/?region_name=eu-west-1")
    assert StoreAccess("store").client.meta.region_name == "eu-west-1"
    assert read == []


def test_aws_settings_that_are_wrong_do_not_stop_the_scheduler(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(preload, "MODULES", ())
    monkeypatch.setenv("AWS_PROFILE", "no_such_profile")
    preload.load_modules()
    assert "no_such_profile" in caplog.text
