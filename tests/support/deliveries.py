"""Old files and newer ones, every row of them known: for tests of runs that die, are cleared or compete."""

from __future__ import annotations

import os
from typing import Any

import obstore

from tests.support.pipeline import HOUR, START, Pipeline

#: Whether every case is to run, which takes hours: ``make chaos`` sets it.
EVERYTHING = os.environ.get("ALL_CASES") == "1"

Event = dict[str, Any]


def play(user: str, second: int, song: int, **changes: Any) -> Event:
    """Return a play of hour 0, of a song that the catalogue may have."""
    plain = {
        "artist": f"Artist {song}",
        "auth": "Logged In",
        "firstName": f"Name {user}",
        "gender": "F",
        "itemInSession": second,
        "lastName": "Lee",
        "length": 100.5 + song,
        "level": "free",
        "location": "Bixby, OK",
        "method": "PUT",
        "page": "NextSong",
        "registration": 1540919166796.0,
        "sessionId": 7,
        "song": f"Song {song}",
        "status": 200,
        "ts": int(START.timestamp() * 1000) + second * 1000,
        "userAgent": '"Mozilla/5.0"',
        "userId": user,
    }
    return plain | changes


def song(number: int, **changes: Any) -> dict[str, Any]:
    """Return a song's line, each of an artist of its own."""
    plain = {
        "num_songs": 1,
        "artist_id": f"AR{number}",
        "artist_latitude": 1.5,
        "artist_longitude": None,
        "artist_location": "Oslo",
        "artist_name": f"Artist {number}",
        "song_id": f"SO{number}",
        "title": f"Song {number}",
        "duration": 100.5 + number,
        "year": 2000,
    }
    return plain | changes


#: Of earlier loads: user 1 is known, and again in hour 1; song 1 has a file.
OLD_HOURS = {0: [play("1", 1, 1)], 1: [play("1", 3601, 2, level="paid"), play("2", 3602, 3)]}
#: Of the run that dies: user 1 changes, users 3 and 4 and songs 2 to 5 are new, song 5 comes in two files.
NEW_HOUR = [
    *(play("1", 1, 1), play("1", 5, 2, level="paid"), play("3", 6, 3), play("3", 6, 3), play("4", 7, 4)),
    *(play("2", 3602, 3, level="paid"), play("3", 86_400 * 3, 5)),
]


def deliver_old(pipeline: Pipeline) -> None:
    """Deliver and load what was there before."""
    for number, events in OLD_HOURS.items():
        pipeline.put_hour(number, events)
    pipeline.put_song(song(1), "one")
    pipeline.run_window(START, START + 2 * HOUR)


def deliver_new(pipeline: Pipeline) -> None:
    """Deliver what the run that dies is to load."""
    pipeline.put_hour(0, NEW_HOUR)
    for number, key in ((2, "two"), (3, "three"), (4, "four"), (5, "five"), (5, "five again")):
        pipeline.put_song(song(number, year=2000 + len(key)), key)


def remove_song(pipeline: Pipeline, key: str) -> None:
    """Remove a song file."""
    del pipeline.catalogue[key]
    obstore.delete(pipeline.store, f"song_data/A/B/C/TR{key}.json")
