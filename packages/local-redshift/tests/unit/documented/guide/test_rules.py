"""What is not run or not compared, and why."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from local_redshift.documented.guide.rules import (
    begins_statement,
    digest,
    is_said_to_fail,
    needs_aws,
    why_not_compared,
    why_not_run,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("select 1", True),
        ("-- a comment\n(select 1)", True),
        ("/* a comment */ WITH a AS (SELECT 1) SELECT 1", True),
        ("{'a': 1}", False),
        ("aws s3 ls", False),
        ("unload/0000_part_00", False),
        ("copy: a to b", False),
        ("-- only a comment", False),
        ("", False),
    ],
)
def test_a_statement_is_known_by_its_first_word(text: str, expected: bool) -> None:
    assert begins_statement(text) is expected


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("select a from t", False),
        ("select '...' from t -- and so on ...", False),
        ("select ... from t", True),
        ("select a from <table>", True),
        ("cancel 4711", True),
        ("explain xn hash join", True),
        ("explain select 1", False),
        ("copy table from 's3://a/b'", True),
        ("array < struct < a:int > >", True),
        ("select pg_sleep(10)", True),
        ("execute 'select ' || name", True),
        ("execute a_plan(1)", False),
        ("create procedure p() as $$ begin x := 1; end $$ language plpgsql", False),
    ],
)
def test_what_is_incomplete_or_hurts_is_not_run(sql: str, expected: bool) -> None:
    assert bool(why_not_run(sql)) is expected


@pytest.mark.parametrize("sql", ["copy t from 's3://a/b' iam_role default", "unload ('select 1') to 's3://a'"])
def test_what_needs_aws_is_known(sql: str) -> None:
    assert needs_aws(sql)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("select getdate()", True),
        ("select 'now'::timestamp", True),
        ("select * from stl_query", True),
        ("explain select 1", True),
        ("select updated, current_price from t", False),
        ("select dateadd(day, 1, '2008-01-01')", False),
    ],
)
def test_what_varies_is_not_compared(sql: str, expected: bool) -> None:
    assert bool(why_not_compared(sql)) is expected


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("The following example returns an error.", True),
        ("This statement fails.", True),
        ("The following example returns a number.", False),
        ("", False),
    ],
)
def test_a_page_says_that_a_statement_fails(before: str, expected: bool) -> None:
    assert is_said_to_fail(before) is expected


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ("Amazon Redshift displays an error message.", True),
        ("Notice that this gives the following error:", True),
        ("The following example returns an error.", False),
    ],
)
def test_a_page_says_after_a_statement_that_it_failed(after: str, expected: bool) -> None:
    assert is_said_to_fail("", after) is expected


def test_contradictions_name_a_page_and_a_reason_and_hold_no_text_of_the_guide() -> None:
    text = (files("local_redshift.documented.guide") / "contradictions.toml").read_text(encoding="utf-8")
    for entry in tomllib.loads(text)["contradiction"]:
        assert entry.keys() == {"page", "sql", "why"}
        assert len(entry["sql"]) == len(digest("select 1"))
        assert "select" not in entry["why"].lower()
