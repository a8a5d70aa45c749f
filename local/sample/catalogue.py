"""The song catalogue: songs and their artists."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from local.sample import words

_SYMBOLS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


@dataclass(frozen=True)
class Artist:
    """An artist as song files describe them; ``alias`` is how some of the files spell the name."""

    artist_id: str
    name: str
    alias: str
    location: str
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True)
class Song:
    """One song file.

    :param track_id: names the file.
    :param fields: the JSON object in it.
    """

    track_id: str
    fields: dict[str, Any]

    @property
    def key(self) -> str:
        """The file's key below the song prefix: by the third to fifth letter of its track."""
        track = self.track_id
        return f"{track[2]}/{track[3]}/{track[4]}/{track}.json"


def make_songs(seed: int, count: int) -> list[Song]:
    """Return a catalogue: about three songs an artist, some songs in several versions of another duration.

    :param seed: decides everything random.
    :param count: number of songs.
    """
    rng = random.Random(f"songs {seed}")
    artists = [_make_artist(rng, number) for number in range(max(1, count // 3))]
    songs: list[Song] = []
    for number in range(count):
        songs.append(_make_song(rng, number, artists, songs))
    return songs


def _make_artist(rng: random.Random, number: int) -> Artist:
    name = words.band(rng)
    placed = rng.random() < 0.45
    return Artist(
        artist_id=_code("AR", 16, number, rng),
        name=name,
        alias=f"{name} / {words.band(rng)}" if rng.random() < 0.05 else name,
        location=rng.choice(words.PLACES) if rng.random() < 0.5 else "",
        latitude=round(rng.uniform(-60, 70), 5) if placed else None,
        longitude=round(rng.uniform(-180, 180), 5) if placed else None,
    )


def _make_song(rng: random.Random, number: int, artists: Sequence[Artist], earlier: Sequence[Song]) -> Song:
    artist = rng.choice(artists)
    fields = {
        "num_songs": 1,
        "artist_id": artist.artist_id,
        "artist_latitude": artist.latitude,
        "artist_longitude": artist.longitude,
        "artist_location": artist.location,
        "artist_name": artist.name if rng.random() < 0.7 else artist.alias,
        "song_id": _code("SO", 16, number, rng),
        "title": words.title(rng),
        "duration": round(rng.uniform(90, 420), 5),
        "year": 0 if rng.random() < 0.5 else rng.randrange(1960, 2018),
    }
    if earlier and rng.random() < 0.03:  # another version of an earlier song
        of = rng.choice(earlier[-500:]).fields
        fields |= {name: of[name] for name in fields if name.startswith("artist_") or name == "title"}
    return Song(_code("TR", 16, number, rng), fields)


def _code(prefix: str, width: int, number: int, rng: random.Random) -> str:
    """Return a unique id: random letters first, so that files spread over folders, then the number."""
    tail = f"{number:08X}"
    return prefix + "".join(rng.choices(_SYMBOLS[:26], k=width - len(tail))) + tail
