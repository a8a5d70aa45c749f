"""Checks run together, failures are looked at, results are kept, errors fail the task."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk import Asset
from airflow.sdk.exceptions import AirflowFailException

from bench.rig.dag_runs import FakeTaskInstance
from sparkify.hooks import warehouse
from sparkify.loading.quality import Check, Severity
from sparkify.loading.steps import Bounds
from sparkify.operators.data_quality import DataQualityOperator

CHECKS = [Check("no_gaps", "SELECT gap"), Check("levels", "SELECT level", Severity.WARN)]
ASSETS = {"plays": "songplays", "songs": "songs", "users": "users"}
#: What the publish returned.
TABLES = {
    "songplays": {"inserted": 7, "updated": 3, "deleted": 4},
    "songs": {"inserted": 0, "updated": 0, "deleted": 0},
    "users": {"inserted": 1, "updated": 0, "deleted": 0},
}
RESULTS = {"publish": {"hours": 1, "superseded": 0, "tables": TABLES}}


class FakeSession:
    """Answers the count query with given failures and keeps what is inserted."""

    def __init__(self, failures: dict[str, int]) -> None:
        self.failures = failures
        self.inserted: list[Any] = []
        self.asked: list[str] = []
        self.events: dict[Any, Any] = {}

    @contextmanager
    def transaction(self) -> Iterator[None]:
        yield

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        self.asked.append(sql)
        return list(self.failures.items())

    def records(self, sql: str) -> list[dict[str, Any]]:
        self.asked.append(sql)
        return [{"source_partition": "2018-11-05T13", "level": None}]

    def run(self, sql: str, parameters: Any) -> int:
        self.inserted.append((sql, parameters))
        return 1


def run(
    monkeypatch: pytest.MonkeyPatch,
    failures: dict[str, int],
    results: dict[str, Any] = RESULTS,
    checks: Sequence[Check] = CHECKS,
    **options: Any,
) -> tuple[FakeSession, Any]:
    session = FakeSession(failures)

    @contextmanager
    def open_session(self: Any, **_: Any) -> Iterator[FakeSession]:
        yield session

    monkeypatch.setattr(warehouse.WarehouseHook, "session", open_session)
    ti = FakeTaskInstance("d", "r", "t", results=results)
    operator = DataQualityOperator(task_id="check", checks=checks, results_table="etl.quality_results", **options)
    events: dict[Any, Any] = defaultdict(SimpleNamespace)
    session.events = events
    return session, lambda: operator.execute({"ti": ti, "outlet_events": events})  # type: ignore[typeddict-item]


def test_all_checks_run_in_one_query_when_nothing_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    session, execute = run(monkeypatch, {"no_gaps": 0, "levels": 0})
    assert execute() == {"passed": 2, "warned": 0, "failed": 0}
    assert len(session.asked) == 1


def test_a_warning_is_kept_and_does_not_fail_the_task(monkeypatch: pytest.MonkeyPatch) -> None:
    session, execute = run(monkeypatch, {"no_gaps": 0, "levels": 3})
    assert execute() == {"passed": 1, "warned": 1, "failed": 0}
    [(statement, values)] = session.inserted
    assert statement.startswith('INSERT INTO "etl"."quality_results" (check_name, severity, status,')
    assert values[10:15] == ["levels", "warn", "warned", 3, "source_partition 2018-11-05T13, level NULL"]


def test_an_error_fails_the_task_at_once_with_name_number_and_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    session, execute = run(monkeypatch, {"no_gaps": 2, "levels": 0})
    with pytest.raises(AirflowFailException, match="1 of 2 checks failed. no_gaps: 2 offending row"):
        execute()
    assert session.inserted, "the result of a failed check is kept"


def test_asset_events_say_what_each_table_got_once_the_checks_have_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    session, execute = run(monkeypatch, {"no_gaps": 0, "levels": 3}, assets=ASSETS, published_by="publish")
    execute()
    assert {asset: event.extra for asset, event in session.events.items()} == {
        Asset("plays"): TABLES["songplays"],
        Asset("songs"): TABLES["songs"],
        Asset("users"): TABLES["users"],
    }


def test_a_publish_that_was_marked_as_successful_by_hand_leaves_events_without_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session, execute = run(monkeypatch, {"no_gaps": 0, "levels": 0}, {}, assets=ASSETS, published_by="publish")
    execute()
    assert [event.extra for event in session.events.values()] == [{}, {}, {}]


def test_data_that_failed_a_check_have_no_asset_event(monkeypatch: pytest.MonkeyPatch) -> None:
    session, execute = run(monkeypatch, {"no_gaps": 1, "levels": 0}, assets=ASSETS, published_by="publish")
    with pytest.raises(AirflowFailException):
        execute()
    assert not session.events


def test_checks_have_their_bounds_as_literals_of_which_later_ones_may_use_earlier_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    checks = [
        Check("gaps", "SELECT 1 FROM t WHERE ts BETWEEN :days_from AND :days_to AND id BETWEEN :ids_from AND :ids_to"),
        Check("of_run", "SELECT 1 FROM t WHERE run_id = :run_id AND id BETWEEN :none_from AND :none_to"),
    ]
    bounds = (
        Bounds("SELECT days", names=("days", "none")),
        Bounds("SELECT ids FROM t WHERE ts BETWEEN :days_from AND :days_to", names=("ids",)),
    )
    session, execute = run(monkeypatch, {"gaps": 0, "of_run": 0}, checks=checks, bounds=bounds)
    answers = [
        [("days", "time", "2018-11-05 13:00:00", "2018-11-05 13:59:59.5")],
        [("ids", "number", "1", "3"), ("ids", "number", "70", "70")],
        [("gaps", 0), ("of_run", 0)],
    ]
    monkeypatch.setattr(session, "rows", lambda sql: session.asked.append(sql) or answers.pop(0))
    execute()
    of_the_days = "ts BETWEEN '2018-11-05 13:00:00' AND '2018-11-05 13:59:59.500000'"
    assert of_the_days in session.asked[1]
    assert of_the_days in session.asked[2]
    assert "(id BETWEEN 1 AND 3 OR id BETWEEN 70 AND 70)" in session.asked[2]
    assert "run_id = 'r' AND FALSE" in session.asked[2]
