"""Planning ends: its time, the size of its text and the depth of what it nests are bounded."""

from __future__ import annotations

import sys

import pytest

from local_redshift.statements import plan_script
from local_redshift.statements.tokens.effort import OutOfTimeError, spend, within
from local_redshift.wire.protocol import STATEMENT_LIMIT
from support.planning import refusal


def _work() -> None:
    for _ in range(1_000):
        spend(1_000)


def test_work_beyond_a_deadline_is_broken_off() -> None:
    with within(0.0), pytest.raises(OutOfTimeError):
        _work()


def test_an_inner_deadline_cannot_be_later_and_ends_with_its_block() -> None:
    with within(0.0), within(60.0), pytest.raises(OutOfTimeError):
        _work()
    _work()


def test_a_statement_over_16_mb_is_refused_with_redshifts_text() -> None:
    """https://docs.aws.amazon.com/redshift/latest/dg/c_redshift-sql.html; the text: psycopg/psycopg2#1091"""
    sql = "SELECT '" + "é" * (STATEMENT_LIMIT // 2) + "'"
    error = refusal(sql)
    assert error.sqlstate == "42601"
    assert error.message == (
        f"Statement is too large. Statement Size: {STATEMENT_LIMIT + 9} bytes. Maximum Allowed: 16777216 bytes"
    )


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1 " + "/*" * 100_000,
        "SELECT 1 " + "/*" * 100_000 + "*/" * 100_000,
        "SELECT 1 " + "/*/" * 100_000,
        "SELECT " + "DECODE(" * 3_000 + "a" + ", 1, 2)" * 3_000,
        "SELECT " + "NVL2(" * 3_000 + "a" + ", 1, 2)" * 3_000,
        "SELECT " + "DECODE(" * 40 + "a" + ", 1, 2, 3, 4)" * 40,
        "SELECT " + "AVG((SELECT " * 40 + "a" + "))" * 40,
    ],
    ids=["open comments", "comments", "both edges", "DECODE", "NVL2", "DECODE of several pairs", "AVG"],
)
def test_what_nests_or_grows_too_much_is_refused_as_too_deep(sql: str) -> None:
    with within(60.0):
        error = refusal(sql)
    assert error.sqlstate == "54001"
    assert error.hint


@pytest.mark.parametrize("run", ["+-" * 100, "*" * 64, "<=>" * 50, "-+" * 40_000])
def test_an_operator_that_is_too_long_is_refused_before_postgresql_reads_it(run: str) -> None:
    assert refusal(f"SELECT 1 {run} 2").message == "operator too long"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1 " + "-" * 200,
        "SELECT '" + "+" * 200 + "'",
        "SELECT 1 /" + "*" * 200 + "/",
        'SELECT 1 AS "' + "=" * 60 + '"',
        "SELECT 1 +" + "-" * 200 + "\n2",
    ],
    ids=["a comment", "a string", "a comment in brackets", "a name", "a comment after an operator"],
)
def test_lines_of_operator_characters_that_are_none_are_taken(sql: str) -> None:
    assert plan_script(sql)[0].original


_COUNT = 800
LONG = {
    "brackets": "SELECT " + "(" * _COUNT + "1" + ")" * _COUNT,
    "calls": "SELECT " + "f(" * _COUNT + "1" + ")" * _COUNT,
    "arguments": "SELECT " + "CONCAT('a', " * _COUNT + "'b'" + ")" * _COUNT,
    "subqueries": "SELECT * FROM (" * _COUNT + "SELECT 1" + ") x" * _COUNT,
    "conditions": "SELECT 1 FROM a WHERE EXISTS (" * _COUNT + "SELECT 1" + ")" * _COUNT,
    "windows": "SELECT " + "sum(x) over (partition by " * _COUNT + "a" + ")" * _COUNT,
    "CASE": "SELECT " + "CASE WHEN a THEN " * _COUNT + "1" + " END" * _COUNT,
    "a list": "SELECT 1 FROM t WHERE a IN (" + "1, " * _COUNT + "1)",
    "aliases": "SELECT 1 AS a0, " + ", ".join(f"a{i} + 1 AS a{i + 1}" for i in range(_COUNT)),
    "common tables": "WITH " + ", ".join(f"a{i} AS (SELECT 1)" for i in range(_COUNT)) + " SELECT 1",
    "UNION": " UNION ALL ".join(["SELECT a FROM t"] * _COUNT),
    "TOP": "SELECT " + ", ".join(["(SELECT TOP 1 a FROM t)"] * _COUNT),
    "statements": "SELECT 1;" * _COUNT,
    "columns": "CREATE TABLE t (" + ", ".join(f"a{i} INT ENCODE raw" for i in range(_COUNT)) + ")",
    "casts": "SELECT 1" + "::int" * _COUNT,
    "rows": "INSERT INTO t VALUES " + ", ".join(["(1, 'a', NULL)"] * _COUNT),
    "quotes": "SELECT " + "'a' " * _COUNT + "'",
    "joins": "SELECT * FROM a" + " JOIN b ON true" * _COUNT,
}


@pytest.mark.parametrize("sql", LONG.values(), ids=LONG)
def test_the_work_for_a_text_grows_with_its_length_only(sql: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted, not timed: every token is looked at a few dozen times, however the tokens are nested."""
    read = _count_tokens_read(monkeypatch)
    plan_script(sql)
    tokens = read.pop("tokens")
    assert read["spent"] <= 60 * tokens


def _count_tokens_read(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    from local_redshift.statements import planner

    read = {"spent": 0, "tokens": 0}

    def count(steps: int) -> None:
        read["spent"] += steps

    tokenize = planner.tokenize

    def counted(sql: str) -> list[object]:
        tokens = tokenize(sql)
        read["tokens"] += len(tokens)
        return list(tokens)

    monkeypatch.setattr(planner, "tokenize", counted)
    for name, module in list(sys.modules.items()):
        if name.startswith("local_redshift.statements.") and hasattr(module, "spend"):
            monkeypatch.setattr(module, "spend", count)
    return read
