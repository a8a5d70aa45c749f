"""Finds the hours and song files of which lines are in quarantine, to have them loaded again."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sparkify.hooks.sql_text import put_values
from sparkify.ledger.changes import hours_of_label, merge_hours
from sparkify.ledger.reloads import describe_reloads
from sparkify.operators.base import WarehouseOperator
from sparkify.run_windows import given_window
from sparkify.windows import HOUR, hour_label, to_milliseconds

if TYPE_CHECKING:
    from airflow.sdk import Context

    from sparkify.hooks.warehouse import WarehouseSession

log = logging.getLogger(__name__)

_REASONS = """SELECT table_name, source_partition, reason, COUNT(*)
FROM etl.rejects
WHERE
    (source_partition BETWEEN :label_from AND :label_to OR source_partition IN (:day, ''))
    AND (:reason = '' OR POSITION(LOWER(:reason) IN LOWER(reason)) > 0)
GROUP BY table_name, source_partition, reason
ORDER BY source_partition, table_name, reason"""

#: A song file of which a line was rejected counts as loaded. With an ETag that no object has, it is loaded by the next
#: run, and is still known to have been loaded, should it be gone by then.
_RENEW_SONG_FILES = """UPDATE etl.source_objects
SET etag = 'again'
WHERE
    target_table = 'songs'
    AND partition_ts = 0
    AND etag <> ''
    AND object_uri IN (
        SELECT r.object_uri
        FROM etl.rejects AS r
        WHERE
            r.source_partition = ''
            AND r.table_name = 'staging_songs'
            AND (:reason = '' OR POSITION(LOWER(:reason) IN LOWER(r.reason)) > 0)
    )"""
_FORGET_LISTINGS = "DELETE FROM etl.source_scans WHERE target_table = 'songs'"


class FindRejectsOperator(WarehouseOperator):
    """Looks what is in quarantine and returns what to reload, to be mapped over.

    A partition is the unit of load: its lines are not loaded one by one, the whole hour is loaded again, and what can
    be loaded now leaves the quarantine.

    :param window_start: first hour to look at, ISO 8601; empty for all.
    :param window_end: end of the last one.
    :param reason_contains: only lines whose reason has this in it.
    :param max_window_hours: the longest window that a run may load.
    :param lock: the table on which writers queue.
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
        window_start: str = "",
        window_end: str = "",
        reason_contains: str = "",
        max_window_hours: int = 24 * 92,
        lock: str = "etl.load_mutex",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.window_start = window_start
        self.window_end = window_end
        self.reason_contains = reason_contains
        self.max_window_hours = max_window_hours
        self.lock = lock

    def execute(self, context: Context) -> list[dict[str, Any]]:
        """Report the quarantine, renew its song files, and return the triggers' arguments; push ``counts``."""
        with self.session(context) as session:
            found = session.rows(put_values(_REASONS, self._values()))
            if any(table == "staging_songs" for table, *_ in found):
                self._renew_song_files(session)
            hours = self._loaded_hours(session, [label for table, label, *_ in found if table != "staging_songs"])
            if found and not hours:
                hours = self._newest_hour(session)
        if not found:
            log.info("Nothing is in quarantine.")
        for table, label, reason, count in found:
            log.info("%s  %s  %s line(s): %s", label or "(song files)", table, count, reason)
        counts = {"lines": sum(int(row[3]) for row in found), "hours": len(hours)}
        context["ti"].xcom_push(key="counts", value=counts)
        return describe_reloads(merge_hours(hours, self.max_window_hours), f"replay__{context['ti'].run_id}")

    def _values(self) -> dict[str, str]:
        """Return the names of the first and the last hour's partition, and of the day of the first, and the reason."""
        window = given_window(self.window_start, self.window_end, self.max_window_hours)
        labels = ("0", "9", "")
        if window is not None:
            labels = (hour_label(window.start), hour_label(window.end - HOUR), f"{window.start:%Y-%m-%d}")
        return dict(zip(("label_from", "label_to", "day"), labels, strict=True)) | {"reason": self.reason_contains}

    def _loaded_hours(self, session: WarehouseSession, labels: Sequence[str]) -> set[datetime]:
        """Return the hours of partitions that are loaded: of a day's file, some may be still to come."""
        hours = {to_milliseconds(hour): hour for label in labels for hour in hours_of_label(label)}
        if not hours:
            return set()
        first, last = min(hours), max(hours)
        sql = (
            "SELECT partition_ts FROM etl.load_ledger WHERE target_table = 'songplays'"
            " AND source_partition BETWEEN :label_from AND :label_to AND partition_ts BETWEEN :ts_from AND :ts_to"
        )
        bounds = {"label_from": hour_label(hours[first]), "label_to": hour_label(hours[last])}
        loaded = session.rows(put_values(sql, {**bounds, "ts_from": first, "ts_to": last}))
        return {hours[int(row[0])] for row in loaded if int(row[0]) in hours}

    def _renew_song_files(self, session: WarehouseSession) -> None:
        with session.transaction(lock=self.lock):
            session.run(put_values(_RENEW_SONG_FILES, {"reason": self.reason_contains}))
            session.run(_FORGET_LISTINGS)

    def _newest_hour(self, session: WarehouseSession) -> set[datetime]:
        """Any run loads song files: the newest hour's does it here."""
        sql = "SELECT MAX(partition_ts) FROM etl.load_ledger WHERE target_table = 'songplays'"
        newest = session.one(sql)[0]
        return {datetime.fromtimestamp(int(newest) // 1000, UTC)} if newest is not None else set()
