"""Texts around parts of a statement nest as the parts do."""

from __future__ import annotations

from local_redshift.typed_sql.wraps import Wraps


def test_parts_inside_each_other_close_from_the_inside() -> None:
    wraps = Wraps("a / b / c")
    wraps.wrap(0, 5, "(", ")")
    wraps.wrap(0, 9, "[", "]")
    wraps.replace(2, 3, "DIV")

    assert wraps.apply() == "[(a DIV b) / c]"


def test_of_the_same_part_the_higher_rank_is_outside() -> None:
    wraps = Wraps("x a y")
    wraps.wrap(2, 3, "[", "]", rank=1)
    wraps.wrap(2, 3, "(", ")")

    assert wraps.apply() == "x [(a)] y"


def test_what_ends_comes_before_what_begins() -> None:
    wraps = Wraps("ab")
    wraps.wrap(0, 1, "(", ")")
    wraps.wrap(1, 2, "[", "]")

    assert wraps.apply() == "(a)[b]"


def test_the_same_wrap_is_made_once() -> None:
    wraps = Wraps("a")
    for _ in range(2):
        wraps.wrap(0, 1, "(", ")")

    assert wraps.apply() == "(a)"


def test_a_text_without_changes_is_the_same() -> None:
    assert Wraps("SELECT 1").apply() == "SELECT 1"
