"""``python -m bench.copy``: COPY of JSON on the local Redshift, against other ways to load the same objects.

Two sources: event logs as 16 gzip objects of newline JSON, and song files of one object each. The limit is PostgreSQL's
own ``\\copy`` of the same rows, prepared as CSV files on disk: a file for each object, in one psql. The others read the
objects from the same S3 server. Each contender's rows are compared with those of the limit before its time counts.
"""

from __future__ import annotations

import gzip
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import obstore
import psycopg

from bench import rivals
from bench.copied import BUCKET, EVENTS, SONGS, Bench, Source
from bench.figures import Report
from bench.sizes import Choice, choose
from local.sample import Sample

_ROLE = "arn:aws:iam::123456789012:role/bench"
_OBJECTS = 16


@dataclass(frozen=True)
class Size:
    """How much is measured.

    :param megabytes: of event logs before compression.
    :param songs: song files.
    :param repetitions: of each contender's load.
    """

    megabytes: float
    songs: int
    repetitions: int


BY_SIZE = {"tiny": Size(0.4, 20, 1), "short": Size(100.0, 4000, 3), "full": Size(1000.0, 15_000, 3)}


def put_events(bench: Bench, size: int, seed: int) -> int:
    """Put event logs of the given size in bytes as 16 objects and return their number of lines."""
    sample = Sample(seed=seed, hours=8, songs=3000, events_per_hour=2000)
    lines = [line for file in sample.log_files() for line in gzip.decompress(file.body).splitlines()]
    rows = max(_OBJECTS, size // (sum(map(len, lines)) // len(lines) + 1))
    count, number = rows // _OBJECTS, 0
    for part in range(_OBJECTS):
        content = bytearray()
        for _ in range(count):
            # every line differs: a repeated day would be compressed and parsed better than a real one
            content += lines[number % len(lines)].replace(b'"ts":', b'"n":%d,"ts":' % number, 1) + b"\n"
            number += 1
        obstore.put(bench.store, f"events/part-{part:02}.json.gz", gzip.compress(bytes(content), 6))
    return number


def put_songs(bench: Bench, count: int, seed: int) -> int:
    """Put song files and return how many there are."""
    sample = Sample(seed=seed, hours=1, songs=count)
    for file in sample.song_files("songs"):
        obstore.put(bench.store, file.key, file.body)
    return count


def csv_files(bench: Bench, source: Source) -> list[Path]:
    """Write the rows of each object as a CSV file, from what COPY loaded of it."""
    folder = bench.folder / f"csv-{source.name}"
    folder.mkdir()
    files = []
    with psycopg.connect(bench.postgres, autocommit=True) as connection:
        for number, item in enumerate(_keys(bench, source)):
            file = folder / f"{number}.csv"
            with file.open("wb") as output:
                for row in _csv_of(bench, source, item, connection):
                    output.write(row)
            files.append(file)
    return files


def _keys(bench: Bench, source: Source) -> list[str]:
    return sorted(item["path"] for page in obstore.list(bench.store, prefix=source.name) for item in page)


def _csv_of(
    bench: Bench, source: Source, key: str, connection: psycopg.Connection[Any]
) -> Iterator[bytes | memoryview]:
    """Have PostgreSQL's own JSON functions read an object, so that the comparison is with something independent."""
    raw = bytes(obstore.get(bench.store, key).bytes())
    lines = (gzip.decompress(raw) if source.gzip else raw).splitlines()
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS raw (line text)")
    connection.execute("TRUNCATE raw")
    with connection.cursor().copy("COPY raw FROM STDIN") as copy:
        for line in lines:
            copy.write_row((line.decode(),))
    values = ", ".join(
        f"(line::json->>'{key}')::{kind}" if "VARCHAR" in kind else f"NULLIF(trim(line::json->>'{key}'), '')::{kind}"
        for _, key, kind in source.columns
    )
    with connection.cursor().copy(f"COPY (SELECT {values} FROM raw) TO STDOUT (FORMAT csv)".encode()) as copy:
        yield from copy


def copy_statement(source: Source) -> str:
    """Return the COPY that loads all objects."""
    return (
        f"COPY {source.name} FROM 's3://{BUCKET}/{source.name}/' IAM_ROLE '{_ROLE}' "
        f"JSON 's3://{BUCKET}/{source.name}.paths' {'GZIP' if source.gzip else ''}"
    )


def run(report: Report, bench: Bench, source: Source, rows: int, repetitions: int) -> None:
    """Measure all contenders on one source."""
    obstore.put(bench.store, f"{source.name}.paths", source.jsonpaths)
    files = csv_files(bench, source)
    contenders: dict[str, Callable[[], str]] = {
        "psql \\copy of CSV": lambda: rivals.psql_copy(bench, source, files),
        "local Redshift, COPY": lambda: local_copy(bench, source),
        "DuckDB, read_json": lambda: rivals.duckdb(bench, source),
        "psycopg executemany": lambda: rivals.executemany(bench, source, _keys(bench, source)),
        "dlt, filesystem to postgres": lambda: rivals.dlt(bench, source),
    }
    rates: dict[str, list[float]] = {}
    expected = None
    for name, load in contenders.items():
        times = 1 if name.startswith(("psycopg", "dlt")) else repetitions
        for _ in range(times):
            try:
                started = time.perf_counter()
                table = load()
                seconds = rivals.seconds_of(table, time.perf_counter() - started)
            except rivals.NotInstalled as missing:
                report.notes.append(f"{name} was left out: {missing}.")
                break
            found = bench.fingerprint(source, rivals.name_of(table))
            expected = expected or found
            if found != expected:
                raise AssertionError(f"{name} loaded other rows: {found} instead of {expected}.")
            rates.setdefault(name, []).append(rows / seconds)
    limit = "psql \\copy of CSV"
    mine = rates["local Redshift, COPY"]
    for name, values in rates.items():
        against, rival = (rates[limit], limit) if name.startswith("local") else (values, "")
        if name.startswith("local"):
            report.add(f"{source.name}: {name}", "rows", values, "/s", rival=rival, against=against, reach="≥ 0.5")
        else:
            report.add(f"{source.name}: {name}", "rows", values, "/s")
            if name != limit:
                reach = "≥ 10" if name.startswith("dlt") else ""
                report.add(
                    f"{source.name}: local Redshift, COPY", "rows", mine, "/s", rival=name, against=values, reach=reach
                )
    peak = bench.peak_memory(lambda: local_copy(bench, source))
    report.add(f"{source.name}: local Redshift, COPY", "peak memory (PSS) with PostgreSQL", [peak], "MB", reach="< 300")


def local_copy(bench: Bench, source: Source) -> str:
    """Load by COPY through the server."""
    bench.execute(f"DROP TABLE IF EXISTS {source.name}")
    with psycopg.connect(bench.redshift.dsn(), autocommit=True) as connection:
        connection.execute(source.ddl(source.name))
        started = time.perf_counter()
        connection.execute(copy_statement(source))
        return rivals.timed(source.name, started)


def measure(chosen: Choice[Size]) -> Report:
    """Measure all contenders on both sources."""
    size, seed = chosen.size, chosen.seed
    with tempfile.TemporaryDirectory(prefix="bench-copy-") as name, ExitStack() as stack:
        bench = Bench(Path(name), stack)
        rows = put_events(bench, round(size.megabytes * 1e6), seed)
        put_songs(bench, size.songs, seed)
        report = Report(
            "copy",
            "COPY of JSON",
            f"{rows:,} events in {_OBJECTS} gzip objects ({size.megabytes:,.0f} MB before compression), "
            f"{size.songs:,} song files, seed {seed}",
            chosen.command,
            notes=[
                "The rows of every contender were compared with PostgreSQL's own reading of the JSON.",
                "psql reads CSV files from disk, one an object, and DuckDB the objects; the others read from S3.",
            ],
        )
        run(report, bench, EVENTS, rows, size.repetitions)
        run(report, bench, SONGS, size.songs, size.repetitions)
        return report


def main() -> None:
    """Run the benchmark."""
    chosen = choose("copy", __doc__, BY_SIZE, extend=lambda parser: parser.add_argument(
        "--without-install", action="store_true", help="measure DuckDB and dlt only if installed"))  # fmt: skip
    if not chosen.options.without_install:
        rivals.install()
    measure(chosen).finish()


if __name__ == "__main__":
    main()
