"""Finds hours whose files were changed, added or removed since they were loaded, and single files that are gone."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sparkify.hooks.shortening import first_lines
from sparkify.ledger.changes import HourChange, compare, merge_hours
from sparkify.ledger.reloads import describe_reloads
from sparkify.operators.base import WarehouseOperator
from sparkify.params import is_true
from sparkify.run_windows import given_window
from sparkify.source.unclaimed import Unclaimed
from sparkify.staging.source_files import PartitionedSource, Source
from sparkify.windows import HOUR, Window

if TYPE_CHECKING:
    from airflow.sdk import Context

    from sparkify.hooks.warehouse import WarehouseSession
    from sparkify.ledger.ledger import Ledger

log = logging.getLogger(__name__)

_SHOWN = 100


class DetectChangesOperator(WarehouseOperator):
    """Compares the listing of S3 with the ledger's ETags, and returns the runs to trigger, for a mapped task.

    :param source: the source of partitions.
    :param ledger: the ledger of the source.
    :param files: a folder of files that any run loads, once each in each version: those of them that are gone are
        reported too; ``None``: there is no such folder.
    :param files_ledger: the ledger of that folder.
    :param window_start: first hour to compare, ISO 8601; empty: ``lookback_days`` before the newest loaded hour. The
        ledger tells how far the source has been loaded, the clock does not: a source may be years old.
    :param window_end: end of the last one; empty: that of the newest loaded hour.
    :param lookback_days: how many days before the newest loaded hour are compared by default.
    :param reload: whether to trigger runs that load the hours again.
    :param accept_removed: whether removed files are accepted. If so, the hours that had them are loaded again as well,
        and a run removes the rows of single files that are gone. Otherwise they are only reported.
    :param max_window_hours: the longest window that may be compared, and that a run may load.
    """

    template_fields: Sequence[str] = (
        *WarehouseOperator.template_fields,
        "source",
        "files",
        "window_start",
        "window_end",
        "reload",
        "accept_removed",
    )
    ui_color = "#f2e6c2"

    def __init__(
        self,
        *,
        source: PartitionedSource,
        ledger: Ledger,
        files: Source | None = None,
        files_ledger: Ledger | None = None,
        window_start: str = "",
        window_end: str = "",
        lookback_days: int = 35,
        reload: bool | str = False,
        accept_removed: bool | str = False,
        max_window_hours: int = 24 * 92,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.source = source
        self.ledger = ledger
        self.files = files
        self.files_ledger = files_ledger
        self.window_start = window_start
        self.window_end = window_end
        self.lookback_days = lookback_days
        self.reload = reload
        self.accept_removed = accept_removed
        self.max_window_hours = max_window_hours

    def execute(self, context: Context) -> list[dict[str, Any]]:
        """Compare and report; return the triggers' arguments, and push the counts as XCom ``counts``.

        They count the hours by how they differ, the single files that are gone, and the objects of the whole source
        that belong to no hour.
        """
        with self.session(context) as session:
            newest = self.ledger.newest_hour(session)
            window = self._window(newest)
            changes = self._compare(session, window) if window else []
            removed = self._removed_files(session)
        unclaimed = self._find_unclaimed()
        if window is None:
            log.info("Nothing is loaded yet, so nothing can have changed since.")
        else:
            self._report(window, changes)
        self._report_removed(removed)
        kinds = Counter(change.kind for change in changes)
        counts = {kind: kinds[kind] for kind in ("changed", "appeared", "removed", "unloaded")}
        counts["removed_files"] = len(removed)
        counts["unclaimed"] = len(unclaimed.objects)
        context["ti"].xcom_push(key="counts", value=counts)
        hours = self._hours_to_load(changes)
        if removed and not hours and newest is not None and is_true(self.accept_removed):
            hours = [newest]  # any run removes the rows of single files
        return self._reloads(hours, context)

    def _window(self, newest: datetime | None) -> Window | None:
        window = given_window(self.window_start, self.window_end, self.max_window_hours)
        if window or newest is None:
            return window
        return Window(newest + HOUR - timedelta(days=self.lookback_days), newest + HOUR)

    def _compare(self, session: WarehouseSession, window: Window) -> list[HourChange]:
        from sparkify.hooks.object_store import ObjectStore

        loaded = self.ledger.read_hours(session, window)
        return compare(self.source.list_files(ObjectStore(self.aws_conn_id), window), loaded, window)

    def _removed_files(self, session: WarehouseSession) -> Sequence[str]:
        """Return the addresses of files that were loaded from the folder of single files and are gone."""
        from sparkify.hooks.object_store import ObjectStore
        from sparkify.staging.new_files import NewFiles

        if self.files is None or self.files_ledger is None:
            return []
        store = ObjectStore(self.aws_conn_id)
        return NewFiles(self.files, self.files_ledger).find_all(session, store).removed

    def _find_unclaimed(self) -> Unclaimed:
        """Search the whole source: a run sees only what is on the way to its own hours."""
        from sparkify.hooks.object_store import ObjectStore

        unclaimed = self.source.find_unclaimed(ObjectStore(self.aws_conn_id))
        unclaimed.warn(log)
        return unclaimed

    def _report_removed(self, removed: Sequence[str]) -> None:
        if removed and self.files is not None:
            log.warning(
                "%s files of s3://%s/%s are gone, though they were loaded, and their rows are still there: put them "
                "back, or set reload and accept_removed.%s",
                len(removed),
                self.files.bucket,
                self.files.prefix,
                "".join(f"\n  {line}" for line in first_lines([f"{uri}  is gone" for uri in removed], _SHOWN)),
            )

    def _report(self, window: Window, changes: Sequence[HourChange]) -> None:
        lines = first_lines([line for change in changes for line in change.describe()], _SHOWN)
        log.info(
            "%s: %s of %s hours differ from what was loaded.%s",
            window,
            len(changes),
            window.hour_count,
            "".join(f"\n  {line}" for line in lines),
        )

    def _hours_to_load(self, changes: Sequence[HourChange]) -> list[datetime]:
        accepted = is_true(self.accept_removed)
        left_out = [change.hour for change in changes if change.removed and not accepted]
        if left_out and is_true(self.reload):
            log.warning(
                "%s hours have files that are gone, and are not loaded again: put them back, or set accept_removed.",
                len(left_out),
            )
        return [change.hour for change in changes if accepted or not change.removed]

    def _reloads(self, hours: Sequence[datetime], context: Context) -> list[dict[str, Any]]:
        if not is_true(self.reload):
            return []
        windows = merge_hours(hours, self.max_window_hours)
        accepted = is_true(self.accept_removed)
        return describe_reloads(windows, f"changes__{context['ti'].run_id}", accept_removed=accepted)
