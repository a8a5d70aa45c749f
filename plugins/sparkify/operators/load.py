"""The recipe by which LoadFact and LoadDimension write: one transaction, every row compared before it is written."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from airflow.sdk.exceptions import AirflowFailException

from sparkify.hooks.conflicts import run_again_after_conflicts
from sparkify.hooks.sql_text import Ranges, put_values, quote_identifier, quote_literal
from sparkify.loading import table_changes as publish
from sparkify.loading.table_changes import LoadMode
from sparkify.operators.base import WarehouseOperator
from sparkify.operators.report import format_counts, rate

if TYPE_CHECKING:
    from airflow.providers.openlineage.extractors import OperatorLineage
    from airflow.sdk import Context

    from sparkify.hooks.warehouse import WarehouseSession

log = logging.getLogger(__name__)


class LoadOperator(WarehouseOperator):
    """Loads one table from one query, in one transaction.

    :param table: the table to load, with or without a schema.
    :param columns: its columns, in the order of the query's.
    :param key: the columns that identify a row; candidates must have them, once each.
    :param sql: a SELECT, as text or as the name of a ``.sql`` file below the DAG's template path.
    :param mode: what happens to the table's rows, see :class:`~sparkify.loading.table_changes.LoadMode`.
    :param within: a column, best the sort key: only the part of the table between the candidates' lowest and highest
        value of it is read.
    :param analyze_above: so many rows inserted at once make the table's statistics be computed anew, for the queries
        that follow; less is left to the warehouse.
    :param lock: the table on which writers queue; ``None`` for tables that only this run writes.
    :param staged_as: for tables of the run's own schema: the staging table that the query reads. What was built of
        which staging is noted in ``run_loads``, and published only as long as both are the same.
    :param files_staged_by: the id of the task that stages the query's files: if it staged none, there is nothing to do.
    """

    template_fields: Sequence[str] = (*WarehouseOperator.template_fields, "table", "sql")
    template_ext: Sequence[str] = (".sql",)
    template_fields_renderers = {"sql": "sql"}  # noqa: RUF012 - Airflow's own attribute

    def __init__(
        self,
        *,
        table: str,
        columns: Sequence[str],
        key: Sequence[str],
        sql: str,
        mode: str,
        within: str | None = None,
        analyze_above: int = 10_000,
        lock: str | None = "etl.load_mutex",
        staged_as: str | None = None,
        files_staged_by: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.table = table
        self.columns = columns
        self.key = key
        self.sql = sql
        self.mode = mode
        self.within = within
        self.analyze_above = analyze_above
        self.lock = lock
        self.staged_as = staged_as
        self.files_staged_by = files_staged_by

    def execute(self, context: Context) -> dict[str, Any]:
        """Load, and return the counts of candidates, and of rows inserted, updated, deleted and unchanged."""
        started = time.monotonic()
        if self._nothing_is_staged(context):
            log.info("%s: no files were staged, so there is nothing to load.", self.table)
            return _counts(0, 0, 0, 0)
        with self.session(context) as session:
            counts, conflicts = run_again_after_conflicts(lambda: self._load(session))
        if conflicts:
            counts["serialization_conflicts"] = conflicts
        counts["seconds"] = round(time.monotonic() - started, 3)
        log.info("%s", format_counts(self.table, counts | rate("candidates", counts)))
        self.publish_counts(context, counts)
        return counts

    def statements(self) -> list[str]:
        """Return the statements of the transaction; the places of bounds are filled while it runs."""
        target = self._target()
        lock = [f"LOCK {quote_identifier(self.lock)}"] if self.lock else []
        if self.mode == LoadMode.FILL:
            return [*lock, self._put(publish.fill(target, self.sql)), *self._record()]
        return [
            *lock,
            *map(self._put, publish.build_candidate(target, self.sql)),
            publish.check_candidates(target),
            *self._removals(target),
            publish.add_missing(target),
        ]

    def get_openlineage_facets_on_complete(self, task_instance: Any) -> OperatorLineage[Any, Any]:
        """Return the tables read and written, with the rows written (called by the OpenLineage provider)."""
        from sparkify.monitoring import lineage

        rows = sum(int(self.counts.get(name, 0)) for name in ("inserted", "updated"))
        written = lineage.Written(self.table, rows if self.counts else None)
        return lineage.describe(self.redshift_conn_id, self.sql_folders, [], [written], [self._put(self.sql)])

    def _target(self) -> publish.Target:
        return publish.Target(self.table, tuple(self.columns), tuple(self.key), self.within)

    def _put(self, sql: str) -> str:
        return put_values(sql, self.sql_values)

    def _nothing_is_staged(self, context: Context) -> bool:
        if self.files_staged_by is None:
            return False
        staged = context["ti"].xcom_pull(task_ids=self.files_staged_by)
        return isinstance(staged, Mapping) and not staged.get("files")

    def _load(self, session: WarehouseSession) -> dict[str, Any]:
        with session.transaction(lock=self.lock):
            counts = self._fill(session) if self.mode == LoadMode.FILL else self._merge(session)
            if counts["inserted"] > self.analyze_above:
                session.run(f"ANALYZE {quote_identifier(self.table)}")
        return counts

    def _fill(self, session: WarehouseSession) -> dict[str, Any]:
        inserted = max(session.run(self._put(publish.fill(self._target(), self.sql))), 0)
        for statement in self._record():
            session.run(statement)
        return _counts(inserted, inserted, 0, 0)

    def _record(self) -> list[str]:
        """Return the statement that notes what was built, and of which staging."""
        if self.staged_as is None:
            return []
        name = quote_literal(self.table)
        return [
            "INSERT INTO run_loads (table_name, row_count, as_of)"
            f"\nSELECT {name}, (SELECT COUNT(*) FROM {quote_identifier(self.table)}), MAX(as_of)"
            f"\nFROM staged_partitions WHERE table_name = {quote_literal(self.staged_as)}"
            f" AND NOT EXISTS (SELECT 1 FROM run_loads WHERE table_name = {name})"
            "\nGROUP BY table_name"  # an aggregate of no rows would be a row
        ]

    def _merge(self, session: WarehouseSession) -> dict[str, Any]:
        target = self._target()
        for statement in publish.build_candidate(target, self.sql):
            session.run(self._put(statement))
        count, without_key, repeated, first, last = session.one(publish.check_candidates(target))
        if without_key or repeated:
            raise AirflowFailException(
                f"Of {count} rows for {self.table}, {without_key or 0} have no {'/'.join(self.key)} "
                f"and {repeated} repeat one. Nothing was written: correct the query of {self.task_id} "
                "or its source."
            )
        bounds = {target.bounds: Ranges(((first, last),) if first is not None else ())}
        removed = [session.run(put_values(statement, bounds)) for statement in self._removals(target)]
        added = session.run(put_values(publish.add_missing(target), bounds))
        updated = removed[-1] if removed else 0
        return _counts(int(count), added - updated, updated, sum(removed[:-1]))

    def _removals(self, target: publish.Target) -> list[str]:
        """Return the statements that remove rows, the last one those that come back as their candidates are."""
        others = [publish.remove_others(target)] if self.mode == LoadMode.REPLACE else []
        differing = [publish.remove_differing(target)] if self.mode != LoadMode.APPEND else []
        return [*others, *differing]


def _counts(candidates: int, inserted: int, updated: int, deleted: int) -> dict[str, Any]:
    return {
        "candidates": candidates,
        "inserted": inserted,
        "updated": updated,
        "deleted": deleted,
        "unchanged": candidates - inserted - updated,
    }
