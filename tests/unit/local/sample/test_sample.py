"""The sample is the same for the same seed, looks like the app's data, and has its faults where it says."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from local.sample import FAULTS, InjectedFault, SampleConfig, generate, make_events, make_songs, write_to
from local.sample.__main__ import main
from tests import oracle

SMALL = SampleConfig(seed=7, hours=24, songs=200, users=30, events_per_hour=60)

EVENT_TYPES: dict[str, tuple[type, ...]] = {
    "artist": (str, type(None)),
    "auth": (str,),
    "firstName": (str, type(None)),
    "gender": (str, type(None)),
    "itemInSession": (int,),
    "lastName": (str, type(None)),
    "length": (float, type(None)),
    "level": (str,),
    "location": (str, type(None)),
    "method": (str,),
    "page": (str,),
    "registration": (float, type(None)),
    "sessionId": (int,),
    "song": (str, type(None)),
    "status": (int,),
    "ts": (int,),
    "userAgent": (str, type(None)),
    "userId": (str,),
}


@pytest.fixture(scope="module")
def events() -> list[dict[str, Any]]:
    return [event for hour in make_events(SMALL, make_songs(SMALL.seed, SMALL.songs)) for event in hour]


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    assert list(generate(SMALL)) == list(generate(SMALL))
    assert list(generate(SMALL)) != list(generate(SampleConfig(seed=8, hours=24, songs=200, users=30)))


def test_events_have_the_fields_and_types_of_the_apps_logs(events: list[dict[str, Any]]) -> None:
    for event in events:
        assert list(event) == list(EVENT_TYPES)
        assert all(isinstance(event[name], kinds) for name, kinds in EVENT_TYPES.items())


def test_logged_out_events_have_an_empty_user_and_no_person(events: list[dict[str, Any]]) -> None:
    logged_out = [event for event in events if event["auth"] == "Logged Out"]
    assert logged_out
    assert all(e["userId"] == "" and e["firstName"] is None and e["page"] != "NextSong" for e in logged_out)


def test_most_events_are_plays_and_some_users_change_their_level(events: list[dict[str, Any]]) -> None:
    pages = Counter(event["page"] for event in events)
    assert pages["NextSong"] > len(events) / 2
    assert len(pages) >= 8
    levels = {(event["userId"], event["level"]) for event in events if event["userId"]}
    assert len(levels) > len({user for user, _ in levels})


def test_sessions_count_their_items_without_a_gap(events: list[dict[str, Any]]) -> None:
    items: dict[int, list[int]] = {}
    for event in events:
        items.setdefault(event["sessionId"], []).append(event["itemInSession"])
    assert all(found == list(range(len(found))) for found in items.values())


def test_plays_match_the_catalogue_by_title_and_artist(events: list[dict[str, Any]]) -> None:
    songs = [song.fields for song in make_songs(SMALL.seed, SMALL.songs)]
    star = oracle.compute_star({"2018-11-01T00": events}, songs)
    matched = sum(play[4] is not None for play in star.songplays)
    assert 0.5 < matched / len(star.songplays) < 0.9


def test_songs_have_unknown_years_and_places_and_some_titles_in_several_versions() -> None:
    songs = [song.fields for song in make_songs(1, 3000)]
    assert len({song["song_id"] for song in songs}) == 3000
    assert any(song["year"] == 0 for song in songs)
    assert any(song["artist_latitude"] is None for song in songs)
    assert max(Counter((s["title"], s["artist_name"]) for s in songs).values()) > 1
    names = {(song["artist_id"], song["artist_name"]) for song in songs}
    assert len(names) > len({artist for artist, _ in names})


def test_both_layouts_hold_the_same_events(tmp_path: Path) -> None:
    for layout in ("hourly", "daily"):
        write_to(tmp_path / layout, SampleConfig(seed=3, hours=30, songs=50, layout=layout))
    hourly = oracle.read_hourly_logs(tmp_path / "hourly" / "log_data")
    daily = oracle.read_daily_logs(tmp_path / "daily" / "log_data")
    assert hourly == daily
    assert {path.suffix for path in (tmp_path / "hourly" / "log_data").rglob("*.*")} == {".gz"}


@pytest.mark.parametrize("kind", FAULTS)
def test_a_fault_is_where_it_is_said_to_be(kind: str) -> None:
    injected: list[InjectedFault] = []
    config = SampleConfig(seed=5, hours=10, songs=20, faults=(kind,))
    files = dict(generate(config, injected))
    clean = dict(generate(SampleConfig(seed=5, hours=10, songs=20)))
    assert [fault.kind for fault in injected] == [kind] * 3
    for fault in injected:
        key = f"log_data/2018/11/01/{fault.hour:02}/events-0.json.gz"
        assert files[key] != clean[key]


def test_late_events_are_moved_not_copied() -> None:
    config = SampleConfig(seed=5, hours=10, songs=20, faults=("late",))
    assert _lines(config) == _lines(SampleConfig(seed=5, hours=10, songs=20))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"hours": 0}, "hours is 0"),
        ({"layout": "weekly"}, "layout is 'weekly'"),
        ({"faults": ("x",)}, "There is no fault 'x'"),
        ({"start": datetime(2018, 11, 1, 0, 30, tzinfo=UTC)}, "give a whole hour"),
    ],
)
def test_a_configuration_that_makes_no_sense_is_refused(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        SampleConfig(**change)


def test_the_command_writes_the_files_and_names_the_faults(tmp_path: Path) -> None:
    words = ["--out", str(tmp_path), "--hours", "2", "--songs", "3", "--layout", "daily", "--faults", "malformed"]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.output
    assert result.output.count("malformed in hour") == 3
    assert len(list((tmp_path / "song_data").rglob("*.json"))) == 3
    refused = CliRunner().invoke(main, ["--out", str(tmp_path), "--faults", "typo"])
    assert refused.exit_code == 2
    assert "There is no fault 'typo'" in refused.output


def _lines(config: SampleConfig) -> Counter[bytes]:
    logs = (content for key, content in generate(config) if key.startswith("log_data/"))
    return Counter(line for content in logs for line in gzip.decompress(content).splitlines() if json.loads(line))
