"""Deletes bookkeeping rows that no longer have to be kept."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sparkify.hooks.sql_text import quote_identifier
from sparkify.operators.base import WarehouseOperator

if TYPE_CHECKING:
    from airflow.sdk import Context

log = logging.getLogger(__name__)


class ExpireRowsOperator(WarehouseOperator):
    """Deletes rows whose timestamp is older than some days, in one transaction with the writers' lock.

    The statements are built here, because they are the same for any table.

    :param tables: for each table, the column with the timestamp, UTC.
    :param keep_days: how many days rows are kept; 0 keeps them for ever.
    :param lock: the table on which writers queue; ``None``: the tables have no other writers.
    """

    template_fields: Sequence[str] = WarehouseOperator.template_fields
    ui_color = "#e4e4e4"

    def __init__(self, *, tables: Mapping[str, str], keep_days: int, lock: str | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.tables = tables
        self.keep_days = keep_days
        self.lock = lock

    def execute(self, context: Context) -> dict[str, int]:
        """Delete, and return the number of rows deleted from each table."""
        if not self.keep_days:
            log.info("%s: kept for ever (0 days).", ", ".join(self.tables))
            return dict.fromkeys(self.tables, 0)
        before = datetime.now(UTC).replace(tzinfo=None) - timedelta(days=self.keep_days)
        deleted = {}
        with self.session(context) as session, session.transaction(lock=self.lock):
            for table, column in self.tables.items():
                deleted[table] = session.run(
                    f"DELETE FROM {quote_identifier(table)} WHERE {quote_identifier(column)} < %s", (before,)
                )
        for table, rows in deleted.items():
            log.info("%s: deleted %s row(s) from before %s.", table, f"{rows:,}", f"{before:%Y-%m-%d}")
        return deleted
