"""Reads the hourly DAG's runs from Airflow's database. Only the API server may use it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sparkify.monitoring.alerts import FAILURE_KEY, REFUSED_KEY, TEARDOWNS
from sparkify.pages.period import Period
from sparkify.run_windows import requested_window, run_window
from sparkify.windows import HOUR, Window

HOURLY = "sparkify_hourly"

#: Runs that are looked at: those of the last weeks, or of a backfill that is under way.
_LIMIT = 3000
_UNFINISHED = ("failed", "running", "queued")


@dataclass(frozen=True)
class LoadRun:
    """A run of the hourly DAG.

    :param state: ``failed``, ``running``, ``queued`` or ``success``.
    :param window: the hours that it loads, ``None`` when its conf holds no valid window.
    :param started: when it began, ``None`` before.
    :param ended: when it ended, ``None`` before.
    :param failed_task: the first of its tasks that failed.
    :param failed_try: the try of that task.
    :param reason: why that task failed.
    :param staged: whether one of its tasks succeeded; the first task creates the run's staging.
    :param refused: whether the failed task refused the run's params.
    """

    run_id: str
    state: str
    window: Window | None
    started: datetime | None
    ended: datetime | None
    failed_task: str | None = None
    failed_try: int | None = None
    reason: str | None = None
    staged: bool = False
    refused: bool = False


def unfinished_runs(period: Period, max_hours: int, dag_id: str = HOURLY) -> list[LoadRun]:
    """Return the runs that failed or are not done and concern a period's hours, the newest first.

    :param max_hours: the longest window that one run may load.
    """
    from airflow.models.dagrun import DagRun
    from airflow.utils.session import create_session
    from sqlalchemy import select

    columns = (DagRun.run_id, DagRun.state, DagRun.start_date, DagRun.end_date, *_asked_for())
    query = select(*columns).where(DagRun.dag_id == dag_id, DagRun.state.in_(_UNFINISHED))
    with create_session() as session:
        rows = session.execute(query.order_by(DagRun.run_after.desc()).limit(_LIMIT)).all()
        runs = [run for row in rows if (run := _run(row)) and _touches(run, period)]
        runs = _with_failed_tasks(session, dag_id, _with_staged(session, dag_id, runs))
    return [run for run in runs if affects_hours(run, max_hours, datetime.now(UTC))]


def affects_hours(run: LoadRun, max_hours: int, now: datetime) -> bool:
    """Return whether a run affects the hours of its window.

    A run that was refused does not, and neither does a run that was marked as failed before any of its tasks started.

    :param max_hours: the longest window that one run may load.
    :param now: the present moment.
    """
    has_begun = run.failed_task is not None and run.failed_task not in TEARDOWNS
    if run.window is None or (run.state == "failed" and not run.staged and (run.refused or not has_begun)):
        return False
    start, end = run.window.to_iso()
    try:
        run_window({"window_start": start, "window_end": end}, run, max_hours, run.started or now)
    except ValueError:
        return run.staged
    return True


def window_of(dag_id: str, run_id: str) -> Window | None:
    """Return the hours that a run was asked for, ``None`` when there is no such run or it was asked for none."""
    from airflow.models.dagrun import DagRun
    from airflow.utils.session import create_session
    from sqlalchemy import select

    query = select(*_asked_for()).where(DagRun.dag_id == dag_id, DagRun.run_id == run_id)
    with create_session() as session:
        row = session.execute(query).one_or_none()
    return requested_window(row) if row else None


def _asked_for() -> tuple[Any, ...]:
    """Return the columns that say which hours a run was asked for."""
    from airflow.models.dagrun import DagRun

    return (
        *(DagRun.conf, DagRun.run_type, DagRun.logical_date),
        *(DagRun.data_interval_start, DagRun.data_interval_end),
    )


def runs_by_hour(runs: Iterable[LoadRun], period: Period) -> Mapping[datetime, Sequence[LoadRun]]:
    """Return the runs by hour of a period, the latest run of each hour first."""
    found: dict[datetime, list[LoadRun]] = defaultdict(list)
    for run in sorted(runs, key=_moment, reverse=True):
        if run.window is None:
            continue
        first, end = max(run.window.start, period.since), min(run.window.end, period.until)
        for number in range((end - first) // HOUR):
            found[first + number * HOUR].append(run)
    return found


def _run(row: Any) -> LoadRun | None:
    window = requested_window(row)
    return LoadRun(row.run_id, str(row.state), window, row.start_date, row.end_date) if window else None


def _touches(run: LoadRun, period: Period) -> bool:
    return run.window is not None and run.window.start < period.until and run.window.end > period.since


def _moment(run: LoadRun) -> datetime:
    # A run that has not started yet is newer than all that have.
    return run.started or datetime.max.replace(tzinfo=UTC)


def _with_staged(session: Any, dag_id: str, runs: Sequence[LoadRun]) -> list[LoadRun]:
    from airflow.models.taskinstance import TaskInstance
    from sqlalchemy import select

    query = select(TaskInstance.run_id).distinct()
    wanted = TaskInstance.run_id.in_([run.run_id for run in runs])
    rows = session.scalars(query.where(TaskInstance.dag_id == dag_id, wanted, TaskInstance.state == "success"))
    staged = set(rows) if runs else set()
    return [replace(run, staged=run.run_id in staged) for run in runs]


def _with_failed_tasks(session: Any, dag_id: str, runs: Sequence[LoadRun]) -> list[LoadRun]:
    from airflow.models.taskinstance import TaskInstance
    from airflow.models.xcom import XComModel
    from sqlalchemy import select

    failed = [run.run_id for run in runs if run.state == "failed"]
    if not failed:
        return list(runs)
    tries = (
        select(TaskInstance.run_id, TaskInstance.task_id, TaskInstance.try_number)
        .where(TaskInstance.dag_id == dag_id, TaskInstance.run_id.in_(failed), TaskInstance.state == "failed")
        .order_by(TaskInstance.end_date.desc())
    )
    # The oldest failure comes last, so it stays: the others are its consequences.
    tasks = {run_id: (task_id, tried) for run_id, task_id, tried in session.execute(tries)}
    said = select(XComModel).where(
        XComModel.dag_id == dag_id, XComModel.run_id.in_(failed), XComModel.key.in_((FAILURE_KEY, REFUSED_KEY))
    )
    reasons = {(row.run_id, row.task_id, row.key): XComModel.deserialize_value(row) for row in session.scalars(said)}
    return [_with_failure(run, tasks[run.run_id], reasons) if run.run_id in tasks else run for run in runs]


def _with_failure(run: LoadRun, task: tuple[str, int], reasons: Mapping[tuple[str, str, str], Any]) -> LoadRun:
    reason = reasons.get((run.run_id, task[0], FAILURE_KEY))
    refused = bool(reasons.get((run.run_id, task[0], REFUSED_KEY)))
    return replace(
        run, failed_task=task[0], failed_try=task[1], reason=str(reason) if reason else None, refused=refused
    )
