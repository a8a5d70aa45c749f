"""Computes the tables of scale.md from measured figures and AWS's limits: ``python docs/scale_tables.py``.

The page's text says where each constant comes from. The tables stand between markers in it, and a test holds the page
to what this computes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import Path

PAGE = Path(__file__).with_name("scale.md")

#: The public sample: 8,056 events, 3,755,598 bytes as JSON, 364,011 by gzip -6, 6,820 of page NextSong.
PLAIN_BYTES, GZIP_BYTES, PLAYS_SHARE = 466, 45, 0.847
#: python -m bench.scale: a run's listings besides those of songs, and writes of its own; tasks of the DAG.
LISTINGS, PUTS, TASKS = 6, 2, 14
#: First-level folders of song_data, each listed by itself, eight at a time; keys in a page of a listing.
FOLDERS, AT_ONCE, PAGE_KEYS = 26, 8, 1000
#: Files read at once: sparkify.source.file_reading. Of further ones the first bytes are asked for beforehand.
READERS = 32
#: Lines that one core counts in a second.
COUNTED = 980_000
#: An assumption, to be replaced by what sparkify_plan shows on your bucket: seconds to list a page of 1,000 keys.
PAGE_SECONDS = 0.1
#: Seconds of one core that reading a page takes, by sparkify/hooks/listing_pages.py; boto3's own reader takes 0.1.
READ_SECONDS = 0.02
#: [sparkify] song_listing_share
SHARE = 0.05
#: US East, dollars a request: https://aws.amazon.com/s3/pricing/
LIST_DOLLARS, GET_DOLLARS = 0.005 / 1000, 0.0004 / 1000
#: What python -m bench.cost counted: an hour's statements without SET, BEGIN and COMMIT, those of them under the
#: writers' lock, and its commits, one of which is under it.
COUNTS = {"without new songs": (67, 20, 11), "with new songs": (100, 42, 13)}
#: What each further hour of a window adds, none of it under the lock. COPIES hours are staged at once
#: ([sparkify] parallel_copies).
WINDOW_STATEMENTS, WINDOW_COMMITS, COPIES = 7, 1, 4
#: [sparkify] max_active_runs
RUNS = 16
#: Seconds of a small statement whose code is compiled, and of a commit that waits for no other. Assumptions, but for
#: the commit in the middle, an example in https://docs.aws.amazon.com/redshift/latest/dg/r_STL_COMMIT_STATS.html.
PRICES = {"low": (0.05, 0.2), "middle": (0.1, 0.6), "high": (0.5, 1.0)}
#: Base capacity and dollars an RPU-hour, US East: 4 RPU are $1.50 an hour by
#: https://aws.amazon.com/blogs/big-data/amazon-redshift-serverless-at-4-rpus-high-value-analytics-at-low-cost/
RPU, RPU_DOLLARS, LEAST_SECONDS = 8, 0.375, 60
_HOURS_A_YEAR, _HOURS_A_MONTH = 8760, 730
_MONTH = 720


def wanted_files(events: int) -> int:
    """Return into how many files to split an hour: a power of two, 1 MB and more each, near 64 MB beyond 16 files."""
    size = events * GZIP_BYTES
    most = max(1, size // 1_000_000)
    return 1 << int(math.log2(min(most, 16) if size < 16 * 64e6 else size / 64e6))


def events_table() -> list[str]:
    """Return the table over events an hour."""
    heads = ("events an hour", "JSON", "gzip", "files", "of", "tasks", "LIST", "GET", "counting")
    heads += ("deliveries a year", "ledger rows a year", "S3 requests a month")
    rows = []
    for power in range(4, 10):
        events = 10**power
        files = wanted_files(events)
        listings = LISTINGS + 2 * (math.ceil(files / PAGE_KEYS) - 1)
        gets = 2 * files + max(0, files - READERS)
        dollars = _HOURS_A_MONTH * ((listings + 1 + FOLDERS + PUTS) * LIST_DOLLARS + gets * GET_DOLLARS)
        rows.append(
            (
                f"10^{power}",
                _size(events * PLAIN_BYTES),
                _size(events * GZIP_BYTES),
                f"{files}",
                _size(events * GZIP_BYTES / files),
                f"{TASKS}",
                f"{listings} + songs",
                f"{gets:,}",
                _time(events / COUNTED),
                f"{events * PLAYS_SHARE * _HOURS_A_YEAR:.1e}",
                f"{_HOURS_A_YEAR * (2 + files):,}",
                f"${dollars:.2f}",
            )
        )
    return _table(heads, rows)


def songs_table() -> list[str]:
    """Return the table over songs."""
    heads = ("songs", "LIST to see what is new", "takes", "listed again after", "costs a listing", "at most a month")
    heads += ("rows of source_objects",)
    rows = []
    for power in range(3, 9):
        songs = 10**power
        pages = 1 + max(FOLDERS, math.ceil(songs / PAGE_KEYS))
        seconds = max(math.ceil(pages / AT_ONCE) * PAGE_SECONDS, pages * READ_SECONDS)
        pause = seconds / SHARE if songs >= 100_000 else 0.0
        a_month = _HOURS_A_MONTH / max(1.0, pause / 3600)
        rows.append(
            (
                f"10^{power}",
                f"{pages:,}",
                _time(seconds),
                _time(pause) if pause > 3600 else "each run",
                f"${pages * LIST_DOLLARS:.4f}",
                f"${pages * LIST_DOLLARS * a_month:.2f}",
                f"{songs:,}",
            )
        )
    return _table(heads, rows)


def seconds_of(statements: float, commits: float, price: tuple[float, float]) -> float:
    """Return the seconds that statements and commits take, one after the other.

    :param statements: how many statements.
    :param commits: how many commits.
    :param price: seconds of one of each.
    """
    return statements * price[0] + commits * price[1]


def hour_table() -> list[str]:
    """Return the table of what an hour takes of the warehouse."""
    heads = ("an hour", "prices", "statements", "commits", "takes", "under the lock", "holds it for", "hours an hour")
    rows = []
    for kind, (statements, locked, commits) in COUNTS.items():
        for name, price in PRICES.items():
            held = seconds_of(locked, 1, price)
            rows.append(
                (
                    *(kind, name, f"{statements}", f"{commits}", _time(seconds_of(statements, commits, price))),
                    *(f"{locked} + 1", _time(held), f"{3600 / held:,.0f}"),
                )
            )
    return _table(heads, rows)


def month_table() -> list[str]:
    """Return the table of what 30 days take, hour by hour as they come, as a backfill, and as one window."""
    heads = (
        "30 days without new songs",
        "prices",
        "statements",
        "commits",
        "hold the lock for",
        "take",
        "Serverless bills",
    )
    statements, locked, commits = COUNTS["without new songs"]
    rows = []
    for name, price in PRICES.items():
        hour, held = seconds_of(statements, commits, price), seconds_of(locked, 1, price)
        further = seconds_of(WINDOW_STATEMENTS, WINDOW_COMMITS, price) * (_MONTH - 1)
        all_hours = (f"{statements * _MONTH:,}", f"{commits * _MONTH:,}", _time(held * _MONTH))
        backfill = max(held, hour / RUNS) * _MONTH
        window = hour + further / COPIES
        counts = (
            f"{statements + WINDOW_STATEMENTS * (_MONTH - 1):,}",
            f"{commits + WINDOW_COMMITS * (_MONTH - 1):,}",
            _time(held),
        )
        billed = max(hour, LEAST_SECONDS) * _MONTH
        rows += [
            ("as the hours come", name, *all_hours, "30 days", _dollars(billed)),
            ("720 runs of a backfill", name, *all_hours, _time(backfill), _dollars(backfill)),
            ("one window", name, *counts, _time(window), _dollars(window)),
        ]
    return _table(heads, rows)


def fill(page: str) -> str:
    """Return the page with its tables computed again."""
    tables = {"events": events_table(), "songs": songs_table(), "hour": hour_table(), "month": month_table()}
    for name, lines in tables.items():
        block = f"<!-- {name}: computed by scale_tables.py -->\n" + "\n".join(lines) + "\n<!-- end -->"
        page = re.sub(rf"<!-- {name}: .*?<!-- end -->", lambda _, block=block: block, page, flags=re.DOTALL)
    return page


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    line = "| " + " | ".join(heads) + " |"
    return [line, "| " + " | ".join("---:" for _ in heads) + " |", *("| " + " | ".join(row) + " |" for row in rows)]


def _size(number: float) -> str:
    for unit, factor in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if number >= factor:
            return f"{number / factor:.3g} {unit}"
    return f"{number / 1e3:.3g} kB"


def _dollars(seconds: float) -> str:
    return f"${RPU * RPU_DOLLARS * max(seconds, LEAST_SECONDS) / 3600:.2f}"


def _time(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.2g} s" if seconds < 10 else f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


if __name__ == "__main__":
    PAGE.write_text(fill(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
