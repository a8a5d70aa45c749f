"""Runs a transaction again after a serialization conflict with another one."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from sparkify.hooks.errors import describe, is_serialization_conflict

log = logging.getLogger(__name__)

Result = TypeVar("Result")

_ATTEMPTS = 6
_MAX_WAIT_SECONDS = 20


def run_again_after_conflicts(work: Callable[[], Result]) -> tuple[Result, int]:
    """Return the work's result, and the number of serialization conflicts that it met first.

    :param work: one transaction, from BEGIN to COMMIT.
    :raises Exception: what the work raised; a conflict only when it is the sixth in a row.
    """
    retrying = Retrying(
        retry=retry_if_exception(is_serialization_conflict),
        wait=wait_random_exponential(multiplier=0.2, max=_MAX_WAIT_SECONDS),
        stop=stop_after_attempt(_ATTEMPTS),
        before_sleep=_log_conflict,
        reraise=True,
    )
    result = retrying(work)
    return result, int(retrying.statistics["attempt_number"]) - 1


def _log_conflict(state: RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    log.warning(
        "Serialization conflict %d with another transaction: this one runs again in %.1f s (%s).",
        state.attempt_number,
        state.upcoming_sleep,
        describe(error) if error else "",
    )
