"""``python -m bench.server``: what the local Redshift costs as a server, against PostgreSQL itself.

The same client asks the server and the PostgreSQL behind it, in turns: one statement after the other, many
connections at once, and rows of a large result. Answers are compared before times count.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from bench.figures import Report
from bench.sizes import Choice, choose
from local_redshift import RedshiftServer, Settings


@dataclass(frozen=True)
class Size:
    """How much is measured.

    :param statements: for a latency.
    :param seconds: of throughput.
    :param rows: of a result.
    :param repetitions: of each.
    """

    statements: int
    seconds: float
    rows: int
    repetitions: int


BY_SIZE = {
    "tiny": Size(50, 0.2, 1000, 1),
    "short": Size(2000, 1.0, 200_000, 3),
    "full": Size(10_000, 10.0, 1_000_000, 5),
}
_CONNECTIONS = (1, 8, 64)
_TEXT = "SELECT a, b FROM bench WHERE a = 7"
_RIVAL = "PostgreSQL"


def latencies(address: str, count: int, *, prepare: bool) -> list[float]:
    """Return the milliseconds that each of some statements took on one connection."""
    taken = []
    with psycopg.connect(address, autocommit=True) as connection:
        cursor = connection.cursor()
        for _ in range(count):
            started = time.perf_counter()
            cursor.execute(_TEXT, prepare=prepare)
            found = cursor.fetchall()
            taken.append((time.perf_counter() - started) * 1000)
        assert found == [(7, "row 7")]
    return taken


async def throughput(address: str, connections: int, seconds: float) -> float:
    """Return the statements a second of a number of connections together."""
    opened = [await psycopg.AsyncConnection.connect(address, autocommit=True) for _ in range(connections)]
    done = 0
    end = time.perf_counter() + seconds

    async def ask(connection: psycopg.AsyncConnection[Any]) -> None:
        nonlocal done
        cursor = connection.cursor()
        while time.perf_counter() < end:
            await cursor.execute(_TEXT)
            await cursor.fetchall()
            done += 1

    started = time.perf_counter()
    await asyncio.gather(*map(ask, opened))
    taken = time.perf_counter() - started
    for connection in opened:
        await connection.close()
    return done / taken


def result_rate(address: str, rows: int) -> float:
    """Return the rows a second of a large result."""
    with psycopg.connect(address, autocommit=True) as connection:
        started = time.perf_counter()
        found = connection.execute("SELECT a, b FROM bench ORDER BY a").fetchall()
        taken = time.perf_counter() - started
    assert len(found) == rows
    assert found[-1] == (rows - 1, f"row {rows - 1}")
    return rows / taken


def compare(measure: Callable[[str], float], addresses: tuple[str, str], repetitions: int) -> tuple[list[float], ...]:
    """Return what is measured on the server and on PostgreSQL, in turns, after one turn that does not count."""
    turns = [[measure(address) for address in addresses] for _ in range(repetitions + 1)]
    return [mine for mine, _ in turns[1:]], [its for _, its in turns[1:]]


def run(report: Report, addresses: tuple[str, str], size: Size) -> None:
    """Measure everything."""
    for name, prepare in (("a statement", False), ("a prepared statement", True)):

        def median(address: str, prepare: bool = prepare) -> float:
            return statistics.median(latencies(address, size.statements, prepare=prepare))

        mine, its = compare(median, addresses, size.repetitions)
        report.add(name, "median", mine, "ms", rival=_RIVAL, against=its)
        added = [a - b for a, b in zip(mine, its, strict=True)]
        report.add(name, "added to PostgreSQL's median", added, "ms", reach="≤ 0.2")
    for connections in _CONNECTIONS:

        def rate(address: str, connections: int = connections) -> float:
            return asyncio.run(throughput(address, connections, size.seconds))

        mine, its = compare(rate, addresses, size.repetitions)
        report.add(f"{connections} connection(s)", "statements", mine, "/s", rival=_RIVAL, against=its)
    mine, its = compare(lambda address: result_rate(address, size.rows), addresses, size.repetitions)
    report.add("a result", "rows", mine, "/s", rival=_RIVAL, against=its)


def measure(chosen: Choice[Size]) -> Report:
    """Measure the server and PostgreSQL."""
    rows = chosen.size.rows
    with tempfile.TemporaryDirectory(prefix="bench-server-") as name:
        settings = Settings(folder=Path(name) / "redshift", port=0)
        with RedshiftServer(settings) as redshift:
            direct = redshift.postgres_dsn()
            with psycopg.connect(direct, autocommit=True) as connection:
                connection.execute("CREATE TABLE bench (a INTEGER, b VARCHAR(40))")
                connection.execute(f"INSERT INTO bench SELECT n, 'row ' || n FROM generate_series(0, {rows - 1}) AS n")
                connection.execute("CREATE INDEX ON bench (a)")
                connection.execute("GRANT SELECT ON bench TO PUBLIC")
                connection.execute("ANALYZE bench")
            report = Report(
                "server",
                "The local Redshift as a server",
                f"{_TEXT}, and all {rows:,} rows",
                chosen.command,
                notes=["PostgreSQL is asked over its Unix socket, the server over TCP without TLS."],
            )
            run(report, (redshift.dsn() + "?sslmode=disable", direct), chosen.size)
            return report


def main() -> None:
    """Measure and print."""
    measure(choose("server", __doc__, BY_SIZE)).finish()


if __name__ == "__main__":
    main()
