"""Songs, the files that describe them, and what a play says of a song."""

from __future__ import annotations

import json

import pytest

from local.sample.catalogue import Song, make_songs, quote, recordings_of, unknown_recordings

SONG = Song(
    track_id="TRABC0000000001",
    artist_id="AR1",
    artist_latitude=None,
    artist_longitude=-1.5,
    artist_location="",
    artist_name="Sigur Rós",
    song_id="SO1",
    title="A/B",
    duration=100.5,
    year=0,
)


def test_a_song_lies_in_the_folders_of_its_track() -> None:
    assert SONG.key == "A/B/C/TRABC0000000001.json"


def test_a_song_file_is_one_object_with_the_fields_of_the_real_ones() -> None:
    body = SONG.to_json()
    assert body.isascii()
    assert json.loads(body) == {
        "num_songs": 1,
        "artist_id": "AR1",
        "artist_latitude": None,
        "artist_longitude": -1.5,
        "artist_location": "",
        "artist_name": "Sigur Rós",
        "song_id": "SO1",
        "title": "A/B",
        "duration": 100.5,
        "year": 0,
    }


@pytest.mark.parametrize(
    ("text", "written"),
    [("plain", '"plain"'), ("A/B", '"A\\/B"'), ("Rós", '"R\\u00f3s"'), ('say "so"', '"say \\"so\\""'), ("", '""')],
)
def test_text_is_quoted_as_the_event_logs_quote_it(text: str, written: str) -> None:
    assert quote(text) == written
    assert json.loads(written) == text


def test_a_play_of_a_song_says_its_title_artist_and_length() -> None:
    [recording] = recordings_of([SONG])
    assert (recording.title, recording.artist, recording.length) == ('"A\\/B"', '"Sigur R\\u00f3s"', 100.5)


def test_keys_and_ids_are_unique_and_the_folders_spread_over_the_letters() -> None:
    songs = make_songs(7, 400)
    assert len({song.key for song in songs}) == len({song.song_id for song in songs}) == 400
    assert len({song.key[:5] for song in songs}) > 100
    assert all(song.key.startswith("A/") for song in songs)  # 15,000 songs share a first letter


def test_an_artist_has_one_place_whatever_the_song_names() -> None:
    places: dict[str, set[tuple[object, ...]]] = {}
    for song in make_songs(7, 400):
        where = (song.artist_location, song.artist_latitude, song.artist_longitude)
        places.setdefault(song.artist_id, set()).add(where)
    assert {len(found) for found in places.values()} == {1}


def test_coordinates_come_in_pairs() -> None:
    songs = make_songs(7, 200)
    assert {(song.artist_latitude is None, song.artist_longitude is None) for song in songs} == {
        (True, True),
        (False, False),
    }


def test_recordings_that_the_catalogue_lacks_match_none_of_its_songs_though_some_nearly_do() -> None:
    songs = make_songs(7, 30)
    found = unknown_recordings(7, songs)
    assert len(found) == 500 + 2 * 30
    known = {(quote(song.title), quote(song.artist_name)) for song in songs}
    assert known.isdisjoint((recording.title, recording.artist) for recording in found)
    assert {quote(song.title) for song in songs} & {recording.title for recording in found}
    assert {quote(song.artist_name) for song in songs} & {recording.artist for recording in found}


def test_without_a_catalogue_there_are_recordings_all_the_same() -> None:
    assert len(unknown_recordings(1, [])) == 500
