"""Operands end where PostgreSQL's precedence ends them."""

from __future__ import annotations

import pytest

from local_redshift.statements.tokens.lexer import tokenize
from local_redshift.typed_sql.operands import call_arguments, case_results, operand_extents


@pytest.mark.parametrize(
    ("sql", "dividend", "divisor"),
    [
        ("SELECT a / b", "a", "b"),
        ("SELECT a/b ratio FROM t", "a", "b"),
        ("SELECT a / b AS ratio FROM t", "a", "b"),
        ('SELECT x, "A b" / t."c" "d" FROM t', '"A b"', 't."c"'),
        ("SELECT DISTINCT a / b FROM t", "a", "b"),
        ("SELECT x + a / b - y", "a", "b"),
        ("SELECT x * a / b * y", "x * a", "b"),
        ("SELECT -a / -b", "a", "-b"),
        ("SELECT x * -a / + - b", "x * -a", "+ - b"),
        ("SELECT a ^ 2 / b ^ 3 ^ c * d", "a ^ 2", "b ^ 3 ^ c"),
        ("SELECT (a + b) / (c - d) > 1", "(a + b)", "(c - d)"),
        ("SELECT f(a, b) / s.g(c)", "f(a, b)", "s.g(c)"),
        ("SELECT left(a, 1) / right(b, 2)", "left(a, 1)", "right(b, 2)"),
        ("SELECT SUM(a) / NULLIF(COUNT(*), 0)", "SUM(a)", "NULLIF(COUNT(*), 0)"),
        ("SELECT SUM(a) OVER (PARTITION BY b) / SUM(a) OVER (ORDER BY c) x", *["SUM(a) OVER ("] * 2),
        ("SELECT a::numeric(8,2) / b::numeric(8, 2)::int", "a::numeric(8,2)", "b::numeric(8, 2)::int"),
        ("SELECT a::double precision / b::character varying(3) x", "a::double precision", "b::character varying(3)"),
        ("SELECT CAST(a AS float) / CAST(b AS int)", "CAST(a AS float)", "CAST(b AS int)"),
        ("SELECT CASE WHEN x THEN a ELSE b END / CASE c WHEN 1 THEN 2 END AS y", "CASE WHEN", "CASE c"),
        ("SELECT CASE WHEN a / b > 1 THEN 1 END", "a", "b"),
        ("SELECT CASE WHEN x THEN a / b ELSE 1 END", "a", "b"),
        ("SELECT CASE WHEN x THEN 1 ELSE a / b END", "a", "b"),
        ("SELECT 1 WHERE a BETWEEN 1 AND b / c AND d", "b", "c"),
        ("SELECT 1 WHERE a IN (b / c, 2)", "b", "c"),
        ("SELECT 1 WHERE NOT a / b = 1 OR d", "a", "b"),
        ("SELECT 1 ORDER BY a / b DESC", "a", "b"),
        ("SELECT 1 GROUP BY x, a / b HAVING true", "a", "b"),
        ("SELECT 1 FROM t JOIN u ON a / b = c", "a", "b"),
        ("UPDATE t SET a = b / c WHERE d", "b", "c"),
        ("SELECT '1' || a / b || 'x'", "a", "b"),
        ("SELECT (SELECT 1) / (SELECT 2) AS x", "(SELECT 1)", "(SELECT 2)"),
        ("SELECT interval '1 day' / 2", "interval '1 day'", "2"),
        ("SELECT $1 / $2::int", "$1", "$2::int"),
        ("SELECT x[1] / y[2]", "x[1]", "y[2]"),
        ("SELECT 1e3 / .5", "1e3", ".5"),
        ("SELECT a % b / c % d", "a % b", "c"),
        ("SELECT PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY a) / 2", "PERCENTILE_CONT", "2"),
    ],
)
def test_operands_of_a_quotient(sql: str, dividend: str, divisor: str) -> None:
    tokens = tokenize(sql)
    at = next(index for index, token in enumerate(tokens) if token.text == "/")
    texts = [sql[tokens[each.start].start : tokens[each.end - 1].end] for each in operand_extents(tokens, at)]

    for text, expected in zip(texts, (dividend, divisor), strict=True):
        is_beginning = expected.startswith(("CASE", "PERCENTILE")) or expected.endswith("OVER (")
        assert text.startswith(expected) if is_beginning else text == expected
        assert text.endswith(("END", ")")) if is_beginning else True


def test_the_second_of_two_divisions_takes_the_first_as_its_dividend() -> None:
    sql = "SELECT a / b / c + d"
    tokens = tokenize(sql)
    at = max(index for index, token in enumerate(tokens) if token.text == "/")
    dividend, divisor = operand_extents(tokens, at)

    assert sql[tokens[dividend.start].start : tokens[dividend.end - 1].end] == "a / b"
    assert sql[tokens[divisor.start].start : tokens[divisor.end - 1].end] == "c"


@pytest.mark.parametrize(
    ("sql", "first", "second"),
    [
        ("SELECT a + b * c - d", "a", "b * c"),
        ("SELECT x, -a * b + -c ^ 2 / d FROM t", "-a * b", "-c ^ 2 / d"),
        ("SELECT CASE WHEN x THEN a + b END", "a", "b"),
        ("SELECT x || a + b || y", "a", "b"),
        ("SELECT a / b + c::int y", "a / b", "c::int"),
    ],
)
def test_operands_of_a_sum(sql: str, first: str, second: str) -> None:
    tokens = tokenize(sql)
    at = next(index for index, token in enumerate(tokens) if token.text == "+")
    texts = [sql[tokens[each.start].start : tokens[each.end - 1].end] for each in operand_extents(tokens, at)]

    assert texts == [first, second]


@pytest.mark.parametrize(
    ("sql", "results"),
    [
        ("CASE WHEN a THEN 1 END", ["1"]),
        ("CASE a WHEN 1 THEN b + 2 ELSE c END x", ["b + 2", "c"]),
        ("CASE WHEN a THEN CASE WHEN b THEN 1 ELSE 2 END WHEN c THEN (3) ELSE f(4) END", ["CASE", "(3)", "f(4)"]),
        ("CASE WHEN CASE WHEN a THEN b END THEN c END", ["c"]),
    ],
)
def test_results_of_a_case(sql: str, results: list[str]) -> None:
    tokens = tokenize(sql)
    found, end = case_results(tokens, 0)

    assert tokens[end - 1].upper == "END"
    texts = [sql[tokens[each.start].start : tokens[each.end - 1].end] for each in found]
    assert [text.startswith(result) for text, result in zip(texts, results, strict=True)] == [True] * len(results)


def test_arguments_of_a_call() -> None:
    sql = "COALESCE(a, f(b, c), (d))"
    tokens = tokenize(sql)
    texts = [sql[tokens[each.start].start : tokens[each.end - 1].end] for each in call_arguments(tokens, 0)]

    assert texts == ["a", "f(b, c)", "(d)"]
