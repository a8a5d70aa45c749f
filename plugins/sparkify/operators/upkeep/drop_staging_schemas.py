"""Drops the staging schemas that failed runs left, once they have been there for some days."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sparkify.hooks.sql_text import quote_identifier
from sparkify.operators.base import WarehouseOperator

if TYPE_CHECKING:
    from airflow.sdk import Context

    from sparkify.hooks.warehouse import WarehouseSession

log = logging.getLogger(__name__)

#: The names that runs give their staging schemas: see :func:`sparkify.run_windows.staging_schema`.
_SCHEMAS = "SELECT TRIM(nspname) FROM pg_namespace WHERE nspname ~ '^run_[0-9a-f]{20}$'"
_SEEN = "SELECT schema_name, first_seen FROM etl.staging_schemas"


class DropStagingSchemasOperator(WarehouseOperator):
    """Drops staging schemas of runs that ended long ago; they are kept until then for whoever wants to look.

    Redshift keeps no time of a schema's making. So those that are seen for the first time are noted, and dropped when
    they are still there after the days given. A run that is cleared later stages anew.

    :param keep_days: how long one is kept after it was first seen.
    """

    ui_color = "#e4e4e4"

    def __init__(self, *, keep_days: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.keep_days = keep_days

    def execute(self, context: Context) -> dict[str, Any]:
        """Note, drop, and return how many were dropped and kept."""
        now = datetime.now(UTC).replace(tzinfo=None)
        with self.session(context) as session:
            found = {str(row[0]) for row in session.rows(_SCHEMAS)}
            seen = {str(name): first for name, first in session.rows(_SEEN)}
            old = sorted(name for name in found & set(seen) if seen[name] <= now - timedelta(days=self.keep_days))
            for name in old:
                session.run(f"DROP SCHEMA IF EXISTS {quote_identifier(name)} CASCADE")
            self._note(session, gone=set(seen) - (found - set(old)), new=sorted(found - set(seen)), now=now)
        log.info("Dropped %s staging schema(s): %s; kept %s.", len(old), ", ".join(old) or "-", len(found) - len(old))
        return {"dropped": len(old), "kept": len(found) - len(old)}

    @staticmethod
    def _note(session: WarehouseSession, *, gone: set[str], new: Sequence[str], now: datetime) -> None:
        for name in sorted(gone):
            session.run("DELETE FROM etl.staging_schemas WHERE schema_name = %s", (name,))
        for name in new:
            session.run("INSERT INTO etl.staging_schemas (schema_name, first_seen) VALUES (%s, %s)", (name, now))
