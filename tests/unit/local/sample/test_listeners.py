"""Users of the app, and the lines that their visits leave."""

from __future__ import annotations

import json

import pytest

from local.sample.listeners import Listener, make_listeners

ANN = Listener("7", '"Ann"', '"Lee"', "F", '"Bixby, OK"', '"Mozilla\\/5.0"', "1540919166796.0", "free")


def test_a_play_names_user_song_and_artist() -> None:
    line = json.loads(ANN.play(3, 2, 1541423000000, '"A"', '"S"', 100.5))
    assert line == {
        "artist": "A",
        "auth": "Logged In",
        "firstName": "Ann",
        "gender": "F",
        "itemInSession": 2,
        "lastName": "Lee",
        "length": 100.5,
        "level": "free",
        "location": "Bixby, OK",
        "method": "PUT",
        "page": "NextSong",
        "registration": 1540919166796.0,
        "sessionId": 3,
        "song": "S",
        "status": 200,
        "ts": 1541423000000,
        "userAgent": "Mozilla/5.0",
        "userId": "7",
    }


@pytest.mark.parametrize(
    ("page", "method", "status"),
    [
        ("Home", "GET", 200),
        ("Login", "PUT", 307),
        ("Logout", "PUT", 307),
        ("Submit Upgrade", "PUT", 307),
        ("Submit Downgrade", "PUT", 307),
        ("Save Settings", "PUT", 307),
        ("Error", "GET", 404),
    ],
)
def test_another_page_has_the_answer_of_the_real_logs_and_no_song(page: str, method: str, status: int) -> None:
    for line in (ANN.visit(1, 0, 5, page), ANN.visit_logged_out(1, 0, 5, page)):
        found = json.loads(line)
        assert (found["page"], found["method"], found["status"]) == (page, method, status)
        assert (found["song"], found["artist"], found["length"]) == (None, None, None)


def test_nobody_is_named_when_nobody_is_logged_in() -> None:
    line = json.loads(ANN.visit_logged_out(1, 0, 5, "Home"))
    assert (line["auth"], line["userId"], line["level"]) == ("Logged Out", "", "free")
    assert {line[name] for name in ("firstName", "lastName", "gender", "location", "registration", "userAgent")} == {
        None
    }


def test_all_lines_have_the_same_fields_in_the_same_order() -> None:
    lines = (ANN.play(1, 0, 5, '"A"', '"S"', 1.5), ANN.visit(1, 0, 5, "Home"), ANN.visit_logged_out(1, 0, 5, "Home"))
    assert len({tuple(json.loads(line)) for line in lines}) == 1


def test_users_registered_before_the_first_hour_have_ids_of_their_own_and_both_levels() -> None:
    before = 1541030400000
    listeners = make_listeners(7, 300, before)
    assert len({listener.user_id for listener in listeners}) == 300
    assert {listener.level for listener in listeners} == {"free", "paid"}
    assert {listener.gender for listener in listeners} == {"F", "M"}
    assert all(0 < before - float(listener.registration) <= 121 * 86_400_000 for listener in listeners)


def test_more_users_begin_with_the_same_ones() -> None:
    assert make_listeners(7, 5, 1000) == make_listeners(7, 9, 1000)[:5]
