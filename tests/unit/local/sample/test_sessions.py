"""What happens within one session."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local.sample.catalogue import Recording
from local.sample.draws import Draws
from local.sample.listeners import Listener
from local.sample.sessions import Music, Session

KNOWN = Music([Recording('"A"', '"S"', 200.0)], [Recording('"B"', '"T"', 100.0)])
UNKNOWN = Music([], [Recording('"B"', '"T"', 100.0)])
START = 1541423000000


def listener(level: str = "free") -> Listener:
    return Listener("7", '"Ann"', '"Lee"', "F", '"Bixby, OK"', '"x"', "1.0", level)


def run(seed: int, music: Music = KNOWN, level: str = "free") -> list[dict[str, Any]]:
    session = Session(listener(level), 3, START, music, Draws(f"session {seed}"))
    return [json.loads(line) | {"moment": moment} for moment, line in session.run()]


SESSIONS = [run(seed) for seed in range(300)]


def test_events_follow_each_other_from_the_start_and_are_numbered() -> None:
    for events in SESSIONS:
        assert [event["itemInSession"] for event in events] == list(range(len(events)))
        assert [event["ts"] for event in events] == [event["moment"] for event in events]
        moments = [event["ts"] for event in events]
        assert moments[0] == START
        assert moments == sorted(moments)
        assert {event["sessionId"] for event in events} == {3}


def test_a_session_has_about_as_many_events_as_the_sample_counts_on() -> None:
    assert 10 < sum(map(len, SESSIONS)) / len(SESSIONS) < 17


def test_the_level_changes_with_an_upgrade_only_and_everything_after_it_has_the_new_one() -> None:
    for events in SESSIONS:
        upgraded = [event["page"] == "Submit Upgrade" for event in events]
        downgraded = [event["page"] == "Submit Downgrade" for event in events]
        level = "free"
        for event, is_upgrade, is_downgrade in zip(events, upgraded, downgraded, strict=True):
            assert event["level"] == level
            level = "paid" if is_upgrade else "free" if is_downgrade else level
    assert any(event["page"] == "Submit Upgrade" for events in SESSIONS for event in events)


def test_a_listener_has_the_level_of_the_last_change_when_the_session_is_over() -> None:
    levels = set()
    for seed in range(300):
        someone = listener()
        pages = [
            json.loads(line)["page"] for _, line in Session(someone, 3, START, KNOWN, Draws(f"session {seed}")).run()
        ]
        changes = [page for page in pages if page in ("Submit Upgrade", "Submit Downgrade")]
        assert someone.level == ("paid" if changes and changes[-1] == "Submit Upgrade" else "free")
        levels.add(someone.level)
    assert levels == {"free", "paid"}


def test_a_catalogue_song_is_played_with_its_own_length_or_one_that_is_near() -> None:
    lengths = [event["length"] for events in SESSIONS for event in events if event["song"] == "S"]
    assert lengths.count(200.0) > len(lengths) / 2
    assert all(abs(length - 200.0) <= 3 for length in lengths)
    assert len(set(lengths)) > 1


def test_without_a_catalogue_only_other_songs_are_played() -> None:
    songs = {event["song"] for seed in range(50) for event in run(seed, UNKNOWN)}
    assert songs == {"T", None}


def test_a_visitor_who_does_not_log_in_plays_nothing() -> None:
    anonymous = [events for events in SESSIONS if events[0]["auth"] == events[-1]["auth"] == "Logged Out"]
    alone = [events for events in anonymous if all(event["auth"] == "Logged Out" for event in events)]
    assert alone
    assert {event["page"] for events in alone for event in events} <= {"Home", "About", "Help"}


@pytest.mark.parametrize(("level", "other"), [("free", "Downgrade"), ("paid", "Upgrade")])
def test_nobody_is_offered_the_level_that_they_have(level: str, other: str) -> None:
    for seed in range(200):
        for event in run(seed, level=level):
            if event["page"] == other:
                assert event["level"] != level
