"""The steps of a publish: what it reads before it writes, what it leaves out, what it returns, what is undone."""

from __future__ import annotations

import json
import logging
from datetime import datetime
from typing import Any

import psycopg
import pytest
from airflow.sdk.exceptions import AirflowFailException
from jinja2 import Environment

from sparkify.ledger.migrations import SCHEMA_VERSION
from sparkify.loading.earlier_loads import EarlierQueries
from sparkify.loading.steps import Bounds, Merge, Script
from sparkify.loading.table_changes import Target
from sparkify.operators.publish import Changes, PublishOperator
from tests.support.fake_warehouse import FakeSession

STEPS = (
    Script(
        "DELETE FROM public.gone USING w WHERE gone.id BETWEEN :ids_from AND :ids_to;"
        "\n-- a comment\nINSERT INTO public.plays (id) SELECT 1 AS id"
    ),
    Bounds("SELECT more bounds WHERE id BETWEEN :ids_from AND :ids_to", names=("more", "none")),
    Merge(
        Target("public.users", ("user_id", "level"), key=("user_id",), within="user_id", bounds="more"),
        candidate="latest",
        when="more",
    ),
    Bounds("SELECT unwanted", when="none", names=("never",)),
    Script("INSERT INTO public.never (id) SELECT 1 AS id WHERE id BETWEEN :never_from AND :never_to", when="never"),
)
TABLES = {"plays": "public.plays", "users": "public.users", "gone": "public.gone", "never": "public.never"}
EARLIER = {
    "source_partition": "2018-11-05T13",
    "file_partition": "2018-11-05T13",
    "run_id": "another",
    "partition_ts": 1_541_422_800_000,
    "as_of": datetime(2018, 11, 6),
    "fact_days": "2018-11-05",
    "is_of_run": True,
    "is_newer": False,
    "is_tied": False,
    "is_seen_later": False,
    "has_other_lines": True,
    "has_other_facts": False,
}
#: What stands in each row beside what the ledger has of an hour; without any hour in a row by itself.
STATE = {"schema_version": SCHEMA_VERSION, "run_hours": 3, "result": None}
ANSWERS = {
    "SELECT earlier hours": [STATE | dict.fromkeys(EARLIER)],
    "SELECT run bounds": [("ids", "number", "1", "3"), ("days", "time", "2018-11-05 13:00:00", "2018-11-05 13:30:00")],
    "SELECT more bounds": [("more", "number", "7", "9")],
    "SELECT assertion": [{"problem": None, "loaded": 2}],
    "DELETE FROM public.gone": 4,
    "INSERT INTO public.plays": 2,
    'DELETE FROM "public"."users"': 1,
    'INSERT INTO "public"."users"': 3,
}
COUNTS = {
    "plays": {"inserted": 2, "updated": 0, "deleted": 0},
    "users": {"inserted": 2, "updated": 1, "deleted": 0},
    "gone": {"inserted": 0, "updated": 0, "deleted": 4},
    "never": {"inserted": 0, "updated": 0, "deleted": 0},
}


def publish(**options: Any) -> PublishOperator:
    return PublishOperator(
        **{
            "task_id": "publish",
            "lock": "etl.load_mutex",
            "guard_sql": "SELECT guard",
            "run_bounds": Bounds("SELECT run bounds", names=("ids", "days", "song_files")),
            "earlier": EarlierQueries(
                "SELECT earlier hours", "days", Script("SELECT earlier files", when="song_files")
            ),
            "result_sql": "INSERT INTO run_loads (result) VALUES (:result)",
            "steps": STEPS,
            "tables": TABLES,
            "assert_steps": (
                Script("SELECT assertion WHERE run_id = :run_id"),
                Script("SELECT another assertion", when="none"),
            ),
            **options,
        }
    )


def test_bounds_and_guard_come_before_the_lock_and_all_shared_reads_after_it(use: Any, context: dict[str, Any]) -> None:
    session = use(FakeSession(ANSWERS))
    publish().execute(context)
    assert [statement.split(" WHERE")[0] for statement in session.ran if "statement_timeout" not in statement] == [
        "SELECT guard",
        "SELECT run bounds",
        "BEGIN",
        'LOCK "etl"."load_mutex"',
        "SELECT earlier hours",
        "DELETE FROM public.gone USING w",
        "INSERT INTO public.plays (id) SELECT 1 AS id",
        "SELECT more bounds",
        'DELETE FROM "public"."users" USING "latest" AS c',
        'INSERT INTO "public"."users" ("user_id", "level") SELECT c."user_id", c."level" FROM "latest" AS c LEFT JOIN'
        ' "public"."users" AS t ON c."user_id" = t."user_id" AND t."user_id" BETWEEN 7 AND 9',
        "SELECT assertion",
        next(statement for statement in session.ran if "run_loads" in statement).split(" WHERE")[0],
        "COMMIT",
    ]
    assert "SELECT assertion WHERE run_id = 'r'" in session.ran


def test_the_result_counts_the_rows_of_each_table(use: Any, context: dict[str, Any]) -> None:
    use(FakeSession(ANSWERS))
    result = publish().execute(context)
    assert result == {"hours": 3, "superseded": 0, "tables": COUNTS, "seconds": result["seconds"]}


def test_steps_whose_bounds_found_nothing_run_no_statement(use: Any, context: dict[str, Any]) -> None:
    session = use(FakeSession({**ANSWERS, "SELECT run bounds": [], "SELECT more bounds": []}))
    result = publish().execute(context)
    assert not any(statement.startswith("DELETE") or '"users"' in statement.split("(")[0] for statement in session.ran)
    assert result["tables"]["users"] == {"inserted": 0, "updated": 0, "deleted": 0}


def test_song_files_are_asked_for_only_when_some_are_staged(use: Any, context: dict[str, Any]) -> None:
    session = use(FakeSession({**ANSWERS, "SELECT run bounds": [("song_files", "text", "0a", "0f")]}))
    publish().execute(context)
    assert "SELECT earlier files" in session.ran


def test_a_retry_after_the_commit_returns_what_was_stored_and_writes_nothing(
    use: Any, context: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    stored = {"hours": 3, "superseded": 1, "tables": COUNTS}
    session = use(FakeSession({**ANSWERS, "SELECT earlier hours": [STATE | EARLIER | {"result": json.dumps(stored)}]}))
    result = publish().execute(context)
    assert {name: result[name] for name in stored} == stored
    assert not any(statement.startswith(("DELETE", "INSERT", "UPDATE")) for statement in session.ran)
    assert "An earlier try has published this run" in caplog.text
    assert "Superseded: 1 of 3 hours stay" in caplog.text


def test_the_result_is_stored_in_the_transaction(use: Any, context: dict[str, Any]) -> None:
    session = use(FakeSession(ANSWERS))
    publish().execute(context)
    note = next(statement for statement in session.ran if statement.startswith("INSERT INTO run_loads"))
    assert session.ran.index(note) < session.ran.index("COMMIT")
    assert json.dumps({"hours": 3, "superseded": 0, "tables": COUNTS}) in note


def test_the_figures_of_the_assertions_are_in_the_log(
    use: Any, context: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    use(FakeSession(ANSWERS))
    publish().execute(context)
    assert "From the source to the fact\n  loaded  2" in caplog.text
    assert "users  2 inserted, 1 updated, 0 deleted" in caplog.text


def test_superseded_hours_are_told_apart_and_together(
    use: Any, context: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    use(FakeSession({**ANSWERS, "SELECT earlier hours": [STATE | EARLIER | {"is_newer": True}]}))
    assert publish().execute(context)["superseded"] == 1
    assert "2018-11-05T13 is left as another loaded it" in caplog.text
    assert "Superseded: 1 of 3 hours stay as another run loaded them" in caplog.text


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        (
            {"SELECT guard": [{"problem": "run_plays was not built."}]},
            "Nothing was published: run_plays was not built.",
        ),
        ({"SELECT assertion": [{"problem": None}, {"problem": "7 <> 5"}]}, "Nothing was published: 7 <> 5"),
        ({"SELECT guard": [{"problem": f"problem {n}."} for n in range(7)]}, r"problem 4\. \(and 2 more\)"),
        ({"SELECT earlier hours": [STATE | {"schema_version": SCHEMA_VERSION - 1}]}, "the DAG that creates the tables"),
        ({"SELECT earlier hours": [STATE | {"schema_version": SCHEMA_VERSION + 1}]}, "deploy the code that migrated"),
        ({"SELECT earlier hours": [STATE | EARLIER | {"is_tied": True}]}, "2018-11-05T13 was staged by another run at"),
    ],
)
def test_what_is_not_as_it_must_be_publishes_nothing(
    use: Any, context: dict[str, Any], answers: dict[str, Any], words: str
) -> None:
    session = use(FakeSession(ANSWERS | answers))
    with pytest.raises(AirflowFailException, match=words):
        publish().execute(context)
    assert "COMMIT" not in session.ran
    assert ("BEGIN" in session.ran) == (session.ran[-1] == "ROLLBACK")


def test_a_serialization_conflict_reads_all_shared_state_again_and_is_counted(
    use: Any, context: dict[str, Any]
) -> None:
    conflict = psycopg.errors.SerializationFailure("could not serialize access")
    session = use(FakeSession(ANSWERS, {"COMMIT": [conflict]}))
    assert publish().execute(context)["serialization_conflicts"] == 1
    for statement in ("BEGIN", "SELECT earlier hours"):
        assert session.ran.count(statement) == 2
    assert session.ran.count("SELECT run bounds") == 1


def test_the_ui_shows_the_sql_of_the_steps_as_it_runs() -> None:
    operator = publish(steps=(Script("{{ 'DELETE FROM public.time' }}"),))
    operator.render_template_fields({}, Environment())
    assert [step.serialize() for step in operator.steps] == ["DELETE FROM public.time"]


@pytest.mark.parametrize(
    ("statement", "counts"),
    [
        ("DELETE FROM public.plays WHERE id = 1", (0, 0, 5)),
        ("delete from public.plays\nUSING w", (0, 0, 5)),
        ("INSERT INTO public.plays (id)\nSELECT 1", (5, 0, 0)),
        ("INSERT INTO public.plays_of_another (id) SELECT 1", (0, 0, 0)),
        ("CREATE TEMP TABLE plays AS SELECT 'DELETE FROM public.plays' AS words", (0, 0, 0)),
        ("SELECT 1", (0, 0, 0)),
    ],
)
def test_what_scripts_write_is_counted_by_verb_and_table(statement: str, counts: tuple[int, int, int]) -> None:
    changes = Changes()
    changes.wrote(statement, 5)
    assert tuple(changes.of({"plays": "public.plays"})["plays"].values()) == counts


def test_what_a_merge_removes_comes_back_as_updates_and_the_rest_is_new() -> None:
    changes = Changes()
    changes.merged("public.plays", removed=2, added=7)
    changes.merged("public.plays", removed=1, added=1)
    changes.wrote("DELETE FROM public.plays", 4)
    assert changes.of({"plays": "public.plays"}) == {"plays": {"inserted": 5, "updated": 3, "deleted": 4}}
