"""Finds hours whose files were changed, added or removed since they were loaded, and single files that are gone."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

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
    """Compares the listing of S3 with the ledger's ETags, and returns what to reload, to be mapped over.

    :param bucket: the source's bucket.
    :param prefix: the folder of the source.
    :param layout: ``hourly`` or ``daily``.
    :param window_start: first hour to compare, ISO 8601; empty: ``lookback_days`` before the newest loaded hour. The
        ledger tells where the source has got to, the clock does not: a source may be years old.
    :param window_end: end of the last one; empty: that of the newest loaded hour.
    :param lookback_days: see there.
    :param reload: whether to ask for the hours to be loaded again.
    :param accept_removed: whether removed files are accepted: then hours that had some are among those, and so is a run
        that removes the rows of single files. They are only reported otherwise.
    :param max_window_hours: the longest window that may be compared, and that a run may load.
    :param ledger: the ledger of the source.
    :param files_prefix: a folder of files that any run loads, once each in each version: those of them that are gone
        are reported as well.
    :param files_ledger: the ledger of that folder; ``None``: there is no such folder.
    :param other_prefixes: folders of the bucket that hold something else, in case they lie below the source's.
    :param aws_conn_id: Airflow connection of type ``aws``.
    """

    template_fields: Sequence[str] = (
        *WarehouseOperator.template_fields,
        "bucket",
        "prefix",
        "files_prefix",
        "window_start",
        "window_end",
        "reload",
        "accept_removed",
    )
    ui_color = "#f2e6c2"

    def __init__(
        self,
        *,
        bucket: str,
        prefix: str,
        layout: str,
        ledger: Ledger,
        window_start: str = "",
        window_end: str = "",
        lookback_days: int = 35,
        reload: bool | str = False,
        accept_removed: bool | str = False,
        max_window_hours: int = 24 * 92,
        files_prefix: str = "",
        files_ledger: Ledger | None = None,
        other_prefixes: Sequence[str] = (),
        aws_conn_id: str | None = "aws_default",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.bucket = bucket
        self.prefix = prefix
        self.layout = layout
        self.window_start = window_start
        self.window_end = window_end
        self.lookback_days = lookback_days
        self.reload = reload
        self.accept_removed = accept_removed
        self.max_window_hours = max_window_hours
        self.ledger = ledger
        self.files_prefix = files_prefix
        self.files_ledger = files_ledger
        self.other_prefixes = other_prefixes
        self.aws_conn_id = aws_conn_id

    def execute(self, context: Context) -> list[dict[str, Any]]:
        """Compare and report; return the triggers' arguments, and push numbers as XCom ``counts``.

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
        return compare(self._source().list_files(ObjectStore(self.aws_conn_id), window), loaded, window)

    def _source(self) -> PartitionedSource:
        return PartitionedSource(self.bucket, self.prefix, layout=self.layout, other_prefixes=self.other_prefixes)

    def _removed_files(self, session: WarehouseSession) -> Sequence[str]:
        """Return the addresses of files that were loaded from the folder of single files and are gone."""
        from sparkify.hooks.object_store import ObjectStore
        from sparkify.staging.new_files import NewFiles

        if self.files_ledger is None:
            return []
        files = NewFiles(Source(self.bucket, self.files_prefix), self.files_ledger)
        return files.find_all(session, ObjectStore(self.aws_conn_id)).removed

    def _find_unclaimed(self) -> Unclaimed:
        """Search the whole source: a run sees only what is on the way to its own hours."""
        from sparkify.hooks.object_store import ObjectStore

        unclaimed = self._source().find_unclaimed(ObjectStore(self.aws_conn_id))
        unclaimed.warn(log)
        return unclaimed

    def _report_removed(self, removed: Sequence[str]) -> None:
        if removed:
            log.warning(
                "%s files of s3://%s/%s are gone, though they were loaded, and their rows are still there: put them "
                "back, or set reload and accept_removed.%s",
                len(removed),
                self.bucket,
                self.files_prefix,
                "".join(f"\n  {line}" for line in _shorten([f"{uri}  is gone" for uri in removed])),
            )

    def _report(self, window: Window, changes: Sequence[HourChange]) -> None:
        lines = _shorten([line for change in changes for line in change.describe()])
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


def _shorten(lines: list[str]) -> list[str]:
    return lines if len(lines) <= _SHOWN else [*lines[:_SHOWN], f"and {len(lines) - _SHOWN} more"]
