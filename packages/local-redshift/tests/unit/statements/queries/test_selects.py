"""The parts of a SELECT."""

from __future__ import annotations

import pytest

from local_redshift.statements.queries.selects import end_of_list, relations, select_items
from local_redshift.statements.tokens.lexer import tokenize


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ("a", [("a", None)]),
        ("a AS b, c d", [("a", "b"), ("c", "d")]),
        ("f(a, b) x, (SELECT 1 FROM t)", [("f(a,b)", "x"), ("(SELECT1FROMt)", None)]),
        ("DISTINCT a b", [("a", "b")]),
        ("TOP 3 a", [("a", None)]),
        ("a IS NULL, CASE WHEN a THEN 1 END", [("aISNULL", None), ("CASEWHENaTHEN1END", None)]),
        ("a::double precision", [("a::doubleprecision", None)]),
        ("1 + b", [("1+b", None)]),
    ],
)
def test_items_have_an_expression_and_perhaps_an_alias(items: str, expected: list[tuple[str, str | None]]) -> None:
    tokens = tokenize(f"SELECT {items} FROM t")
    found = select_items(tokens, 1, end_of_list(tokens, 1))
    assert [("".join(token.text for token in item.tokens), item.alias) for item in found] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("t", ["t"]),
        ("s.t AS a, b", ["a", "b"]),
        ("a JOIN b ON a.x = b.x LEFT JOIN s.c d USING (x)", ["a", "b", "d"]),
        ("(SELECT 1) q CROSS JOIN t", ["q", "t"]),
    ],
)
def test_relations_have_the_names_that_qualify_their_columns(text: str, expected: list[str]) -> None:
    assert [relation.name for relation in relations(tokenize(text))] == expected
