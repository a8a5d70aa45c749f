"""The files in which a sample is delivered, in the two layouts that event logs come in."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby

from local.sample.catalogue import Song

#: An hour's events are split into files of at most so many lines.
_LINES_A_FILE = 100_000


class Layout(StrEnum):
    """How event logs are laid out: ``2018/11/05/13/*.json.gz``, or ``2018/11/2018-11-05-events.json``."""

    HOURLY = "hourly"
    DAILY = "daily"


@dataclass(frozen=True)
class SampleFile:
    """A file of the sample.

    :param key: its key or path.
    :param body: its content.
    :param lines: how many lines or objects it has.
    """

    key: str
    body: bytes
    lines: int


def song_files(songs: Iterable[Song], prefix: str) -> Iterator[SampleFile]:
    """Return one file a song."""
    return (SampleFile(f"{prefix}/{song.key}", song.to_json(), 1) for song in songs)


def log_files(hours: Iterable[tuple[datetime, list[str]]], layout: Layout, prefix: str) -> Iterator[SampleFile]:
    """Return the files of event lines. As in real logs, none ends in a newline and an empty hour has none.

    :param hours: each hour's first moment and lines.
    :param layout: the layout.
    :param prefix: key prefix.
    """
    return _daily(hours, prefix) if layout is Layout.DAILY else _hourly(hours, prefix)


def _hourly(hours: Iterable[tuple[datetime, list[str]]], prefix: str) -> Iterator[SampleFile]:
    for hour, lines in hours:
        for number, first in enumerate(range(0, len(lines), _LINES_A_FILE)):
            part = lines[first : first + _LINES_A_FILE]
            key = f"{prefix}/{hour:%Y/%m/%d/%H}/events-{number:02}.json.gz"
            yield SampleFile(key, _gzip("\n".join(part).encode()), len(part))


def _daily(hours: Iterable[tuple[datetime, list[str]]], prefix: str) -> Iterator[SampleFile]:
    for day, group in groupby(hours, key=lambda hour: hour[0].date()):
        lines = [line for _, hour_lines in group for line in hour_lines]
        if lines:
            key = f"{prefix}/{day:%Y/%m}/{day.isoformat()}-events.json"
            yield SampleFile(key, "\n".join(lines).encode(), len(lines))


def _gzip(content: bytes) -> bytes:
    """Compress with a header that names neither time nor machine; ``gzip.compress`` differs between Pythons."""
    compressor = zlib.compressobj(level=6, wbits=31)
    return compressor.compress(content) + compressor.flush()
