"""Finds hours whose files were changed, added or removed since they were loaded."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sparkify.changes import HourChange, compare, merge_hours
from sparkify.operators.base import WarehouseOperator
from sparkify.params import is_true
from sparkify.partitions import HOUR, Window, layout_from_name, to_milliseconds
from sparkify.reloads import describe_reloads
from sparkify.source import Source
from sparkify.sql_text import quote_identifier
from sparkify.staging import given_window
from sparkify.unclaimed import Unclaimed, find_unclaimed

if TYPE_CHECKING:
    from airflow.sdk import Context

    from sparkify.hooks.warehouse import WarehouseSession

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
    :param accept_removed: whether hours with removed files are among those; they are only reported otherwise.
    :param max_window_hours: the longest window that may be compared, and that a run may load.
    :param ledger_target: the value of ``target_table`` under which the ledger knows the source.
    :param other_prefixes: folders of the bucket that hold something else, in case they lie below the source's.
    :param aws_conn_id: Airflow connection of type ``aws``.
    """

    template_fields: Sequence[str] = (
        *WarehouseOperator.template_fields,
        "bucket",
        "prefix",
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
        window_start: str = "",
        window_end: str = "",
        lookback_days: int = 35,
        reload: bool | str = False,
        accept_removed: bool | str = False,
        max_window_hours: int = 24 * 92,
        ledger_target: str = "songplays",
        objects_table: str = "etl.source_objects",
        other_prefixes: Sequence[str] = (),
        ledger_table: str = "etl.load_ledger",
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
        self.ledger_target = ledger_target
        self.objects_table = objects_table
        self.other_prefixes = other_prefixes
        self.ledger_table = ledger_table
        self.aws_conn_id = aws_conn_id

    def execute(self, context: Context) -> list[dict[str, Any]]:
        """Compare and report; return the triggers' arguments, and push numbers as XCom ``counts``.

        They count the hours by how they differ, and the objects of the whole source that belong to no hour.
        """
        with self.session(context) as session:
            window = self._window(session)
            changes = self._compare(session, window) if window else []
        unclaimed = self._find_unclaimed()
        if window is None:
            log.info("Nothing is loaded yet, so nothing can have changed since.")
        else:
            self._report(window, changes)
        kinds = Counter(change.kind for change in changes)
        counts = {kind: kinds[kind] for kind in ("changed", "appeared", "removed", "unloaded")}
        counts["unclaimed"] = len(unclaimed.objects)
        context["ti"].xcom_push(key="counts", value=counts)
        return self._reloads(changes, context)

    def _window(self, session: WarehouseSession) -> Window | None:
        window = given_window(self.window_start, self.window_end, self.max_window_hours)
        if window:
            return window
        sql = f"SELECT MAX(partition_ts) FROM {quote_identifier(self.ledger_table)} WHERE target_table = %s"
        newest = session.one(sql, (self.ledger_target,))[0]
        if newest is None:
            return None
        end = datetime.fromtimestamp(int(newest) // 1000, UTC) + HOUR
        return Window(end - timedelta(days=self.lookback_days), end)

    def _compare(self, session: WarehouseSession, window: Window) -> list[HourChange]:
        from sparkify.hooks.object_store import ObjectStore

        source = Source(self.bucket, self.prefix, layout_from_name(self.layout, self.prefix), window)
        bounds = (self.ledger_target, to_milliseconds(window.start), to_milliseconds(window.end))
        within = "WHERE target_table = %s AND partition_ts >= %s AND partition_ts < %s"
        hours = session.rows(f"SELECT partition_ts FROM {quote_identifier(self.ledger_table)} {within}", bounds)
        objects = session.rows(
            f"SELECT partition_ts, object_uri, etag FROM {quote_identifier(self.objects_table)} {within}", bounds
        )
        listing = source.list(ObjectStore(self.aws_conn_id))
        return compare(listing, [row[0] for row in hours], [(row[0], row[1], row[2]) for row in objects], window)

    def _find_unclaimed(self) -> Unclaimed:
        """Search the whole source: a run sees only what is on the way to its own hours."""
        from sparkify.hooks.object_store import ObjectStore

        layout = layout_from_name(self.layout, self.prefix)
        unclaimed = find_unclaimed(ObjectStore(self.aws_conn_id), self.bucket, layout, None, self.other_prefixes)
        unclaimed.warn(log)
        return unclaimed

    def _report(self, window: Window, changes: Sequence[HourChange]) -> None:
        lines = [line for change in changes for line in change.describe()]
        if len(lines) > _SHOWN:
            lines = [*lines[:_SHOWN], f"and {len(lines) - _SHOWN} more"]
        log.info(
            "%s: %s of %s hours differ from what was loaded.%s",
            window,
            len(changes),
            window.hour_count,
            "".join(f"\n  {line}" for line in lines),
        )

    def _reloads(self, changes: Sequence[HourChange], context: Context) -> list[dict[str, Any]]:
        if not is_true(self.reload):
            return []
        accepted = is_true(self.accept_removed)
        left_out = [change.hour for change in changes if change.removed and not accepted]
        if left_out:
            log.warning(
                "%s hours have files that are gone, and are not loaded again: put them back, or set accept_removed.",
                len(left_out),
            )
        hours = [change.hour for change in changes if accepted or not change.removed]
        windows = merge_hours(hours, self.max_window_hours)
        return describe_reloads(windows, f"changes__{context['ti'].run_id}", accept_removed=accepted)
