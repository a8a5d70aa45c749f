"""Which hours a run loads, and in which schema it stages them: pure functions for the DAGs' templates.

A run's hours have a name for each point of view:

================  =====================================================================================================
function          the hours
================  =====================================================================================================
given_window      that the params ``window_start`` and ``window_end`` give; ``None`` without them
due_window        of the logical date, for a run without params
run_window        that the run loads: the given ones, else the due one; an error when they make no sense or are not over
requested_window  the same seen from outside, for pages and messages; ``None`` instead of an error
================  =====================================================================================================
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from typing import Any

from sparkify.windows import HOUR, Window

#: By how much the clocks of the scheduler and of a worker may differ.
_CLOCK_TOLERANCE = timedelta(minutes=5)
#: What a run that loads hours may be given.
PARAMS = ("window_start", "window_end", "accept_removed")
#: Names that Airflow or other DAGs use for a run's time. As params they would have no effect.
_TIMES = ("logical_date", "execution_date", "data_interval_start", "data_interval_end", "hour")
#: Types of runs whose interval begins at their logical date; any other run's interval ends at or before it.
_ON_SCHEDULE = ("scheduled", "backfill")


def staging_schema(dag_id: str, run_id: str) -> str:
    """Return the name of a run's own staging schema: the same at every try, another for every run."""
    digest = hashlib.md5(f"{dag_id}|{run_id}".encode(), usedforsecurity=False).hexdigest()
    return f"run_{digest[:20]}"


def requested_window(run: Any) -> Window | None:
    """Return the hours that a run loads, ``None`` when it is refused or has none.

    For code that looks at a run from outside. The run itself uses :func:`run_window`, which says what is wrong.

    :param run: what Airflow knows of the run, see :func:`due_window`; of its ``conf``, the window counts.
    """
    given = run.conf if isinstance(run.conf, Mapping) else {}
    start, end = given.get("window_start"), given.get("window_end")
    try:
        return Window.from_iso(str(start), str(end)) if start or end else due_window(run)
    except ValueError:
        return None


def due_hour(hour: str | None, now: datetime, deadline_minutes: int) -> datetime:
    """Return the first moment of the last hour whose deadline has passed.

    :param hour: another hour to take, ISO 8601.
    :param now: the present moment.
    :param deadline_minutes: minutes from the end of an hour to its deadline.
    :raises ValueError: when ``hour`` is not a whole hour.
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


def run_window(params: Mapping[str, Any], run: Any, max_hours: int, now: datetime | None = None) -> Window:
    """Return the hours that a run is to load: its params' window if it has one, else those it is due for.

    :param params: the run's params; ``window_start`` and ``window_end`` are ISO 8601 texts or ``None``.
    :param run: what Airflow knows of the run, see :func:`due_window`.
    :param max_hours: the longest window that one run may load.
    :param now: the moment at which all hours of the window must be over; default: now.
    :raises ValueError: when the window is open-ended, reversed, not made of whole hours, too long or not over yet,
        when the run has no window and :func:`due_window` knows none, or when a param's name is misspelt.
    """
    _refuse_misspelt(params)
    window = given_window(params.get("window_start"), params.get("window_end"), max_hours) or due_window(run)
    if window.end > (now or datetime.now(UTC)) + _CLOCK_TOLERANCE:
        raise ValueError(
            f"The window {window} lies in the future or holds the hour that is not over: its files are still being "
            "delivered. Give a window_end (or a logical date) that has passed."
        )
    return window


def due_window(run: Any) -> Window:
    """Return the hour that a run without a window loads.

    Scheduled and backfill runs load the hour that begins at their logical date. Any other run loads the last full hour
    before it, as Airflow's ``CronDataIntervalTimetable.infer_manual_data_interval`` has it:
    https://airflow.apache.org/docs/apache-airflow/stable/authoring-and-scheduling/timetable.html

    Airflow does not apply that to every run. ``airflow dags trigger --logical-date`` and ``TriggerDagRunOperator``
    store the last hour of the present, whatever the logical date, and a REST request may name any interval. A task
    cannot tell these from each other, so a run with another interval is refused, and nothing is guessed.

    :param run: Airflow's ``DagRun``, in a task or in the database: ``run_type``, ``logical_date``,
        ``data_interval_start`` and ``data_interval_end``.
    :raises ValueError: when the run has no logical date, or when its data interval is another than that hour.
    """
    if run.logical_date is None:
        raise ValueError(
            "The run has no window and no logical date, so there is no hour that it could load: that is so for "
            "'airflow dags trigger' without --logical-date, for REST with logical_date null and for runs that an asset "
            f"starts. Trigger it again {_with_window('2018-11-05T13:00:00Z', '2018-11-05T14:00:00Z')}, for instance."
        )
    moment = run.logical_date.astimezone(UTC)
    start = moment if run.run_type in _ON_SCHEDULE else moment.replace(minute=0, second=0, microsecond=0) - HOUR
    window = Window(start, start + HOUR)
    interval = (run.data_interval_start, run.data_interval_end)
    if interval not in ((None, None), (window.start, window.end)):
        raise ValueError(_disagreement(run, window))
    return window


def displaced_hour(run: Any) -> Window | None:
    """Return the hour whose scheduled run Airflow does not make because of a manual run, ``None`` if there is none.

    Airflow keeps one run for a logical date, so a manual run at exactly 05:00 takes the place of the one for 05:00 to
    06:00.

    :param run: what Airflow knows of the run, see :func:`due_window`.
    """
    if run.logical_date is None or run.run_type in _ON_SCHEDULE:
        return None
    start = run.logical_date.astimezone(UTC)
    is_whole = start == start.replace(minute=0, second=0, microsecond=0)
    return Window(start, start + HOUR) if is_whole else None


def _disagreement(run: Any, window: Window) -> str:
    logical_date, start, end = (
        moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else "nothing"
        for moment in (run.logical_date, run.data_interval_start, run.data_interval_end)
    )
    given = (moment.isoformat().replace("+00:00", "Z") for moment in (window.start, window.end))
    return (
        f"The run was asked for two different things: its logical date {logical_date} stands for the hour {window}, "
        f"but its data interval is {start} to {end}. ('airflow dags trigger --logical-date' and TriggerDagRunOperator "
        "take the interval from the present; REST takes any.) Nothing is loaded. For the hour of the logical date, "
        f"trigger it again {_with_window(*given)}; for other hours, with theirs."
    )


def _with_window(start: str, end: str) -> str:
    return f"with window_start {start} and window_end {end}"


def _refuse_misspelt(params: Mapping[str, Any]) -> None:
    """Refuse a name that is nearly a param's: Airflow takes any, and the run would load other hours than were meant."""
    for name in params:
        if name.lower() in _TIMES:
            raise ValueError(
                f"The run was given {name!r}, which is not a param: trigger it again with window_start and window_end."
            )
        meant = get_close_matches(name.lower(), PARAMS, n=1, cutoff=0.8)
        if meant and name not in PARAMS:
            raise ValueError(f"The run was given {name!r}, which is not a param: trigger it again with {meant[0]}.")


def _within(max_hours: int, window: Window) -> Window:
    if window.hour_count > max_hours:
        raise ValueError(
            f"The window {window} has {window.hour_count} hours, more than the {max_hours} that one run may take: "
            "split it, or raise the setting max_window_hours."
        )
    return window
