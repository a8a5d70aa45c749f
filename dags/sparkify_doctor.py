"""Checks what the pipeline depends on: connections, bucket, role, grants, isolation level, tables.

Each check writes one line to the task's log: what was found and, if something is wrong, what to do. Nothing is changed.
The check for orphans reads the whole star and its bookkeeping tables, so it takes longer the more data there is.
"""

from __future__ import annotations

from collections.abc import Iterable

from airflow.sdk import DAG

from sparkify.dag_defaults import dag_arguments
from sparkify.operators.upkeep.diagnose import DiagnoseOperator, Finding
from sparkify.settings import load_settings

settings = load_settings()


def examine() -> Iterable[Finding]:
    """Return what each check of the doctor has found."""
    from sparkify.monitoring.doctor import Doctor  # costs more than all else in this file, and only the task needs it

    return Doctor(settings).examine()


with DAG(
    dag_id="sparkify_doctor",
    description="Check connections, bucket, role, grants, isolation level, tables and orphans",
    doc_md=__doc__,
    schedule=None,
    **dag_arguments(settings, tags=["setup"], alerts_on_failure=False, tasks={"retries": 0}),
) as dag:
    DiagnoseOperator(task_id="diagnose", examine=examine)
