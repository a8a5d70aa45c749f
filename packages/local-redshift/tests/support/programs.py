"""Programs of other environments, which tests run."""

from __future__ import annotations

from collections.abc import Callable

#: Runs a program of the environment on a server and returns what it printed.
Run = Callable[..., str]
