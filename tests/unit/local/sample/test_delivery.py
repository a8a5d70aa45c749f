"""Events and songs are written to files."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta

import pytest

from local.sample import Layout
from local.sample.catalogue import make_songs
from local.sample.delivery import log_files, song_files

FIRST = datetime(2018, 11, 1, 22, tzinfo=UTC)
HOURS = [(FIRST + timedelta(hours=number), lines) for number, lines in enumerate((["a", "b"], [], ["c"], ["d"]))]


def test_an_hour_is_a_compressed_file_of_its_partition_and_an_empty_one_has_none() -> None:
    files = list(log_files(HOURS, Layout.HOURLY, "log_data"))
    assert [(file.key, gzip.decompress(file.body), file.lines) for file in files] == [
        ("log_data/2018/11/01/22/events-00.json.gz", b"a\nb", 2),
        ("log_data/2018/11/02/00/events-00.json.gz", b"c", 1),
        ("log_data/2018/11/02/01/events-00.json.gz", b"d", 1),
    ]


def test_a_day_is_a_plain_file_of_its_hours() -> None:
    files = list(log_files(HOURS, Layout.DAILY, "log_data"))
    assert [(file.key, file.body, file.lines) for file in files] == [
        ("log_data/2018/11/2018-11-01-events.json", b"a\nb", 2),
        ("log_data/2018/11/2018-11-02-events.json", b"c\nd", 2),
    ]


def test_a_day_without_events_has_no_file() -> None:
    assert list(log_files([(FIRST, [])], Layout.DAILY, "log_data")) == []


@pytest.mark.parametrize(
    ("count", "sizes"), [(99_999, [99_999]), (100_000, [100_000]), (250_001, [100_000, 100_000, 50_001])]
)
def test_a_busy_hour_is_split_into_files(count: int, sizes: list[int]) -> None:
    lines = [str(number) for number in range(count)]
    files = list(log_files([(FIRST, lines)], Layout.HOURLY, "p"))
    assert [file.lines for file in files] == sizes
    assert [file.key[-17:] for file in files] == [f"events-{number:02}.json.gz" for number in range(len(sizes))]
    assert b"\n".join(gzip.decompress(file.body) for file in files) == "\n".join(lines).encode()


def test_the_same_lines_are_the_same_bytes() -> None:
    first, again = (next(log_files([(FIRST, ["a", "b"])], Layout.HOURLY, "p")).body for _ in range(2))
    assert first == again
    assert first[4:8] == b"\0\0\0\0"  # no time of writing: RFC 1952, 2.3.1


def test_a_song_is_a_file_below_the_prefix() -> None:
    songs = make_songs(1, 2)
    assert [(file.key, file.body, file.lines) for file in song_files(songs, "song_data")] == [
        (f"song_data/{song.key}", song.to_json(), 1) for song in songs
    ]
