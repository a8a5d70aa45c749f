"""The recipe of a load: what runs in which order, and what is undone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from airflow.sdk import Asset
from airflow.sdk.exceptions import AirflowFailException

from sparkify.hooks import warehouse
from sparkify.operators.load_dimension import LoadDimensionOperator
from sparkify.operators.load_fact import LoadFactOperator


class FakeSession(warehouse.WarehouseSession):
    """Records statements; answers queries by the first prefix that fits, fails where told to."""

    def __init__(self, answers: dict[str, Any], failures: dict[str, list[Exception]] | None = None) -> None:
        self.answers = answers
        self.failures = failures or {}
        self.ran: list[str] = []
        self.pid = 1
        self.lock_wait_seconds = 900

    def run(self, sql: str, parameters: Sequence[Any] | None = None) -> int:
        self.ran.append(" ".join(sql.split()))
        for prefix, errors in self.failures.items():
            if self.ran[-1].startswith(prefix) and errors:
                raise errors.pop(0)
        return 0

    def rows(self, sql: str, parameters: Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
        self.run(sql)
        return next((rows for prefix, rows in self.answers.items() if self.ran[-1].startswith(prefix)), [])


ANSWERS = {
    "SELECT COUNT(*), SUM(": [(3, 0, 0)],
    "SELECT (SELECT COUNT(*) FROM new_rows)": [(2, 1, 1, 2)],
    "SELECT pg_last_query_id()": [(42,)],
}


@pytest.fixture
def context() -> dict[str, Any]:
    ti = SimpleNamespace(dag_id="d", run_id="r", task_id="t", try_number=2)
    return {"ti": ti, "outlet_events": defaultdict(SimpleNamespace)}


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Make the operators' hook hand out a fake session."""

    def install(session: FakeSession) -> FakeSession:
        @contextmanager
        def open_session(self: Any, **options: Any) -> Iterator[FakeSession]:
            yield session

        monkeypatch.setattr(warehouse.WarehouseHook, "session", open_session)
        monkeypatch.setattr("tenacity.nap.time.sleep", lambda seconds: None)
        return session

    return install


def users(**options: Any) -> LoadDimensionOperator:
    return LoadDimensionOperator(
        **{
            "task_id": "load_users",
            "table": "public.users",
            "columns": ["user_id", "level"],
            "key": ["user_id"],
            "sql": "SELECT 1, 'free'",
            **options,
        }
    )


def test_one_transaction_takes_the_lock_first_and_commits_last(use: Any, context: dict[str, Any]) -> None:
    session = use(FakeSession(ANSWERS))
    counts = users(guard_sql=["SELECT guard"], before_sql=["PREPARE a; PREPARE b"], after_sql=["FINISH"]).execute(
        context
    )
    steps = [
        s for s in session.ran if s.split()[0] in ("BEGIN", "LOCK", "PREPARE", "FINISH", "COMMIT", "DELETE", "INSERT")
    ]
    assert steps[:2] == ["BEGIN", 'LOCK "etl"."load_mutex"']
    assert session.ran.index("SELECT guard") < session.ran.index("PREPARE a") < session.ran.index("PREPARE b")
    assert steps[-1] == "COMMIT"
    assert session.ran.index("FINISH") > max(
        i for i, s in enumerate(session.ran) if "FROM new_rows" in s and "INSERT" in s
    )
    assert counts == {
        "candidates": 3,
        "inserted": 1,
        "updated": 1,
        "deleted": 0,
        "unchanged": 1,
        "seconds": counts["seconds"],
    }


def test_a_guard_that_finds_something_stops_before_anything_is_prepared(use: Any, context: dict[str, Any]) -> None:
    session = use(FakeSession(ANSWERS | {"SELECT guard": [("staging holds 3 rows where 5 were staged.",)]}))
    with pytest.raises(AirflowFailException, match="rolled back: staging holds 3 rows where 5 were staged"):
        users(guard_sql=["SELECT guard"], before_sql=["PREPARE"]).execute(context)
    assert "PREPARE" not in session.ran
    assert session.ran[-1] == "ROLLBACK"


def test_an_assertion_that_fails_rolls_back_what_was_written(use: Any, context: dict[str, Any]) -> None:
    session = use(FakeSession(ANSWERS | {"SELECT assertion": [("7 <> 5",)]}))
    with pytest.raises(AirflowFailException, match="public.users was not loaded, .* rolled back: 7 <> 5"):
        users(assert_sql=["SELECT assertion;"]).execute(context)
    assert session.ran[-1] == "ROLLBACK"
    assert "COMMIT" not in session.ran


@pytest.mark.parametrize(
    ("counts", "words"),
    [((5, 2, 0), "Of 5 rows for public.users, 2 have no user_id"), ((5, 0, 3), "and 3 repeat one")],
)
def test_candidates_need_a_key_of_their_own(use: Any, context: dict[str, Any], counts: Any, words: str) -> None:
    session = use(FakeSession(ANSWERS | {"SELECT COUNT(*), SUM(": [counts]}))
    with pytest.raises(AirflowFailException, match=words):
        users().execute(context)
    assert not any(s.startswith("DELETE") for s in session.ran)


def test_nothing_is_written_when_the_condition_finds_nothing(use: Any, context: dict[str, Any]) -> None:
    session = use(FakeSession(ANSWERS))
    counts = users(only_if_sql="SELECT 1 FROM new;", before_sql=["PREPARE"], after_sql=["FINISH"]).execute(context)
    assert counts["candidates"] == 0
    assert "PREPARE" not in session.ran
    assert "FINISH" not in session.ran


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
    fact = LoadFactOperator(task_id="f", table="t", columns=["a"], key=["a"], sql="SELECT 1")
    assert (fact.mode, users().mode, users(mode="replace").mode) == ("append", "upsert", "replace")
