"""Drops the staging schemas that failed runs left, once they have been there for some days."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sparkify.hooks.sql_files import SqlFiles
from sparkify.hooks.sql_text import put_values, quote_identifier
from sparkify.operators.base import WarehouseOperator

if TYPE_CHECKING:
    from airflow.sdk import Context

    from sparkify.hooks.warehouse import WarehouseSession

log = logging.getLogger(__name__)


class DropStagingSchemasOperator(WarehouseOperator):
    """Drops staging schemas of runs that ended long ago; they are kept until then for whoever wants to look.

    Redshift keeps no time at which a schema was made. So those that are seen for the first time are recorded, and
    dropped when they are still there after the given days. A run that is cleared later stages again.

    :param sql_folder: the folder of the SQL files.
    :param keep_days: how long a schema is kept after it was first seen.
    """

    ui_color = "#e4e4e4"

    def __init__(self, *, sql_folder: str, keep_days: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.sql_folder = sql_folder
        self.keep_days = keep_days

    def execute(self, context: Context) -> dict[str, Any]:
        """Record and drop schemas, and return how many were dropped and kept."""
        sql = SqlFiles(self.sql_folder)
        old_before = datetime.now(UTC).replace(tzinfo=None) - timedelta(days=self.keep_days)
        with self.session(context) as session:
            present = {str(row[0]) for row in session.rows(sql.statement("upkeep/present_staging_schemas.sql"))}
            seen = {str(row[0]): row[1] for row in session.rows(sql.statement("upkeep/recorded_staging_schemas.sql"))}
            old = sorted(name for name in present & seen.keys() if seen[name] <= old_before)
            for name in old:
                session.run(f"DROP SCHEMA IF EXISTS {quote_identifier(name)} CASCADE")
            self._run_for(session, "upkeep/delete_staging_schema.sql", sorted((seen.keys() - present) | set(old)))
            self._run_for(session, "upkeep/record_staging_schema.sql", sorted(present - seen.keys()))
        kept = len(present) - len(old)
        log.info("Dropped %s staging schema(s): %s; kept %s.", len(old), ", ".join(old) or "-", kept)
        return {"dropped": len(old), "kept": kept}

    def _run_for(self, session: WarehouseSession, name: str, schemas: Sequence[str]) -> None:
        statement = SqlFiles(self.sql_folder).statement(name)
        for schema in schemas:
            session.run(put_values(statement, {"schema_name": schema}))
