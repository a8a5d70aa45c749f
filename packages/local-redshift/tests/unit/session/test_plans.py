"""Whether a text goes to the back end at once, and where in the client's text an error is."""

from __future__ import annotations

import pytest

from local_redshift.session.plans import Place, Plan, plan
from local_redshift.statements import Statement, StatementKind
from local_redshift.wire import server_messages
from local_redshift.wire.errors import RedshiftError

COPY = "COPY t FROM 's3://bucket/key' IAM_ROLE default FORMAT AS JSON 'auto'"


@pytest.mark.parametrize(
    "sql", ["SELECT 1", "", ";", "-- nothing", "SELECT 1; SELECT 2", "BEGIN", "LOCK etl.load_mutex"]
)
def test_what_needs_no_change_is_forwarded_as_it_came(sql: str) -> None:
    assert plan(sql).unchanged


@pytest.mark.parametrize("sql", [COPY, f"SELECT 1; {COPY}; SELECT 2", "TRUNCATE t", "BEGIN; TRUNCATE t"])
def test_work_of_the_servers_own_is_done_step_by_step(sql: str) -> None:
    assert plan(sql).forward is None


def test_several_statements_are_refused_where_one_is_needed() -> None:
    with pytest.raises(RedshiftError, match="cannot insert multiple commands into a prepared statement"):
        plan("SELECT 1; SELECT 2", single=True)


@pytest.mark.parametrize(
    ("sql", "asks"),
    [
        ("SELECT pg_last_copy_count()", True),
        ("select PG_LAST_COPY_ID()", True),
        ("SELECT pg_last_query_id(), 1", True),
        ("SELECT pg_backend_pid()", False),
    ],
)
def test_questions_about_the_sessions_past_are_recognised(sql: str, asks: bool) -> None:
    assert plan(sql).asks_last_queries is asks


def planned(original: str, *pieces: tuple[str, str, int]) -> Plan:
    """A plan of statements (original, sent), each with where it begins in the client's text."""
    statements = tuple(Statement(StatementKind.PASS, text, sent) for text, sent, _ in pieces)
    located, sent_at = [], 0
    for text, sent, start in pieces:
        located.append(Place(sent_at, sent, start, text))
        sent_at += len(sent) + 2
    return Plan(original, statements, ";\n".join(sent for _, sent, _ in pieces), tuple(located))


def position(frame: bytes) -> int | None:
    found = server_messages.parse_fields(frame).get("P")
    return None if found is None else int(found)


def failed_at(word: str, text: str) -> bytes:
    return server_messages.error_of_fields({"S": "ERROR", "M": "no", "P": str(text.index(word) + 1)})


CHANGED = planned(
    "SELECT 1; CREATE TABLE t (a INT ENCODE raw, b NOTYPE)",
    ("SELECT 1", "SELECT 1", 0),
    ("CREATE TABLE t (a INT ENCODE raw, b NOTYPE)", "CREATE TABLE t (a INT, b NOTYPE)", 10),
)


@pytest.mark.parametrize("word", ["SELECT", "TABLE", "INT", "NOTYPE"])
def test_an_error_in_rewritten_text_points_into_the_clients_own(word: str) -> None:
    assert CHANGED.forward is not None
    moved = CHANGED.move_position(failed_at(word, CHANGED.forward))
    assert position(moved) == CHANGED.original.index(word) + 1


def test_an_error_in_one_statement_sent_by_itself_points_there_too() -> None:
    moved = CHANGED.move_position_of(1, failed_at("NOTYPE", CHANGED.statements[1].sql))
    assert position(moved) == CHANGED.original.index("NOTYPE") + 1


def test_a_position_without_counterpart_is_dropped() -> None:
    replaced = planned("SELECT old_name(1)", ("SELECT old_name(1)", "SELECT replacement, with(1)", 0))
    assert replaced.forward is not None
    assert position(replaced.move_position(failed_at("with", replaced.forward))) is None


def test_an_error_without_position_stays_as_it_is() -> None:
    frame = server_messages.error_of_fields({"S": "ERROR", "M": "no"})
    assert CHANGED.move_position(frame) == frame


def test_a_lenient_plan_warns_of_what_only_postgresql_has() -> None:
    with pytest.raises(RedshiftError):
        plan("SAVEPOINT a")
    planned = plan("SAVEPOINT a; SELECT DISTINCT ON (a) a FROM t", lenient=True)
    assert [warning.message for warning in planned.warnings] == [
        'SQL command "SAVEPOINT" not supported.',
        "DISTINCT ON is not supported.",
    ]
    assert planned.unchanged
    assert plan("SELECT 1", lenient=True).warnings == ()


def test_a_lenient_plan_refuses_what_cannot_be_done() -> None:
    with pytest.raises(RedshiftError):
        plan("CREATE MODEL m FROM t", lenient=True)
