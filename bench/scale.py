"""``python -m bench.scale``: how many requests to S3 and statements one hour takes as it grows.

It loads hours with more and more events, then with more and more files, then with more and more new songs. A proxy
between the pipeline and S3 counts requests by kind (COPY does not use the proxy), and the statements to the warehouse
are counted too. Counts do not depend on the machine; the seconds, shown next to them, do. docs/scale.md has the counts.
"""

from __future__ import annotations

import argparse
import gzip
import json
import logging
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.machine import describe
from bench.rig.driver_cursors import around_statements
from bench.warehouse import START, Warehouse
from local.sample import Sample
from local_redshift.testing import Request, S3Proxy

_HOUR = "log_data/2018/11/01/{hour:02d}/part-{part:05d}.json.gz"
_KINDS = ("LIST", "GET", "HEAD", "PUT", "DELETE", "POST")


class CountedWarehouse(Warehouse):
    """A warehouse whose pipeline reaches S3 through a proxy that counts requests.

    :param folder: the folder for the servers' data.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.requests: Counter[str] = Counter()
        self.statements = 0

    def measure(self, hour: int) -> dict[str, float]:
        """Load an hour and return its counts."""
        self.requests.clear()
        self.statements = 0
        cost = self.load(hour, hour + 1)
        counts: dict[str, float] = {kind: self.requests[kind] for kind in _KINDS}
        return counts | {"statements": self.statements, "statement seconds": round(cost.seconds, 1)}

    def _set_environment(self) -> None:
        super()._set_environment()
        self._proxy = S3Proxy(self.s3.port).__enter__()
        self._proxy.rule = self._count
        aws = json.loads(os.environ["AIRFLOW_CONN_SPARKIFY_AWS"])
        aws["extra"]["endpoint_url"] = self._proxy.endpoint
        os.environ["AIRFLOW_CONN_SPARKIFY_AWS"] = json.dumps(aws)

    def _count(self, request: Request) -> None:
        self.requests["LIST" if request.is_listing else request.method] += 1

    @contextmanager
    def _timed(self) -> Iterator[None]:
        def counted(sql: str, send: Callable[[], Any]) -> Any:
            self.statements += 1
            return send()

        with super()._timed(), around_statements(counted):
            yield


def put_hour(warehouse: Warehouse, hour: int, events: int, files: int) -> int:
    """Put an hour of events, spread over files, and return their compressed bytes."""
    sample = Sample(seed=hour, hours=1, songs=100, events_per_hour=events)
    lines = next(iter(sample.events_by_hour()))
    shift = hour * 3_600_000
    moved = [json.dumps({**json.loads(line), "ts": json.loads(line)["ts"] + shift}) for line in lines]
    size = 0
    for part in range(files):
        body = gzip.compress("\n".join(moved[part::files]).encode(), compresslevel=1)
        warehouse.put(_HOUR.format(hour=hour, part=part), body)
        size += len(body)
    return size


def put_songs(warehouse: Warehouse, first: int, count: int) -> None:
    """Put song files from a number on."""
    for number in range(first, first + count):
        song = {
            "num_songs": 1,
            "artist_id": f"AR{number:016d}",
            "artist_latitude": None,
            "artist_longitude": None,
            "artist_location": "",
            "artist_name": f"Artist {number}",
            "song_id": f"SO{number:016d}",
            "title": f"Title {number}",
            "duration": 200.0 + number % 100,
            "year": 2000,
        }
        letters = f"{chr(65 + number % 26)}/{chr(65 + number // 26 % 26)}/{chr(65 + number // 676 % 26)}"
        warehouse.put(f"song_data/{letters}/TR{number:016d}.json", json.dumps(song).encode())


def show(title: str, rows: Sequence[tuple[Any, dict[str, float]]]) -> None:
    """Print a table in Markdown."""
    names = list(rows[0][1])
    print(f"\n| {title} | " + " | ".join(names) + " |")
    print("| ---: " * (len(names) + 1) + "|")
    for size, counts in rows:
        print(f"| {size:,} | " + " | ".join(f"{counts[name]:,}" for name in names) + " |", flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, nargs="*", default=[1_000, 10_000, 100_000], help="events of an hour")
    parser.add_argument("--files", type=int, nargs="*", default=[1, 10, 100, 1_000], help="files of an hour")
    parser.add_argument("--songs", type=int, nargs="*", default=[100, 1_000, 10_000], help="song files, all new")
    options = parser.parse_args()
    logging.disable(logging.ERROR)
    print(describe())
    with tempfile.TemporaryDirectory() as folder, CountedWarehouse(Path(folder)) as warehouse:
        print(f"The hours begin at {START:%Y-%m-%d}.")
        put_songs(warehouse, 0, 100)
        put_hour(warehouse, 0, 100, 1)
        warehouse.measure(0)
        hour, rows = 1, []
        for events in options.events:
            size = put_hour(warehouse, hour, events, 1)
            rows.append((events, warehouse.measure(hour) | {"bytes of gzip": size}))
            hour += 1
        show("events in one file", rows)
        rows = []
        for files in options.files:
            put_hour(warehouse, hour, 10_000, files)
            rows.append((files, warehouse.measure(hour)))
            hour += 1
        show("files of 10,000 events", rows)
        rows, there = [], 100
        for songs in options.songs:
            put_songs(warehouse, there, songs)
            put_hour(warehouse, hour, 100, 1)
            rows.append((songs, warehouse.measure(hour)))
            there, hour = there + songs, hour + 1
        show("new song files", rows)


if __name__ == "__main__":
    main()
