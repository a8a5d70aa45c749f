"""Shows what a run of the hourly DAG would find and do, and does none of it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from airflow.sdk.exceptions import AirflowFailException

from sparkify.hooks.sql_files import SqlFiles
from sparkify.operators.base import WarehouseOperator
from sparkify.operators.report import format_counts
from sparkify.run_windows import run_window
from sparkify.staging.load_plan import LoadPlan, describe_sql

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from airflow.sdk import Context

    from sparkify.settings import Settings

log = logging.getLogger(__name__)


class PlanLoadOperator(WarehouseOperator):
    """Lists the files of the run's window, compares them with the ledger, and shows the SQL. Changes nothing.

    The window is that of the run's params ``window_start`` and ``window_end``.

    :param settings: the pipeline's settings.
    :param sql_files: the names of the SQL files that a load runs, by step.
    """

    ui_color = "#f2e6c2"

    def __init__(self, *, settings: Settings, sql_files: Mapping[str, Sequence[str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.settings = settings
        self.sql_files = sql_files

    def execute(self, context: Context) -> dict[str, Any]:
        """Show the plan and return its figures.

        :raises AirflowFailException: when the params give a window that cannot be loaded.
        """
        from sparkify.hooks.object_store import ObjectStore

        try:
            window = run_window(context["params"], context["dag_run"], self.settings.max_window_hours)
        except ValueError as error:
            raise AirflowFailException(str(error)) from None
        with self.session(context) as session:
            plan = LoadPlan.make(self.settings, window, session, ObjectStore(self.settings.aws_conn_id))
        plan.unclaimed.warn(log)
        log.info("The hours\n%s", "\n".join(f"  {line}" for line in plan.lines()))
        log.info("%s", format_counts("In all", plan.counts()))
        for text in describe_sql(SqlFiles(self.settings.sql_folder), self.sql_files):
            log.info("%s", text)
        return plan.counts()
