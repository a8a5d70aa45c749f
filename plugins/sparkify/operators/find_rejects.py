"""Finds the hours and song files of which lines are in quarantine, to have them loaded again."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sparkify.changes import hours_of_label, merge_hours
from sparkify.operators.base import WarehouseOperator
from sparkify.partitions import HOUR, hour_label, to_milliseconds
from sparkify.reloads import describe_reloads
from sparkify.staging import given_window

if TYPE_CHECKING:
    from airflow.sdk import Context

    from sparkify.hooks.warehouse import WarehouseSession

log = logging.getLogger(__name__)

_REASONS = """SELECT table_name, source_partition, reason, COUNT(*)
FROM etl.rejects
WHERE
    (source_partition BETWEEN %s AND %s OR source_partition IN (%s, ''))
    AND (%s = '' OR POSITION(LOWER(%s) IN LOWER(reason)) > 0)
GROUP BY table_name, source_partition, reason
ORDER BY source_partition, table_name, reason"""

#: A song file of which a line was rejected counts as loaded; forgotten, it is loaded by the next run.
_FORGET_SONG_FILES = """DELETE FROM etl.source_objects
USING etl.rejects AS r
WHERE
    source_objects.target_table = 'songs'
    AND source_objects.object_uri = r.object_uri
    AND r.table_name = 'staging_songs'
    AND (%s = '' OR POSITION(LOWER(%s) IN LOWER(r.reason)) > 0)"""
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
        """Report the quarantine and forget its song files; return the triggers' arguments, and push ``counts``."""
        with self.session(context) as session:
            found = session.rows(_REASONS, (*self._labels(), self.reason_contains, self.reason_contains))
            if any(table == "staging_songs" for table, *_ in found):
                self._forget_song_files(session)
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

    def _labels(self) -> tuple[str, str, str]:
        """Return the names of the first and the last hour's partition, and of the day that the first is in."""
        window = given_window(self.window_start, self.window_end, self.max_window_hours)
        if window is None:
            return "0", "9", ""
        return hour_label(window.start), hour_label(window.end - HOUR), f"{window.start:%Y-%m-%d}"

    def _loaded_hours(self, session: WarehouseSession, labels: Sequence[str]) -> set[datetime]:
        """Return the hours of partitions that are loaded: of a day's file, some may be still to come."""
        hours = {to_milliseconds(hour): hour for label in labels for hour in hours_of_label(label)}
        if not hours:
            return set()
        sql = (
            "SELECT partition_ts FROM etl.load_ledger"
            " WHERE target_table = 'songplays' AND partition_ts BETWEEN %s AND %s"
        )
        loaded = session.rows(sql, (min(hours), max(hours)))
        return {hours[int(row[0])] for row in loaded if int(row[0]) in hours}

    def _forget_song_files(self, session: WarehouseSession) -> None:
        with session.transaction(lock=self.lock):
            session.run(_FORGET_SONG_FILES, (self.reason_contains, self.reason_contains))
            session.run(_FORGET_LISTINGS)

    def _newest_hour(self, session: WarehouseSession) -> set[datetime]:
        """Any run loads song files: the newest hour's does it here."""
        sql = "SELECT MAX(partition_ts) FROM etl.load_ledger WHERE target_table = 'songplays'"
        newest = session.one(sql)[0]
        return {datetime.fromtimestamp(int(newest) // 1000, UTC)} if newest is not None else set()
