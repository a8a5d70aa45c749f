"""Drops a run's staging schema, unless the run failed and somebody may want to look."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sparkify.operators.base import WarehouseOperator
from sparkify.sql_text import quote_identifier

if TYPE_CHECKING:
    from airflow.sdk import Context

log = logging.getLogger(__name__)

_FAILED = frozenset({"failed", "upstream_failed"})


class CloseStagingOperator(WarehouseOperator):
    """Drops the staging schema of a run whose other tasks succeeded; keeps that of a failed run.

    :param staging_schema: the schema to drop.
    """

    template_fields: Sequence[str] = (*WarehouseOperator.template_fields, "staging_schema")
    ui_color = "#e4e4e4"

    def __init__(self, *, staging_schema: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.staging_schema = staging_schema

    def execute(self, context: Context) -> dict[str, Any]:
        """Drop or keep the schema and say which."""
        failed = self._failed_tasks(context)
        if failed:
            log.warning(
                "Keeping staging schema %s: %s did not succeed. Clear them, and the rest of the run follows.",
                self.staging_schema,
                ", ".join(failed),
            )
            return {"staging_schema": self.staging_schema, "kept": True}
        with self.session(context) as session:
            for statement in self.statements():
                session.run(statement)
        log.info("Dropped staging schema %s.", self.staging_schema)
        return {"staging_schema": self.staging_schema, "kept": False}

    def statements(self) -> list[str]:
        """Return the statement that drops the staging."""
        return [f"DROP SCHEMA IF EXISTS {quote_identifier(self.staging_schema)} CASCADE"]

    def _failed_tasks(self, context: Context) -> list[str]:
        ti = context["ti"]
        states = ti.get_task_states(dag_id=ti.dag_id, run_ids=[ti.run_id]).get(ti.run_id, {})
        return sorted(task for task, state in states.items() if state in _FAILED)
