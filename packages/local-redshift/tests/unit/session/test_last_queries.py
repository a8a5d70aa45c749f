"""A session knows the id of its last query and COPY, and how many rows that loaded."""

from __future__ import annotations

import itertools

import pytest

from local_redshift.session.last_queries import LastQueries, asks_last_queries


def last_queries(first: int = 100) -> LastQueries:
    return LastQueries(itertools.count(first).__next__)


def copied(tested: LastQueries) -> tuple[int, int, int]:
    return tested.copy_count, tested.copy_id, tested.query_id


def test_a_new_session_knows_nothing() -> None:
    assert copied(last_queries()) == (0, -1, -1)


def test_a_copy_counts_once_it_has_ended() -> None:
    tested = last_queries()
    tested.next_query()
    tested.begin_copy()
    assert copied(tested) == (0, 100, 100)
    tested.end_copy(7)
    tested.next_query()
    tested.next_query()
    assert copied(tested) == (7, 100, 102)


def test_a_failed_copy_takes_the_place_of_the_one_before() -> None:
    tested = last_queries()
    tested.next_query()
    tested.begin_copy()
    tested.end_copy(7)
    tested.next_query()
    tested.begin_copy()
    assert copied(tested) == (0, 101, 101)


def test_an_unload_leaves_the_last_copy_as_it_is() -> None:
    tested = last_queries()
    tested.next_query()
    tested.begin_copy()
    tested.end_copy(7)
    tested.next_query()
    tested.end_unload(3)
    assert copied(tested) == (7, 100, 101)
    assert (tested.unload_count, tested.unload_id) == (3, 101)


def test_the_values_are_in_the_order_in_which_they_are_set() -> None:
    tested = last_queries()
    tested.copy_count, tested.copy_id, tested.query_id = 1, 2, 3
    tested.unload_count, tested.unload_id = 4, 5
    assert tested.values == ["1", "2", "3", "4", "5"]


@pytest.mark.parametrize(
    ("sql", "asks"),
    [
        ("SELECT pg_last_copy_count()", True),
        ("select PG_LAST_COPY_ID()", True),
        ("SELECT pg_last_unload_count()", True),
        ("SELECT pg_last_query_id(), 1", True),
        ("SELECT pg_backend_pid()", False),
    ],
)
def test_questions_about_the_sessions_past_are_recognised(sql: str, asks: bool) -> None:
    assert asks_last_queries(sql) is asks
