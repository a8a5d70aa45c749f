"""The sources of a query, and which of its conditions apply to each."""

from __future__ import annotations

import pytest
import sqlglot
from sqlglot import exp

from local_redshift.scans.model import Kind
from local_redshift.scans.scope import CommonTable, Condition, Scope, Source, push_down, queries_in


def expression(text: str) -> exp.Expr:
    return sqlglot.parse_one(text, dialect="redshift")


def column(text: str) -> exp.Column:
    found = expression(text)
    assert isinstance(found, exp.Column)
    return found


def scope(*sources: Source) -> Scope:
    made = Scope()
    for source in sources:
        made.add(source)
    return made


PLAYS = Source("p", "public.plays", {"id": Kind.NUMBER, "at": Kind.TIME})
USERS = Source("u", "public.users", {"id": Kind.NUMBER, "name": Kind.TEXT})
UNKNOWN = Source("x")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("p.at", ("p", "at")),
        ("P.AT", ("p", "at")),
        ("at", ("p", "at")),
        ("name", ("u", "name")),
        ("id", ("p", "id")),  # of both by USING
        ("other", None),
        ("z.at", None),
    ],
)
def test_a_column_is_looked_for_in_the_sources(text: str, found: tuple[str, str] | None) -> None:
    assert scope(PLAYS, USERS).locate(column(text)) == found


def test_a_column_that_no_known_source_has_is_of_the_one_that_is_not_known() -> None:
    assert scope(PLAYS, UNKNOWN).locate(column("other")) == ("x", "other")
    assert scope(UNKNOWN, Source("y")).locate(column("other")) is None


def test_an_alias_that_two_tables_share_refers_to_neither() -> None:
    both = scope(Source("t", "a.t", {"id": Kind.NUMBER}), Source("t", "b.t", {"id": Kind.NUMBER}))
    assert both.locate(column("t.id")) is None
    assert {source.table for source in both.sources.values()} == {"a.t", "b.t"}


def test_a_condition_restricts_only_the_sources_that_it_applies_to() -> None:
    tested = scope(PLAYS, USERS)
    condition = expression("p.id = 5 AND u.id = 6")
    tested.conditions = [Condition(condition, tested.locate, frozenset({"p"}))]
    assert tested.restrictions() == ({("p", "id"): ((5, 5),)}, frozenset())
    tested.conditions = [Condition(condition, tested.locate)]
    assert tested.restrictions() == ({("p", "id"): ((5, 5),), ("u", "id"): ((6, 6),)}, frozenset())


def test_a_false_condition_leaves_the_sources_that_it_applies_to_without_rows() -> None:
    tested = scope(PLAYS, USERS)
    tested.conditions = [Condition(expression("FALSE"), tested.locate, frozenset({"u"}))]
    assert tested.restrictions() == ({}, frozenset({"u"}))


@pytest.mark.parametrize(
    ("query", "names", "bounds"),
    [
        ("SELECT id, at FROM plays p", (), True),
        ("SELECT p.id AS id FROM plays p", (), True),
        ("SELECT at AS when_played, id AS number FROM plays p", ("x", "id"), True),
        ("SELECT * FROM plays p", (), True),
        ("SELECT id + 1 AS id FROM plays p", (), False),
        ("SELECT at FROM plays p", (), False),
        ("SELECT id FROM plays p GROUP BY id", (), False),
        ("SELECT id FROM plays p LIMIT 5", (), False),
        ("SELECT id, ROW_NUMBER() OVER (ORDER BY at) AS n FROM plays p", (), False),
    ],
)
def test_a_condition_on_a_result_is_one_on_what_its_query_reads_unchanged(
    query: str, names: tuple[str, ...], bounds: bool
) -> None:
    outer = scope(Source("q", None, {"id": Kind.NUMBER}, CommonTable(None)))
    outer.conditions = [Condition(expression("q.id = 5"), outer.locate)]
    select = expression(query)
    assert isinstance(select, exp.Select)
    inner = scope(PLAYS)
    inner.conditions = push_down(outer.conditions_on("q"), select, names, inner)
    assert inner.restrictions()[0] == ({("p", "id"): ((5, 5),)} if bounds else {})


def test_a_condition_on_another_source_is_not_pushed_down() -> None:
    outer = scope(Source("q", None, {"id": Kind.NUMBER}), USERS)
    outer.conditions = [Condition(expression("u.id = 5"), outer.locate)]
    select = expression("SELECT id FROM plays p")
    assert isinstance(select, exp.Select)
    inner = scope(PLAYS)
    inner.conditions = push_down(outer.conditions_on("q"), select, (), inner)
    assert inner.restrictions()[0] == {}


def test_of_queries_within_an_expression_the_outermost_are_found() -> None:
    found = list(queries_in(expression("a IN (SELECT b FROM t WHERE c = (SELECT 1)) AND EXISTS (SELECT 2)")))
    assert [query.unnest().sql() for query in found] == ["SELECT b FROM t WHERE c = (SELECT 1)", "SELECT 2"]
