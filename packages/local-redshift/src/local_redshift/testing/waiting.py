"""Waiting for something to happen, for as long as a busy machine needs."""

from __future__ import annotations

import time
from collections.abc import Callable

#: Seconds: far more than anything takes. What is not there by then does not come, and no test is slower for it.
PATIENCE = 60.0


def wait_until(condition: Callable[[], bool], what: str = "it") -> None:
    """Wait until a condition is true.

    :param condition: asked fifty times a second.
    :param what: what is waited for, for the message.
    :raises AssertionError: when it is not true in a minute.
    """
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() >= deadline:
            raise AssertionError(f"{what} did not happen within {PATIENCE:.0f} s")
        time.sleep(0.02)
