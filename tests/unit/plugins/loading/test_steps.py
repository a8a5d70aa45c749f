"""The steps of a publish: one that makes no sense cannot be made, and the UI shows what each runs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sparkify.loading.steps import Bounds, Merge, Script, Step
from sparkify.loading.table_changes import Target

USERS = Target("public.users", ("user_id", "level"), ("user_id",), within="user_id", bounds="users")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Script(""), "sql of the Script is empty: give SQL"),
        (lambda: Script("\n"), "sql of the Script is empty"),
        (lambda: Bounds("", names=("days",)), "sql of the Bounds is empty"),
        (lambda: Bounds("SELECT 1", names=()), r"names of the Bounds are \(\): name what"),
        (lambda: Bounds("SELECT 1", names=("days", "days")), "once each"),
        (lambda: Merge(USERS, candidate=""), "candidate of the Merge into public.users is empty"),
        (lambda: Merge(Target("", ("a",), ("a",)), "c"), "table of the target is empty"),
        (lambda: Merge(Target("t", (), ("a",)), "c"), "columns of the target is empty"),
        (lambda: Merge(Target("t", ("a",), ()), "c"), "key of the target is empty"),
        (lambda: Merge(Target("t", ("a",), ("b",)), "c"), "b not among the columns of t"),
        (lambda: Merge(Target("t", ("a",), ("a",), within="b"), "c"), "b not among the columns of t"),
        (lambda: Merge(Target("t", ("a",), ("a",), within="a", bounds=""), "c"), "bounds of the target is empty"),
    ],
)
def test_a_step_that_makes_no_sense_is_refused_with_what_it_lacks(make: Callable[[], Step], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        make()


def test_a_step_has_its_sql_rendered_and_keeps_its_condition() -> None:
    step = Script("{{ sql }}", when="days").rendered(lambda text: text.replace("{{ sql }}", "DELETE FROM t"))
    assert step == Script("DELETE FROM t", when="days")
    assert step.serialize() == "DELETE FROM t"


def test_a_merge_removes_what_differs_before_it_adds_what_is_missing() -> None:
    remove, add = Merge(USERS, candidate="latest", chosen="c.choice = 1").statements
    assert remove.startswith('DELETE FROM "public"."users" USING "latest" AS c WHERE')
    assert add.startswith('INSERT INTO "public"."users"')
    for statement in (remove, add):
        assert "BETWEEN :users_from AND :users_to" in statement
        assert "c.choice = 1" in statement
    assert Merge(USERS, candidate="latest").serialize().count(";") == 1
