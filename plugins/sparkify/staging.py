"""Where a run stages, and for which hours: pure functions that the DAGs use in their templates."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from typing import Any

from sparkify.partitions import Window

#: By how much the clocks of the scheduler and of a worker may differ.
_CLOCK_TOLERANCE = timedelta(minutes=5)
#: What a run that loads hours may be given.
_PARAMS = ("window_start", "window_end", "accept_removed")


def staging_schema(dag_id: str, run_id: str) -> str:
    """Return the name of a run's own staging schema: the same at every try, another for every run."""
    digest = hashlib.md5(f"{dag_id}|{run_id}".encode(), usedforsecurity=False).hexdigest()
    return f"run_{digest[:20]}"


def requested_window(conf: Any, start: datetime | None, end: datetime | None) -> Window | None:
    """Return the hours that a run was asked for: those of its conf, else its data interval; ``None`` if it has none.

    For those who look at a run from outside; the run itself has :func:`run_window`, which says what is wrong.

    :param conf: the run's conf.
    :param start: start of its data interval.
    :param end: its end.
    """
    given = conf if isinstance(conf, Mapping) else {}
    try:
        if given.get("window_start") and given.get("window_end"):
            return Window.from_iso(str(given["window_start"]), str(given["window_end"]))
        return Window(start, end) if start and end else None
    except ValueError:
        return None


def due_hour(hour: str | None, now: datetime, deadline_minutes: int) -> datetime:
    """Return the first moment of the last hour whose deadline has passed.

    :param hour: another hour to take, ISO 8601.
    :param now: the present moment.
    :param deadline_minutes: minutes from the end of an hour to its deadline.
    :raises ValueError: when ``hour`` is no whole hour.
    """
    if hour:
        first = datetime.fromisoformat(hour)
        return Window(first, first + timedelta(hours=1)).start
    due = now.astimezone(UTC) - timedelta(hours=1, minutes=deadline_minutes)
    return due.replace(minute=0, second=0, microsecond=0)


def given_window(start: str | None, end: str | None, max_hours: int) -> Window | None:
    """Return the window that a run's params give, ``None`` when they give none.

    :param start: its first hour, ISO 8601; empty for none.
    :param end: its end, exclusive.
    :param max_hours: the longest window that one run may take.
    :raises ValueError: when it is open-ended, reversed, not made of whole hours or too long.
    """
    if bool(start) != bool(end):
        missing = "window_end" if start else "window_start"
        raise ValueError(f"The window {start or '?'} to {end or '?'} is open-ended: give {missing} as well.")
    return _within(max_hours, Window.from_iso(str(start), str(end))) if start else None


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
        when the run has neither window nor data interval, or when a param's name is misspelt.
    """
    _refuse_misspelt(params)
    window = given_window(params.get("window_start"), params.get("window_end"), max_hours)
    if window is None:
        window = _within(max_hours, _interval_window(data_interval_start, data_interval_end))
    if window.end > (now or datetime.now(UTC)) + _CLOCK_TOLERANCE:
        raise ValueError(
            f"The window {window} lies in the future or holds the hour that is not over: its files are still being "
            "delivered. Give a window_end (or a logical date) that has passed."
        )
    return window


def _refuse_misspelt(params: Mapping[str, Any]) -> None:
    """Refuse a name that is nearly a param's: Airflow takes any, and the run would load other hours than were meant."""
    for name in params:
        meant = get_close_matches(name.lower(), _PARAMS, n=1, cutoff=0.8)
        if meant and name not in _PARAMS:
            raise ValueError(f"The run was given {name!r}, which is no param: trigger it again with {meant[0]}.")


def _interval_window(start: datetime | None, end: datetime | None) -> Window:
    if start is None or end is None:
        raise ValueError(
            "The run has no data interval (its logical date is null) and no window: trigger it with a logical "
            "date, or with window_start and window_end."
        )
    return Window(start, end)


def _within(max_hours: int, window: Window) -> Window:
    if window.hour_count > max_hours:
        raise ValueError(
            f"The window {window} has {window.hour_count} hours, more than the {max_hours} that one run may take: "
            "split it, or raise [sparkify] max_window_hours."
        )
    return window
