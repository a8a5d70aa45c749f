"""Where a run stages, and for which hours: pure functions that the DAGs use in their templates."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sparkify.partitions import Window

#: By how much the clocks of the scheduler and of a worker may differ.
_CLOCK_TOLERANCE = timedelta(minutes=5)


def staging_schema(dag_id: str, run_id: str) -> str:
    """Return the name of a run's own staging schema: the same at every try, another for every run."""
    digest = hashlib.md5(f"{dag_id}|{run_id}".encode(), usedforsecurity=False).hexdigest()
    return f"run_{digest[:20]}"


def run_window(
    params: Mapping[str, Any],
    data_interval_start: datetime | None,
    data_interval_end: datetime | None,
    max_hours: int,
    now: datetime | None = None,
) -> Window:
    """Return the hours that a run is to load: its params' window if it has one, else its data interval.

    :param params: the run's params; ``window_start`` and ``window_end`` are ISO 8601 texts or ``None``.
    :param data_interval_start: start of the run's data interval, ``None`` when it has none.
    :param data_interval_end: its end, exclusive.
    :param max_hours: the longest window that one run may load.
    :param now: the moment at which all hours of the window must be over; default: now.
    :raises ValueError: when the window is open-ended, reversed, not made of whole hours, too long or not over yet,
        or when the run has neither window nor data interval.
    """
    start, end = params.get("window_start"), params.get("window_end")
    if bool(start) != bool(end):
        missing = "window_end" if start else "window_start"
        raise ValueError(f"The window {start or '?'} to {end or '?'} is open-ended: give {missing} as well.")
    if start and end:
        window = Window.from_iso(str(start), str(end))
    elif data_interval_start is not None and data_interval_end is not None:
        window = Window(data_interval_start, data_interval_end)
    else:
        raise ValueError(
            "The run has no data interval (its logical date is null) and no window: trigger it with a logical "
            "date, or with window_start and window_end."
        )
    if window.hour_count > max_hours:
        raise ValueError(
            f"The window {window} has {window.hour_count} hours, more than the {max_hours} that one run may load: "
            "split it, or raise [sparkify] max_window_hours."
        )
    if window.end > (now or datetime.now(UTC)) + _CLOCK_TOLERANCE:
        raise ValueError(
            f"The window {window} lies in the future or holds the hour that is not over: its files are still being "
            "delivered. Give a window_end (or a logical date) that has passed."
        )
    return window
