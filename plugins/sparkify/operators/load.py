"""What LoadFact and LoadDimension have in common: one transaction, every row compared before it is written."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from airflow.sdk.exceptions import AirflowFailException

from sparkify.hooks.conflicts import run_again_after_conflicts
from sparkify.hooks.sql_text import Ranges, put_values, quote_identifier
from sparkify.loading import table_changes
from sparkify.loading.table_changes import LoadMode
from sparkify.loading.table_load import Fill, TableLoad
from sparkify.operators.base import WarehouseOperator
from sparkify.operators.report import format_counts, rate

if TYPE_CHECKING:
    from airflow.providers.openlineage.extractors import OperatorLineage
    from airflow.sdk import Context

    from sparkify.hooks.warehouse import WarehouseSession

log = logging.getLogger(__name__)

#: So many rows inserted at once make the table's statistics be computed again, for the queries that follow; fewer are
#: left to the warehouse.
_ANALYZE_ABOVE = 10_000


class LoadOperator(WarehouseOperator):
    """Loads one table from one query, in one transaction.

    :param load: the table, and the query of its rows.
    :param mode: what happens to the table's rows, a :class:`~sparkify.loading.table_changes.LoadMode` or its name; or
        a :class:`~sparkify.loading.table_load.Fill` for a table that only this run writes, which needs no lock.
    :param lock: the table on which writers queue; ``None``: the table has no other writers.
    :raises ValueError: when there is no such mode.
    """

    template_fields: Sequence[str] = (*WarehouseOperator.template_fields, "load")
    template_ext: Sequence[str] = (".sql",)
    template_fields_renderers = {"load.sql": "sql"}  # noqa: RUF012 - Airflow's own attribute
    default_mode: LoadMode

    def __init__(
        self,
        *,
        load: TableLoad,
        mode: LoadMode | Fill | str | None = None,
        lock: str | None = "etl.load_mutex",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.load = load
        self.mode = mode if isinstance(mode, Fill) else LoadMode(mode or self.default_mode)
        self.lock = lock

    def execute(self, context: Context) -> dict[str, Any]:
        """Load, and return the counts of candidates, and of rows inserted, updated, deleted and unchanged."""
        started = time.monotonic()
        if isinstance(self.mode, Fill) and self._nothing_is_staged(context, self.mode.files_staged_by):
            log.info("%s: no files were staged, so there is nothing to load.", self.load.table)
            return _counts(0, 0, 0, 0)
        with self.session(context) as session:
            counts, conflicts = run_again_after_conflicts(lambda: self._load(session))
        if conflicts:
            counts["serialization_conflicts"] = conflicts
        counts["seconds"] = round(time.monotonic() - started, 3)
        log.info("%s", format_counts(self.load.table, counts | rate("candidates", counts)))
        self.publish_counts(context, counts)
        return counts

    def get_openlineage_facets_on_complete(self, task_instance: Any) -> OperatorLineage[Any, Any]:
        """Return the tables read and written, with the rows written (called by the OpenLineage provider)."""
        from sparkify.operators import lineage

        rows = sum(int(self.counts.get(name, 0)) for name in ("inserted", "updated"))
        written = lineage.Written(self.load.table, rows if self.counts else None)
        return lineage.describe(self.redshift_conn_id, self.sql_folders, [], [written], [self._put(self.load.sql)])

    def _put(self, sql: str) -> str:
        return put_values(sql, self.sql_values)

    @staticmethod
    def _nothing_is_staged(context: Context, files_staged_by: str) -> bool:
        if not files_staged_by:
            return False
        staged = context["ti"].xcom_pull(task_ids=files_staged_by)
        return isinstance(staged, Mapping) and not staged.get("files")

    def _load(self, session: WarehouseSession) -> dict[str, Any]:
        with session.transaction(lock=None if isinstance(self.mode, Fill) else self.lock):
            counts = self._fill(session, self.mode) if isinstance(self.mode, Fill) else self._merge(session)
            if counts["inserted"] > _ANALYZE_ABOVE:
                session.run(f"ANALYZE {quote_identifier(self.load.table)}")
        return counts

    def _fill(self, session: WarehouseSession, fill: Fill) -> dict[str, Any]:
        inserted = max(session.run(self._put(table_changes.fill(self.load.target, self.load.sql))), 0)
        for statement in fill.record(self.load.table):
            session.run(statement)
        return _counts(inserted, inserted, 0, 0)

    def _merge(self, session: WarehouseSession) -> dict[str, Any]:
        target = self.load.target
        for statement in table_changes.build_candidate(target, self.load.sql):
            session.run(self._put(statement))
        count, without_key, repeated, first, last = session.one(table_changes.check_candidates(target))
        if without_key or repeated:
            raise AirflowFailException(
                f"Of {count} rows for {self.load.table}, {without_key or 0} have no {'/'.join(self.load.key)} "
                f"and {repeated} repeat one. Nothing was written: correct the query of {self.task_id} "
                "or its source."
            )
        bounds = {target.bounds: Ranges(((first, last),) if first is not None else ())}
        removed = [session.run(put_values(statement, bounds)) for statement in self._removals()]
        added = session.run(put_values(table_changes.add_missing(target), bounds))
        updated = removed[-1] if removed else 0
        return _counts(int(count), added - updated, updated, sum(removed[:-1]))

    def _removals(self) -> list[str]:
        """Return the statements that remove rows, the last one those that come back as their candidates are."""
        target = self.load.target
        others = [table_changes.remove_others(target)] if self.mode == LoadMode.REPLACE else []
        differing = [table_changes.remove_differing(target)] if self.mode != LoadMode.APPEND else []
        return [*others, *differing]


def _counts(candidates: int, inserted: int, updated: int, deleted: int) -> dict[str, Any]:
    return {
        "candidates": candidates,
        "inserted": inserted,
        "updated": updated,
        "deleted": deleted,
        "unchanged": candidates - inserted - updated,
    }
