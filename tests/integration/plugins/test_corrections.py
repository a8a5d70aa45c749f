"""Files that are corrected in what Redshift calls equal: the tables end as if the corrected file had come first."""

from __future__ import annotations

from random import Random
from typing import Any, NamedTuple

import psycopg
import pytest

from tests.chaos.tables import compare_tables, read_tables
from tests.support.pipeline import START, Pipeline
from tests.support.random_source import event
from tests.support.services import Services

TS = int(START.timestamp() * 1000)


class Case(NamedTuple):
    """A field of the source, and two values that differ in bytes and, to Redshift, in nothing else."""

    field: str
    one: Any
    other: Any


PLAYS = [
    Case("location", "Bergen ", "Bergen"),
    Case("location", "Bergen", "Bergen   "),
    Case("location", "", "  "),
    Case("location", "Tromsø ", "Tromsø"),
    Case("level", "free ", "free"),
    Case("userAgent", '"Mozilla/5.0" ', '"Mozilla/5.0"'),
    Case("firstName", "Ann ", "Ann"),
    Case("lastName", "", " "),
    Case("gender", "F", "F "),
    Case("song", "S ", "S"),  # by which the play matches a song, or none
    Case("artist", "A", "A "),
    Case("length", -0.0, 0.0),
    Case("page", "NextSong ", "NextSong"),
]
#: Values that differ for Redshift too.
OTHERS = [Case("location", None, ""), Case("location", "bergen", "Bergen"), Case("length", None, -0.0)]
SONGS = [
    Case("title", "S ", "S"),
    Case("artist_name", "A", "A "),
    Case("artist_location", "Oslo ", "Oslo"),
    Case("artist_location", "", " "),
    Case("artist_latitude", -0.0, 0.0),
    Case("artist_longitude", 0.0, -0.0),
    Case("duration", -0.0, 0.0),
    Case("artist_id", "AR ", "AR"),
    Case("song_id", "SO", "SO "),
]


def events(choice: str) -> list[dict[str, Any]]:
    """Return a play for each case, each of a user of its own."""
    plain = event(Random(1), 1) | {"artist": "A", "song": "S", "length": 100.5, "level": "free", "page": "NextSong"}
    return [
        plain | {"userId": str(number), "sessionId": number, "ts": TS + number, case.field: getattr(case, choice)}
        for number, case in enumerate([*PLAYS, *OTHERS], start=1)
    ]


def deliver(pipeline: Pipeline, choice: str) -> None:
    """Deliver the hour and the song files, one for each case."""
    pipeline.put_hour(0, events(choice), mtime=0)
    pipeline.catalogue.clear()
    for number, case in enumerate(SONGS):
        name = f"{number:02}"
        plain = {
            "num_songs": 1,
            "artist_id": f"AR{name}",
            "artist_latitude": None,
            "artist_longitude": None,
            "artist_location": "Oslo",
            "artist_name": "A",
            "song_id": f"SO{name}",
            "title": "S",
            "duration": 200.25 + number,
            "year": 2000,
        }
        value = getattr(case, choice)
        pipeline.put_song(plain | {case.field: value}, key=name)


def tables(services: Services) -> dict[str, Any]:
    with psycopg.connect(services.redshift.dsn(), autocommit=True) as connection:
        return {name: rows for name, rows in read_tables(connection).items() if name != "run schemas"}


@pytest.mark.timeout(300)
def test_a_correction_that_redshift_calls_equal_ends_as_a_fresh_load_does(
    pipeline: Pipeline, services: Services
) -> None:
    deliver(pipeline, "other")
    pipeline.run_hour(0)
    pipeline.assert_is_expected()
    fresh = tables(services)
    pipeline.reset()
    for choice in ("one", "other"):
        deliver(pipeline, choice)
        results = pipeline.run_hour(0)
        pipeline.assert_is_expected()
    assert compare_tables(fresh, tables(services)) == []
    # as many as were corrected, but for the fields that the fact does not have
    assert results["publish"]["tables"]["songplays"]["updated"] >= sum(
        case.field in ("location", "level", "userAgent") for case in PLAYS
    )
    again = pipeline.run_hour(0)
    assert again["load.load_songplays"]["candidates"] == len(PLAYS) + len(OTHERS)
    assert {count for table in again["publish"]["tables"].values() for count in table.values()} == {0}


@pytest.mark.parametrize("conn_id", ["redshift"], indirect=True)
def test_the_same_of_several_equal_copies_is_kept_whatever_their_order(pipeline: Pipeline) -> None:
    copies = [
        copy | {"length": length, "firstName": name}
        for length, name in ((0.0, "Ann"), (-0.0, "Ann "), (100.1234561, "Ann  "), (100.1234562, "Ann"))
        for copy in events("one")[:1]
    ]
    songs = [{case.field: value} for case in SONGS if case.field != "artist_id" for value in (case.one, case.other)]
    seen = []
    for turn in (1, -1):
        pipeline.reset()
        pipeline.put_hour(0, copies[::turn])
        for number, change in enumerate(songs[::turn]):
            pipeline.put_song(song_of(change), key=f"{number:02}")
        pipeline.run_hour(0)
        seen.append(pipeline.star())
    assert seen[0] == seen[1]


def song_of(change: dict[str, Any]) -> dict[str, Any]:
    """Return a version of the one song, with something changed."""
    plain = {
        "num_songs": 1,
        "artist_id": "AR",
        "artist_latitude": 0.0,
        "artist_longitude": 0.0,
        "artist_location": "",
        "artist_name": "A",
        "song_id": "SO",
        "title": "S",
        "duration": 0.0,
        "year": 2000,
    }
    return plain | change
