"""Pages' queries: few at a time, not for long, not again at once, and never an exception without a sentence."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from sparkify.pages import reader
from sparkify.pages.reader import BusyError, UnavailableError, WarehouseReader


class Session:
    """Answers with the query; may be told to fail, or to wait."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse

    def run(self, sql: str) -> int:
        self._warehouse.settings.append(sql)
        return 0

    def one(self, sql: str) -> tuple[int]:
        if self._warehouse.is_gone:
            raise ConnectionError("server closed the connection")
        return (1,)

    def records(self, sql: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        self._warehouse.asked.append(sql)
        self._warehouse.answer()
        return [{"sql": sql, **values}]


class Warehouse:
    """Stands in for the hook."""

    def __init__(self) -> None:
        self.opened = self.closed = 0
        self.asked: list[str] = []
        self.settings: list[str] = []
        self.is_gone = False
        self.answer: Callable[[], None] = lambda: None

    @contextmanager
    def session(self, **options: Any) -> Iterator[Session]:
        self.opened += 1
        yield Session(self)
        self.closed += 1


@pytest.fixture
def warehouse(monkeypatch: pytest.MonkeyPatch) -> Warehouse:
    warehouse = Warehouse()
    monkeypatch.setattr(reader, "WarehouseHook", lambda *_: warehouse)
    return warehouse


def test_an_answer_is_kept_for_a_moment_and_a_session_for_longer(warehouse: Warehouse) -> None:
    now = [0.0]
    queries = WarehouseReader("w", cache_seconds=10, idle_seconds=100, clock=lambda: now[0])
    assert queries.read("a", {"x": 1}) == queries.read("a", {"x": 1}) == [{"sql": "a", "x": 1}]
    queries.read("a", {"x": 2})
    assert warehouse.asked == ["a", "a"]
    now[0] = 11
    queries.read("a", {"x": 1})
    assert (len(warehouse.asked), warehouse.opened) == (3, 1)
    now[0] = 200
    queries.read("a", {"x": 1})
    assert (warehouse.opened, warehouse.closed) == (2, 1)
    queries.close()
    assert warehouse.closed == 2


def test_every_session_ends_statements_that_take_too_long(warehouse: Warehouse) -> None:
    WarehouseReader("w", statement_seconds=2.5).read("a")
    assert warehouse.settings == ["SET statement_timeout TO 2500"]


def test_a_session_that_died_in_between_is_opened_anew(warehouse: Warehouse) -> None:
    queries = WarehouseReader("w")
    queries.read("a")
    warehouse.is_gone = True
    assert queries.read("b") == [{"sql": "b"}]
    assert (warehouse.opened, warehouse.closed) == (2, 1)


def test_who_gets_no_session_in_time_is_told_so_and_the_others_are_answered(warehouse: Warehouse) -> None:
    queries = WarehouseReader("w", session_limit=1, wait_seconds=0.05)
    entered, go = threading.Event(), threading.Event()

    def slow() -> None:
        entered.set()
        assert go.wait(60)

    warehouse.answer = slow
    thread = threading.Thread(target=queries.read, args=("slow",))
    thread.start()
    assert entered.wait(60)
    with pytest.raises(BusyError, match="Try again"):
        queries.read("other")
    go.set()
    thread.join()
    assert queries.read("slow") == [{"sql": "slow"}]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("canceling statement due to statement timeout", "took longer than 15 s. Choose a shorter period"),
        ('relation "etl.load_ledger" does not exist', "run the DAG sparkify_create_tables"),
        ("permission denied for relation songplays", "Grant SELECT to the user of connection 'w'"),
        ("connection refused", "warehouse of connection 'w' did not answer: connection refused"),
    ],
)
def test_an_error_says_what_to_do_and_its_session_is_not_used_again(warehouse: Warehouse, said: str, told: str) -> None:
    queries = WarehouseReader("w")

    def fail() -> None:
        raise RuntimeError(said)

    warehouse.answer = fail
    for _ in range(queries.session_limit + 1):  # a failure gives its place back
        with pytest.raises(UnavailableError, match=told):
            queries.read("a")
    warehouse.answer = lambda: None
    assert queries.read("a") == [{"sql": "a"}]


def test_a_refused_login_says_how_the_lock_out_is_lifted(warehouse: Warehouse) -> None:
    def refuse() -> None:
        raise psycopg.errors.InvalidPassword('password authentication failed for user "reader"')

    warehouse.answer = refuse
    with pytest.raises(UnavailableError, match="ALTER USER <user> LOGIN PASSWORD"):
        WarehouseReader("w").read("SELECT 1")
