"""Which loads are counted, how their files are corrected, and what is printed."""

from __future__ import annotations

import json

import pytest

from bench.cost import chosen_cases, excerpt, findings, table_by_task
from bench.cost_cases import correct_plays, outlying, remove_last_user
from bench.counted import Result
from bench.statements import Counts, Unbounded

LINES = [
    json.dumps({"userId": user, "page": page, "ts": 1541037600000 + number, "location": "Here"})
    for number, (user, page) in enumerate(
        [("1", "NextSong"), ("1", "NextSong"), ("2", "NextSong"), ("1", "Home"), ("", "Home"), ("2", "NextSong")]
    )
]


def test_cases_are_chosen_by_their_names_or_parts_of_them():
    assert [case.name for case in chosen_cases("first load", 24)] == ["first load"]
    assert {case.name for case in chosen_cases("window; first load", 24)} == {
        "first load", "window of 24 hours", "window of 24 hours, new songs"
    }  # fmt: skip
    assert len(chosen_cases(None, 24)) == 9
    with pytest.raises(SystemExit, match="There is no case 'second load'"):
        chosen_cases("second load", 24)


def test_a_correction_takes_a_play_away_and_nobodys_last_event():
    events = [json.loads(line) for line in correct_plays(LINES)]
    assert [(event["userId"], event["page"]) for event in events] == [
        ("1", "NextSong"), ("1", "NextSong"), ("1", "Home"), ("", "Home"), ("2", "NextSong")
    ]  # fmt: skip
    assert [event["location"] for event in events].count("Elsewhere, NW") == 1


def test_the_user_seen_last_can_be_taken_back():
    assert {json.loads(line)["userId"] for line in remove_last_user(LINES)} == {"1", ""}


def test_an_outlying_play_is_far_away_in_time_and_number():
    *same, last = outlying(LINES)
    assert same == LINES
    assert (json.loads(last)["ts"], json.loads(last)["userId"]) == (1_000_000_000_000, "9000000")


def test_a_finding_shows_where_the_table_is_read():
    text = f"SELECT -- of time\n{'a, ' * 40}b FROM public.time AS t WHERE a = 1"
    found = Unbounded("publish", "public.time", text)
    assert excerpt(found, 40).startswith("SELECT a, a, ")
    assert "FROM public.time AS t WHERE" in excerpt(found, 60)
    result = Result("first load", {"publish": Counts(statements=2, unbounded=[found, found]), "idle": Counts()})
    assert len(findings(result)) == 1
    assert [line.split("|")[1].strip() for line in table_by_task(result)] == [
        "first load",
        "---",
        "publish",
        "in total",
    ]
