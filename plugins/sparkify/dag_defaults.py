"""What the project's DAGs have in common: arguments, schedules, defaults of tasks, and params of the trigger form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from airflow.sdk import CronTriggerTimetable, Param

from sparkify.monitoring import alerts
from sparkify.settings import Settings
from sparkify.tables import WRITERS_LOCK

#: The time zone of all schedules.
TIMEZONE = "UTC"
#: The schemas in which tasks look tables up; a task of the hourly DAG looks into its run's staging schema first.
SEARCH_PATH = ("public", "etl")


def dag_arguments(
    settings: Settings,
    *,
    alerts_on_failure: bool = True,
    macros: Mapping[str, Any] | None = None,
    tags: Sequence[str] = (),
    tasks: Mapping[str, Any] | None = None,
    **otherwise: Any,
) -> dict[str, Any]:
    """Return the arguments that a DAG takes as all others do.

    :param settings: the pipeline's settings.
    :param alerts_on_failure: whether a failed run is reported. A DAG that a person runs and watches needs no report.
    :param macros: macros of the DAG's templates, in addition to those of the alerts.
    :param tags: tags in addition to the project's.
    :param tasks: defaults of the DAG's tasks that differ from :func:`task_defaults`.
    :param otherwise: arguments that the DAG has another value for.
    """
    reported = {"on_failure_callback": alerts.notifiers(settings)} if alerts_on_failure else {}
    return {
        "catchup": False,
        "max_active_runs": 1,
        "template_searchpath": [settings.sql_folder],
        "user_defined_macros": {**alerts.macros(), **(macros or {})},
        "default_args": {**task_defaults(settings), **(tasks or {})},
        "tags": ["sparkify", "redshift", *tags],
        **reported,
        **otherwise,
    }


def utc_cron(expression: str) -> CronTriggerTimetable:
    """Return a schedule.

    :param expression: five fields of cron, UTC.
    """
    return CronTriggerTimetable(expression, timezone=TIMEZONE)


def task_defaults(settings: Settings) -> dict[str, Any]:
    """Return the defaults of tasks: owner, connections, search path, lock, retries with backoff, a note of failures.

    :param settings: the pipeline's settings.
    """
    return {
        "owner": "data-engineering",
        "on_failure_callback": alerts.record_failure,
        "redshift_conn_id": settings.redshift_conn_id,
        "aws_conn_id": settings.aws_conn_id,
        "search_path": list(SEARCH_PATH),
        "lock": WRITERS_LOCK,
        "lock_wait_seconds": settings.lock_wait_seconds,
        "retries": 4,
        "retry_delay": timedelta(seconds=settings.retry_delay_seconds),
        "retry_exponential_backoff": True,
        "max_retry_delay": timedelta(minutes=10),
    }


def window_params(start: str, end: str, *, required: bool = False) -> dict[str, Param]:
    """Return the params ``window_start`` and ``window_end``, with a date-time picker each in the trigger form.

    :param start: what the first means, for the form.
    :param end: what the second means.
    :param required: whether a run cannot do without them.
    """
    kind: dict[str, Any] = {"type": "string"} if required else {"type": ["null", "string"], "default": None}
    return {
        "window_start": Param(**kind, format="date-time", title="Window start (UTC)", description=start),
        "window_end": Param(**kind, format="date-time", title="Window end (UTC)", description=end),
    }


def flag_param(title: str, description: str) -> Param:
    """Return a param that is either on or off, and off by default.

    :param title: its name in the trigger form.
    :param description: what it does, for the form.
    """
    return Param(False, type="boolean", title=title, description=description)
