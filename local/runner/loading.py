"""Load the source's hours through the DAGs: only those that are not loaded yet, or changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import psycopg

from local.runner.airflow_api import FINISHED, Json
from local.runner.console import Update
from local.runner.errors import RunnerError
from local.runner.source import changed_hours, upload
from local.runner.sql_files import query
from local.runner.stack import Stack
from local.sample import Layout

CREATE_TABLES = "sparkify_create_tables"
HOURLY = "sparkify_hourly"

#: Concurrent runs of a backfill: with eight task slots, more would only wait.
_RUNS_AT_ONCE = 8
_HOUR = timedelta(hours=1)
#: Hours of a window, for data in daily files.
_WINDOW = 10 * 24
#: When no further run finishes in this time, something is stuck.
_STUCK_SECONDS = 1800.0


@dataclass
class LoadResult:
    """The outcome of loading.

    :param hours: all hours of the source.
    :param loaded_now: those that this start loaded.
    :param failed: runs that failed, as Airflow's API describes them, with their DAG's id.
    :param missing: hours that the ledger does not have afterwards.
    """

    hours: list[datetime]
    loaded_now: list[datetime] = field(default_factory=list)
    failed: list[Json] = field(default_factory=list)
    missing: list[datetime] = field(default_factory=list)


def load(stack: Stack) -> LoadResult:
    """Upload the source's files, create the tables, load the hours.

    :param stack: the running system.
    """
    source, console = stack.source, stack.console
    with console.progress(f"Uploading {source.title}", _count(source.files())) as update:
        uploaded = upload(source, stack.s3, stack.settings.bucket, update)
    with console.step("Reading the DAGs"):
        for dag_id in (CREATE_TABLES, HOURLY):
            stack.api.wait_for_dag(dag_id)
    loaded = LoadResult(source.hours())
    with console.step("Creating the tables"):
        stack.api.unpause(CREATE_TABLES)
        run_id = stack.api.trigger(CREATE_TABLES)
        if stack.api.wait(CREATE_TABLES, run_id) != "success":
            loaded.failed.append(stack.api.run(CREATE_TABLES, run_id))
            loaded.missing = loaded.hours
            return loaded
    # Not earlier: it would begin with the current hour at once, and fail because there are no tables.
    stack.api.unpause(HOURLY)
    _finish_earlier_runs(stack, loaded.hours)
    loaded.loaded_now = pending_hours(stack, loaded.hours, changed_hours(uploaded.changed))
    if loaded.loaded_now:
        run = _backfill if source.layout is Layout.HOURLY else _run_windows
        title = f"Loading {len(loaded.loaded_now)} of {len(loaded.hours)} hours"
        with console.progress(title, len(loaded.loaded_now)) as update:
            loaded.failed += run(stack, loaded.loaded_now, update)
    ledger = _ledger(stack, loaded.hours)
    loaded.missing = [hour for hour in loaded.hours if hour not in ledger]
    return loaded


def spans(hours: Iterable[datetime], longest: int | None = None) -> Iterator[tuple[datetime, datetime]]:
    """Return the first and the last hour of each unbroken span.

    :param hours: hours in order.
    :param longest: at most so many hours in a span.
    """
    first = last = None
    for hour in hours:
        if first is None or last is None:
            first = last = hour
        elif hour - last == _HOUR and (longest is None or (hour - first) // _HOUR < longest):
            last = hour
        else:
            yield first, last
            first = last = hour
    if first is not None and last is not None:
        yield first, last


def pending_hours(stack: Stack, hours: Sequence[datetime], changed: set[datetime]) -> list[datetime]:
    """Return the hours to load: not in the ledger, with new files, or with a failed run."""
    ledger = _ledger(stack, hours)
    failed = {
        datetime.fromisoformat(run["logical_date"])
        for run in stack.api.runs(HOURLY, state="failed")
        if run["logical_date"]
    }
    return [hour for hour in hours if hour not in ledger or hour in changed or hour in failed]


def _ledger(stack: Stack, hours: Sequence[datetime]) -> set[datetime]:
    """Return the hours that are loaded.

    :param hours: between the first and the last of these.
    """
    if not hours:
        return set()
    ends = {"from": hours[0], "to": hours[-1]}
    values: dict[str, str | int] = {"target": "songplays"}
    values |= {f"label_{end}": _label(hour) for end, hour in ends.items()}
    values |= {f"ts_{end}": int(hour.timestamp()) * 1000 for end, hour in ends.items()}
    try:
        with psycopg.connect(stack.redshift.dsn(), autocommit=True) as connection:
            rows = connection.execute(query("ledger/loaded_hours.sql"), values).fetchall()
            return {datetime.fromtimestamp(int(row[0]) // 1000, UTC) for row in rows}
    except psycopg.Error as error:
        raise RunnerError(f"The ledger could not be read: {error}") from error


def _label(hour: datetime) -> str:
    return f"{hour:%Y-%m-%dT%H}"


def _finish_earlier_runs(stack: Stack, hours: Sequence[datetime]) -> None:
    """Wait for the runs that an earlier start left unfinished; the scheduler continues them by itself."""
    unfinished = [run for state in ("queued", "running") for run in stack.api.runs(HOURLY, state=state)]
    ids = [run["dag_run_id"] for run in unfinished if _is_ours(run, hours)]
    if ids:
        with stack.console.progress(f"Finishing {len(ids)} runs of the last start", len(ids)) as update:
            _wait_for_runs(stack, ids, update)


def _is_ours(run: Json, hours: Sequence[datetime]) -> bool:
    if run["logical_date"] is None:
        return True
    return hours[0] <= datetime.fromisoformat(run["logical_date"]) <= hours[-1]


def _backfill(stack: Stack, hours: Sequence[datetime], update: Update) -> list[Json]:
    """Run each hour as a run of its own, by Airflow's backfill, and return the runs that failed."""
    before = 0
    for first, last in spans(hours):
        count = (last - first) // _HOUR + 1
        stack.api.end_backfills(HOURLY)
        stack.api.backfill(HOURLY, first, last, _RUNS_AT_ONCE)
        _wait_for_hours(stack, first, last, count, update, before)
        before += count
    # Airflow closes the last backfill only some time later, and refuses the user's own until then.
    stack.api.end_backfills(HOURLY)
    wanted = set(hours)
    runs = stack.api.runs(HOURLY, state="failed", order_by="logical_date")
    return [run for run in runs if run["logical_date"] and datetime.fromisoformat(run["logical_date"]) in wanted]


def _wait_for_hours(stack: Stack, first: datetime, last: datetime, count: int, update: Update, before: int) -> None:
    def finished() -> bool:
        done = stack.api.count_runs(HOURLY, sorted(FINISHED), first, last)
        failed = stack.api.count_runs(HOURLY, ["failed"], first, last)
        update(before + done, f"{failed} failed" if failed else "")
        return done >= count

    timeout = _STUCK_SECONDS + 30.0 * count
    stack.api.wait_until(
        finished, timeout, lambda: f"The backfill is not finished after {timeout:.0f} s; see {stack.address}."
    )


def _run_windows(stack: Stack, hours: Sequence[datetime], update: Update) -> list[Json]:
    """Run windows of many hours each, one after the other, and return the runs that failed."""
    failed, done = [], 0
    for first, last in spans(hours, _WINDOW):
        run_id = stack.api.trigger_window(HOURLY, first, last + _HOUR)
        update(done, f"{_label(first)} to {_label(last)}")
        if stack.api.wait(HOURLY, run_id, _STUCK_SECONDS) != "success":
            failed.append(stack.api.run(HOURLY, run_id))
        done += (last - first) // _HOUR + 1
        update(done)
    return failed


def _wait_for_runs(stack: Stack, run_ids: Sequence[str], update: Update) -> None:
    for number, run_id in enumerate(run_ids, start=1):
        stack.api.wait(HOURLY, run_id, _STUCK_SECONDS)
        update(number)


def _count(files: Iterable[object]) -> int:
    return sum(1 for _ in files)
