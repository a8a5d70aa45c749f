"""What the project's DAGs have in common: how tasks are owned and retried, and the params of a window."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import Param

from sparkify.monitoring import alerts
from sparkify.settings import Settings


def task_defaults(settings: Settings, **more: Any) -> dict[str, Any]:
    """Return ``default_args`` for a DAG: owner, connection, retries with exponential backoff, and a note of failures.

    :param settings: the pipeline's settings.
    :param more: what the DAG's tasks have besides, or otherwise.
    """
    return {
        "owner": "data-engineering",
        "on_failure_callback": alerts.record_failure,
        "redshift_conn_id": settings.redshift_conn_id,
        "aws_conn_id": settings.aws_conn_id,
        "lock_wait_seconds": settings.lock_wait_seconds,
        "retries": 4,
        "retry_delay": timedelta(seconds=settings.retry_delay_seconds),
        "retry_exponential_backoff": True,
        "max_retry_delay": timedelta(minutes=10),
        **more,
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
