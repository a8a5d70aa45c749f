"""How much work planning may be: a deadline that the walks over tokens keep, and the limits of what can be planned.

Contract: the deadline belongs to a thread, and the clock is read after every so many steps, so that it costs nothing.
Without ``within`` there is no deadline.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from local_redshift.wire.errors import RedshiftError
from local_redshift.wire.protocol import STATEMENT_LIMIT

#: Characters that a statement may grow to when it is rewritten: some clauses repeat parts of it.
_REWRITTEN_LIMIT = 4 * STATEMENT_LIMIT

#: Steps between two looks at the clock; a step is about a microsecond.
_STEPS = 2_000


class OutOfTimeError(Exception):
    """Planning has taken longer than it may."""


class _State(threading.local):
    deadline = float("inf")
    left = _STEPS


_state = _State()


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Let planning in this block and this thread take so long at most.

    :param seconds: the time.
    :raises OutOfTimeError: when it takes longer.
    """
    before = _state.deadline
    _state.deadline = min(before, time.monotonic() + seconds)
    try:
        yield
    finally:
        _state.deadline = before


def spend(steps: int) -> None:
    """Count work that has been or is about to be done.

    :param steps: for instance the number of tokens that are looked at.
    :raises OutOfTimeError: when the time is over.
    """
    _state.left -= steps
    if _state.left < 0:
        _state.left = _STEPS
        if time.monotonic() > _state.deadline:
            raise OutOfTimeError


def require_size(size: int) -> None:
    """Refuse a text that is longer than Redshift takes.

    :param size: of the statement, in bytes.
    :raises RedshiftError: with Redshift's text.
    """
    if size > STATEMENT_LIMIT:
        text = f"Statement is too large. Statement Size: {size} bytes. Maximum Allowed: {STATEMENT_LIMIT} bytes"
        raise RedshiftError("42601", text, hint="Load the rows with COPY, or send them in several statements.")


def require_rewritten_size(size: int) -> None:
    """Refuse a statement that grows too large when it is rewritten.

    :param size: of the text so far, in characters.
    :raises RedshiftError: when it is too large.
    """
    if size > _REWRITTEN_LIMIT:
        text = "statement too complex: written out, it is larger than this local Redshift can run"
        raise RedshiftError("54001", text, hint="Nest DECODE, AVG and aliases of the SELECT list less deeply.")


def too_deep() -> RedshiftError:
    """Return the error of a statement that is nested too deeply, as PostgreSQL has it."""
    hint = "Nest brackets, comments and function calls less deeply."
    return RedshiftError("54001", "stack depth limit exceeded", hint=hint)
