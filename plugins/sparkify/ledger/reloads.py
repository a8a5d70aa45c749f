"""How a task asks for runs that load hours again: the arguments of TriggerRunOperator. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sparkify.windows import Window


def describe_reloads(windows: Sequence[Window], cause: str, **params: Any) -> list[dict[str, Any]]:
    """Return the arguments of the triggers, one for each window.

    :param windows: what to load.
    :param cause: begins the runs' ids; it names the run that asks for them.
    :param params: further params of the runs.
    """
    return [
        {
            "trigger_run_id": f"{cause}__{window.start:%Y-%m-%dT%H}__{window.hour_count}h",
            "conf": {"window_start": window.start.isoformat(), "window_end": window.end.isoformat(), **params},
        }
        for window in windows
    ]
