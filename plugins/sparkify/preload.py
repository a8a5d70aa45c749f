"""Loads what every task needs into the process that LocalExecutor forks its workers from.

A task is a fork of a worker, and a worker one of the scheduler: a module that the scheduler has is shared by all of
them, one that it lacks is loaded by each task anew. The drivers and AWS's client take longer to load than most tasks
take for their work. Other executors start their workers elsewhere, so the scheduler loads nothing for those.
"""

from __future__ import annotations

import importlib
import logging
import platform
import sys
from typing import Any

from airflow.listeners import hookimpl

log = logging.getLogger(__name__)

#: What the operators load when they run, and Airflow when it runs them. None of these starts a thread, which a fork
#: would lose.
MODULES = (
    "airflow.sdk.execution_time.cache",
    "airflow.sdk.execution_time.supervisor",
    "airflow.sdk.execution_time.task_runner",
    "airflow.sdk.definitions.timetables.interval",
    "airflow.providers.amazon.aws.hooks.redshift_sql",
    "airflow.providers.amazon.aws.hooks.s3",
    "boto3.s3.inject",
    "jinja2.ext",
    "obstore.auth.boto3",
    "obstore.store",
    "sparkify.monitoring.alerts",
    "sparkify.staging.bookkeeping",
    "sparkify.loading.bounds",
    "sparkify.hooks.conflicts",
    "sparkify.staging.copy_statement",
    "sparkify.loading.earlier_loads",
    "sparkify.hooks.object_store",
    "sparkify.hooks.sql_files",
    "sparkify.hooks.warehouse",
    "sparkify.ledger.ledger",
    "sparkify.source.file_reading",
    "sparkify.source.jsonpaths",
    "sparkify.staging.manifest_folder",
    "sparkify.staging.new_files",
    "sparkify.operators.audit_staging",
    "sparkify.operators.close_staging",
    "sparkify.operators.confirm_opened",
    "sparkify.operators.data_quality",
    "sparkify.operators.load_dimension",
    "sparkify.operators.load_fact",
    "sparkify.operators.open_staging",
    "sparkify.operators.publish",
    "sparkify.operators.stage_new_files",
    "sparkify.operators.stage_partitions",
    "sparkify.hooks.parallel",
    "sparkify.loading.steps",
    "sparkify.staging.rejected_by_rule",
    "sparkify.star",
    "sparkify.staging.keyed_stager",
    "sparkify.staging.partition_stager",
)


@hookimpl
def on_starting(component: Any) -> None:
    """Load the modules when a scheduler with a LocalExecutor starts.

    :param component: what starts: a ``Job``, or the marker of a task, which is a fork of the scheduler and has them.
    """
    from airflow.sdk.configuration import conf

    is_scheduler = type(component).__name__ == "Job" and sys.argv[1:2] == ["scheduler"]
    if is_scheduler and "LocalExecutor" in conf.get("core", "executor"):
        load_modules()


def load_modules() -> None:
    """Load the modules; one that cannot be loaded is left to the task that needs it, whose log says why."""
    for name in MODULES:
        try:
            importlib.import_module(name)
        except Exception as error:
            log.warning("%s is not loaded ahead: %s", name, error)
    # redshift_connector tells it to the server at every connection; the first time, Python asks a process for it.
    platform.platform()
    _load_listeners()
    _load_definitions()


def _load_definitions() -> None:
    """Have the definition of S3's API read: it takes longer than the rest of making a client.

    boto3 reads the machine's AWS configuration as well, and refuses one that is wrong.
    """
    from sparkify.hooks.store_access import load_definitions

    try:
        load_definitions()
    except Exception as error:
        log.warning("The definition of S3's API is not loaded ahead: %s", error)


def _load_listeners() -> None:
    """Have the plugins' listeners loaded for tasks too: their manager is not the scheduler's own."""
    from airflow.sdk.listener import get_listener_manager

    get_listener_manager()
