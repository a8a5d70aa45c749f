"""``python -m bench.analytics``: the analysts' queries and the pages', by the number of plays in the warehouse.

The plays are made by the warehouse itself: ninety days, the last thirty of which the Listening page shows at first. A
page's queries run as the page runs them, four at a time, without the answers that it keeps.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.figures import Report
from bench.sizes import choose
from bench.warehouse import START, Warehouse, be_quiet
from local.runner.settings import ROOT
from sparkify.pages.listening import DAYS, QUESTIONS, Listening
from sparkify.pages.period import Period
from sparkify.pages.quality import Quality
from sparkify.pages.queries import Queries
from sparkify.pages.reader import WarehouseReader
from sparkify.windows import DAY, HOUR, hour_label, to_milliseconds


@dataclass(frozen=True)
class Size:
    """How much is measured.

    :param plays: plays in the warehouse, ascending.
    :param repetitions: of each query.
    """

    plays: tuple[int, ...]
    repetitions: int


BY_SIZE = {
    "tiny": Size((2_000,), 1),
    "short": Size((100_000, 1_000_000), 3),
    "full": Size((100_000, 1_000_000, 10_000_000), 5),
}
_DAYS = 90
_SONGS = 20_000
#: A page's queries at a time: its reader's sessions.
_AT_ONCE = 4
_MOST_INSERTED = 1_000_000


class PlaysMaker:
    """Fills the star with plays, without files and without the pipeline.

    :param warehouse: the warehouse.
    :param seed: who plays what.
    """

    def __init__(self, warehouse: Warehouse, seed: int) -> None:
        self._seed = seed
        self._execute = warehouse.execute
        self._execute("CREATE TABLE public.numbers (n BIGINT)")
        self._execute("INSERT INTO public.numbers (n) VALUES (0)")
        self._numbers = 1
        self._make_dimensions()

    def make(self, plays: int) -> None:
        """Make plays in order of time, as loads bring them, and the ledger's rows for their hours."""
        self._execute("TRUNCATE public.songplays")
        self._execute("TRUNCATE etl.load_ledger")
        for first in range(0, plays, _MOST_INSERTED):
            count = min(_MOST_INSERTED, plays - first)
            self._count_to(count)
            self._execute(
                _ADD_PLAYS.format(first=first, count=count, step=_DAYS * 86_400_000 // plays, seed=self._seed)
            )
        self._add_ledger(plays)
        for table in ("public.songplays", "public.songs", "public.artists", "public.users", "etl.load_ledger"):
            self._execute(f"VACUUM {table}")
            self._execute(f"ANALYZE {table}")

    def _count_to(self, count: int) -> None:
        while self._numbers < count:
            self._execute(
                "INSERT INTO public.numbers (n) SELECT n + (SELECT COUNT(*) FROM public.numbers) FROM public.numbers"
            )
            self._numbers *= 2

    def _make_dimensions(self) -> None:
        self._count_to(_SONGS)
        for statement in _ADD_DIMENSIONS:
            self._execute(statement.format(songs=_SONGS))

    def _add_ledger(self, plays: int) -> None:
        hours = [START + HOUR * number for number in range(_DAYS * 24)]
        an_hour = plays // len(hours)
        rows = ", ".join(
            f"('songplays', '{hour_label(hour)}', {to_milliseconds(hour)}, MD5('x'), 1, {an_hour * 500}, {an_hour},"
            f" {an_hour}, 0, {an_hour}, 0, {an_hour}, 0, 0, {an_hour}, 'sparkify_hourly', 'bench', 'publish',"
            " 1, '1', 1.0, GETDATE())"
            for hour in hours
        )
        self._execute(f"INSERT INTO etl.load_ledger ({_LEDGER_COLUMNS}) VALUES {rows}")


_LEDGER_COLUMNS = (
    "target_table, source_partition, partition_ts, manifest_hash, object_count, byte_count, source_lines, staged,"
    " rejected, in_scope, out_of_scope, candidates, rejected_by_rule, duplicates, loaded, dag_id, run_id, task_id,"
    " try_number, query_ids, seconds, loaded_at"
)
#: Twenty thousand users; a session has twenty plays, and a play in three has no song in the catalogue.
_ADD_PLAYS = """
INSERT INTO public.songplays (
    songplay_id, "timestamp", user_id, level, song_id, artist_id, session_id, location, user_agent
)
SELECT
    MD5(CAST(p.id AS VARCHAR(20))),
    TIMESTAMP '2018-11-01' + p.id * {step} * INTERVAL '0.001 second',
    MOD((p.id / 20 + {seed}) * 7907, 20011),
    CASE WHEN MOD(p.id / 20, 4) = 0 THEN 'free' ELSE 'paid' END,
    CASE WHEN MOD(p.id, 3) > 0 THEN 'SO' || LPAD(CAST(p.song AS VARCHAR(16)), 16, '0') END,
    CASE WHEN MOD(p.id, 3) > 0 THEN 'AR' || LPAD(CAST(p.song / 4 AS VARCHAR(16)), 16, '0') END,
    p.id / 20,
    'City ' || CAST(MOD(p.id / 20, 300) AS VARCHAR(8)) || ', VA',
    'Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/36.0.1985.143 Safari/537.36'
FROM (
    SELECT n + {first} AS id, MOD((n + {first}) * (n + {first}) + {seed}, 20000) AS song
    FROM public.numbers WHERE n < {count}
) AS p
"""
_ADD_DIMENSIONS = (
    """INSERT INTO public.songs (song_id, title, artist_id, year, duration)
    SELECT 'SO' || LPAD(CAST(n AS VARCHAR(16)), 16, '0'), 'Song ' || CAST(n AS VARCHAR(8)),
        'AR' || LPAD(CAST(n / 4 AS VARCHAR(16)), 16, '0'), 2000, 200.0
    FROM public.numbers WHERE n < {songs}""",
    """INSERT INTO public.artists (artist_id, name, location, latitude, longitude)
    SELECT 'AR' || LPAD(CAST(n AS VARCHAR(16)), 16, '0'), 'Artist ' || CAST(n AS VARCHAR(8)), 'Oslo', 59.9, 10.7
    FROM public.numbers WHERE n < {songs} / 4""",
    """INSERT INTO public.users (user_id, first_name, last_name, gender, level)
    SELECT n, 'First', 'Last', 'F', 'free' FROM public.numbers WHERE n < 20011""",
)


def measure(queries: Queries, plays: int, repetitions: int, report: Report) -> None:
    """Add what each query takes, and the pages as a whole."""
    until = START + DAY * _DAYS
    listening = Listening(queries)
    period = Period(until - DAY * DAYS, until)
    named = f"{plays:,} plays"
    for question in QUESTIONS:
        times = _times(lambda name=question: listening.answer(name, period), repetitions)
        report.add(f"{question}, 30 of 90 days", named, times, "s")
    pages: dict[str, Sequence[Callable[[], Any]]] = {
        "Listening page, all answers": [lambda name=name: listening.answer(name, period) for name in QUESTIONS],
        "Listening page, first answer": [lambda: listening.answer(QUESTIONS[0], listening.period(None, None))],
        "Loads page": [
            queries.newest_load,
            lambda: queries.page("loads", Period(until - DAY * 14, until).milliseconds()),
        ],
        "Quality page": [Quality(queries).overview],
    }
    for name, asked in pages.items():
        times = _times(lambda asked=asked: _ask(asked), repetitions)
        report.add(name, named, times, "s", reach="" if "all" in name else "≤ 2")


def _ask(asked: Sequence[Callable[[], Any]]) -> None:
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(lambda ask: ask(), asked))


def _times(work: Callable[[], Any], repetitions: int) -> list[float]:
    times = []
    for _ in range(repetitions):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return times


def main() -> int:
    """Measure and print."""
    chosen = choose("analytics", __doc__, BY_SIZE)
    be_quiet()
    size = chosen.size
    data = f"Up to {size.plays[-1]:,} plays of {_DAYS} days, {_SONGS:,} songs"
    report = Report("analytics", "Queries and pages", data, chosen.command)
    with tempfile.TemporaryDirectory(prefix="analytics-") as folder, Warehouse(Path(folder)) as warehouse:
        reader = WarehouseReader("sparkify_redshift", statement_seconds=600, cache_seconds=0, wait_seconds=600)
        maker = PlaysMaker(warehouse, chosen.seed)
        for plays in size.plays:
            maker.make(plays)
            measure(Queries(ROOT / "sql", reader), plays, size.repetitions, report)
        reader.close()
    report.finish()
    return 0


if __name__ == "__main__":
    sys.exit(main())
