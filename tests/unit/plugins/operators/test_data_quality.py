"""Checks run together, failures are looked at, results are kept, errors fail the task."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk import Asset
from airflow.sdk.exceptions import AirflowFailException

from sparkify.hooks import warehouse
from sparkify.operators.data_quality import DataQualityOperator
from sparkify.quality import Check, Severity
from tests.pipeline import FakeTaskInstance

CHECKS = [Check("no_gaps", "SELECT gap"), Check("levels", "SELECT level", Severity.WARN)]
ASSETS = {"plays": ["complete", "load"], "songs": ["songs"], "users": ["users"]}
#: What the tasks returned; one that was marked as successful by hand returned nothing.
RESULTS = {
    "complete": {"candidates": 3, "inserted": 0, "updated": 2, "deleted": 0, "unchanged": 1, "seconds": 0.5},
    "load": {"candidates": 9, "inserted": 7, "updated": 1, "deleted": 4, "unchanged": 1, "serialization_conflicts": 1},
    "songs": {"candidates": 0, "inserted": 0, "updated": 0, "deleted": 0, "unchanged": 0, "seconds": 0.1},
}
NOTHING = {"candidates": 0, "inserted": 0, "updated": 0, "deleted": 0, "unchanged": 0}


class FakeSession:
    """Answers the count query with given failures and keeps what is inserted."""

    def __init__(self, failures: dict[str, int]) -> None:
        self.failures = failures
        self.inserted: list[Any] = []
        self.asked: list[str] = []
        self.events: dict[Any, Any] = {}

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        self.asked.append(sql)
        return list(self.failures.items())

    def records(self, sql: str) -> list[dict[str, Any]]:
        self.asked.append(sql)
        return [{"source_partition": "2018-11-05T13", "level": None}]

    def run(self, sql: str, parameters: Any) -> int:
        self.inserted.append((sql, parameters))
        return 1


def run(monkeypatch: pytest.MonkeyPatch, failures: dict[str, int], **options: Any) -> tuple[FakeSession, Any]:
    session = FakeSession(failures)

    @contextmanager
    def open_session(self: Any, **_: Any) -> Iterator[FakeSession]:
        yield session

    monkeypatch.setattr(warehouse.WarehouseHook, "session", open_session)
    ti = FakeTaskInstance("d", "r", "t", results=RESULTS)
    operator = DataQualityOperator(task_id="check", checks=CHECKS, results_table="etl.quality_results", **options)
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
    session, execute = run(monkeypatch, {"no_gaps": 0, "levels": 3}, assets=ASSETS)
    execute()
    assert {asset: event.extra for asset, event in session.events.items()} == {
        Asset("plays"): {"candidates": 12, "inserted": 7, "updated": 3, "deleted": 4, "unchanged": 2},
        Asset("songs"): NOTHING,
        Asset("users"): NOTHING,
    }


def test_data_that_failed_a_check_have_no_asset_event(monkeypatch: pytest.MonkeyPatch) -> None:
    session, execute = run(monkeypatch, {"no_gaps": 1, "levels": 0}, assets=ASSETS)
    with pytest.raises(AirflowFailException):
        execute()
    assert not session.events
