"""``python -m bench.growth``: what an hour costs as the warehouse grows.

Three series, each against a row of its own: an hour with 1, 10 and 100 times the history; an hour with a thousand up
to a million songs in the tables, the ledger and S3, none of them new; and windows from an hour to ninety days. The
hours that are loaded hold as many events each, and warehouses that are compared load theirs in turns. Statements are
timed at the client; rows read are PostgreSQL's own count, which no other load on the machine changes. The listing of S3
is reported separately.
"""

from __future__ import annotations

import hashlib
import json
import math
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from bench.figures import Report
from bench.sizes import choose
from bench.warehouse import BUCKET, HOUR, START, Cost, Warehouse, be_quiet
from local.sample import Layout, Sample
from local.sample.delivery import log_files


@dataclass(frozen=True)
class Size:
    """How much is measured, all ascending.

    :param history: hours that the warehouse holds.
    :param songs: songs that it holds.
    :param windows: hours of windows.
    :param repetitions: hours loaded at each size.
    :param events: events of an hour, about.
    """

    history: tuple[int, ...]
    songs: tuple[int, ...]
    windows: tuple[int, ...]
    repetitions: int
    events: int = 250


BY_SIZE = {
    "tiny": Size((1, 3), (10, 100), (1, 2), 1),
    "short": Size((10, 200), (1000, 20_000), (1, 6, 24, 96), 7),
    "full": Size((10, 100, 1000), (1000, 100_000, 1_000_000), (1, 6, 24, 168, 720, 2160), 15),
}
_SONG_BODY = b"{}"
#: Makes a sample with a number of hours and of songs.
Data = Callable[..., Sample]


@dataclass(frozen=True)
class Row:
    """A row of a series.

    :param size: what the warehouse held.
    :param costs: what hours cost then.
    :param scan: what the hour before them cost, the first that found what was new in S3.
    """

    size: int
    costs: list[Cost]
    scan: Cost | None = None

    def median(self, of: Callable[[Cost], float]) -> float:
        """Return the median of a figure."""
        return statistics.median(map(of, self.costs))


def measure_history(warehouses: Sequence[Warehouse], data: Data, sizes: Sequence[int], repetitions: int) -> list[Row]:
    """Load hours into warehouses that already hold the given numbers of hours.

    :param warehouses: an empty one for each size.
    :param sizes: numbers of hours, ascending.
    :param repetitions: hours loaded and measured at each size.
    """
    sample = data(hours=sizes[-1] + repetitions, songs=1000)
    measured = {hour for size in sizes for hour in range(size, size + repetitions)}
    for warehouse, size in zip(warehouses, sizes, strict=True):
        _put_songs(warehouse, sample)
        put_hours(warehouse, sample, measured)
        warehouse.load(0, size)
    return [Row(size, costs) for size, costs in zip(sizes, load_in_turns(warehouses, sizes, repetitions), strict=True)]


def measure_songs(warehouses: Sequence[Warehouse], data: Data, sizes: Sequence[int], repetitions: int) -> list[Row]:
    """Load the same hours into warehouses with the given numbers of songs.

    :param warehouses: an empty one for each size.
    :param sizes: numbers of songs, ascending.
    :param repetitions: hours loaded and measured at each size.
    """
    sample = data(hours=1 + repetitions, songs=10)
    scans = []
    for warehouse, size in zip(warehouses, sizes, strict=True):
        put_hours(warehouse, sample, set(range(1 + repetitions)))
        add_songs(warehouse, size)
        warehouse.settle()
        scans.append(warehouse.load(0, 1))
    costs = load_in_turns(warehouses, [1] * len(sizes), repetitions)
    return [Row(*row) for row in zip(sizes, costs, scans, strict=True)]


def load_in_turns(warehouses: Sequence[Warehouse], first: Sequence[int], repetitions: int) -> list[list[Cost]]:
    """Load hours in all warehouses in turns, so that what slows the machine for a while slows all of them.

    :param first: each warehouse's first hour to load.
    :param repetitions: hours loaded in each.
    :return: what each warehouse's hours cost, the rows read as their mean.
    """
    for warehouse in warehouses:
        warehouse.settle()
    before = [warehouse.rows_read() for warehouse in warehouses]
    turns = [
        [warehouse.run(hour + number, hour + number + 1) for warehouse, hour in zip(warehouses, first, strict=True)]
        for number in range(repetitions)
    ]
    rows = [(w.rows_read() - read) / repetitions for w, read in zip(warehouses, before, strict=True)]
    return [[replace(cost, rows=mean) for cost in costs] for *costs, mean in zip(*turns, rows, strict=True)]


def _put_songs(warehouse: Warehouse, sample: Sample) -> None:
    for file in sample.song_files():
        warehouse.put(file.key, file.body)


def put_hours(warehouse: Warehouse, sample: Sample, measured: set[int]) -> None:
    """Put the hours' events into S3, those that are measured cut to as many as the smallest of them has.

    A day has quiet hours and busy ones: what an hour holds would pass for what the warehouse has grown by.
    """
    hours = dict(enumerate(sample.events_by_hour()))
    alike = min((len(hours[number]) for number in measured), default=0)
    cut = [(START + number * HOUR, lines[:alike] if number in measured else lines) for number, lines in hours.items()]
    for file in log_files(cut, Layout.HOURLY, "log_data"):
        warehouse.put(file.key, file.body)


def add_songs(warehouse: Warehouse, count: int) -> None:
    """Put song files into S3, and into tables and ledger what loading them would have left there."""
    folder = warehouse.folder / "s3" / BUCKET / "song_data"
    etag = hashlib.md5(_SONG_BODY, usedforsecurity=False).hexdigest()
    songs, deliveries, objects = [], [], []
    for number in range(count):
        key = f"{chr(65 + number % 26)}/{chr(65 + number // 26 % 26)}/TRGROWTH{number:010}.json"
        path = folder / key
        if number < 676:
            path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_SONG_BODY)
        uri = f"s3://{BUCKET}/song_data/{key}"
        song = {"song_id": f"SOGROWTH{number:010}", "title": f"Growth {number}", "year": 2000, "duration": 200.0,
                "artist_id": f"ARGROWTH{number // 10:010}"}  # fmt: skip
        songs.append(song)
        deliveries.append({**song, "artist_name": f"Artist {number // 10}", "object_uri": uri, "file_hash": _md5(uri),
                           "content_hash": _md5(song["song_id"]), "copies": 1, "is_shown": True})  # fmt: skip
        objects.append({"target_table": "songs", "source_partition": "", "partition_ts": 0, "object_uri": uri,
                        "etag": etag, "byte_count": 2, "source_lines": 1})  # fmt: skip
    warehouse.s3.stop()  # it would not see files that were put beside it
    warehouse.s3.start()
    _copy(warehouse, "etl.song_deliveries", deliveries)
    _copy(warehouse, "public.songs", songs)
    _copy(warehouse, "etl.source_objects", objects)


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _copy(warehouse: Warehouse, table: str, rows: list[dict[str, object]]) -> None:
    warehouse.put("bench/rows.json", "\n".join(map(json.dumps, rows)).encode())
    names = ", ".join(sorted(rows[0]))
    warehouse.execute(f"COPY {table} ({names}) FROM 's3://{BUCKET}/bench/rows.json' IAM_ROLE default JSON 'auto'")


def measure_windows(warehouse: Warehouse, data: Data, sizes: Sequence[int]) -> Iterator[Row]:
    """Load windows of the given lengths, each with its own hours, after an hour that loads the songs.

    :param sizes: their hours, ascending.
    """
    sample = data(hours=1 + sum(sizes), songs=1000)
    _put_songs(warehouse, sample)
    put_hours(warehouse, sample, set())
    warehouse.load(0, 1)
    first = 1
    for size in sizes:
        yield Row(size, [warehouse.load(first, first + size)])
        first += size
        warehouse.settle()


def add_series(report: Report, unit: str, rows: list[Row], *, reach: str = "≤ 1.1") -> None:
    """Add a series, every row against the first."""
    first = rows[0]
    for row in rows:
        case, rival = f"an hour, {row.size:,} {unit}", f"{first.size:,} {unit}"
        for metric, of, what in (("statements", _seconds, "s"), ("rows read", _rows, "rows")):
            against = [of(cost) for cost in first.costs] if row is not first else []
            report.add(case, metric, [of(cost) for cost in row.costs], what, rival=rival if against else "",
                       against=against, reach=reach if against else "")  # fmt: skip
        report.add(case, "listing S3, apart from these", [cost.listing for cost in row.costs], "s")
        if row.scan:
            report.add(case, "the run before, which compares all of S3: statements", [row.scan.seconds], "s")
            report.add(case, "the same: listing S3", [row.scan.listing], "s")


def add_windows(report: Report, rows: list[Row]) -> None:
    """Add the windows, each by what an hour of it costs, and the slope."""
    day = next((row for row in rows if row.size >= 24), rows[0])
    for row in rows:
        case = f"a window of {row.size:,} hours"
        for metric, of, what in (("statements an hour", _seconds, "s"), ("rows read an hour", _rows, "rows")):
            against = [of(cost) / day.size for cost in day.costs] if row.size > day.size else []
            report.add(case, metric, [of(cost) / row.size for cost in row.costs], what,
                       rival=f"{day.size} hours" if against else "", against=against)  # fmt: skip
    for metric, of in (("statements", _seconds), ("rows read", _rows)):
        exponent = slope([(row.size, row.median(of)) for row in rows if row.size >= day.size])
        report.add(f"windows of {day.size} hours and more", f"exponent of the hours, {metric}", [exponent], "",
                   reach="about 1")  # fmt: skip


def slope(points: list[tuple[int, float]]) -> float:
    """Return the power of the size by which a cost grows: 1 is linear."""
    if len(points) < 2:
        return 1.0
    return statistics.linear_regression(
        [math.log(size) for size, _ in points], [math.log(cost) for _, cost in points]
    ).slope


def _seconds(cost: Cost) -> float:
    return cost.seconds


def _rows(cost: Cost) -> float:
    return cost.rows


@contextmanager
def _fresh(count: int) -> Iterator[list[Warehouse]]:
    with ExitStack() as stack:
        folders = [Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="growth-"))) for _ in range(count)]
        yield [stack.enter_context(Warehouse(folder)) for folder in folders]


def main() -> int:
    """Measure and print."""
    chosen = choose("growth", __doc__, BY_SIZE)
    be_quiet()
    size = chosen.size
    data = partial(Sample, seed=chosen.seed, start=START, events_per_hour=size.events)
    report = Report(
        "growth", "What an hour costs as the warehouse grows", f"Hours of about {size.events:,} events", chosen.command
    )
    with _fresh(len(size.history)) as warehouses:
        rows = measure_history(warehouses, data, size.history, size.repetitions)
        add_series(report, "hours loaded before", rows)
    with _fresh(len(size.songs)) as warehouses:
        rows = measure_songs(warehouses, data, size.songs, size.repetitions)
        add_series(report, "songs in S3, ledger and tables", rows)
    with _fresh(1) as [warehouse]:
        add_windows(report, list(measure_windows(warehouse, data, size.windows)))
    report.notes.append("Rows read are the warehouse's own count, which no other load on the machine changes.")
    report.finish()
    return 0


if __name__ == "__main__":
    sys.exit(main())
