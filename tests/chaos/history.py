"""Generated deliveries: hours of events with faults in them, songs that come late, a correction."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from local.sample import Sample
from local.sample.faults import Faults

START = datetime(2018, 11, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)
#: More than the faults of an hour come to.
MAX_REJECTED = 1000
FAULTS = Faults(duplicates=0.15, late=0.15, malformed=0.02, wrong_types=0.02, oversized=0.01, seconds=0.03)


@dataclass(frozen=True)
class Phase:
    """Files that are delivered or removed, then hours that are loaded.

    :param files: key → content.
    :param hours: numbers of the hours, each loaded by a run of its own.
    :param removed: keys of files that are gone; the runs accept that.
    """

    files: dict[str, bytes]
    hours: tuple[int, ...]
    removed: tuple[str, ...] = ()


def make_history(
    seed: int, hours: int = 3, events_per_hour: int = 25, start: datetime = START, faults: Faults = FAULTS
) -> list[Phase]:
    """Return a history: all hours with some of the songs, then a corrected hour, the other songs, and one song less.

    :param seed: makes one history differ from another.
    :param hours: how many hours it has.
    :param events_per_hour: events of an hour, about.
    :param start: its first hour.
    :param faults: what is wrong with its events.
    """
    rng = Random(seed)
    sample = Sample(seed=seed, start=start, hours=hours, songs=40, events_per_hour=events_per_hour)
    logs = [list(lines) for lines in faults.inject(sample.events_by_hour(), seed)]
    songs = {file.key: file.body for file in sample.song_files()}
    late = set(rng.sample(sorted(songs), len(songs) // 2))
    removed = min(songs.keys() - late)
    first = {_key(start, number): _pack(lines) for number, lines in enumerate(logs)}
    corrected = rng.randrange(hours)
    again = tuple({corrected, rng.randrange(hours)})
    correction = _pack(list(_correct(logs[corrected], rng)))
    return [
        Phase(first | {key: body for key, body in songs.items() if key not in late}, tuple(range(hours))),
        Phase({_key(start, corrected): correction} | {key: songs[key] for key in late}, again, (removed,)),
    ]


def _key(start: datetime, number: int) -> str:
    return f"log_data/{start + number * HOUR:%Y/%m/%d/%H}/events.json.gz"


def _pack(lines: list[str]) -> bytes:
    return gzip.compress("\n".join(lines).encode(), mtime=0)


def _correct(lines: list[str], rng: Random) -> Iterator[str]:
    """Drop some events, change others, and deliver one of the next hour."""
    for line in lines:
        chance = rng.random()
        if chance < 0.2:
            continue
        yield _relevel(line) if chance < 0.5 else line
    if lines:
        yield lines[0].replace('"level":"free"', '"level":"paid"')


def _relevel(line: str) -> str:
    try:
        event: dict[str, Any] = json.loads(line)
    except ValueError:
        return line
    return json.dumps(event | {"level": "paid", "lastName": "Newname"})
