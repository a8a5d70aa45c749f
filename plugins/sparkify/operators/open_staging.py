"""Creates a run's staging schema, empty at every execution, and records the hours that the run loads.

The statements are put together here from names and hours: this room is generic, and ``sql/`` is the project's.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sparkify.hooks.locks import explain_schema
from sparkify.hooks.sql_text import quote_identifier
from sparkify.ledger.migrations import check_version
from sparkify.operators.base import WarehouseOperator
from sparkify.run_windows import displaced_hour
from sparkify.windows import Window, hour_label, to_milliseconds

if TYPE_CHECKING:
    from airflow.sdk import Context

    from sparkify.hooks.warehouse import WarehouseSession

log = logging.getLogger(__name__)

#: Rows in one INSERT: below the 32,767 parameters that redshift_connector can send, and above the hours of a year.
_ROWS_PER_INSERT = 10_000


class OpenStagingOperator(WarehouseOperator):
    """Creates a staging schema with empty tables made LIKE templates, in place of what an earlier execution left.

    A run that was deleted and triggered again has the id, and so the schema, of the one before. Both statements of
    schemas may stand in a transaction: https://docs.aws.amazon.com/redshift/latest/dg/r_DROP_SCHEMA.html

    :param staging_schema: the schema to create.
    :param template_schema: the schema that holds the templates.
    :param tables: the templates to copy; ``run_partitions`` among them takes the hours of the window.
    :param version_sql: the query of the tables' version, see :func:`~sparkify.ledger.migrations.check_version`.
    :param created_by: the DAG that creates the tables and migrates them.
    :param views_sql: scripts run in the new schema afterwards.
    :param window: the hours to load, as text; see :meth:`~sparkify.windows.Window.parse`.
    """

    template_fields: Sequence[str] = (
        *WarehouseOperator.template_fields,
        "staging_schema",
        "version_sql",
        "views_sql",
        "window",
    )
    template_ext: Sequence[str] = (".sql",)
    template_fields_renderers = {"version_sql": "sql", "views_sql": "sql"}  # noqa: RUF012 - Airflow's own attribute
    ui_color = "#e4e4e4"

    def __init__(
        self,
        *,
        staging_schema: str,
        template_schema: str,
        tables: Sequence[str],
        version_sql: str,
        created_by: str,
        window: str,
        views_sql: Sequence[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.staging_schema = staging_schema
        self.template_schema = template_schema
        self.tables = tables
        self.version_sql = version_sql
        self.created_by = created_by
        self.window = window
        self.views_sql = views_sql

    def execute(self, context: Context) -> dict[str, Any]:
        """Create the schema and return its name and the number of hours to load.

        :raises AirflowFailException: when the warehouse's tables are of another version than this code.
        """
        with self.session(context) as session:
            window = Window.parse(self.window)
            exists = check_version(session, self.version_sql, self.staging_schema, self.created_by)
            self._open(session, window, exists=exists)
        log.info("Staging schema %s for %s, %s hour(s).", self.staging_schema, window, window.hour_count)
        self._warn_of_displaced_hour(context)
        return {"staging_schema": self.staging_schema, "hours": window.hour_count}

    def _warn_of_displaced_hour(self, context: Context) -> None:
        if displaced := displaced_hour(context["dag_run"]):
            log.warning(
                "This run has the logical date of the scheduled run for %s, and Airflow makes no second one: load that "
                "hour by window_start and window_end when it is over.",
                displaced,
            )

    def _open(self, session: WarehouseSession, window: Window, *, exists: bool) -> None:
        """Make the schema and its rows in one transaction; wait for an earlier try's session as for a writer's lock."""
        drop, *rest = self._definitions()
        with session.transaction():
            if exists:
                with session.bounded_wait(lambda query, seconds: explain_schema(query, self.staging_schema, seconds)):
                    session.run(drop)
            for statement in rest:
                session.run(statement)
            for script in self.views_sql:
                session.run_script(script)
            self._record_partitions(session, window)

    def _definitions(self) -> list[str]:
        schema, template = quote_identifier(self.staging_schema), quote_identifier(self.template_schema)
        tables = [
            f"CREATE TABLE {schema}.{name} (LIKE {template}.{name})" for name in map(quote_identifier, self.tables)
        ]
        return [f"DROP SCHEMA IF EXISTS {schema} CASCADE", f"CREATE SCHEMA {schema}", *tables]

    def _record_partitions(self, session: WarehouseSession, window: Window) -> None:
        hours = list(window.hours())
        for first in range(0, len(hours), _ROWS_PER_INSERT):
            batch = hours[first : first + _ROWS_PER_INSERT]
            values = [
                value
                for hour in batch
                for value in (hour_label(hour), to_milliseconds(hour), to_milliseconds(hour) + 3_600_000)
            ]
            marks = ", ".join(["(%s, %s, %s)"] * len(batch))
            session.run(f"INSERT INTO run_partitions (source_partition, start_ts, end_ts) VALUES {marks}", values)
