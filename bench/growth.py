"""``python -m bench.growth``: what an hour costs as the warehouse grows.

Two series, each against its own first row: an hour with 1, 10 and 100 times the history, and an hour with a thousand
up to a million songs in the tables, the ledger and S3, none of them new. The hours that are loaded are alike in size.
Statements are timed at the client; rows read are PostgreSQL's own count, which no other load on the machine changes.
The listing of S3 is told apart from both.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import os
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.machine import describe
from bench.warehouse import BUCKET, START, Cost, Warehouse
from local.sample import Sample

_EVENTS = 250
_SONG_BODY = b"{}"


@dataclass(frozen=True)
class Row:
    """A row of a series: what the warehouse held, and what hours cost then."""

    size: int
    costs: list[Cost]

    def median(self, of: Callable[[Cost], float]) -> float:
        """Return the median of a figure."""
        return statistics.median(map(of, self.costs))


def measure_history(warehouse: Warehouse, sizes: list[int], repetitions: int) -> Iterator[Row]:
    """Load hours into a warehouse that holds so many hours already.

    :param sizes: numbers of hours, ascending.
    :param repetitions: hours loaded and measured at each size.
    """
    total = sizes[-1] + repetitions * len(sizes)
    sample = Sample(seed=5, start=START, hours=total, songs=1000, events_per_hour=_EVENTS)
    for file in [*sample.song_files(), *sample.log_files()]:
        warehouse.put(file.key, file.body)
    done = 0
    for size in sizes:
        warehouse.load(done, size)
        warehouse.settle()
        yield Row(size, [warehouse.load(hour, hour + 1) for hour in range(size, size + repetitions)])
        done = size + repetitions


def measure_songs(warehouse: Warehouse, sizes: list[int], repetitions: int, first_hour: int) -> Iterator[Row]:
    """Load hours beside so many songs.

    :param sizes: numbers of songs, ascending.
    :param repetitions: hours loaded and measured at each size.
    :param first_hour: number of the first hour to load.
    """
    total = repetitions * len(sizes)
    sample = Sample(seed=6, start=START, hours=first_hour + total, songs=10, events_per_hour=_EVENTS)
    for file in list(sample.log_files())[first_hour:]:
        warehouse.put(file.key, file.body)
    known = 0
    for number, size in enumerate(sizes):
        _add_songs(warehouse, known, size)
        known = size
        warehouse.settle()
        first = first_hour + number * repetitions
        yield Row(size, [warehouse.load(hour, hour + 1) for hour in range(first, first + repetitions)])


def _add_songs(warehouse: Warehouse, first: int, end: int) -> None:
    """Put song files into S3, and into tables and ledger what loading them would have left there."""
    folder = warehouse.folder / "s3" / BUCKET / "song_data"
    etag = hashlib.md5(_SONG_BODY, usedforsecurity=False).hexdigest()
    songs, objects = [], []
    for number in range(first, end):
        key = f"{chr(65 + number % 26)}/{chr(65 + number // 26 % 26)}/TRGROWTH{number:010}.json"
        path = folder / key
        if number < first + 676:
            path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_SONG_BODY)
        name = {"song_id": f"SOGROWTH{number:010}", "artist_id": f"ARGROWTH{number // 10:010}", "duration": 200.0}
        songs.append({**name, "title": f"Growth {number}", "artist_name": f"Artist {number // 10}", "year": 2000})
        uri = f"s3://{BUCKET}/song_data/{key}"
        objects.append({"target_table": "songs", "source_partition": "", "partition_ts": 0, "object_uri": uri,
                        "etag": etag, "byte_count": 2, "source_lines": 1})  # fmt: skip
    warehouse.s3.stop()  # it would not see files that were put beside it
    warehouse.s3.start()
    warehouse.execute("DELETE FROM etl.source_scans")  # the first hour lists them all
    _copy(warehouse, "etl.song_catalogue", songs)
    _copy(warehouse, "public.songs", songs)
    _copy(warehouse, "etl.source_objects", objects)


def _copy(warehouse: Warehouse, table: str, rows: list[dict[str, object]]) -> None:
    warehouse.put("bench/rows.json", "\n".join(map(json.dumps, rows)).encode())
    columns = {key for key in rows[0] if not (table == "public.songs" and key == "artist_name")}
    names = ", ".join(sorted(columns))
    warehouse.execute(f"COPY {table} ({names}) FROM 's3://{BUCKET}/bench/rows.json' IAM_ROLE default JSON 'auto'")


def report(title: str, unit: str, rows: list[Row]) -> list[str]:
    """Return a series as a table, every row against the first."""
    first = rows[0]
    lines = [
        "",
        title,
        "",
        f"| {unit} | statements (s) | spread | against the first | rows read | against the first | listing S3 (s) |",
        "| ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for row in rows:
        seconds = [cost.seconds for cost in row.costs]
        read = row.median(lambda c: c.rows)
        cells = [
            f"{row.size:,}",
            f"{statistics.median(seconds):.3f}",
            f"{min(seconds):.3f} to {max(seconds):.3f}",
            f"{statistics.median(seconds) / first.median(lambda c: c.seconds):.2f}",
            f"{read:,.0f}",
            f"{read / first.median(lambda c: c.rows):.2f}",
            ", ".join(f"{cost.listing:.1f}" for cost in row.costs),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.growth", description=__doc__)
    parser.add_argument("--hours", type=int, default=10, help="the smallest history (default: 10)")
    parser.add_argument("--songs", type=int, default=1_000_000, help="the largest number of songs (default: 1,000,000)")
    parser.add_argument("--repetitions", type=int, default=5, help="hours loaded at each size (default: 5)")
    chosen = parser.parse_args()
    logging.disable(logging.WARNING)
    os.environ["AIRFLOW__LOGGING__LOGGING_LEVEL"] = "ERROR"
    print(describe())
    with tempfile.TemporaryDirectory(prefix="growth-") as folder, Warehouse(Path(folder)) as warehouse:
        sizes = [chosen.hours * factor for factor in (1, 10, 100)]
        history = list(measure_history(warehouse, sizes, chosen.repetitions))
        print("\n".join(report("An hour, by the hours loaded before", "hours", history)), flush=True)
    with tempfile.TemporaryDirectory(prefix="growth-") as folder, Warehouse(Path(folder)) as warehouse:
        sizes = sorted({max(1000, chosen.songs // 1000), chosen.songs // 10, chosen.songs})
        songs = list(measure_songs(warehouse, sizes, chosen.repetitions, 0))
        print("\n".join(report("An hour, by the songs in S3, ledger and tables, none new", "songs", songs)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
