"""Text that becomes part of a statement cannot break out of it."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparkify.hooks.sql_text import Ranges, put_values, quote_identifier, quote_literal, split_statements


@pytest.mark.parametrize(
    ("name", "quoted"),
    [("users", '"users"'), ("public.Users", '"public"."users"'), ("timestamp", '"timestamp"'), ("a_1$", '"a_1$"')],
)
def test_identifiers_are_quoted_part_by_part_and_folded_to_lower_case(name: str, quoted: str) -> None:
    assert quote_identifier(name) == quoted


@pytest.mark.parametrize("name", ["", "1a", 'a"b', "a b", "a;b", "a.", "ä", "a" * 128, "x--", "a\nb"])
def test_what_is_no_identifier_is_refused_with_its_value(name: str) -> None:
    with pytest.raises(ValueError, match="is not a Redshift identifier"):
        quote_identifier(name)


@given(st.text(alphabet=st.characters(exclude_characters="\x00")))
def test_a_quoted_literal_has_no_quote_or_backslash_left_alone(text: str) -> None:
    body = quote_literal(text)[1:-1]
    assert body.replace("''", "").replace("\\\\", "").count("'") == 0
    assert body.replace("\\\\", "").count("\\") == 0


def test_a_nul_byte_is_refused() -> None:
    with pytest.raises(ValueError, match="NUL byte"):
        quote_literal("a\x00b")


def test_scripts_split_at_semicolons_outside_of_strings_and_comments() -> None:
    script = "-- one; two\nSELECT ';' AS a;\n\n/* ; */ DELETE FROM t;\n-- the end;\n"
    assert split_statements(script) == ["SELECT ';' AS a", "DELETE FROM t"]


def test_named_values_become_literals_and_casts_strings_and_comments_stay() -> None:
    sql = "SELECT a::int, '10:30', ':x', 5 % 2 FROM t WHERE x >= :since AND y = :name -- :gone\n AND z IS :none"
    values = {"since": datetime(2018, 11, 5, 13), "name": "O'Hara \\", "none": None}
    assert put_values(sql, values) == (
        "SELECT a::int, '10:30', ':x', 5 % 2 FROM t WHERE x >= '2018-11-05 13:00:00' AND y = 'O''Hara \\\\' -- :gone\n"
        " AND z IS NULL"
    )
    with pytest.raises(KeyError, match="until"):
        put_values("SELECT :until", {"since": 1})


def test_each_range_becomes_a_between_and_no_range_finds_nothing() -> None:
    sql = (
        'SELECT 1 FROM t AS d WHERE d."timestamp" BETWEEN :days_from AND :days_to AND id BETWEEN :ids_from AND :ids_to'
    )
    assert put_values(sql, {"days": Ranges(((1, 2), (5, 6))), "ids": Ranges()}) == (
        'SELECT 1 FROM t AS d WHERE (d."timestamp" BETWEEN 1 AND 2 OR d."timestamp" BETWEEN 5 AND 6) AND FALSE'
    )
    assert put_values("x BETWEEN :a_from AND :a_to", {"a": Ranges(((1, 2),))}) == "x BETWEEN 1 AND 2"
    assert put_values("x BETWEEN :a_from AND :a_to", {"a_from": 1, "a_to": 2}) == "x BETWEEN 1 AND 2"
    with pytest.raises(KeyError, match="a_from"):
        put_values("x BETWEEN :a_from AND :a_to", {})
