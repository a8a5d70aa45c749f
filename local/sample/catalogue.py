"""The songs of the sample: those with a song file, and recordings that are played but have none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from local.sample import words
from local.sample.draws import Draws

#: Of all songs: another recording of an earlier title by its artist, which differs in duration only.
_REMAKES = 0.02
#: Of all songs: the artist is named with a guest, so that one artist_id has several names.
_GUESTS = 0.02
_UNKNOWN_YEAR = 0.45
_UNKNOWN_COORDINATES = 0.56
_UNKNOWN_LOCATION = 0.4
#: Songs per first letter of the key (song_data/A/…): few enough for each of its 26 * 26 folders.
_SONGS_A_LETTER = 15_000
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Song:
    """A song file's content, and the track id that names the file."""

    track_id: str
    artist_id: str
    artist_latitude: float | None
    artist_longitude: float | None
    artist_location: str
    artist_name: str
    song_id: str
    title: str
    duration: float
    year: int

    @property
    def key(self) -> str:
        """The file's key below the song prefix: the third to fifth letter of the track id are its folders."""
        return f"{'/'.join(self.track_id[2:5])}/{self.track_id}.json"

    def to_json(self) -> bytes:
        """Return the file's content: one JSON object without a final newline."""
        return json.dumps(
            {
                "num_songs": 1,
                "artist_id": self.artist_id,
                "artist_latitude": self.artist_latitude,
                "artist_longitude": self.artist_longitude,
                "artist_location": self.artist_location,
                "artist_name": self.artist_name,
                "song_id": self.song_id,
                "title": self.title,
                "duration": self.duration,
                "year": self.year,
            }
        ).encode()


@dataclass(frozen=True, slots=True)
class Artist:
    """The artist of a song."""

    artist_id: str
    name: str
    location: str
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True, slots=True)
class Recording:
    """How a play event describes its song: title and artist as JSON texts, and the length in seconds."""

    artist: str
    title: str
    length: float


def make_songs(seed: int, count: int) -> list[Song]:
    """Return the catalogue. A longer one begins with the same songs."""
    draws = Draws(f"{seed}/songs")
    artists: list[Artist] = []
    songs: list[Song] = []
    while len(songs) < count:
        if songs and draws.chance(_REMAKES):
            original = draws.pick(songs)
            songs.append(_song(draws, len(songs), _artist_of(original), original.title))
            continue
        if not artists or draws.chance(0.65):
            artists.append(_artist(draws))
        songs.append(_song(draws, len(songs), draws.pick_early(artists), words.title(draws)))
    return songs


def recordings_of(songs: list[Song]) -> list[Recording]:
    """Return the recordings of catalogue songs."""
    return [Recording(quote(song.artist_name), quote(song.title), song.duration) for song in songs]


def unknown_recordings(seed: int, songs: list[Song]) -> list[Recording]:
    """Return recordings that match no song of the catalogue, some of them only just."""
    draws = Draws(f"{seed}/recordings")
    known = {(song.title, song.artist_name) for song in songs}
    wanted = 500 + 2 * len(songs)
    found: list[Recording] = []
    for title, artist in _unknown_names(draws, songs):
        if (title, artist) not in known:
            found.append(Recording(quote(artist), quote(title), _duration(draws)))
        if len(found) == wanted:
            return found
    raise AssertionError("unreachable: the names never end")


def quote(text: str) -> str:
    """Return text as the event logs quote it: ASCII only, and slashes escaped too."""
    return json.dumps(text).replace("/", "\\/")


def _unknown_names(draws: Draws, songs: list[Song]) -> Iterator[tuple[str, str]]:
    while True:
        form = draws.below(12)
        if form == 0 and songs:
            yield draws.pick(songs).title, words.band(draws)
        elif form == 1 and songs:
            song = draws.pick(songs)
            yield song.title.upper(), song.artist_name
        elif form == 2 and songs:
            song = draws.pick(songs)
            yield f"{song.title} {draws.pick(words.TITLE_NOTES)}", song.artist_name
        else:
            yield words.title(draws), words.band(draws)


def _artist(draws: Draws) -> Artist:
    identifier = "AR" + draws.identifier(16)
    name = words.band(draws)
    where = draws.pick(words.WORLD_PLACES) if draws.chance(0.3) else words.metropolis(draws)
    location = "" if draws.chance(_UNKNOWN_LOCATION) else where
    if draws.chance(_UNKNOWN_COORDINATES):
        return Artist(identifier, name, location, None, None)
    latitude, longitude = round(draws.between(-50, 65), 5), round(draws.between(-180, 180), 5)
    return Artist(identifier, name, location, latitude, longitude)


def _song(draws: Draws, number: int, artist: Artist, title: str) -> Song:
    first = _LETTERS[min(number // _SONGS_A_LETTER, len(_LETTERS) - 1)]
    folders = first + draws.pick(_LETTERS) + draws.pick(_LETTERS)
    name = artist.name
    if draws.chance(_GUESTS):
        name = f"{name} feat. {words.person(draws)}"
    return Song(
        track_id=f"TR{folders}{draws.identifier(2)}{number:011X}",
        artist_id=artist.artist_id,
        artist_latitude=artist.latitude,
        artist_longitude=artist.longitude,
        artist_location=artist.location,
        artist_name=name,
        song_id=f"SO{draws.identifier(7)}{number:09X}",
        title=title,
        duration=_duration(draws),
        year=0 if draws.chance(_UNKNOWN_YEAR) else 1955 + draws.below(57),
    )


def _artist_of(song: Song) -> Artist:
    return Artist(song.artist_id, song.artist_name, song.artist_location, song.artist_latitude, song.artist_longitude)


def _duration(draws: Draws) -> float:
    return round(draws.between(90, 270) + draws.random() ** 4 * 400, 5)
