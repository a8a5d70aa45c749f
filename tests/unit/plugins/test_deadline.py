"""Which hour is due, and what is said of one that is late."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from sparkify.ledger.ledger import Ledger
from sparkify.operators.upkeep.require_loaded import RequireLoadedOperator
from sparkify.run_windows import due_hour
from sparkify.windows import Window
from tests.support.ledgers import ledger_of

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


class TaskInstance:
    """Knows of one failed run, and of one hour that was told."""

    def __init__(self, failed: int | None = None, told: int | None = None) -> None:
        self.failed = failed
        self.told = None if told is None else (START + told * HOUR).isoformat()

    def get_dr_count(self, dag_id: str, logical_dates: list[datetime], states: list[str]) -> int:
        assert (dag_id, states) == ("plays_hourly", ["failed"])
        return int(self.failed is not None and logical_dates == [START + self.failed * HOUR])

    def xcom_pull(self, task_ids: str, key: str, include_prior_dates: bool) -> str | None:
        assert (task_ids, include_prior_dates) == ("r", True)
        return self.told

    def xcom_push(self, key: str, value: str) -> None:
        self.told = value


def require(
    monkeypatch: pytest.MonkeyPatch,
    hour: int,
    loaded: list[int],
    since: datetime = START,
    ti: TaskInstance | None = None,
) -> dict[str, Any]:
    def loaded_hours(self: Ledger, session: Any, window: Window) -> set[datetime]:
        return {START + number * HOUR for number in loaded}.intersection(window)

    monkeypatch.setattr(Ledger, "loaded_hours", loaded_hours)
    monkeypatch.setattr(RequireLoadedOperator, "session", lambda self, context: nullcontext())
    operator = RequireLoadedOperator(
        task_id="r",
        ledger=ledger_of("songplays"),
        hour=(START + hour * HOUR).isoformat(),
        since=since.isoformat(),
        loads_dag_id="plays_hourly",
        lookback_hours=100,
    )
    return operator.execute({"ti": ti or TaskInstance()})  # type: ignore[typeddict-item]


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
    with pytest.raises(AirflowFailException, match=f"Nothing is loaded {words}. See whether plays_hourly is paused"):
        require(monkeypatch, 5, loaded)


def test_an_hour_whose_run_failed_was_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AirflowSkipException, match="2018-11-05T05 is not loaded; its failed run was reported"):
        require(monkeypatch, 5, [4], ti=TaskInstance(failed=5))
    with pytest.raises(AirflowFailException):
        require(monkeypatch, 5, [4], ti=TaskInstance(failed=4))


def test_hours_that_follow_a_late_one_are_told_once_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    ti, told = TaskInstance(), []
    for hour in range(5, 60):
        try:
            require(monkeypatch, hour, [4], ti=ti)
        except AirflowFailException:
            told.append(hour)
        except AirflowSkipException as skipped:
            assert "nor are those since 2018-11-05T05" in str(skipped)  # noqa: PT017 - most of them, not all
    assert told == [5, 29, 53]


def test_a_new_gap_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AirflowFailException, match=r"since 2018-11-05T07:00Z \(1 hours\)"):
        require(monkeypatch, 7, [6], ti=TaskInstance(told=5))
