"""What a run for a window would find, hour by hour. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sparkify.hooks.s3_object import S3Object
from sparkify.ledger.changes import HourChange
from sparkify.source.partitions import Partition
from sparkify.windows import Window

#: unloaded: never loaded, and there are files. unchanged: loaded from exactly these files. changed: loaded, and files
#: changed, appeared or disappeared since. missing: there are no files.
STATES = ("unloaded", "unchanged", "changed", "missing")


@dataclass(frozen=True)
class PlannedHour:
    """An hour of the plan.

    :param hour: its first moment.
    :param state: one of :data:`STATES`.
    :param objects: the files of its partition; a day's file belongs to 24 hours.
    :param change: how they differ from those it was loaded from, if they do.
    """

    hour: datetime
    state: str
    objects: Sequence[S3Object]
    change: HourChange | None = None


def plan_hours(
    listing: Mapping[Partition, Sequence[S3Object]],
    loaded_hours: Collection[datetime],
    changes: Iterable[HourChange],
    window: Window,
) -> list[PlannedHour]:
    """Return the hours of a window with their states.

    :param listing: the files of the window's partitions.
    :param loaded_hours: the first moments of the hours that the ledger has.
    :param changes: the hours whose files differ, from :func:`~sparkify.ledger.changes.compare`.
    :param window: the hours.
    """
    changed = {change.hour: change for change in changes}
    planned = []
    for hour in window:
        objects = next((items for partition, items in listing.items() if _holds(partition, hour)), ())
        planned.append(_plan_hour(hour, objects, hour in loaded_hours, changed.get(hour)))
    return planned


def summarize(hours: Sequence[PlannedHour]) -> dict[str, int]:
    """Return the numbers of hours by state, and of files and bytes, a file counted once."""
    states = Counter(hour.state for hour in hours)
    files = {item.uri: item.size for hour in hours for item in hour.objects}
    return {
        "hours": len(hours),
        **{state: states[state] for state in STATES},
        "files": len(files),
        "bytes": sum(files.values()),
    }


def describe_hours(hours: Sequence[PlannedHour]) -> list[str]:
    """Return a line for each hour, and one for each file that differs."""
    lines = []
    for hour in hours:
        size = sum(item.size for item in hour.objects)
        lines.append(f"{hour.hour:%Y-%m-%dT%H}  {hour.state:<9}  {len(hour.objects):>4} files  {size:>12,} bytes")
        if hour.state == "changed" and hour.change is not None:
            lines += [f"    {line}" for line in hour.change.describe()]
    return lines


def _plan_hour(hour: datetime, objects: Sequence[S3Object], is_loaded: bool, change: HourChange | None) -> PlannedHour:
    if is_loaded and change is not None:
        return PlannedHour(hour, "changed", objects, change)
    if not objects:
        return PlannedHour(hour, "missing", objects)
    return PlannedHour(hour, "unchanged" if is_loaded else "unloaded", objects, change)


def _holds(partition: Partition, hour: datetime) -> bool:
    return partition.start is not None and partition.end is not None and partition.start <= hour < partition.end
