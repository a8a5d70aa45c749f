"""What the runner cannot go on from."""

from __future__ import annotations


class RunnerError(Exception):
    """Something that was needed did not work; the message says what, and what to do."""
