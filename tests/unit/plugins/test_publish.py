"""The statements by which candidates become a target's rows."""

import pytest

from sparkify.publish import LoadMode, Target, build_candidate, compare, count_candidates, count_changes, write

USERS = Target("public.users", ("user_id", "level"), ("user_id",))
PLAYS = Target("songplays", ("id", "timestamp"), ("id",), scope="affected", prune_by="timestamp")


def test_candidates_are_made_like_the_target_with_explicit_columns() -> None:
    assert build_candidate(USERS, "SELECT 1, 'free';\n") == [
        'CREATE TEMP TABLE candidate (LIKE "public"."users")',
        'INSERT INTO candidate ("user_id", "level")\nSELECT 1, \'free\'',
    ]


def test_rows_outside_the_bounds_of_the_scope_are_never_read() -> None:
    current = compare(PLAYS, LoadMode.UPSERT)[0]
    assert 'INNER JOIN "affected" AS k ON t."id" = k."id"' in current
    assert 'WHERE t."timestamp" BETWEEN (SELECT MIN(b."timestamp") FROM "affected" AS b)' in current


def test_replace_looks_at_the_whole_target() -> None:
    assert compare(USERS, LoadMode.REPLACE)[0].endswith('FROM "public"."users" AS t')


def test_append_never_removes_a_row() -> None:
    assert compare(USERS, LoadMode.APPEND)[1].endswith("WHERE FALSE")


@pytest.mark.parametrize("mode", [LoadMode.UPSERT, LoadMode.UPDATE, LoadMode.REPLACE])
def test_every_column_is_compared_by_value_and_by_bytes_the_key_included(mode: LoadMode) -> None:
    old = compare(USERS, mode)[1]
    for column in ('"user_id"', '"level"'):
        assert f"c.{column} <> t.{column}" in old
        assert f"COALESCE(FNV_HASH(c.{column}), 0) <> COALESCE(FNV_HASH(t.{column}), 0)" in old


@pytest.mark.parametrize("mode", LoadMode)
def test_no_statement_leaves_it_to_redshift_which_rows_are_the_same(mode: LoadMode) -> None:
    statements = [*compare(PLAYS, mode), count_changes(PLAYS), *write(PLAYS)]
    for word in ("EXCEPT", "UNION", "INTERSECT", "MINUS"):
        assert not any(word in statement for statement in statements)


def test_rows_are_compared_by_as_many_statements_in_every_mode() -> None:
    assert {len(compare(PLAYS, mode)) for mode in LoadMode} == {3}


def test_rows_are_removed_by_the_bare_table_name_and_inserted_by_column() -> None:
    assert write(USERS) == [
        'DELETE FROM "public"."users" USING old_rows AS o WHERE "users"."user_id" = o."user_id"',
        'INSERT INTO "public"."users" ("user_id", "level")\nSELECT "user_id", "level" FROM new_rows',
    ]


def test_every_part_of_a_composite_key_counts() -> None:
    target = Target("t", ("a", "b", "c"), ("a", "b"))
    assert '"a" IS NULL OR "b" IS NULL' in count_candidates(target)
    assert 'SELECT DISTINCT "a", "b" FROM candidate' in count_candidates(target)


def test_a_key_outside_the_columns_is_refused() -> None:
    with pytest.raises(ValueError, match="x not among the columns of t"):
        Target("t", ("a",), ("x",))
