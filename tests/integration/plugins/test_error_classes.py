"""Transient errors are retried, all others fail at once; each class of errors is really caused."""

from __future__ import annotations

import logging
import signal
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException, AirflowTaskTimeout

from local_redshift.testing import Delay, Hang, Moment
from tests.support.fault_rig import Rig, on_statement
from tests.support.faults.error_classes import (
    BY_NAME,
    CLASSES,
    CONFLICTS,
    ErrorClass,
    OnStatement,
    Outcome,
    Work,
)

CASES = [pytest.param(error, work, id=f"{error.name}-{work}") for error in CLASSES for work in error.works]


@pytest.mark.parametrize(("error", "work"), CASES)
def test_error_is_retried_or_fails_at_once(rig: Rig, error: ErrorClass, work: Work) -> None:
    with rig.spoiled(error, work) as options, pytest.raises(Exception) as caught:  # noqa: PT011 - judged below
        rig.run(work, **options)
    told = caught.value
    assert not isinstance(told, AirflowSkipException)
    assert error.words.lower() in str(told).lower()
    assert isinstance(told, AirflowFailException) is (error.outcome is Outcome.AT_ONCE)
    if error.outcome is Outcome.RETRIED:
        rig.run(work)
        assert rig.rows() == expected(work)


@pytest.mark.parametrize("name", CONFLICTS)
@pytest.mark.parametrize("work", [Work.STAGE, Work.LOAD])
def test_conflicts_between_transactions_are_run_again_inside_the_operator_and_counted(
    rig: Rig, work: Work, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with rig.spoiled(BY_NAME[name], work, times=2):
        counts = rig.run(work)
    assert rig.rows() == expected(work)
    assert counts["serialization_conflicts"] == 2
    assert [f"Serialization conflict {n}" in caplog.text for n in (1, 2, 3)] == [True, True, False]


@pytest.mark.parametrize("work", [Work.STAGE, Work.LOAD])
def test_a_hung_statement_ends_with_the_tasks_time_and_leaves_nothing(rig: Rig, work: Work) -> None:
    hung = on_statement(OnStatement(Hang(), Moment.AFTER), work, 1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rig.servers.wire, "rule", hung)
        with pytest.raises(AirflowTaskTimeout), alarm(2):
            rig.run(work)
    rig.run(work)
    assert rig.rows() == expected(work)


def test_a_slow_s3_only_delays(rig: Rig) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rig.servers.task_s3, "rule", lambda request: Delay(0.2))
        rig.run(Work.STAGE)
    assert rig.rows() == expected(Work.STAGE)


def expected(work: Work) -> list[list[Any]]:
    """Return the rows that the work leaves; they do not depend on how often it was tried."""
    label = "2018-11-05T13"
    staged = [[(number, label) for number in range(3)], [(label, 3, 3, 0)]] if work is Work.STAGE else [[], []]
    return [*staged, [(1, "a"), (2, "b")] if work is Work.LOAD else []]


class alarm:
    """Raises AirflowTaskTimeout after some seconds, as Airflow does when a task's time is up."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds

    def __enter__(self) -> None:
        def ring(*_: object) -> None:
            raise AirflowTaskTimeout("The task's time is up.")

        self.before = signal.signal(signal.SIGALRM, ring)
        signal.alarm(self.seconds)

    def __exit__(self, *_: object) -> None:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, self.before)
