"""Publishes what a run has built: bookkeeping, all tables and the ledger in one transaction, or nothing."""

from __future__ import annotations

import json
import logging
import re
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from airflow.sdk.exceptions import AirflowFailException

from sparkify.hooks.conflicts import run_again_after_conflicts
from sparkify.hooks.log_tables import format_counts
from sparkify.hooks.sql_text import Ranges, finds_nothing, put_values, split_statements
from sparkify.ledger.migrations import refuse_other_version
from sparkify.loading.bounds import read_bounds
from sparkify.loading.earlier_loads import EarlierLoads, EarlierQueries
from sparkify.loading.steps import Bounds, Merge, Script, SqlStep, Step
from sparkify.operators.base import WarehouseOperator

if TYPE_CHECKING:
    from airflow.providers.openlineage.extractors import OperatorLineage
    from airflow.sdk import Context

    from sparkify.hooks.warehouse import WarehouseSession

log = logging.getLogger(__name__)

#: The verbs that change rows, with their table.
_WRITE = re.compile(r"(DELETE FROM|INSERT INTO)\s+([\w.]+)", re.IGNORECASE)


class PublishOperator(WarehouseOperator):
    """Brings the shared tables to what the run's tables and the bookkeeping say, in one transaction with the lock.

    The lock is taken before anything shared is read, so that the steps see all that earlier writers committed. A retry
    of a try that committed finds its result in ``run_loads``, and writes nothing. Hours of which another run loaded
    files that were seen later are left as they are (``superseded``).

    :param steps: what is done, in order; see :mod:`sparkify.loading.steps`.
    :param tables: the tables whose changed rows are counted, by their names in the result.
    :param guard_sql: a query that must return no rows before the lock is taken. Its column ``problem`` is a sentence.
    :param run_bounds: the bounds of the run's own rows.
    :param earlier: the queries for what earlier loads left.
    :param assert_steps: queries before the commit, which returns when one of their rows has a ``problem``, a sentence.
        The other columns are figures for the log.
    :param result_sql: the statement that records the ``:result`` in the same transaction, for a later try to find.
    :param lock: the table on which writers queue.
    """

    template_fields: Sequence[str] = (
        *WarehouseOperator.template_fields,
        "steps",
        "assert_steps",
        "guard_sql",
        "run_bounds",
        "earlier",
        "result_sql",
    )
    template_ext: Sequence[str] = (".sql",)
    template_fields_renderers = dict.fromkeys(template_fields[1:], "sql")
    ui_color = "#f4b6a6"

    def __init__(
        self,
        *,
        steps: Sequence[Step],
        tables: Mapping[str, str],
        guard_sql: str,
        run_bounds: Bounds,
        earlier: EarlierQueries,
        assert_steps: Sequence[Script],
        result_sql: str,
        lock: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.steps = steps
        self.assert_steps = assert_steps
        self.tables = tables
        self.guard_sql = guard_sql
        self.run_bounds = run_bounds
        self.earlier = earlier
        self.result_sql = result_sql
        self.lock = lock

    def execute(self, context: Context) -> dict[str, Any]:
        """Publish, and return the rows inserted, updated and deleted by table, and how many hours were superseded."""
        started = time.monotonic()
        with self.session(context) as session:
            self._check(session, self.guard_sql, {})
            values = self._values_of_run(session, context)
            result, conflicts = run_again_after_conflicts(lambda: self._publish(session, dict(values), started))
            if conflicts:
                result["serialization_conflicts"] = conflicts
        result["seconds"] = round(time.monotonic() - started, 3)
        self._show(result)
        self.publish_counts(context, result)
        return result

    def get_openlineage_facets_on_complete(self, task_instance: Any) -> OperatorLineage[Any, Any]:
        """Return the tables read and written, with the rows written (called by the OpenLineage provider)."""
        from sparkify.operators import lineage

        changed: Mapping[str, Mapping[str, int]] = self.counts.get("tables", {})
        rows = {name: sum(changed[name].get(verb, 0) for verb in ("inserted", "updated")) for name in changed}
        written = [lineage.Written(table, rows.get(name)) for name, table in self.tables.items()]
        scripts = [step.sql for step in self.steps if isinstance(step, SqlStep)]
        statements = [statement for script in scripts for statement in split_statements(script)]
        return lineage.describe(self.redshift_conn_id, self.sql_folders, [], written, statements)

    def _values_of_run(self, session: WarehouseSession, context: Context) -> dict[str, Any]:
        """Return the named values that are known before anything shared is read."""
        ti = context["ti"]
        identity = {name: getattr(ti, name) for name in ("dag_id", "run_id", "task_id", "try_number")}
        return {**self.sql_values, **identity, **read_bounds(session, self.run_bounds.sql, {}, self.run_bounds.names)}

    def _publish(self, session: WarehouseSession, values: dict[str, Any], started: float) -> dict[str, Any]:
        with session.transaction(lock=self.lock):
            hours = session.records(self.earlier.hours, values)
            refuse_other_version(hours[0]["schema_version"])
            if hours[0]["result"] is not None:
                log.info("An earlier try has published this run: nothing is written.")
                return dict(json.loads(hours[0]["result"]))
            superseded = self._find_earlier(session, hours, values)
            values["seconds"] = round(time.monotonic() - started, 3)
            changes = Changes()
            for step in self.steps:
                self._do(session, step, values, changes)
            for step in self.assert_steps:
                if not step.when or values[step.when]:
                    self._check(session, step.sql, values)
            counted = {"hours": hours[0]["run_hours"], "superseded": superseded, "tables": changes.of(self.tables)}
            session.run_script(self.result_sql, {"result": json.dumps(counted)})
        return counted

    def _find_earlier(
        self, session: WarehouseSession, hours: Sequence[Mapping[str, Any]], values: dict[str, Any]
    ) -> int:
        """Find what earlier loads left for the run to replace, or to leave, and add it to the values."""
        query = self.earlier.files
        is_asked = query is not None and (not query.when or values[query.when])
        files = session.records(query.sql, values) if query and is_asked else []
        earlier = EarlierLoads([hour for hour in hours if hour["source_partition"] is not None], files)
        earlier.refuse_ties()
        for hour, run_id in earlier.superseded.items():
            log.warning("%s is left as %s loaded it, from files seen later than this run's.", hour, run_id)
        values |= earlier.values(values[self.earlier.fact_days])
        return len(earlier.superseded)

    def _do(self, session: WarehouseSession, step: Step, values: dict[str, Any], changes: Changes) -> None:
        if step.when and not values[step.when]:
            if isinstance(step, Bounds):
                values |= dict.fromkeys(step.names, Ranges())
        elif isinstance(step, Bounds):
            values |= read_bounds(session, step.sql, values, step.names)
        elif isinstance(step, Merge):
            remove, add = step.statements
            removed = 0 if finds_nothing(remove, values) else session.run(put_values(remove, values))
            changes.merged(step.target.table, removed, session.run(put_values(add, values)))
        elif isinstance(step, Script):
            for statement in split_statements(step.sql):
                if not finds_nothing(statement, values):
                    changes.wrote(statement, session.run(put_values(statement, values)))

    def _check(self, session: WarehouseSession, sql: str, values: Mapping[str, Any]) -> None:
        rows = session.records(sql, {**self.sql_values, **values})
        problems = [str(row["problem"]) for row in rows if row["problem"] is not None]
        if problems:
            more = f" (and {len(problems) - 5} more)" if len(problems) > 5 else ""
            raise AirflowFailException(f"Nothing was published: {' '.join(problems[:5])}{more}")
        for row in rows:
            figures = {name: value for name, value in row.items() if name != "problem"}
            log.info("%s", format_counts("From the source to the fact", figures))

    @staticmethod
    def _show(result: Mapping[str, Any]) -> None:
        changed = {
            name: ", ".join(f"{n:,} {verb}" for verb, n in rows.items()) for name, rows in result["tables"].items()
        }
        log.info("%s", format_counts("Rows of the tables", changed))
        if result["superseded"]:
            log.warning(
                "Superseded: %d of %d hours stay as another run loaded them, from files seen later than this run's.",
                result["superseded"],
                result["hours"],
            )


@dataclass
class Changes:
    """The rows that a publish changed, by table."""

    inserted: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    updated: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    deleted: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def merged(self, table: str, removed: int, added: int) -> None:
        """Count what a merge removed and added: what it removed it added again as it is now."""
        self.updated[table] += removed
        self.inserted[table] += added - removed

    def wrote(self, statement: str, rows: int) -> None:
        """Count what a statement of a script wrote."""
        found = _WRITE.match(statement)
        if found:
            counts = self.deleted if found[1].upper() == "DELETE FROM" else self.inserted
            counts[found[2]] += rows

    def of(self, tables: Mapping[str, str]) -> dict[str, dict[str, int]]:
        """Return the counts of some tables, by their names in the result."""
        return {
            name: {"inserted": self.inserted[table], "updated": self.updated[table], "deleted": self.deleted[table]}
            for name, table in tables.items()
        }
