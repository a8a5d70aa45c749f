"""Which hour is due, and what is said of one that is late."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException

from sparkify.operators.require_loaded import RequireLoadedOperator
from sparkify.partitions import to_milliseconds
from sparkify.staging import due_hour

START = datetime(2018, 11, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("now", "minutes", "hour"),
    [("12:45", 45, 11), ("12:44", 45, 10), ("12:00", 0, 11), ("12:30", 90, 10), ("12:29", 90, 9)],
)
def test_the_last_hour_whose_deadline_has_passed_is_due(now: str, minutes: int, hour: int) -> None:
    moment = datetime.fromisoformat(f"2018-11-05T{now}:00+00:00")
    assert due_hour(None, moment, minutes) == START + hour * HOUR


def test_another_hour_may_be_named() -> None:
    assert due_hour("2018-11-05T03:00:00+01:00", START, 45) == START + 2 * HOUR
    with pytest.raises(ValueError, match="whole hour"):
        due_hour("2018-11-05T03:30:00Z", START, 45)


def require(monkeypatch: pytest.MonkeyPatch, hour: int, loaded: list[int], since: datetime = START) -> dict[str, Any]:
    class Session:
        def rows(self, sql: str, parameters: tuple[Any, ...]) -> list[tuple[int]]:
            _, first, end = parameters
            moments = (to_milliseconds(START + number * HOUR) for number in loaded)
            return [(moment,) for moment in moments if first <= moment < end]

    @contextmanager
    def session(self: Any, context: Any) -> Iterator[Session]:
        yield Session()

    monkeypatch.setattr(RequireLoadedOperator, "session", session)
    operator = RequireLoadedOperator(
        task_id="r", hour=(START + hour * HOUR).isoformat(), since=since.isoformat(), lookback_hours=10
    )
    return operator.execute({})  # type: ignore[typeddict-item]


def test_a_loaded_hour_is_fine_and_so_is_one_before_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    assert require(monkeypatch, 5, [5])["missing"] == 0
    assert require(monkeypatch, 5, [], since=START + 6 * HOUR)["missing"] == 0


@pytest.mark.parametrize(
    ("loaded", "words"),
    [
        ([4], r"since 2018-11-05T05:00Z \(1 hours\)"),
        ([2], r"since 2018-11-05T03:00Z \(3 hours\)"),
        ([], r"since 2018-11-05T00:00Z \(6 hours\)"),
    ],
)
def test_a_late_hour_is_told_with_the_beginning_of_the_gap(
    monkeypatch: pytest.MonkeyPatch, loaded: list[int], words: str
) -> None:
    with pytest.raises(AirflowFailException, match="not loaded by its deadline. Nothing is loaded " + words):
        require(monkeypatch, 5, loaded)
