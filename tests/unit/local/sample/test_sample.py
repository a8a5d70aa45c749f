"""The sample data looks like the real logs, in every quirk that a loader must survive."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from local.sample import Layout, Sample

FIELDS = [
    *("artist", "auth", "firstName", "gender", "itemInSession", "lastName", "length", "level", "location"),
    *("method", "page", "registration", "sessionId", "song", "status", "ts", "userAgent", "userId"),
]
PAGES = {
    *("NextSong", "Home", "Login", "Logout", "Downgrade", "Settings", "Help", "About", "Upgrade", "Save Settings"),
    *("Error", "Submit Upgrade", "Submit Downgrade"),
}
ANSWERS = {"PUT": {200, 307}, "GET": {200, 404}}


@pytest.fixture(scope="module")
def sample() -> Sample:
    return Sample(seed=7, hours=72, songs=800, events_per_hour=300)


@pytest.fixture(scope="module")
def lines(sample: Sample) -> list[str]:
    return [line for hour in sample.events_by_hour() for line in hour]


@pytest.fixture(scope="module")
def events(lines: list[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines]


def test_every_event_has_all_fields_in_alphabetical_order(events: list[dict[str, Any]]) -> None:
    assert all(list(event) == FIELDS for event in events)


def test_all_pages_occur_and_most_events_are_plays(events: list[dict[str, Any]]) -> None:
    pages = Counter(event["page"] for event in events)
    assert set(pages) == PAGES
    assert 0.75 < pages["NextSong"] / len(events) < 0.92
    assert all(event["status"] in ANSWERS[event["method"]] for event in events)


def test_the_number_of_events_is_about_what_was_asked_for(events: list[dict[str, Any]]) -> None:
    assert len(events) == pytest.approx(72 * 300, rel=0.2)


def test_logged_out_events_name_nobody(events: list[dict[str, Any]]) -> None:
    anonymous = [event for event in events if event["auth"] == "Logged Out"]
    assert anonymous
    for event in anonymous:
        assert event["userId"] == ""
        names = ("firstName", "lastName", "gender", "location", "registration", "userAgent")
        assert [event[name] for name in names] == [None] * 6
    assert all(event["userId"].isdecimal() for event in events if event["auth"] == "Logged In")


def test_numbers_have_the_types_of_the_real_logs(events: list[dict[str, Any]]) -> None:
    for event in events:
        assert type(event["ts"]) is int
        assert event["length"] is None or type(event["length"]) is float
        assert event["registration"] is None or type(event["registration"]) is float


def test_lines_are_ascii_with_escaped_slashes_and_quotes(lines: list[str]) -> None:
    assert all(line.isascii() for line in lines)
    assert any("\\u00" in line for line in lines)
    assert any('"userAgent":"\\"Mozilla\\/5.0' in line for line in lines)
    assert any('"userAgent":"Mozilla\\/5.0' in line for line in lines)


def test_items_of_a_session_count_up_from_zero_with_time(events: list[dict[str, Any]]) -> None:
    sessions: dict[int, list[dict[str, Any]]] = {}
    for event in events:
        sessions.setdefault(event["sessionId"], []).append(event)
    for session in sessions.values():
        session.sort(key=lambda event: event["itemInSession"])
        assert [event["itemInSession"] for event in session] == list(range(len(session)))
        assert all(first["ts"] <= second["ts"] for first, second in pairwise(session))
        assert len({event["userId"] for event in session} - {""}) <= 1


def test_levels_change_after_upgrades_and_downgrades_only(events: list[dict[str, Any]]) -> None:
    last: dict[str, dict[str, Any]] = {}
    changes: Counter[tuple[str, str]] = Counter()
    for event in sorted((event for event in events if event["userId"]), key=lambda event: event["ts"]):
        before = last.get(event["userId"])
        if before is not None and before["level"] != event["level"]:
            changes[before["page"], event["level"]] += 1
        last[event["userId"]] = event
    assert set(changes) == {("Submit Upgrade", "paid"), ("Submit Downgrade", "free")}


def test_some_plays_match_the_catalogue_and_some_of_those_differ_in_length(
    sample: Sample, events: list[dict[str, Any]]
) -> None:
    known: dict[tuple[str, str], set[float]] = {}
    for song in sample.catalogue:
        known.setdefault((song.title, song.artist_name), set()).add(song.duration)
    plays = [event for event in events if event["page"] == "NextSong"]
    matched = [event for event in plays if (event["song"], event["artist"]) in known]
    other = [event for event in matched if event["length"] not in known[event["song"], event["artist"]]]
    assert 0.3 < len(matched) / len(plays) < 0.5
    assert 0.05 < len(other) / len(matched) < 0.25
    assert all(min(abs(e["length"] - d) for d in known[e["song"], e["artist"]]) <= 3 for e in other)


def test_songs_have_the_gaps_and_twins_of_the_real_catalogue(sample: Sample) -> None:
    songs = sample.catalogue
    assert len({song.song_id for song in songs}) == len({song.key for song in songs}) == 800
    assert any(song.year == 0 for song in songs)
    assert any(song.year > 0 for song in songs)
    assert any(song.artist_latitude is None and song.artist_longitude is None for song in songs)
    assert any(song.artist_location == "" for song in songs)
    assert any(not song.title.isascii() for song in songs)
    assert any(not song.artist_name.isascii() for song in songs)
    twins = Counter((song.title, song.artist_name) for song in songs)
    assert max(twins.values()) > 1
    names = {song.artist_id: set() for song in songs}
    for song in songs:
        names[song.artist_id].add(song.artist_name)
    assert max(len(several) for several in names.values()) > 1


def test_song_files_are_single_objects_in_folders_named_by_their_track(sample: Sample) -> None:
    for file in sample.song_files():
        _, *folders, name = file.key.split("/")
        assert name.startswith("TR" + "".join(folders))
        assert len(folders) == 3
        assert json.loads(file.body)["num_songs"] == 1
        assert not file.body.endswith(b"\n")


def test_hourly_partitions_hold_exactly_their_hour(sample: Sample) -> None:
    hours = set()
    for file in sample.log_files(Layout.HOURLY):
        year, month, day, hour = (int(part) for part in file.key.split("/")[1:5])
        begin = datetime(year, month, day, hour, tzinfo=UTC)
        hours.add(begin)
        content = gzip.decompress(file.body).decode()
        assert len(content.split("\n")) == file.lines
        for line in content.split("\n"):
            moment = datetime.fromtimestamp(json.loads(line)["ts"] / 1000, UTC)
            assert begin <= moment < begin + timedelta(hours=1)
    assert hours <= set(sample.hour_starts())


def test_both_layouts_deliver_the_same_lines_and_no_final_newline(sample: Sample, lines: list[str]) -> None:
    hourly = [gzip.decompress(file.body) for file in sample.log_files(Layout.HOURLY)]
    daily = list(sample.log_files(Layout.DAILY))
    assert [file.key for file in daily] == [f"log_data/2018/11/2018-11-0{day}-events.json" for day in (1, 2, 3)]
    assert b"\n".join(hourly) == b"\n".join(file.body for file in daily) == "\n".join(lines).encode()


def test_the_same_seed_gives_the_same_bytes_and_another_gives_others() -> None:
    first, again, other = (
        [file.body for file in Sample(seed=seed, hours=3, songs=20).log_files()] for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other
    assert [file.body for file in Sample(songs=20).song_files()] == [
        file.body for file in Sample(songs=20).song_files()
    ]


def test_compressed_files_name_no_time(sample: Sample) -> None:
    assert all(file.body[4:8] == b"\0\0\0\0" for file in sample.log_files(Layout.HOURLY))


def test_a_longer_catalogue_begins_with_the_same_songs() -> None:
    assert Sample(songs=50).catalogue == Sample(songs=200).catalogue[:50]


@pytest.mark.parametrize("start", [datetime(2018, 11, 1), datetime(2018, 11, 1, 0, 30, tzinfo=UTC)])
def test_a_start_that_is_no_whole_hour_with_a_zone_is_refused(start: datetime) -> None:
    with pytest.raises(ValueError, match="must be a whole hour with a time zone"):
        Sample(start=start)
