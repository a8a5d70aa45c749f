"""When modules are loaded ahead of the tasks."""

from __future__ import annotations

import pytest
from botocore.loaders import JSONFileLoader

from sparkify import preload
from sparkify.hooks import store_access
from sparkify.hooks.store_access import StoreAccess


class Job:
    """Named as Airflow's."""


class TaskRunnerMarker:
    """Named as Airflow's."""


@pytest.mark.parametrize(
    ("words", "executor", "loads"),
    [
        (["airflow", "scheduler", "--skip-serve-logs"], "LocalExecutor", True),
        (["airflow", "scheduler"], "LocalExecutor,CeleryExecutor", True),
        (["airflow", "scheduler"], "CeleryExecutor", False),
        (["airflow", "dag-processor"], "LocalExecutor", False),
        (["airflow"], "LocalExecutor", False),
    ],
)
def test_only_a_scheduler_whose_tasks_are_its_forks_loads_ahead(monkeypatch, words, executor, loads):
    calls = []
    monkeypatch.setattr(preload, "load_modules", lambda: calls.append(1))
    monkeypatch.setattr("sys.argv", words)
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", executor)
    preload.on_starting(component=Job())
    assert bool(calls) is loads


def test_a_task_which_is_a_fork_of_the_scheduler_loads_nothing_again(monkeypatch):
    calls = []
    monkeypatch.setattr(preload, "load_modules", lambda: calls.append(1))
    monkeypatch.setattr("sys.argv", ["airflow", "scheduler"])
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", "LocalExecutor")
    preload.on_starting(component=TaskRunnerMarker())
    assert calls == []


def test_a_module_that_cannot_be_loaded_is_left_to_the_task_that_needs_it(monkeypatch, caplog):
    monkeypatch.setattr(preload, "MODULES", ("sparkify.no_such_module", "sparkify.operators.report"))
    preload.load_modules()
    assert "sparkify.no_such_module is not loaded ahead" in caplog.text


def test_s3s_definition_is_read_once_for_all_clients(monkeypatch):
    read = []
    load_file = JSONFileLoader.load_file
    monkeypatch.setattr(JSONFileLoader, "load_file", lambda self, path: read.append(path) or load_file(self, path))
    store_access._definitions.cache_clear()
    store_access.load_definitions()
    assert any("service-2" in path for path in read)
    read.clear()
    monkeypatch.setenv("AIRFLOW_CONN_STORE", "aws://key:secret@/?region_name=eu-west-1")
    assert StoreAccess("store").client.meta.region_name == "eu-west-1"
    assert read == []


def test_aws_settings_that_are_wrong_do_not_stop_the_scheduler(monkeypatch, caplog):
    monkeypatch.setattr(preload, "MODULES", ())
    monkeypatch.setenv("AWS_PROFILE", "no_such_profile")
    preload.load_modules()
    assert "no_such_profile" in caplog.text
