"""Drops a run's staging schema, unless the run failed and somebody may want to look."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from airflow.sdk.exceptions import AirflowFailException

from sparkify.hooks.errors import describe
from sparkify.hooks.sql_text import quote_identifier
from sparkify.operators.base import WarehouseOperator

if TYPE_CHECKING:
    from airflow.sdk import Context

log = logging.getLogger(__name__)

_FAILED = frozenset({"failed", "upstream_failed"})


class CloseStagingOperator(WarehouseOperator):
    """Drops the staging schema of a run that was published and checked; fails and keeps the schema of any other.

    :param staging_schema: the schema to drop.
    :param checked_by: the task that succeeds only when the run's hours are published and have passed the checks.
    """

    template_fields: Sequence[str] = (*WarehouseOperator.template_fields, "staging_schema")
    ui_color = "#e4e4e4"

    def __init__(self, *, staging_schema: str, checked_by: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.staging_schema = staging_schema
        self.checked_by = checked_by

    def execute(self, context: Context) -> dict[str, Any]:
        """Drop the schema. One that cannot be dropped is left to maintenance: the hours are loaded.

        :raises AirflowFailException: when the run is not published and checked.
        """
        reason = self._unchecked_reason(context)
        if reason:
            raise AirflowFailException(f"{reason} The staging schema {self.staging_schema} is kept until then.")
        return {"staging_schema": self.staging_schema, "kept": not self._is_dropped(context)}

    def _unchecked_reason(self, context: Context) -> str:
        """Return why the run is not published and checked, and what to do; empty when it is.

        Airflow takes skipped tasks for successful ones: a run that is marked as failed, and a cleared task whose set-up
        fails, would end as a success.
        """
        ti, dag = context["ti"], context["dag"]
        states = ti.get_task_states(dag_id=ti.dag_id, run_ids=[ti.run_id]).get(ti.run_id, {})
        teardowns = {task.task_id for task in dag.tasks if task.is_teardown}
        stopped = {task: state for task, state in states.items() if state in _FAILED and task not in teardowns}
        failed = sorted(task for task, state in stopped.items() if state == "failed") or sorted(stopped)
        if failed:
            return (
                f"The run's hours are not all published and checked, because {', '.join(failed)} failed. Correct what "
                "the log there names, then clear it and all that comes after it."
            )
        state = states.get(self.checked_by)
        if state != "success":
            return (
                f"The run was ended before its hours were published and checked ({self.checked_by}: "
                f"{state or 'not run'}). Clear the tasks that did not run, and the run goes on."
            )
        return ""

    def _is_dropped(self, context: Context) -> bool:
        try:
            with self.session(context) as session:
                session.run(f"DROP SCHEMA IF EXISTS {quote_identifier(self.staging_schema)} CASCADE")
        except Exception as error:
            log.warning("%s stays until maintenance drops it: %s", self.staging_schema, describe(error))
            return False
        log.info("Dropped staging schema %s.", self.staging_schema)
        return True
