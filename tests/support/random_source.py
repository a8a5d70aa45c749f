"""Random events and songs of few values, so that many of them collide."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.support.pipeline import HOUR, START


def event(rng: Random, hours: int) -> dict[str, Any]:
    """Return an event of few users, songs and moments, so that many collide."""
    ts = int((START + rng.randrange(hours) * HOUR).timestamp() * 1000) + rng.randrange(3) * 1000
    return {
        "artist": rng.choice(["A", "B", None]),
        "auth": "Logged In",
        "firstName": rng.choice(["Ann", "Zoë"]),
        "gender": "F",
        "itemInSession": rng.randrange(3),
        "lastName": "Lee",
        "length": rng.choice([100.5, 200.25, None]),
        "level": rng.choice(["free", "paid"]),
        "location": "Bixby, OK",
        "method": "PUT",
        "page": rng.choice(["NextSong", "NextSong", "Home"]),
        "registration": 1540919166796.0,
        "sessionId": rng.randrange(1, 3),
        "song": rng.choice(["S", "T", None]),
        "status": 200,
        "ts": rng.choice([ts] * 12 + [12345, None]),
        "userAgent": '"Mozilla/5.0"',
        "userId": rng.choice(["", "1", "2", "3"]),
    }


def song(rng: Random, number: int) -> dict[str, Any]:
    """Return a song file's object; several share title, artist or artist_id."""
    return {
        "num_songs": 1,
        "artist_id": f"AR{rng.randrange(3)}",
        "artist_latitude": None,
        "artist_longitude": rng.choice([None, 1.5]),
        "artist_location": rng.choice(["", "Oslo"]),
        "artist_name": rng.choice(["A", "B"]),
        "song_id": f"SO{number}",
        "title": rng.choice(["S", "T"]),
        "duration": rng.choice([100.5, 150.0, 200.25]),
        "year": rng.choice([0, 2000]),
    }


def batch(rng: Random, hours: int) -> list[dict[str, Any]]:
    """Return a partition's events, some of them twice."""
    events = [event(rng, hours) for _ in range(rng.choice([0, 4, 12]))]
    return events + rng.choices(events, k=2) if events and rng.random() < 0.5 else events
