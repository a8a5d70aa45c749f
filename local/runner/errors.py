"""The runner's exception."""

from __future__ import annotations


class RunnerError(Exception):
    """The runner cannot continue; the message says why, and what to do."""
