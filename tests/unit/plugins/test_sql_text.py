"""Text that becomes part of a statement cannot break out of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparkify.sql_text import bind_named, quote_identifier, quote_literal, split_statements


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


def test_named_parameters_become_marks_and_casts_and_percent_signs_stay() -> None:
    sql = "SELECT a::int, '10:30', 5 % 2 FROM t WHERE x >= :since AND x < :until AND y > :since"
    bound, values = bind_named(sql, {"since": 1, "until": 2, "other": 3})
    assert bound == "SELECT a::int, '10:30', 5 %% 2 FROM t WHERE x >= %s AND x < %s AND y > %s"
    assert values == (1, 2, 1)
    with pytest.raises(KeyError, match="until"):
        bind_named("SELECT :until", {"since": 1})
