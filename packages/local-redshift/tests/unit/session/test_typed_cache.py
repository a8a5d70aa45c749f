"""What is known of a statement's types is kept until its names may mean something else, in any session."""

from __future__ import annotations

import pytest

from local_redshift.session.typed_cache import CatalogChanges, Typed, TypedCache
from local_redshift.statements import plan_script

SQL = "SELECT a / b FROM t"
TYPED = Typed("SELECT edited")


@pytest.fixture
def changes() -> CatalogChanges:
    return CatalogChanges()


@pytest.fixture
def cache(changes: CatalogChanges) -> TypedCache:
    """A session's cache that knows a statement."""
    cache = TypedCache(changes)
    cache.keep(SQL, b"", cache.generation, TYPED)
    return cache


def begin(cache: TypedCache, sql: str) -> None:
    (statement,) = plan_script(sql)
    cache.begin(statement)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1",
        "(SELECT 1)",
        "WITH a AS (SELECT 1) SELECT * FROM a",
        "INSERT INTO t VALUES (1)",
        "UPDATE t SET a = 1",
        "DELETE FROM t",
        "BEGIN",
        "COMMIT",
        "ROLLBACK",
        "SET query_group TO 'x'",
        "TRUNCATE t",
        "COPY t FROM 's3://b/k' IAM_ROLE default",
    ],
)
def test_statements_that_change_no_names_keep_what_is_known(cache: TypedCache, sql: str) -> None:
    begin(cache, sql)
    cache.end()

    assert cache.find(SQL, b"") is TYPED


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TEMP TABLE t (a INT)",
        "CREATE TABLE u AS SELECT 1 AS a",
        "SELECT 1 AS a INTO u",
        "DROP TABLE t",
        "ALTER TABLE t RENAME TO u",
        "CALL p()",
        "SET search_path TO s",
        "SELECT set_config('search_path', 's', false)",
        "RESET ALL",
        "SET SESSION AUTHORIZATION u",
    ],
)
def test_statements_that_may_change_names_make_it_forgotten(cache: TypedCache, sql: str) -> None:
    begin(cache, sql)

    assert cache.find(SQL, b"") is None


def test_other_sessions_see_a_change_when_it_is_made_and_when_it_is_committed(
    cache: TypedCache, changes: CatalogChanges
) -> None:
    other = TypedCache(changes)
    begin(other, "DROP TABLE t")
    assert cache.find(SQL, b"") is None
    cache.keep(SQL, b"", cache.generation, TYPED)  # from the table that the other session has not yet dropped for it
    other.end()
    assert cache.find(SQL, b"") is None


def test_what_was_found_out_before_a_change_is_not_kept_for_after_it(cache: TypedCache) -> None:
    before = cache.generation
    begin(cache, "DROP TABLE t")
    cache.keep(SQL, b"", before, TYPED)

    assert cache.find(SQL, b"") is None


def test_a_change_that_is_taken_back_counts_too(cache: TypedCache) -> None:
    begin(cache, "CREATE TABLE t (a INT)")
    cache.keep(SQL, b"", cache.generation, TYPED)
    begin(cache, "ROLLBACK")

    assert cache.find(SQL, b"") is None


def test_another_search_path_counts(cache: TypedCache) -> None:
    cache.path_changed()

    assert cache.find(SQL, b"") is None


def test_the_types_of_parameters_count(cache: TypedCache) -> None:
    assert cache.find(SQL, b"\0\1") is None


def test_no_more_than_a_number_of_statements_is_kept(cache: TypedCache) -> None:
    for number in range(300):
        cache.keep(f"SELECT {number}", b"", cache.generation, TYPED)
    cache.keep("SELECT " + "1" * 20_000, b"", cache.generation, TYPED)

    assert cache.find(SQL, b"") is None
    assert cache.find("SELECT 299", b"") is TYPED
    assert cache.find("SELECT " + "1" * 20_000, b"") is None
