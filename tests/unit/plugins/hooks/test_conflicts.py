"""A transaction that another one got in the way of runs again; every other error ends it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from tenacity import nap

from sparkify.hooks.conflicts import run_again_after_conflicts


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    waited: list[float] = []
    monkeypatch.setattr(nap.time, "sleep", waited.append)
    return waited


def failing(errors: list[Exception]) -> Callable[[], str]:
    """Return work that raises the errors one after the other, and then succeeds."""
    left = iter(errors)

    def work() -> str:
        error = next(left, None)
        if error is not None:
            raise error
        return "done"

    return work


def conflict() -> Exception:
    return psycopg.errors.SerializationFailure("could not serialize access")


@pytest.mark.parametrize("count", [0, 1, 5])
def test_work_that_succeeds_in_the_end_says_how_many_conflicts_it_met(count: int, waits: list[float]) -> None:
    assert run_again_after_conflicts(failing([conflict() for _ in range(count)])) == ("done", count)
    assert len(waits) == count


def test_the_sixth_conflict_in_turn_is_raised(waits: list[float]) -> None:
    errors: list[Any] = [conflict() for _ in range(6)]
    with pytest.raises(psycopg.errors.SerializationFailure) as caught:
        run_again_after_conflicts(failing(errors))
    assert caught.value is errors[-1]
    assert len(waits) == 5


@pytest.mark.parametrize(
    "error", [psycopg.errors.UndefinedTable("no table"), ConnectionResetError("reset"), ValueError("x")]
)
def test_another_error_is_raised_at_once(error: Exception, waits: list[float]) -> None:
    with pytest.raises(type(error)):
        run_again_after_conflicts(failing([error]))
    assert waits == []
