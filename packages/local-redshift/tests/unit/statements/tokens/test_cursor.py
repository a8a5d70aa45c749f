"""A cursor goes over tokens from left to right, and refuses what does not come next."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from local_redshift.statements.tokens.cursor import Cursor
from local_redshift.statements.tokens.lexer import tokenize
from local_redshift.wire.errors import RedshiftError


def cursor(text: str) -> Cursor:
    return Cursor(tokenize(text))


def test_words_are_accepted_only_if_all_of_them_come_next() -> None:
    tested = cursor("if NOT exists t")
    assert not tested.accept("IF", "EXISTS")
    assert tested.accept("IF", "NOT", "EXISTS")
    assert (tested.name(), tested.done, tested.upper, tested.next) == ("t", True, "", None)


@pytest.mark.parametrize(
    ("text", "read", "expected"),
    [
        ('Schema."T T".c', Cursor.names, ["schema", "t t", "c"]),
        ("LZO", Cursor.unquoted, "lzo"),
        ("'it''s'", Cursor.text, "it's"),
        ('(a, "B")', Cursor.bracketed_names, ["a", "b"]),
    ],
)
def test_parts_of_statements_are_read(text: str, read: Callable[[Cursor], object], expected: object) -> None:
    tested = cursor(text)
    assert read(tested) == expected
    assert tested.done


def test_items_in_brackets_keep_their_inner_brackets() -> None:
    items = cursor("(decimal(18, 2), b)").bracketed()
    assert [[token.text for token in item] for item in items] == [["decimal", "(", "18", ",", "2", ")"], ["b"]]


@pytest.mark.parametrize(
    ("text", "read", "message"),
    [
        ("", Cursor.take, "syntax error at end of input"),
        ("1", Cursor.name, 'syntax error at or near "1"'),
        ('"a"', Cursor.unquoted, 'syntax error at or near ""a""'),
        ("a", Cursor.text, 'syntax error at or near "a"'),
        ("a", Cursor.bracketed, 'syntax error at or near "a"'),
        ("(a", Cursor.bracketed, "syntax error at end of input"),
        ("(a b)", Cursor.bracketed_names, 'syntax error at or near "b"'),
    ],
)
def test_what_does_not_come_next_is_refused_with_its_place(
    text: str, read: Callable[[Cursor], object], message: str
) -> None:
    with pytest.raises(RedshiftError) as caught:
        read(cursor(text))
    assert caught.value.message == message
