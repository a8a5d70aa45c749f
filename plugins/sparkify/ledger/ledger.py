"""What the warehouse knows of a source: the hours and files that were loaded, the kept listing, the rejected lines.

Every query of the ledger is a file below ``sql/ledger``, and only this class runs them in the plugin. The
transaction that publishes a run writes the ledger's rows (``sql/publish``); here the kept listing is written, and
files are marked to be loaded again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from sparkify.hooks.sql_files import SqlFiles
from sparkify.hooks.sql_text import put_values
from sparkify.windows import HOUR, Window, hour_label, to_milliseconds

if TYPE_CHECKING:
    from sparkify.hooks.warehouse import WarehouseSession

#: Every address of a file is between these two: it begins with ``s3://``, and the character after ``/`` is ``0``. The
#: name ``migrated``, which sql/migrations/0006 gave to songs whose file is not known, is between them as well.
_ALL_ADDRESSES = ("", "s3:0")
#: The names of hours and days begin with a digit, so every one is between these two.
_ALL_LABELS = ("0", "9")


class RowSource(Protocol):
    """What can run a query: a session, or the pages' reader."""

    def rows(self, sql: str) -> Sequence[tuple[Any, ...]]:
        """Return the rows of a query."""
        ...


@dataclass(frozen=True)
class NewestLoad:
    """How far the loads of a source have got; ``None`` when nothing is loaded.

    :param hour: the first moment of the newest loaded hour.
    :param hour_with_lines: that of the newest hour that had source lines.
    :param loaded_at: when a load last committed, UTC without a zone.
    """

    hour: datetime | None = None
    hour_with_lines: datetime | None = None
    loaded_at: datetime | None = None


@dataclass(frozen=True)
class LoadedHours:
    """What was loaded of some hours.

    :param hours: the first moments of the hours that the ledger has.
    :param files: address and ETag of the files that each hour was loaded from.
    """

    hours: frozenset[datetime] = frozenset()
    files: Mapping[datetime, Mapping[str, str]] = field(default_factory=dict)

    @classmethod
    def from_rows(cls, hours: Iterable[int], files: Iterable[tuple[int, str, str]]) -> LoadedHours:
        """Return what rows of the ledger say.

        :param hours: the hours, in milliseconds since 1970.
        :param files: hour, address and ETag of each file.
        """
        by_hour: dict[datetime, dict[str, str]] = {}
        for partition_ts, uri, etag in files:
            by_hour.setdefault(_moment(partition_ts), {})[uri] = etag
        return cls(frozenset(map(_moment, hours)), by_hour)


@dataclass(frozen=True)
class LoadedFile:
    """A file that the ledger knows.

    :param uri: its address.
    :param etag: the ETag of the version that was loaded; empty when the file's removal was accepted.
    :param size: its bytes.
    """

    uri: str
    etag: str
    size: int


@dataclass(frozen=True)
class KeptListing:
    """The latest listing of a folder in which nothing was new.

    :param fingerprint: see :class:`~sparkify.source.folder_listing.FolderListing`.
    :param seconds: how long it took to list the folder.
    :param age: seconds since then, by the warehouse's clock; 0 for a listing that is to be kept.
    :param count: objects listed.
    """

    fingerprint: str
    seconds: float
    age: float
    count: int


@dataclass(frozen=True)
class RejectedLines:
    """Lines in quarantine of one partition that share a reason.

    :param table: the staging table that does not have them.
    :param partition: the partition's name; empty for a source that is one folder.
    :param reason: why they were rejected.
    :param count: how many.
    """

    table: str
    partition: str
    reason: str
    count: int


@dataclass(frozen=True)
class Ledger:
    """The ledger of one source.

    :param target: the value of ``target_table`` by which the ledger's tables know the source.
    :param sql_folder: the folder whose subfolder ``ledger`` holds the queries.
    :param lock: the table on which writers queue.
    """

    target: str
    sql_folder: str
    lock: str

    def __post_init__(self) -> None:
        for name in ("target", "sql_folder", "lock"):
            if not getattr(self, name):
                raise ValueError(f"{name} of the ledger is empty; set it.")

    # Hours and their files

    def loaded_hours(self, session: RowSource, window: Window) -> set[datetime]:
        """Return the first moments of the window's hours that are loaded."""
        return {_moment(row[0]) for row in self._rows(session, "loaded_hours", _bounds_of(window))}

    def newest_hour(self, session: RowSource) -> datetime | None:
        """Return the first moment of the newest loaded hour, ``None`` when none is loaded."""
        return self.newest_load(session).hour

    def newest_load(self, session: RowSource) -> NewestLoad:
        """Return how far the loads have got."""
        [[newest, with_lines, loaded_at]] = self._rows(session, "newest_load")
        hour, hour_with_lines = (None if found is None else _moment(found) for found in (newest, with_lines))
        return NewestLoad(hour, hour_with_lines, loaded_at)

    def read_hours(self, session: RowSource, window: Window) -> LoadedHours:
        """Return the window's hours that are loaded, with the files that each was loaded from."""
        bounds = _bounds_of(window)
        hours = (row[0] for row in self._rows(session, "loaded_hours", bounds))
        files = self._rows(session, "files_by_hour", bounds)
        return LoadedHours.from_rows(hours, ((row[0], row[1], row[2]) for row in files))

    def filled_files(self, session: WarehouseSession, start_ts: int, end_ts: int) -> set[str]:
        """Return the addresses of the files with any bytes that some hours were loaded from.

        :param start_ts: the first moment of the hours, in milliseconds since 1970.
        :param end_ts: their end, exclusive.
        """
        values = {"start_ts": start_ts, "end_ts": end_ts}
        return {row[0] for row in self._rows(session, "filled_files", values)}

    # The files of a folder

    def folder_files(
        self,
        session: WarehouseSession,
        *,
        within: tuple[str, str] = _ALL_ADDRESSES,
        groups: Iterable[str] | None = None,
    ) -> list[LoadedFile]:
        """Return the files that were loaded from a source that is one folder.

        :param within: the first and the last address to look at.
        :param groups: the groups of :func:`~sparkify.source.folder_listing.group_of` to look at; ``None``: all.
        """
        values = {
            "uri_from": within[0],
            "uri_to": within[1],
            "is_every_group": groups is None,
            "groups": tuple(groups or ()),
        }
        return [LoadedFile(uri, etag, int(size)) for uri, etag, size in self._rows(session, "folder_files", values)]

    def kept_listing(self, session: WarehouseSession, folder_uri: str) -> KeptListing | None:
        """Return the kept listing of a folder, ``None`` when there is none."""
        rows = self._rows(session, "kept_listing", {"folder_uri": folder_uri})
        if not rows:
            return None
        fingerprint, seconds, count, age = rows[0]
        return KeptListing(fingerprint, float(seconds), float(age), int(count))

    def keep_listing(self, session: WarehouseSession, folder_uri: str, listing: KeptListing) -> None:
        """Keep a listing of a folder in place of the one before.

        Call this in the transaction that found nothing new, with the lock held.
        """
        values = {
            "folder_uri": folder_uri,
            "fingerprint": listing.fingerprint,
            "seconds": listing.seconds,
            "object_count": listing.count,
        }
        self._run(session, "keep_listing", values)

    # Rejected lines

    def rejected_lines(
        self, session: WarehouseSession, window: Window | None, reason_contains: str = ""
    ) -> list[RejectedLines]:
        """Return the lines in quarantine of all sources, counted by partition and reason.

        :param window: the hours to look at; files of a folder, which belong to no hour, are always looked at.
            ``None``: all.
        :param reason_contains: only lines whose reason has this in it, in any case.
        """
        label_from, label_to = _ALL_LABELS if window is None else _labels_of(window)
        values = {
            "label_from": label_from,
            "label_to": label_to,
            "day": "" if window is None else f"{window.start:%Y-%m-%d}",
            "reason": reason_contains,
        }
        rows = self._rows(session, "rejected_lines", values)
        return [RejectedLines(table, partition, reason, int(count)) for table, partition, reason, count in rows]

    def reload_rejected_files(self, session: WarehouseSession, table: str, reason_contains: str = "") -> None:
        """Mark the files of a folder that have rejected lines, so that the next run loads them again.

        :param table: the staging table that does not have the lines.
        :param reason_contains: only files with lines whose reason has this in it, in any case.
        """
        with session.transaction(lock=self.lock):
            self._run(session, "reload_rejected_files", {"table_name": table, "reason": reason_contains})

    def _rows(
        self, session: RowSource, name: str, values: Mapping[str, Any] | None = None
    ) -> Sequence[tuple[Any, ...]]:
        sql = SqlFiles(self.sql_folder).statement(f"ledger/{name}.sql")
        return session.rows(put_values(sql, {"target": self.target, **(values or {})}))

    def _run(self, session: WarehouseSession, name: str, values: Mapping[str, Any]) -> None:
        session.run_script(SqlFiles(self.sql_folder).text(f"ledger/{name}.sql"), {"target": self.target, **values})


def _labels_of(window: Window) -> tuple[str, str]:
    return hour_label(window.start), hour_label(window.end - HOUR)


def _bounds_of(window: Window) -> dict[str, Any]:
    """Return literal bounds on the sort keys of the ledger's tables."""
    label_from, label_to = _labels_of(window)
    return {
        "label_from": label_from,
        "label_to": label_to,
        "ts_from": to_milliseconds(window.start),
        "ts_to": to_milliseconds(window.end - HOUR),
    }


def _moment(milliseconds: Any) -> datetime:
    return datetime.fromtimestamp(int(milliseconds) // 1000, UTC)
