"""Runs data quality checks on the warehouse, stores their results and fails on errors."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from airflow.sdk import Asset
from airflow.sdk.exceptions import AirflowFailException

from sparkify.hooks.conflicts import run_again_after_conflicts
from sparkify.hooks.log_tables import format_counts
from sparkify.hooks.shortening import cut
from sparkify.hooks.sql_text import put_values, quote_identifier
from sparkify.loading.bounds import read_bounds
from sparkify.loading.quality import Check, Result, Severity, count_query, sample_query, sample_text
from sparkify.loading.steps import Bounds
from sparkify.operators.base import WarehouseOperator
from sparkify.windows import Window

if TYPE_CHECKING:
    from airflow.providers.openlineage.extractors import OperatorLineage
    from airflow.sdk import Context

    from sparkify.hooks.warehouse import WarehouseSession

log = logging.getLogger(__name__)

_RESULT_COLUMNS = (
    "check_name",
    "severity",
    "status",
    "failures",
    "sample",
    "source_partition",
    "dag_id",
    "run_id",
    "task_id",
    "try_number",
    "checked_at",
)
#: How many offending rows a failed check shows.
_SAMPLE_ROWS = 5
#: Bytes of offending rows that are kept for a check; the results' column holds 65,535.
_SAMPLE_BYTES = 8000


class DataQualityOperator(WarehouseOperator):
    """Runs named checks, all in one query, and looks closer only at those that found something.

    :param checks: what to check; see :class:`~sparkify.loading.quality.Check`.
    :param results_table: where every result is kept, e.g. ``etl.quality_results``; ``None`` keeps none.
    :param window: the hours that the results are about, as text, see :meth:`~sparkify.windows.Window.parse`: results
        have its first moment as ``source_partition``. Empty: about no hours.
    :param bounds: bounds for the checks' ``:name`` places, each of which may use those before it; the run's id is
        known as ``:run_id``.
    :param published_by: the id of the task that published the tables.
    :param assets: asset → name of its table in that task's result. Once the checks have passed, each asset gets an
        event with the table's counts: Airflow makes events only for a task that succeeded.
        https://airflow.apache.org/docs/apache-airflow/stable/authoring-and-scheduling/asset-scheduling.html
    """

    template_fields: Sequence[str] = (
        *WarehouseOperator.template_fields,
        "checks",
        "bounds",
        "window",
    )
    template_ext: Sequence[str] = (".sql",)
    template_fields_renderers = {"checks": "sql", "bounds": "sql"}  # noqa: RUF012 - Airflow's own attribute
    ui_color = "#c7c1e0"

    def __init__(
        self,
        *,
        checks: Sequence[Check],
        results_table: str | None = None,
        window: str = "",
        bounds: Sequence[Bounds] = (),
        published_by: str = "",
        assets: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(outlets=[Asset(name) for name in assets or {}], **kwargs)
        self.checks = checks
        self.results_table = results_table
        self.window = window
        self.bounds = bounds
        self.published_by = published_by
        self.assets = dict(assets or {})

    def execute(self, context: Context) -> dict[str, Any]:
        """Run the checks and return how many passed, warned and failed.

        :raises AirflowFailException: when a check of severity ``error`` found offending rows.
        """
        with self.session(context) as session:
            results, _ = run_again_after_conflicts(lambda: self._check(session, context))
        counts = {status: sum(r.status == status for r in results) for status in ("passed", "warned", "failed")}
        log.info("%s", format_counts(f"{len(results)} checks", {r.check.name: r.status for r in results}))
        self._judge(results)
        self._report_assets(context)
        return counts

    def get_openlineage_facets_on_complete(self, task_instance: Any) -> OperatorLineage[Any, Any]:
        """Return the tables that the checks read (called by the OpenLineage provider)."""
        from sparkify.operators import lineage

        return lineage.describe(self.redshift_conn_id, self.sql_folders, [], [], [check.sql for check in self.checks])

    def _check(self, session: WarehouseSession, context: Context) -> list[Result]:
        """Run the checks and keep their results, in one transaction.

        Its statements see the tables as they were at its first one: bounds that were read before another run publishes
        would not hold what the checks find after it.
        https://docs.aws.amazon.com/redshift/latest/dg/c_serial_isolation.html
        """
        with session.transaction():
            results = self._run(session, self._bound_checks(session, context))
            self._keep(session, context, results)
        return results

    def _bound_checks(self, session: WarehouseSession, context: Context) -> list[Check]:
        """Return the checks with their bounds as literals."""
        values = {**self.sql_values, "run_id": context["ti"].run_id}
        for bounds in self.bounds:
            values |= read_bounds(session, bounds.sql, values, bounds.names)
        return [replace(check, sql=put_values(check.sql, values)) for check in self.checks]

    def _run(self, session: WarehouseSession, checks: Sequence[Check]) -> list[Result]:
        failures = {name: int(count) for name, count in session.rows(count_query(checks))} if checks else {}
        return [self._look_closer(session, check, failures[check.name]) for check in checks]

    def _look_closer(self, session: WarehouseSession, check: Check, failures: int) -> Result:
        if not failures:
            return Result(check, 0)
        rows = session.records(sample_query(check, _SAMPLE_ROWS))
        return Result(check, failures, tuple(sample_text(row) for row in rows))

    def _keep(self, session: WarehouseSession, context: Context, results: Sequence[Result]) -> None:
        if self.results_table is None or not results:
            return
        ti = context["ti"]
        source_partition = Window.parse(self.window).start.isoformat() if self.window else ""
        row = "(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, GETDATE())"
        values = [
            value
            for r in results
            for value in (
                r.check.name,
                r.check.severity.value,
                r.status,
                r.failures,
                cut("\n".join(r.sample), _SAMPLE_BYTES),
                source_partition,
                ti.dag_id,
                ti.run_id,
                ti.task_id,
                ti.try_number,
            )
        ]
        table = quote_identifier(self.results_table)
        columns = ", ".join(_RESULT_COLUMNS)
        session.run(f"INSERT INTO {table} ({columns}) VALUES {', '.join([row] * len(results))}", values)

    def _judge(self, results: Sequence[Result]) -> None:
        for result in results:
            if result.status == "warned":
                log.warning("%s", result.describe())
        failed = [r for r in results if r.failures and r.check.severity is Severity.ERROR]
        if failed:
            raise AirflowFailException(
                f"{len(failed)} of {len(results)} checks failed. "
                + " | ".join(result.describe() for result in failed)
                + " | The page Quality has each check's history and its query, which shows all of its rows. Correct "
                "the cause, then load the hours again."
            )

    def _report_assets(self, context: Context) -> None:
        published = context["ti"].xcom_pull(task_ids=self.published_by) if self.published_by else None
        tables = (published or {}).get("tables", {})
        for outlet in self.outlets:
            context["outlet_events"][outlet].extra = dict(tables.get(self.assets[outlet.name], {}))
