"""Shows what a run that loads hours would find and do, and does none of it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from airflow.sdk.exceptions import AirflowFailException

from sparkify.hooks.log_tables import format_counts
from sparkify.hooks.sql_files import SqlFiles
from sparkify.operators.base import WarehouseOperator
from sparkify.run_windows import run_window
from sparkify.staging.load_plan import LoadPlan, describe_sql

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow.sdk import Context

    from sparkify.ledger.ledger import Ledger
    from sparkify.staging.source_files import PartitionedSource, Source

log = logging.getLogger(__name__)


class PlanLoadOperator(WarehouseOperator):
    """Lists the files of the run's window, compares them with the ledger, and shows the SQL. Changes nothing.

    The window is that of the run's params ``window_start`` and ``window_end``.

    :param source: the source of partitions.
    :param ledger: the ledger of the source.
    :param files: a folder whose new files any run loads.
    :param files_ledger: the ledger of that folder.
    :param max_window_hours: the longest window that a run may load.
    :param sql_folder: the folder of the SQL files.
    :param sql_files: the names of the SQL files that a load runs, by step.
    """

    template_fields: Sequence[str] = (*WarehouseOperator.template_fields, "source", "files")
    ui_color = "#f2e6c2"

    def __init__(
        self,
        *,
        source: PartitionedSource,
        ledger: Ledger,
        files: Source,
        files_ledger: Ledger,
        max_window_hours: int,
        sql_folder: str,
        sql_files: Mapping[str, Sequence[str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.source = source
        self.ledger = ledger
        self.files = files
        self.files_ledger = files_ledger
        self.max_window_hours = max_window_hours
        self.sql_folder = sql_folder
        self.sql_files = sql_files

    def execute(self, context: Context) -> dict[str, Any]:
        """Show the plan and return its figures.

        :raises AirflowFailException: when the params give a window that cannot be loaded.
        """
        from sparkify.hooks.object_store import ObjectStore
        from sparkify.staging.new_files import NewFiles

        try:
            window = run_window(context["params"], context["dag_run"], self.max_window_hours)
        except ValueError as error:
            raise AirflowFailException(str(error)) from None
        with self.session(context) as session:
            files = NewFiles(self.files, self.files_ledger)
            plan = LoadPlan.make(self.source, self.ledger, files, window, session, ObjectStore(self.aws_conn_id))
        plan.unclaimed.warn(log)
        log.info("The hours\n%s", "\n".join(f"  {line}" for line in plan.lines()))
        log.info("%s", format_counts("In all", plan.counts()))
        for text in describe_sql(SqlFiles(self.sql_folder), self.sql_files):
            log.info("%s", text)
        return plan.counts()
