"""Finds the hours and files that have lines in quarantine, so that they can be loaded again."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sparkify.ledger.changes import hours_of_label, merge_hours
from sparkify.ledger.reloads import describe_reloads
from sparkify.operators.base import WarehouseOperator
from sparkify.run_windows import given_window
from sparkify.windows import HOUR, Window

if TYPE_CHECKING:
    from airflow.sdk import Context

    from sparkify.hooks.warehouse import WarehouseSession
    from sparkify.ledger.ledger import Ledger

log = logging.getLogger(__name__)


class FindRejectsOperator(WarehouseOperator):
    """Looks at the quarantine and returns the runs to trigger, for a mapped task.

    A partition is the unit of load: its lines are not loaded one by one, the whole hour is loaded again, and what can
    be loaded now leaves the quarantine.

    :param ledger: the ledger of the partitions.
    :param files_ledger: the ledger of the folder whose files any run loads.
    :param files_table: the folder's staging table.
    :param window_start: first hour to look at, ISO 8601; empty for all.
    :param window_end: end of the last one.
    :param reason_contains: only lines whose reason has this in it.
    :param max_window_hours: the longest window that a run may load.
    """

    template_fields: Sequence[str] = (
        *WarehouseOperator.template_fields,
        "window_start",
        "window_end",
        "reason_contains",
    )
    ui_color = "#f2e6c2"

    def __init__(
        self,
        *,
        ledger: Ledger,
        files_ledger: Ledger,
        files_table: str,
        window_start: str = "",
        window_end: str = "",
        reason_contains: str = "",
        max_window_hours: int = 24 * 92,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.window_start = window_start
        self.window_end = window_end
        self.reason_contains = reason_contains
        self.max_window_hours = max_window_hours
        self.ledger = ledger
        self.files_ledger = files_ledger
        self.files_table = files_table

    def execute(self, context: Context) -> list[dict[str, Any]]:
        """Report the quarantine, mark its files to be loaded again, and return the triggers' arguments."""
        with self.session(context) as session:
            window = given_window(self.window_start, self.window_end, self.max_window_hours)
            found = self.ledger.rejected_lines(session, window, self.reason_contains)
            if any(lines.table == self.files_table for lines in found):
                self.files_ledger.reload_rejected_files(session, self.files_table, self.reason_contains)
            hours = self._loaded_hours(session, [lines.partition for lines in found if lines.table != self.files_table])
            if found and not hours:
                hours = self._newest_hour(session)
        if not found:
            log.info("Nothing is in quarantine.")
        for lines in found:
            log.info("%s  %s  %s line(s): %s", lines.partition or "(files)", lines.table, lines.count, lines.reason)
        counts = {"lines": sum(lines.count for lines in found), "hours": len(hours)}
        context["ti"].xcom_push(key="counts", value=counts)
        return describe_reloads(merge_hours(hours, self.max_window_hours), f"replay__{context['ti'].run_id}")

    def _loaded_hours(self, session: WarehouseSession, labels: Sequence[str]) -> set[datetime]:
        """Return the loaded hours of some partitions: some hours of a day's file may not be loaded yet."""
        hours = {hour for label in labels for hour in hours_of_label(label)}
        if not hours:
            return set()
        return hours & self.ledger.loaded_hours(session, Window(min(hours), max(hours) + HOUR))

    def _newest_hour(self, session: WarehouseSession) -> set[datetime]:
        """Return the newest hour: any run loads the files of a folder, so a run of this hour does."""
        newest = self.ledger.newest_hour(session)
        return set() if newest is None else {newest}
