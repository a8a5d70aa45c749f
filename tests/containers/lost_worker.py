"""Loads hours on several workers, loses one of them during a load, and waits until all hours are loaded.

Contract: uses only Airflow's API and the warehouse's address, so it does not depend on how the workers are run.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

import psycopg

from local.runner.airflow_api import FINISHED, AirflowApi, Json
from local.runner.errors import RunnerError
from local.runner.loading import CREATE_TABLES, HOURLY

_HOUR = timedelta(hours=1)
_SECONDS = 900.0
#: The task that waits for the warehouse's mutex in its transaction.
_WRITER = "publish"


def make_tables(api: AirflowApi, *, drop: bool = False) -> None:
    """Create the tables through their DAG.

    :param drop: whether to drop them first, with all that they hold.
    :raises RunnerError: when it fails.
    """
    for dag_id in (CREATE_TABLES, HOURLY):
        api.wait_for_dag(dag_id, 180)
        api.unpause(dag_id)
    if api.wait(CREATE_TABLES, api.trigger(CREATE_TABLES, conf={"drop_existing": drop})) != "success":
        raise RunnerError("The tables were not created.")


def load_hours(api: AirflowApi, first: datetime, hours: int) -> None:
    """Backfill hours, a run each, and wait until all are green.

    :raises RunnerError: when one fails, or they do not end in time.
    """
    _begin(api, first, hours)
    _finish(api, first, hours)


def load_hours_losing_a_worker(
    api: AirflowApi, warehouse: str, first: datetime, hours: int, lose: Callable[[str], None]
) -> set[str]:
    """Backfill hours; once a write waits in the warehouse on one of at least two busy workers, lose that worker.

    :param warehouse: address of the warehouse.
    :param lose: makes a worker disappear, given its host name.
    :returns: the host names of the workers that were busy.
    :raises RunnerError: when a run fails, or they do not end in time.
    """
    with psycopg.connect(warehouse) as holder:
        # All writers wait for this transaction, so the worker is certain to be lost in the middle of a write.
        holder.execute("LOCK TABLE etl.load_mutex")
        _begin(api, first, hours)
        busy: dict[str, list[Json]] = {}

        def two_are_busy() -> bool:
            busy.clear()
            for task in _running(api, first, hours):
                busy.setdefault(task["hostname"], []).append(task)
            return len(busy) >= 2 and any(_writes(tasks) for tasks in busy.values())

        api.wait_until(two_are_busy, _SECONDS, lambda: f"Two workers were never busy at once: {busy}")
        lose(next(host for host, tasks in busy.items() if _writes(tasks)))
        holder.rollback()
    _finish(api, first, hours)
    return set(busy)


def _writes(tasks: list[Json]) -> bool:
    return any(task["task_id"] == _WRITER for task in tasks)


def _running(api: AirflowApi, first: datetime, hours: int) -> list[Json]:
    span = {"logical_date_gte": first.isoformat(), "logical_date_lte": (first + (hours - 1) * _HOUR).isoformat()}
    tasks = api.pages(f"/dags/{HOURLY}/dagRuns/~/taskInstances", "task_instances", state="running", **span)
    return [task for task in tasks if task["hostname"]]


def _begin(api: AirflowApi, first: datetime, hours: int) -> None:
    api.end_backfills(HOURLY)
    api.backfill(HOURLY, first, first + (hours - 1) * _HOUR, max_active_runs=hours)


def _finish(api: AirflowApi, first: datetime, hours: int) -> None:
    last = first + (hours - 1) * _HOUR

    def finished() -> bool:
        with suppress(RunnerError):
            return api.count_runs(HOURLY, sorted(FINISHED), first, last) >= hours
        return False

    api.wait_until(finished, _SECONDS, lambda: f"The hours from {first} on are not loaded after {_SECONDS:.0f} s.")
    if red := api.count_runs(HOURLY, ["failed"], first, last):
        raise RunnerError(f"{red} of {hours} runs failed; see Airflow's logs.")
