"""The statements by which candidates become a target's rows."""

import pytest

from sparkify.loading.table_changes import (
    Target,
    add_missing,
    build_candidate,
    check_candidates,
    fill,
    remove_differing,
    remove_others,
)

USERS = Target("public.users", ("user_id", "level"), ("user_id",))
PLAYS = Target("songplays", ("id", "timestamp"), ("id",), within="timestamp", bounds="days")
BOUNDED = '."timestamp" BETWEEN :days_from AND :days_to'


def test_candidates_are_made_like_the_target_with_explicit_columns() -> None:
    assert build_candidate(USERS, "SELECT 1, 'free';\n") == [
        'CREATE TEMP TABLE candidate (LIKE "public"."users")',
        'INSERT INTO candidate ("user_id", "level")\nSELECT 1, \'free\'',
    ]


def test_rows_outside_the_bounds_are_never_read() -> None:
    assert f'"songplays"{BOUNDED}' in remove_differing(PLAYS)
    assert f"t{BOUNDED}" in add_missing(PLAYS)


def test_a_target_without_bounds_is_read_whole() -> None:
    assert not any("BETWEEN" in statement for statement in (remove_differing(USERS), add_missing(USERS)))


def test_removing_others_looks_at_the_whole_target() -> None:
    assert "BETWEEN" not in remove_others(PLAYS)


def test_every_column_is_compared_by_value_and_by_bytes_the_key_included() -> None:
    removed = remove_differing(USERS)
    for column in ('"user_id"', '"level"'):
        assert f'c.{column} <> "users".{column}' in removed
        assert f'COALESCE(FNV_HASH(c.{column}), 0) <> COALESCE(FNV_HASH("users".{column}), 0)' in removed


def test_no_statement_leaves_it_to_redshift_which_rows_are_the_same() -> None:
    statements = [remove_others(PLAYS), remove_differing(PLAYS), add_missing(PLAYS)]
    for word in ("EXCEPT", "UNION", "INTERSECT", "MINUS"):
        assert not any(word in statement for statement in statements)


def test_rows_are_removed_by_the_bare_table_name_and_inserted_by_column() -> None:
    assert remove_differing(USERS).startswith(
        'DELETE FROM "public"."users" USING "candidate" AS c WHERE "users"."user_id" = c."user_id" AND ('
    )
    assert add_missing(USERS) == (
        'INSERT INTO "public"."users" ("user_id", "level")\nSELECT c."user_id", c."level" FROM "candidate" AS c'
        ' LEFT JOIN "public"."users" AS t ON c."user_id" = t."user_id"\nWHERE t."user_id" IS NULL'
    )


def test_of_a_table_of_candidates_only_the_chosen_ones_count() -> None:
    for statement in (remove_differing(USERS, "ranked", "c.choice = 1"), add_missing(USERS, "ranked", "c.choice = 1")):
        assert '"ranked" AS c' in statement
        assert " AND c.choice = 1" in statement


def test_a_table_is_filled_once() -> None:
    assert fill(USERS, "SELECT 1, 'free';") == (
        'INSERT INTO "public"."users" ("user_id", "level")\nSELECT "user_id", "level" FROM (\n'
        'SELECT 1, \'free\'\n) AS filling ("user_id", "level")\nWHERE NOT EXISTS (SELECT 1 FROM "public"."users")'
    )


def test_every_part_of_a_composite_key_counts() -> None:
    target = Target("t", ("a", "b", "c"), ("a", "b"))
    assert '"a" IS NULL OR "b" IS NULL' in check_candidates(target)
    assert 'SELECT DISTINCT "a", "b" FROM candidate' in check_candidates(target)


@pytest.mark.parametrize("names", [{"key": ("x",)}, {"key": ("a",), "within": "x"}])
def test_a_key_or_bound_outside_the_columns_is_refused(names: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="x not among the columns of t"):
        Target("t", ("a",), **names)  # type: ignore[arg-type]
