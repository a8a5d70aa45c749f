"""Who holds a lock that was not free in time, in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest

from sparkify.hooks.locks import explain_schema, explain_table

SINCE = datetime(2018, 11, 5, 13, 30)
LAST = ("sparkify_hourly/publish/run", SINCE, "UPDATE   public.users\nSET level = 'paid'")


class Warehouse:
    """Answers the question for holders, and the one for a session's last query."""

    def __init__(self, holders: list[tuple[Any, ...]], last: list[tuple[Any, ...]] | Exception) -> None:
        self.holders = holders
        self.last = last
        self.asked: list[Sequence[Any]] = []

    def query(self, sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        self.asked.append(tuple(parameters))
        if "sys_query_history" not in sql:
            return self.holders
        if isinstance(self.last, Exception):
            raise self.last
        return self.last


def test_the_holder_is_named_with_its_last_statement_and_how_to_end_it() -> None:
    warehouse = Warehouse([(41, "loader   ", SINCE)], [LAST])
    assert explain_table(warehouse.query, "etl.load_mutex", 900) == (
        "etl.load_mutex was not free within 900 s. Session 41 of user loader holds it, in a transaction since "
        "2018-11-05 13:30:00 UTC, labelled sparkify_hourly/publish/run; its last statement began at 13:30:00: UPDATE "
        "public.users SET level = 'paid'. If it is a long load, wait for it. If its worker is gone or suspended, end "
        "it: SELECT pg_terminate_backend(41)"
    )
    assert warehouse.asked == [("etl", "load_mutex"), (41,)]


@pytest.mark.parametrize("last", [[], [("", None, "")], PermissionError("no grant")])
def test_a_holder_without_a_known_statement_is_named_all_the_same(last: Any) -> None:
    told = explain_table(Warehouse([(41, "loader", SINCE)], last).query, "etl.load_mutex", 0.5)
    assert "was not free within 0.5 s. Session 41 of user loader holds it, in a transaction since" in told
    assert "labelled" not in told
    assert "last statement" not in told


def test_all_who_use_a_schema_are_named() -> None:
    warehouse = Warehouse([(41, "a", SINCE), (42, "b", SINCE)], [])
    told = explain_schema(warehouse.query, "run_1", 5)
    assert warehouse.asked[0] == ("run_1",)
    assert "pg_terminate_backend(41); Session 42 of user b" in told


def test_without_a_holder_the_message_says_where_to_look() -> None:
    told = explain_table(Warehouse([], []).query, "load_mutex", 5)
    assert told == (
        "load_mutex was not free within 5 s. Who held it can no longer be seen: as a superuser, look for locks on "
        "load_mutex in svv_transactions."
    )


def test_a_warehouse_that_does_not_answer_does_not_hide_that_the_lock_was_held() -> None:
    def refuse(sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        raise PermissionError("permission denied for svv_transactions")

    assert "etl.load_mutex was not free within 5 s" in explain_table(refuse, "etl.load_mutex", 5)
