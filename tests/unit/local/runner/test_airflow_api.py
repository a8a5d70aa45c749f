"""The client of Airflow's API: logging in, paging, and what it says of errors."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from local.runner.airflow_api import AirflowApi
from local.runner.errors import RunnerError
from local.runner.failures import describe_failure, error_lines
from local.runner.settings import Login

Handler = Callable[[httpx.Request], httpx.Response]


def api(handler: Handler, **more: Any) -> AirflowApi:
    return AirflowApi("http://airflow", Login("admin", "right"), transport=httpx.MockTransport(handler), **more)


def test_it_logs_in_when_asked_to_and_again_when_the_token_is_too_old() -> None:
    tokens = iter(["first", "second"])
    valid = "first"

    def handler(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/auth/token":
            assert json.loads(request.content) == {"username": "admin", "password": "right"}
            return httpx.Response(201, json={"access_token": next(tokens)})
        known = request.headers.get("Authorization") == f"Bearer {valid}"
        return httpx.Response(200, json={"state": "success"}) if known else httpx.Response(401)

    client = api(handler)
    assert client.run("dag", "run")["state"] == "success"
    valid = "second"
    assert client.run("dag", "run")["state"] == "success"


def test_lists_are_read_to_their_end() -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        offset = int(request.url.params["offset"])
        runs = [{"dag_run_id": str(number)} for number in range(offset, min(offset + 100, 250))]
        return httpx.Response(200, json={"dag_runs": runs, "total_entries": 250})

    assert [run["dag_run_id"] for run in api(handler).runs("dag")] == [str(number) for number in range(250)]


def test_an_error_is_told_with_what_airflow_says() -> None:
    client = api(lambda request: httpx.Response(404, text='{"detail":"The Dag was not found"}'))
    with pytest.raises(RunnerError, match=r"Airflow refused PATCH /dags/x with 404: .*The Dag was not found"):
        client.unpause("x")


def test_a_server_that_is_gone_is_told() -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("connection refused")

    with pytest.raises(RunnerError, match="Airflow's API at http://airflow did not answer GET /dags/x/dagRuns/y"):
        api(handler).run("x", "y")
    assert api(handler).health() == {}


def test_waiting_ends_when_a_part_has_died() -> None:
    def watch() -> None:
        raise RunnerError("The scheduler has ended.")

    client = api(lambda request: httpx.Response(200, json={"state": "running"}), watch=watch)
    with pytest.raises(RunnerError, match="The scheduler has ended"):
        client.wait("dag", "run")


def test_waiting_too_long_names_the_run() -> None:
    client = api(lambda request: httpx.Response(200, json={"state": "running"}))
    with pytest.raises(RunnerError, match="The run r1 of dag is not finished after 0 s"):
        client.wait("dag", "r1", timeout=0)


def test_a_missing_dag_is_told_with_its_import_error() -> None:
    answers = {
        "/api/v2/dags": {"dags": []},
        "/api/v2/importErrors": {"import_errors": [{"filename": "a.py", "stack_trace": "NameError: x"}]},
    }
    client = api(lambda request: httpx.Response(200, json=answers[request.url.path]))
    with pytest.raises(RunnerError, match=r"did not find the DAG gone in 0 s. a.py:\nNameError: x"):
        client.wait_for_dag("gone", timeout=0)


def test_a_window_is_passed_as_the_dags_params() -> None:
    sent: list[Any] = []

    def handler(request: httpx.Request) -> httpx.Response:
        sent.append(json.loads(request.content))
        return httpx.Response(200, json={"dag_run_id": "r"})

    start, end = datetime(2018, 11, 1, tzinfo=UTC), datetime(2018, 11, 8, tzinfo=UTC)
    assert api(handler).trigger_window("dag", start, end, accept_removed=True) == "r"
    window = {"window_start": "2018-11-01T00:00:00+00:00", "window_end": "2018-11-08T00:00:00+00:00"}
    assert sent == [{"logical_date": None, "conf": {**window, "accept_removed": True}}]


LOG = [
    {"event": "::group::Pre"},
    {"event": "Starting", "level": "info"},
    {
        "event": "Task failed with exception",
        "level": "error",
        "error_detail": [{"exc_type": "LoadError", "exc_value": "line 7 of a.json is no JSON:\ncorrect it"}],
    },
    {"event": "Bye", "level": "info"},
]


@pytest.mark.parametrize(
    ("log", "expected"),
    [
        (LOG, ["Task failed with exception", "LoadError: line 7 of a.json is no JSON:", "correct it"]),
        ([{"event": "one", "level": "info"}, "two"], ["one", "two"]),
        ([], ["It has no log: its process ended too early. See the scheduler's log."]),
        ([{"event": "::group::Pre"}], ["It has no log: its process ended too early. See the scheduler's log."]),
    ],
)
def test_the_last_errors_of_a_log_are_told_else_its_last_lines(log: list[Any], expected: list[str]) -> None:
    client = api(lambda request: httpx.Response(200, json={"content": log}))
    assert error_lines(client, "dag", "run", "task", 1) == expected


def test_a_failed_run_is_told_by_its_first_failed_task_and_where_the_log_is(tmp_path: Any) -> None:
    tasks = [
        {"task_id": "late", "state": "failed", "end_date": "2026-01-01T00:00:09Z", "try_number": 1},
        {"task_id": "load_time", "state": "failed", "end_date": "2026-01-01T00:00:05Z", "try_number": 5},
        {"task_id": "fine", "state": "success", "end_date": "2026-01-01T00:00:01Z", "try_number": 1},
    ]

    def handler(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/taskInstances"):
            return httpx.Response(200, json={"task_instances": tasks, "total_entries": 3})
        assert request.url.path.endswith("/dagRuns/r1/taskInstances/load_time/logs/5")
        return httpx.Response(200, json={"content": LOG})

    class Stack:
        folder = tmp_path
        address = "http://airflow"

    stack: Any = Stack()
    stack.api = api(handler)
    text = describe_failure(stack, {"dag_id": "hourly", "dag_run_id": "r1"})
    assert text.startswith("Task load_time of hourly, run r1, failed in try 5:\n    Task failed with exception\n")
    assert "    LoadError: line 7 of a.json is no JSON:\n" in text
    assert text.endswith(f"{tmp_path}/airflow/logs/dag_id=hourly/run_id=r1/task_id=load_time/attempt=5.log")
