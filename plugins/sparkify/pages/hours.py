"""What the Loads page says of hours: their state, their sums, and whether they are late. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sparkify.pages.period import Period
from sparkify.pages.reader import Rows
from sparkify.pages.runs import HOURLY, LoadRun, runs_by_hour
from sparkify.run_windows import due_hour
from sparkify.source.partitions import Layout
from sparkify.windows import HOUR, Window, hour_label

#: How many of the objects that belong to no hour the page names.
_UNCLAIMED_SHOWN = 5


@dataclass(frozen=True)
class HourStatus:
    """What is said of an hour.

    :param state: ``loaded``, ``empty``, ``missing``, ``running`` or ``failed``. An empty hour was loaded, but had no
        lines: no files, or in the daily layout only lines of other hours.
    :param reload: ``running`` or ``failed`` when that is what became of loading a loaded hour again.
    :param run: the run that gave the state or the reload; ``None`` when the load did.
    """

    state: str
    reload: str | None = None
    run: LoadRun | None = None


def hours_of(period: Period, loads: Rows, runs: Sequence[LoadRun]) -> Rows:
    """Return a row for each hour that was loaded, or that an unfinished run is to load, in order."""
    by_hour = {from_milliseconds(row["partition_ts"]): row for row in loads}
    by_run = runs_by_hour(runs, period)
    shown = sorted(hour for hour in {*by_hour, *by_run} if hour is not None and period.since <= hour < period.until)
    rows = []
    for hour in shown:
        load = by_hour.get(hour)
        status = status_of(load, by_run.get(hour, ()))
        rows.append({"hour": hour_label(hour), "state": status.state, "reload": status.reload, **(load or {})})
    return rows


def status_of(load: Mapping[str, Any] | None, runs: Sequence[LoadRun]) -> HourStatus:
    """Return what is said of an hour.

    A loaded hour stays loaded whatever becomes of loading it again, unless the run that published it failed afterwards:
    its checks may have found something. A failure counts until a later load has committed.

    :param load: the hour's row of the ledger, if it has one.
    :param runs: the runs that failed or are not done, the one that began last first.
    """
    newest = runs[0] if runs else None
    if load is None:
        if newest is None:
            return HourStatus("missing")
        return HourStatus("failed" if newest.state == "failed" else "running", run=newest)
    published = next((run for run in runs if run.state == "failed" and _published(load, run)), None)
    state = "failed" if published else "loaded" if load["in_scope"] or load["rejected"] else "empty"
    reload = _reload(load, newest) if newest else None
    return HourStatus(state, reload, newest if reload else published)


def _published(load: Mapping[str, Any], run: LoadRun) -> bool:
    """Return whether a run committed a load in its present attempt, and not before it was cleared."""
    return bool(load["run_id"] == run.run_id and run.started and run.started <= _utc(load["loaded_at"]))


def _reload(load: Mapping[str, Any], run: LoadRun) -> str | None:
    if run.state != "failed":
        return "running"
    return "failed" if run.staged and run.started and _utc(load["loaded_at"]) < run.started else None


def describe_run(run: LoadRun | None) -> dict[str, Any] | None:
    """Return what the page shows of a run."""
    if run is None or run.window is None:
        return None
    first, last = run.window.to_iso()
    return {
        "conf": {"window_start": first, "window_end": last},
        "hours": run.window.hour_count,
        "dag_id": HOURLY,
        "run_id": run.run_id,
        "state": run.state,
        "started": run.started,
        "failed_task": run.failed_task,
        "failed_try": run.failed_try,
        "reason": run.reason,
    }


def totals_of(loads: Rows, layout: Layout) -> dict[str, int]:
    """Return the lines and rejects of loads. A day's file counts once, though each of its hours was loaded from it.

    :param loads: rows of the ledger.
    :param layout: of the source.
    """
    files: dict[str, Mapping[str, Any]] = {}
    for row in loads:
        hour = from_milliseconds(row["partition_ts"])
        if hour is not None:
            files[layout.partitions(Window(hour, hour + HOUR))[0].label] = row
    return {name: sum(int(row[name]) for row in files.values()) for name in ("source_lines", "byte_count", "rejected")}


def unclaimed_of(found: Rows) -> dict[str, Any] | None:
    """Return the objects that the last loads found and no load reads, ``None`` when there are none.

    :param found: the hours whose loads found such objects, the last loaded first; several hours find the same ones.
    """
    if not found:
        return None
    sample = [line for row in found for line in str(row["sample"] or "").splitlines()]
    return {
        "hours": len(found),
        "objects": max(int(row["failures"]) for row in found),
        "sample": list(dict.fromkeys(sample))[:_UNCLAIMED_SHOWN],
    }


def freshness_of(newest: datetime | None, now: datetime, start: datetime, deadline_minutes: int) -> dict[str, Any]:
    """Return until when hours are loaded, until when they should be, and how many are late.

    :param newest: the newest hour that is loaded.
    :param now: the present moment.
    :param start: the first hour that is expected.
    :param deadline_minutes: minutes from the end of an hour to its deadline.
    """
    due_until = due_hour(None, now, deadline_minutes) + HOUR
    loaded_until = newest + HOUR if newest is not None else None
    return {
        "loaded_until": loaded_until,
        "due_until": due_until,
        "deadline_minutes": deadline_minutes,
        "late_hours": max(0, (due_until - (loaded_until or start)) // HOUR),
    }


def missing_hours(period: Period, hours: Rows, start: datetime, due_until: datetime) -> int:
    """Return how many hours of a period are due and neither loaded nor known to an unfinished run.

    :param hours: the rows of :func:`hours_of`.
    :param start: the first hour that is expected.
    :param due_until: the end of the last hour that is due.
    """
    first, end = max(period.since, start), min(period.until, due_until)
    known: int = sum(hour_label(first) <= row["hour"] < hour_label(end) for row in hours)
    return max(0, (end - first) // HOUR - known)


def from_milliseconds(value: Any) -> datetime | None:
    """Return a moment that is given in milliseconds since 1970."""
    return datetime.fromtimestamp(int(value) / 1000, UTC) if value is not None else None


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
