"""Changes to a text by place, and the walks over tokens that find them."""

from __future__ import annotations

import pytest

from local_redshift.statements.tokens.edits import Edits, arguments, closing, literal, matches, quoted, split_at
from local_redshift.statements.tokens.lexer import tokenize


def test_changes_are_made_in_the_order_of_their_places() -> None:
    edits = Edits("SELECT a, b FROM t")
    edits.replace(10, 11, "c")
    edits.insert(7, "DISTINCT ")
    assert edits.apply(0, 18) == "SELECT DISTINCT a, c FROM t"


def test_of_nested_changes_the_outer_is_made() -> None:
    edits = Edits("f(g(x))")
    edits.replace(2, 6, "inner")
    edits.replace(0, 7, "outer")
    assert edits.apply(0, 7) == "outer"


def test_only_changes_within_the_part_are_made() -> None:
    edits = Edits("a; b")
    edits.replace(0, 1, "x")
    assert edits.apply(3, 4) == "b"


def test_tokens_are_removed_with_or_without_the_gap_before_them() -> None:
    tokens = tokenize("a  b c")
    for remove, expected in ((lambda e: e.remove(tokens[1:2]), "a   c"), (_remove_with_gap, "a c")):
        edits = Edits("a  b c")
        remove(edits)
        assert edits.apply(0, 6) == expected


def _remove_with_gap(edits: Edits) -> None:
    edits.remove_with_gap(tokenize(edits.text), 1, 2)


@pytest.mark.parametrize(("text", "expected"), [("it's", "E'it''s'"), ("a\\b", "E'a\\\\b'")])
def test_a_literal_means_the_text_whatever_is_in_it(text: str, expected: str) -> None:
    assert literal(text) == expected


def test_a_name_is_quoted() -> None:
    assert quoted('a"b') == '"a""b"'


def test_brackets_are_matched_and_items_split_outside_of_them() -> None:
    tokens = tokenize("f(a, (b, c)) + 1")
    assert closing(tokens, 1) == 9
    assert [[token.text for token in item] for item in arguments(tokens, 1)] == [["a"], ["(", "b", ",", "c", ")"]]
    assert [len(item) for item in split_at(tokens, "+")] == [10, 1]
    assert closing(tokenize("(a"), 0) == 1, "the last token where none closes it"


def test_words_match_in_any_case_and_not_beyond_the_end() -> None:
    tokens = tokenize("with no Schema")
    assert matches(tokens, 0, "WITH", "NO", "SCHEMA")
    assert not matches(tokens, 1, "NO", "SCHEMA", "BINDING")
