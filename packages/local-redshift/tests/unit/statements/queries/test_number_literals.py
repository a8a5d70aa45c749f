"""Numbers as they are written: https://docs.aws.amazon.com/redshift/latest/dg/r_numeric_literals201.html"""

from __future__ import annotations

import pytest

from local_redshift.statements.planner import plan_script
from local_redshift.wire.errors import RedshiftError


def sent(expression: str) -> str:
    """Return what PostgreSQL is sent for an expression."""
    (statement,) = plan_script(f"SELECT {expression} FROM t")
    return statement.sql.removeprefix("SELECT ").removesuffix(" FROM t")


@pytest.mark.parametrize(
    ("expression", "postgres"),
    [
        # no DECIMAL holds them
        ("1e38", "'1e38'::double precision"),
        ("-1.7e308", "-'1.7e308'::double precision"),
        ("1e-40", "'1e-40'::double precision"),
        ("1e37", "1e37"),
        ("2E-19", "2E-19"),
        ("0e99", "0e99"),
        # a literal is rounded, as by the leader node
        ("2.5::int", "3::int"),
        ("-2.5::int", "-3::int"),
        ("CAST(-2.5 AS smallint)", "CAST(-3 AS smallint)"),
        ("CONVERT(bigint, 2.4)", "CAST(2 AS bigint)"),
        ("CONVERT(bigint, a)", "CAST(a AS bigint)"),
        ("2.5::decimal(2, 1)", "2.5::decimal(2, 1)"),
        ("a::int", "a::int"),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_enable_numeric_rounding.html
        ("a::decimal(5, 2)", "a::redshift_catalog.cut_decimal(5, 2)::decimal(5, 2)"),
        ("a::numeric", "a::redshift_catalog.cut_decimal(18,0)::decimal(18,0)"),
        ("CAST(a + 1 AS dec(5))", "CAST((a + 1)::redshift_catalog.cut_decimal(5) AS dec(5))"),
        (
            "CONVERT(decimal(5, 2), nvl(a, 0))",
            "CAST((COALESCE(a, 0))::redshift_catalog.cut_decimal(5, 2) AS decimal(5, 2))",
        ),
        ("$1::decimal(5, 2), NULL::decimal(5, 2)", "$1::decimal(5, 2), NULL::decimal(5, 2)"),
        # texts that PostgreSQL would read as numbers
        ("CAST('NaN' AS DECIMAL(5, 2))", "CAST('NaN'::varchar AS DECIMAL(5, 2))"),
        ("'infinity'::float", "'infinity'::float"),
        ("'10', '1 0', 'a_0', '0', '2018-01-01'", "'10', '1 0', 'a_0', '0', '2018-01-01'"),
        # a number next to a word
        ("CASE a WHEN 1THEN 2END", "CASE a WHEN 1 THEN 2 END"),
    ],
)
def test_numbers_are_read_as_redshift_reads_them(expression: str, postgres: str) -> None:
    assert sent(expression) == postgres


@pytest.mark.parametrize("number", ["0x1F", "0XfF", "0o17", "0b101", "1_000", "1_000.5", "a + 12_345"])
def test_numbers_of_other_bases_and_with_underscores_are_refused(number: str) -> None:
    with pytest.raises(RedshiftError, match="syntax error") as raised:
        sent(number)
    assert raised.value.hint == "Numbers have decimal digits only. STRTOL('1F', 16) reads other bases."


@pytest.mark.parametrize("literal", ["INTEGER '0x1F'", "double precision '1_0'", "decimal(5, 2) '1_0'"])
def test_a_literal_of_a_type_is_checked_too(literal: str) -> None:
    with pytest.raises(RedshiftError, match="invalid input syntax"):
        sent(literal)


def test_a_comment_is_no_expression() -> None:
    (statement,) = plan_script("COMMENT ON TABLE t IS '1_000'")
    assert statement.sql == "COMMENT ON TABLE t IS '1_000'"


def test_a_literal_whose_type_is_not_looked_up_is_a_text() -> None:
    (typed,) = plan_script("SELECT a FROM t WHERE a = '0x1F'")
    (untyped,) = plan_script("CREATE TABLE t (a INT DEFAULT ' 1_000')")
    assert typed.needs_types
    assert typed.sql == "SELECT a FROM t WHERE a = '0x1F'"
    assert untyped.sql == "CREATE TABLE t (a INT DEFAULT ' 1_000'::varchar)"
