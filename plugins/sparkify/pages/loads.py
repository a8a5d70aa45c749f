"""The answers of the Loads page: the hours of a period, and all about one hour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sparkify.ledger.changes import HourChange, compare
from sparkify.pages.hours import (
    HourStatus,
    describe_run,
    freshness_of,
    hours_of,
    missing_hours,
    status_of,
    totals_of,
    unclaimed_of,
)
from sparkify.pages.period import Period
from sparkify.pages.queries import Queries
from sparkify.pages.reader import Rows
from sparkify.pages.runs import HOURLY, LoadRun, runs_by_hour, unfinished_runs
from sparkify.settings import Settings
from sparkify.source.partitions import Layout, layout_from_name
from sparkify.sources import event_source
from sparkify.windows import HOUR, Window, hour_label, to_milliseconds

#: Days that the page shows at first, and at most.
DAYS, MAX_DAYS = 14, 366
#: The longest period whose files are listed in S3 for a page, in days.
MAX_LISTED_DAYS = 62


class Loads:
    """Answers what was loaded, from what, and what is wrong with it.

    :param queries: the pages' queries.
    :param settings: the pipeline's settings.
    """

    def __init__(self, queries: Queries, settings: Settings) -> None:
        self._queries = queries
        self._settings = settings

    def period(self, since: str | None, until: str | None) -> Period:
        """Return the period asked for, by default the last days that had source lines."""
        if since or until:
            return Period.parse(since, until, None, DAYS, MAX_DAYS)
        return Period.parse(None, None, self._queries.newest_load().hour_with_lines, DAYS, MAX_DAYS)

    def overview(self, period: Period) -> dict[str, Any]:
        """Return the hours of a period that were loaded, or that a run failed or is at work on, and the freshness."""
        newest, settings = self._queries.newest_load(), self._settings
        loads = self._queries.page("loads", period.milliseconds())
        fresh = freshness_of(newest.hour, datetime.now(UTC), settings.start_date, settings.deadline_minutes)
        hours = hours_of(period, loads, self._runs(period))
        return {
            "since": period.since,
            "until": period.until,
            "newest_hour": newest.hour_with_lines,
            "last_load_at": newest.loaded_at,
            "freshness": fresh,
            "totals": totals_of(loads, self._layout()),
            "missing": missing_hours(period, hours, settings.start_date, fresh["due_until"]),
            "unclaimed": unclaimed_of(self._queries.page("unclaimed", period.milliseconds())),
            "hours": hours,
        }

    def changes(self, period: Period) -> dict[str, Any]:
        """Return the hours of a period whose files in S3 are not those that they were loaded from.

        :raises ValueError: when the period is too long to list.
        """
        if (period.until - period.since).days > MAX_LISTED_DAYS:
            raise ValueError(f"The files of more than {MAX_LISTED_DAYS} days are not listed for a page.")
        changes = self._compare(Window(period.since, period.until))
        return {"hours": [{"hour": hour_label(change.hour), "kind": change.kind} for change in changes]}

    def hour(self, label: str) -> dict[str, Any]:
        """Return all about an hour.

        :param label: such as ``2018-11-05T13``.
        :raises ValueError: when it is none.
        """
        start = parse_hour(label)
        values = {"hour": hour_label(start)}
        ledger = self._queries.page("hour_ledger", values)
        load = ledger[0] if ledger else None
        period = Period(start, start + HOUR)
        status = status_of(load, runs_by_hour(self._runs(period), period).get(start, ()))
        return {
            "hour": hour_label(start),
            "state": status.state,
            "reload": status.reload,
            "load": load,
            "run": describe_run(status.run),
            "loads": self._queries.page("hour_loads", values),
            "objects": self._queries.page("hour_objects", {"hour_ts": to_milliseconds(start)}),
            "rejects": self._queries.page("hour_rejects", values),
            "checks": self._checks(load, status),
            "rerun": rerun(start),
        }

    def hour_changes(self, label: str) -> dict[str, Any]:
        """Return how an hour's files in S3 differ from those that it was loaded from."""
        start = parse_hour(label)
        changes = self._compare(Window(start, start + HOUR))
        return {"hour": label, "kind": changes[0].kind if changes else None, "lines": describe_changes(changes)}

    def _layout(self) -> Layout:
        return layout_from_name(self._settings.log_layout, self._settings.log_prefix)

    def _runs(self, period: Period) -> Sequence[LoadRun]:
        return unfinished_runs(period, self._settings.max_window_hours)

    def _checks(self, load: Mapping[str, Any] | None, status: HourStatus) -> Rows:
        # A run that failed before it published has results, but no row in the ledger.
        failed = status.run if status.run and status.run.state == "failed" else None
        run_id = failed.run_id if failed else load["run_id"] if load else None
        if run_id is None:
            return []
        return self._queries.page("run_checks", {"dag_id": HOURLY, "run_id": run_id})

    def _compare(self, window: Window) -> Sequence[HourChange]:
        from sparkify.hooks.object_store import ObjectStore

        settings = self._settings
        listing = event_source(settings).list_files(ObjectStore(settings.aws_conn_id), window)
        loaded = self._queries.loaded_hours(window)
        # An hour of which there is nothing, here or there, has not changed.
        return [change for change in compare(listing, loaded, window) if change.describe()]


def rerun(start: datetime) -> dict[str, Any]:
    """Return the conf by which an hour is loaded again."""
    first, last = Window(start, start + HOUR).to_iso()
    return {"dag_id": HOURLY, "conf": {"window_start": first, "window_end": last}}


def describe_changes(changes: Sequence[HourChange]) -> list[str]:
    """Return a line for each file that differs."""
    return [line for change in changes for line in change.describe()]


def parse_hour(label: str) -> datetime:
    """Read an hour's name.

    :raises ValueError: when it is none.
    """
    try:
        return datetime.strptime(label, "%Y-%m-%dT%H").replace(tzinfo=UTC)
    except ValueError:
        raise ValueError(f"{label!r} is no hour: give one such as 2018-11-05T13.") from None
