"""The proxy that spoils statements: it must itself be right, or the tests that use it show nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
import redshift_connector

from local_redshift import RedshiftServer
from local_redshift.testing import Cut, Hang, Hold, Moment, Refuse, Statement, WireFault, WireProxy

Connect = Callable[[], Any]


@pytest.fixture
def proxy(redshift: RedshiftServer) -> Iterator[WireProxy]:
    with WireProxy(lambda: (redshift.settings.host, redshift.port)) as proxy:
        yield proxy


@pytest.fixture(params=["psycopg", "redshift_connector"])
def connect(request: pytest.FixtureRequest, redshift: RedshiftServer, proxy: WireProxy) -> Connect:
    login = redshift.connection() | {"port": proxy.port, "host": "127.0.0.1"}
    if request.param == "psycopg":
        return lambda: psycopg.connect(**login, autocommit=True)

    def connect() -> Any:
        connection = redshift_connector.connect(
            host=login["host"], port=login["port"], database=login["dbname"], user=login["user"],
            password=login["password"], ssl=False,
        )  # fmt: skip
        connection.autocommit = True
        return connection

    return connect


def run(connection: Any, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    cursor = connection.cursor()
    cursor.execute(sql, parameters) if parameters else cursor.execute(sql)
    return [tuple(row) for row in cursor.fetchall()] if cursor.description else []


def on(text: str, moment: Moment, fault: WireFault) -> Callable[[Statement, Moment], WireFault | None]:
    return lambda statement, when: fault if text in statement.text and when is moment else None


def test_everything_passes_and_statements_are_seen_with_their_task(proxy: WireProxy, connect: Connect) -> None:
    seen = []
    proxy.rule = lambda statement, moment: seen.append((statement.text, statement.task, moment))
    connection = connect()
    run(connection, "SET query_group TO 'dag/task/run'")
    assert run(connection, "SELECT %s + 1", 41) == [(42,)]
    assert run(connection, "SELECT 1 FROM pg_namespace LIMIT 3") == [(1,)] * 3
    connection.close()
    assert [(task, moment) for text, task, moment in seen if "pg_namespace" in text] == [
        ("task", Moment.BEFORE),
        ("task", Moment.AFTER),
    ]


@pytest.mark.parametrize(("moment", "rows"), [(Moment.BEFORE, 0), (Moment.AFTER, 1)])
def test_a_cut_before_leaves_nothing_done_and_one_after_loses_the_answer_only(
    proxy: WireProxy, connect: Connect, schema: str, moment: Moment, rows: int
) -> None:
    connection = connect()
    run(connection, f"CREATE TABLE {schema}.t (a INTEGER)")
    proxy.rule = on("INSERT", moment, Cut())
    with pytest.raises(Exception, match="(?i)connection|server|socket|reset|broken"):
        run(connection, f"INSERT INTO {schema}.t VALUES (1)")
    assert run(connect(), f"SELECT COUNT(*) FROM {schema}.t") == [(rows,)]


def test_a_refused_statement_gets_the_error_and_the_connection_goes_on(proxy: WireProxy, connect: Connect) -> None:
    connection = connect()
    proxy.rule = on("42", Moment.BEFORE, Refuse("XX000", "1023 DETAIL: Serializable isolation violation"))
    with pytest.raises(Exception, match="1023"):
        run(connection, "SELECT 42")
    assert run(connection, "SELECT 43") == [(43,)]


def test_a_hold_only_delays_and_a_hang_is_over_when_the_connections_are_cut(proxy: WireProxy, connect: Connect) -> None:
    connection = connect()
    asked: list[int] = []
    proxy.rule = on("42", Moment.BEFORE, Hold(lambda: len(asked) == 3 or bool(asked.append(1))))
    assert run(connection, "SELECT 42") == [(42,)]
    assert len(asked) == 3
    proxy.rule = on("42", Moment.AFTER, Hang())
    later = threading.Timer(0.5, proxy.cut_all)
    later.start()
    with pytest.raises(Exception, match="(?i)connection|server|socket|reset|broken"):
        run(connection, "SELECT 42")
    later.join()


def test_connections_can_be_refused(proxy: WireProxy, connect: Connect) -> None:
    proxy.refuse_connections = True
    with pytest.raises(Exception, match="(?i)connection|server|socket|reset|broken|closed"):
        connect()
    proxy.refuse_connections = False
    assert run(connect(), "SELECT 1") == [(1,)]
