"""The recipe by which LoadFact and LoadDimension write: one lock, one transaction, audited before it commits."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from airflow.sdk.exceptions import AirflowFailException

from sparkify import publish
from sparkify.conflicts import run_again_after_conflicts
from sparkify.operators.base import WarehouseOperator
from sparkify.report import format_counts, rate
from sparkify.sql_text import quote_identifier, split_statements

if TYPE_CHECKING:
    from airflow.providers.openlineage.extractors import OperatorLineage
    from airflow.sdk import Context

    from sparkify.hooks.warehouse import WarehouseSession

log = logging.getLogger(__name__)

#: What a script may read about the load that runs it, as the one row of this temporary table.
_LOAD_CONTEXT = """CREATE TEMP TABLE load_context (
    dag_id VARCHAR(250), run_id VARCHAR(250), task_id VARCHAR(250), try_number INTEGER,
    query_ids VARCHAR(1024), seconds DOUBLE PRECISION
)"""


class LoadOperator(WarehouseOperator):
    """Loads one table from one query, in one transaction that begins with the writers' lock.

    :param table: the table to load, with or without a schema.
    :param columns: its columns, in the order of the query's.
    :param key: the columns that identify a row; candidates must have them, once each.
    :param sql: a SELECT, as text or as the name of a ``.sql`` file below the DAG's template path.
    :param mode: what happens to the table's rows, see :class:`~sparkify.publish.LoadMode`.
    :param guard_sql: queries that must return no rows before anything is done. Their first column is a sentence.
    :param before_sql: scripts run after the guards; they may make temporary tables that ``sql`` reads.
    :param after_sql: scripts run after the table is written; they may read the temporary table ``load_context``
        (dag_id, run_id, task_id, try_number, query_ids, seconds).
    :param assert_sql: queries that must return no rows before the commit. Their first column is a sentence.
    :param report_sql: a query for figures (name, amount), run last in the transaction and shown in the log.
    :param scope: see :class:`~sparkify.publish.Target`.
    :param prune_by: see :class:`~sparkify.publish.Target`.
    :param only_if_sql: a query; when it returns no row there is nothing to load, and nothing is written.
    :param analyze_above: so many rows inserted at once make the table's statistics be computed anew, for the queries
        that follow; less is left to the warehouse.
    :param lock: the table on which writers queue; ``None`` for tables that only this run writes.
    """

    template_fields: Sequence[str] = (
        *WarehouseOperator.template_fields,
        "table",
        "sql",
        "guard_sql",
        "before_sql",
        "after_sql",
        "assert_sql",
        "only_if_sql",
        "report_sql",
    )
    template_ext: Sequence[str] = (".sql",)
    template_fields_renderers = {  # noqa: RUF012 - Airflow's own attribute
        "sql": "sql",
        "guard_sql": "sql",
        "before_sql": "sql",
        "after_sql": "sql",
        "assert_sql": "sql",
        "only_if_sql": "sql",
        "report_sql": "sql",
    }

    def __init__(
        self,
        *,
        table: str,
        columns: Sequence[str],
        key: Sequence[str],
        sql: str,
        mode: str,
        guard_sql: Sequence[str] = (),
        before_sql: Sequence[str] = (),
        after_sql: Sequence[str] = (),
        assert_sql: Sequence[str] = (),
        scope: str | None = None,
        prune_by: str | None = None,
        only_if_sql: str = "",
        report_sql: str = "",
        analyze_above: int = 10_000,
        lock: str | None = "etl.load_mutex",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.table = table
        self.columns = columns
        self.key = key
        self.sql = sql
        self.mode = mode
        self.guard_sql = guard_sql
        self.before_sql = before_sql
        self.after_sql = after_sql
        self.assert_sql = assert_sql
        self.scope = scope
        self.prune_by = prune_by
        self.only_if_sql = only_if_sql
        self.report_sql = report_sql
        self.analyze_above = analyze_above
        self.lock = lock

    def execute(self, context: Context) -> dict[str, Any]:
        """Load the table and return the counts of candidates, inserted, updated, deleted and unchanged rows."""
        started = time.monotonic()
        with self.session(context) as session:
            counts = self._load_with_retries(session, context, started)
        counts["seconds"] = round(time.monotonic() - started, 3)
        log.info("%s", format_counts(f"{self.table}: {self.mode}", {**counts, **rate("candidates", counts)}))
        self.publish_counts(context, counts)
        return counts

    def statements(self) -> list[str]:
        """Return the statements of the transaction; the last DELETE and INSERT run only when rows differ."""
        target = self._target()
        return [
            *([f"LOCK {quote_identifier(self.lock)}"] if self.lock else []),
            *self.guard_sql,
            *([self.only_if_sql] if self.only_if_sql else []),
            *self.before_sql,
            *publish.build_candidate(target, self.sql),
            publish.count_candidates(target),
            *publish.compare(target, publish.LoadMode(self.mode)),
            publish.count_changes(target),
            *publish.write(target),
            *self.after_sql,
            *self.assert_sql,
            *([self.report_sql] if self.report_sql else []),
        ]

    def get_openlineage_facets_on_complete(self, task_instance: Any) -> OperatorLineage[Any, Any]:
        """Return the tables read and written, with the rows written (called by the OpenLineage provider)."""
        from sparkify import lineage

        rows = sum(int(self.counts.get(name, 0)) for name in ("inserted", "updated"))
        written = lineage.Written(self.table, rows if self.counts else None)
        scripts = [*self.before_sql, self.sql, *self.after_sql]
        statements = [statement for script in scripts for statement in split_statements(script)]
        return lineage.describe(self.redshift_conn_id, [], [written], statements)

    def _target(self) -> publish.Target:
        return publish.Target(
            self.table, tuple(self.columns), tuple(self.key), scope=self.scope, prune_by=self.prune_by
        )

    def _load_with_retries(self, session: WarehouseSession, context: Context, started: float) -> dict[str, Any]:
        counts, conflicts = run_again_after_conflicts(lambda: self._load(session, context, started))
        if conflicts:
            counts["serialization_conflicts"] = conflicts
        return counts

    def _load(self, session: WarehouseSession, context: Context, started: float) -> dict[str, Any]:
        target = self._target()
        with session.transaction(lock=self.lock):
            self._assert_empty(session, self.guard_sql)
            if self._nothing_to_load(session):
                return _counts(0, 0, 0, 0, 0)
            for script in self.before_sql:
                session.run_script(script)
            candidates = self._build_candidate(session, target)
            counts = self._publish(session, target, candidates)
            if self.after_sql:
                self._describe_load(session, context, started)
            for script in self.after_sql:
                session.run_script(script)
            self._assert_empty(session, self.assert_sql)
            self._show_figures(session)
        return counts

    def _nothing_to_load(self, session: WarehouseSession) -> bool:
        return bool(self.only_if_sql) and not session.rows(self.only_if_sql.rstrip().rstrip(";"))

    def _build_candidate(self, session: WarehouseSession, target: publish.Target) -> int:
        for statement in publish.build_candidate(target, self.sql):
            session.run(statement)
        count, without_key, repeated = session.one(publish.count_candidates(target))
        if without_key or repeated:
            raise AirflowFailException(
                f"Of {count} rows for {self.table}, {without_key or 0} have no {'/'.join(self.key)} "
                f"and {repeated} repeat one. Nothing was written: correct the query of {self.task_id} "
                "or its source."
            )
        return int(count)

    def _publish(self, session: WarehouseSession, target: publish.Target, candidates: int) -> dict[str, Any]:
        for statement in publish.compare(target, publish.LoadMode(self.mode)):
            session.run(statement)
        new, old, updated, current = session.one(publish.count_changes(target))
        delete, insert = publish.write(target)
        if old:
            session.run(delete)
        if new:
            session.run(insert)
        if new > self.analyze_above:
            session.run(f"ANALYZE {quote_identifier(self.table)}")
        return _counts(candidates, new - updated, updated, old - updated, current - old)

    def _describe_load(self, session: WarehouseSession, context: Context, started: float) -> None:
        ti = context["ti"]
        query_id = session.one("SELECT pg_last_query_id()")[0]
        session.run(_LOAD_CONTEXT)
        session.run(
            "INSERT INTO load_context (dag_id, run_id, task_id, try_number, query_ids, seconds)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            (ti.dag_id, ti.run_id, ti.task_id, ti.try_number, str(query_id), time.monotonic() - started),
        )

    def _show_figures(self, session: WarehouseSession) -> None:
        if self.report_sql:
            figures = {str(row[0]): int(row[1]) for row in session.rows(self.report_sql.rstrip().rstrip(";"))}
            log.info("%s", format_counts(f"From the source to {self.table}", figures))

    def _assert_empty(self, session: WarehouseSession, queries: Sequence[str]) -> None:
        problems = [str(row[0]) for query in queries for row in session.rows(query.rstrip().rstrip(";"))]
        if problems:
            more = f" (and {len(problems) - 5} more)" if len(problems) > 5 else ""
            raise AirflowFailException(
                f"{self.table} was not loaded, the transaction is rolled back: {' '.join(problems[:5])}{more}"
            )


def _counts(candidates: int, inserted: int, updated: int, deleted: int, unchanged: int) -> dict[str, Any]:
    return {
        "candidates": candidates,
        "inserted": inserted,
        "updated": updated,
        "deleted": deleted,
        "unchanged": unchanged,
    }
