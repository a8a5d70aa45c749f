"""The steps of a load: what runs in which order, and what is undone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import psycopg
import pytest
from airflow.sdk import Asset
from airflow.sdk.exceptions import AirflowFailException

from bench.rig.dag_runs import FakeTaskInstance
from sparkify.loading.table_load import Fill, TableLoad
from sparkify.operators.load_dimension import LoadDimensionOperator
from sparkify.operators.load_fact import LoadFactOperator
from tests.support.fake_warehouse import FakeSession

#: Three candidates with values of the key from 1 to 3: one is new, one differs, one is the same.
ANSWERS = {
    "SELECT COUNT(*), SUM(": [(3, 0, 0, 1, 3)],
    'DELETE FROM "public"."users" USING': 1,
    'INSERT INTO "public"."users"': 2,
}


USERS = TableLoad("public.users", ("user_id", "level"), key=("user_id",), sql="SELECT 1, 'free'")
BOUNDED = replace(USERS, within="user_id")
BUILT = replace(USERS, table="run_users")


def users(load: TableLoad = USERS, **options: Any) -> LoadDimensionOperator:
    return LoadDimensionOperator(task_id="load_users", load=load, **{"lock": "etl.load_mutex", **options})


def test_one_transaction_takes_the_lock_first_and_commits_last(use: Any, context: dict[str, Any]) -> None:
    session = use(FakeSession(ANSWERS))
    counts = users().execute(context)
    assert session.ran[0] == "BEGIN"
    assert session.ran[-1] == "COMMIT"
    assert session.ran.count("BEGIN") == session.ran.count("COMMIT") == 1
    lock = session.ran.index('LOCK "etl"."load_mutex"')
    of_the_table = [place for place, statement in enumerate(session.ran) if '"public"."users"' in statement]
    assert of_the_table
    assert lock < min(of_the_table)
    assert counts == {
        "candidates": 3,
        "inserted": 1,
        "updated": 1,
        "deleted": 0,
        "unchanged": 1,
        "seconds": counts["seconds"],
    }


def test_only_the_part_of_the_table_between_the_candidates_is_looked_at(use: Any, context: dict[str, Any]) -> None:
    session = use(FakeSession(ANSWERS))
    users(BOUNDED).execute(context)
    [deleted] = [statement for statement in session.ran if statement.startswith("DELETE")]
    assert '"users"."user_id" BETWEEN 1 AND 3' in deleted
    assert 't."user_id" BETWEEN 1 AND 3' in session.ran[-2]


def test_without_candidates_nothing_is_looked_for(use: Any, context: dict[str, Any]) -> None:
    nothing = {"SELECT COUNT(*), SUM(": [(0, None, 0, None, None)]}
    session = use(FakeSession(nothing))
    counts = users(BOUNDED).execute(context)
    assert {counts[name] for name in ("candidates", "inserted", "updated", "deleted", "unchanged")} == {0}
    assert " AND FALSE" in next(statement for statement in session.ran if statement.startswith("DELETE"))


def test_replace_removes_what_is_no_candidate_and_append_removes_nothing(use: Any, context: dict[str, Any]) -> None:
    answers = ANSWERS | {'DELETE FROM "public"."users" WHERE NOT EXISTS': 4}
    session = use(FakeSession(answers))
    assert users(mode="replace").execute(context)["deleted"] == 4
    session.ran.clear()
    counts = users(mode="append").execute(context)
    assert not any(statement.startswith("DELETE") for statement in session.ran)
    assert (counts["inserted"], counts["updated"], counts["deleted"]) == (2, 0, 0)


def test_a_run_s_table_is_filled_and_noted_with_its_staging_in_one_transaction(
    use: Any, context: dict[str, Any]
) -> None:
    """An hour has six such tables: two statements and one commit each are its cost."""
    session = use(FakeSession({'INSERT INTO "run_users"': 7}))
    counts = users(BUILT, mode=Fill("staging_events")).execute(context)
    assert [statement.split()[0] for statement in session.ran] == ["BEGIN", "INSERT", "INSERT", "COMMIT"]
    assert session.ran[2].startswith("INSERT INTO run_loads (table_name, row_count, as_of) SELECT 'run_users',")
    assert "FROM staged_partitions WHERE table_name = 'staging_events'" in session.ran[2]
    assert (counts["candidates"], counts["inserted"], counts["unchanged"]) == (7, 7, 0)


def test_a_run_s_table_of_no_files_takes_no_statement(use: Any, context: dict[str, Any]) -> None:
    session = use(FakeSession({}))
    context["ti"] = FakeTaskInstance("d", "r", "t", results={"stage": {"files": 0}})
    counts = users(BUILT, mode=Fill("staging_events", "stage")).execute(context)
    assert (session.ran, counts["candidates"]) == ([], 0)


@pytest.mark.parametrize("staged", [{"files": 2}, None])
def test_a_run_s_table_of_files_is_built_also_when_nobody_knows_how_many(
    use: Any, context: dict[str, Any], staged: dict[str, int] | None
) -> None:
    session = use(FakeSession({}))
    context["ti"] = FakeTaskInstance("d", "r", "t", results={"stage": staged})
    users(BUILT, mode=Fill("staging_events", "stage")).execute(context)
    assert session.ran


def test_named_values_become_literals_of_the_query(use: Any, context: dict[str, Any]) -> None:
    session = use(FakeSession(ANSWERS))
    operator = users(replace(USERS, sql="SELECT :first AS user_id, ':first' AS level"), sql_values={"first": 39})
    operator.execute(context)
    assert any(statement.endswith("SELECT 39 AS user_id, ':first' AS level") for statement in session.ran)


@pytest.mark.parametrize(("rows", "is_analyzed"), [(10_000, False), (10_001, True)])
def test_statistics_are_computed_after_many_rows(
    use: Any, context: dict[str, Any], rows: int, is_analyzed: bool
) -> None:
    session = use(FakeSession(ANSWERS | {'INSERT INTO "public"."users"': rows + 1}))
    users().execute(context)
    assert ('ANALYZE "public"."users"' in session.ran) is is_analyzed


@pytest.mark.parametrize(
    ("counts", "words"),
    [((5, 2, 0, 1, 9), "Of 5 rows for public.users, 2 have no user_id"), ((5, 0, 3, 1, 9), "and 3 repeat one")],
)
def test_candidates_need_a_key_of_their_own(use: Any, context: dict[str, Any], counts: Any, words: str) -> None:
    session = use(FakeSession(ANSWERS | {"SELECT COUNT(*), SUM(": [counts]}))
    with pytest.raises(AirflowFailException, match=words):
        users().execute(context)
    assert not any(s.startswith("DELETE") for s in session.ran)
    assert session.ran[-1] == "ROLLBACK"


def test_a_serialization_conflict_runs_the_transaction_again_and_is_counted(use: Any, context: dict[str, Any]) -> None:
    conflict = psycopg.errors.SerializationFailure("could not serialize access")
    session = use(FakeSession(ANSWERS, {"COMMIT": [conflict]}))
    assert users().execute(context)["serialization_conflicts"] == 1
    assert session.ran.count("BEGIN") == 2


def test_a_permanent_error_fails_at_once_and_a_transient_one_is_left_to_the_retries(
    use: Any, context: dict[str, Any]
) -> None:
    use(FakeSession(ANSWERS, {"BEGIN": [psycopg.errors.UndefinedTable('relation "x" does not exist')]}))
    with pytest.raises(AirflowFailException, match='load_users failed: .42P01. relation "x" does not exist'):
        users().execute(context)
    use(FakeSession(ANSWERS, {"BEGIN": [psycopg.OperationalError("server closed the connection unexpectedly")]}))
    with pytest.raises(psycopg.OperationalError):
        users().execute(context)


def test_the_counts_go_with_the_asset_event(use: Any, context: dict[str, Any]) -> None:
    use(FakeSession(ANSWERS))
    asset = Asset("users")
    counts = users(outlets=[asset]).execute(context)
    assert context["outlet_events"][asset].extra == counts


def test_a_fact_appends_and_a_dimension_upserts_unless_told_otherwise() -> None:
    fact = LoadFactOperator(task_id="f", load=USERS, lock=None)
    assert (fact.mode, users().mode, users(mode="replace").mode) == ("append", "upsert", "replace")
