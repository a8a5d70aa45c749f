"""A session knows the id of its last query and COPY, and how many rows that loaded."""

from __future__ import annotations

import itertools

from local_redshift.session.last_queries import SessionFacts
from local_redshift.session.pipeline import Pipeline
from local_redshift.wire import protocol as p


def facts(first: int = 100) -> SessionFacts:
    return SessionFacts(itertools.count(first).__next__)


def known(tested: SessionFacts) -> tuple[int, int, int]:
    return tested.last_copy_count, tested.last_copy_id, tested.last_query_id


def test_a_new_session_knows_nothing() -> None:
    assert known(facts()) == (0, -1, -1)


def test_a_copy_counts_once_it_has_ended() -> None:
    tested = facts()
    tested.next_query()
    tested.begin_copy()
    assert known(tested) == (0, 100, 100)
    tested.end_copy(7)
    tested.next_query()
    tested.next_query()
    assert known(tested) == (7, 100, 102)


def test_a_failed_copy_takes_the_place_of_the_one_before() -> None:
    tested = facts()
    tested.next_query()
    tested.begin_copy()
    tested.end_copy(7)
    tested.next_query()
    tested.begin_copy()
    assert known(tested) == (0, 101, 101)


def test_the_client_sees_nothing_of_the_handing_over() -> None:
    tested = Pipeline(lambda frame: frame)
    frames, expected = facts().hand_over(sync=True)
    for kind, sink in expected:
        tested.expect(kind, sink)
    answers = [p.CLOSE_COMPLETE, p.CLOSE_COMPLETE, p.PARSE_COMPLETE, p.BIND_COMPLETE]
    data = b"".join(p.message(kind, b"") for kind in answers) + p.message(p.DATA_ROW, b"\0\0")
    data += p.command_complete("SELECT 1") + p.message(p.READY_FOR_QUERY, b"I")
    assert tested.feed(data) == b""
    assert tested.idle
    assert frames.endswith(p.SYNC_MESSAGE)


def test_an_error_before_an_execute_is_the_clients_own_and_before_a_query_is_hidden() -> None:
    error = p.build_fields(p.ERROR, {"S": "ERROR", "C": "25P02", "M": "aborted"})
    for sync, seen in ((False, error), (True, b"")):
        tested = Pipeline(lambda frame: frame)
        for kind, sink in facts().hand_over(sync=sync)[1]:
            tested.expect(kind, sink)
        assert tested.feed(error) == seen
