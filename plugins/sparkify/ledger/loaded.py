"""What the ledger has of some hours: read within literal bounds on the sort keys of its tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sparkify.hooks.sql_text import put_values, quote_identifier
from sparkify.windows import HOUR, Window, hour_label, to_milliseconds

if TYPE_CHECKING:
    from sparkify.hooks.warehouse import WarehouseSession


@dataclass(frozen=True)
class Loaded:
    """What was loaded of some hours.

    :param hours: those that the ledger has, in milliseconds since 1970.
    :param objects: hour, address and ETag of every file that they were loaded from.
    """

    hours: tuple[int, ...]
    objects: tuple[tuple[int, str, str], ...]


def read_loaded(
    session: WarehouseSession, target: str, window: Window, ledger_table: str, objects_table: str
) -> Loaded:
    """Return what was loaded of a window's hours.

    :param session: where the queries run.
    :param target: the value of ``target_table`` under which the ledger knows the source.
    :param window: the hours.
    :param ledger_table: target_table, source_partition (an hour's name), partition_ts.
    :param objects_table: target_table, partition_ts, object_uri, etag.
    """
    values = {
        "target": target,
        "label_from": hour_label(window.start),
        "label_to": hour_label(window.end - HOUR),
        "ts_from": to_milliseconds(window.start),
        "ts_to": to_milliseconds(window.end - HOUR),
    }
    hours = (
        f"SELECT partition_ts FROM {quote_identifier(ledger_table)} WHERE target_table = :target"
        " AND source_partition BETWEEN :label_from AND :label_to AND partition_ts BETWEEN :ts_from AND :ts_to"
    )
    objects = (
        f"SELECT partition_ts, object_uri, etag FROM {quote_identifier(objects_table)}"
        " WHERE target_table = :target AND partition_ts BETWEEN :ts_from AND :ts_to"
    )
    return Loaded(
        tuple(int(row[0]) for row in session.rows(put_values(hours, values))),
        tuple((int(row[0]), row[1], row[2]) for row in session.rows(put_values(objects, values))),
    )
