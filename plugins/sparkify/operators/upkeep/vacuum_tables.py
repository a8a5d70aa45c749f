"""Sorts tables, gives back the space of deleted rows, and renews the planner's statistics."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sparkify.hooks.sql_text import quote_identifier
from sparkify.operators.base import WarehouseOperator

if TYPE_CHECKING:
    from airflow.sdk import Context

log = logging.getLogger(__name__)


class VacuumTablesOperator(WarehouseOperator):
    """Runs VACUUM and ANALYZE on tables, one after the other: a warehouse runs one VACUUM at a time.

    Redshift does both by itself where it finds time for it; a table that every hour deletes from and inserts into can
    stay behind. VACUUM passes by what is 95 % sorted, and nothing here blocks readers or writers for long:
    https://docs.aws.amazon.com/redshift/latest/dg/r_VACUUM_command.html

    :param tables: the tables.
    :param interleaved: those of them with an interleaved sort key. VACUUM FULL leaves such a key as it was analysed
        last, and INSERT into an empty table does not analyse it:
        https://docs.aws.amazon.com/redshift/latest/dg/r_vacuum-decide-whether-to-reindex.html
    """

    ui_color = "#e4e4e4"

    def __init__(self, *, tables: Sequence[str], interleaved: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.tables = tables
        self.interleaved = interleaved

    def execute(self, context: Context) -> dict[str, float]:
        """Run them and return the seconds that each table took."""
        seconds = {}
        with self.session(context) as session:
            for table in self.tables:
                began = time.monotonic()
                for statement in self._statements(table):
                    session.run(statement)
                seconds[table] = round(time.monotonic() - began, 1)
                log.info("%s: %s s", table, seconds[table])
        return seconds

    def _statements(self, table: str) -> tuple[str, str]:
        """Return the two; VACUUM is refused in a transaction block, so each commits by itself."""
        name = quote_identifier(table)
        vacuum = f"VACUUM REINDEX {name}" if table in self.interleaved else f"VACUUM FULL {name} TO 95 PERCENT"
        return vacuum, f"ANALYZE {name} PREDICATE COLUMNS"
