"""Whatever a trigger, a connection, a setting or a file's name carries stays a value: nothing breaks out of it."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import obstore
import pytest
from airflow.sdk.exceptions import AirflowFailException

from bench.rig.dag_runs import Run, load_dag
from sparkify.hooks.warehouse import WarehouseHook
from sparkify.run_windows import staging_schema
from sparkify.source.content import Compression
from sparkify.staging.copy_statement import CopyOptions, StaticKeys, build_copy
from tests.support.pipeline import HOUR, START, Pipeline
from tests.support.random_source import event

#: Each ends a string, a quoted name, a comment, a parameter or a template, and then does harm.
BREAKOUTS = (
    "x'; DROP TABLE public.songplays; --",
    'x"; DROP TABLE public.songplays; --',
    "x\\'; DROP TABLE public.songplays; --",
    "x*/; DROP TABLE public.songplays; --",
    "%s %(x)s :since; DROP TABLE public.songplays",
    "{{ conn.stage_redshift.password }}",
    "x\n; DROP TABLE public.songplays\n",
)
#: What S3 takes in a key and rclone in a file's name.
FILE_NAMES = [text.replace("/", "_").replace("\n", " ") for text in BREAKOUTS]


@pytest.mark.parametrize("text", BREAKOUTS)
@pytest.mark.parametrize("name", ["window_start", "window_end"])
def test_a_window_is_a_time_or_is_refused(name: str, text: str) -> None:
    params = {"window_start": START.isoformat(), "window_end": (START + HOUR).isoformat()} | {name: text}
    with pytest.raises((ValueError, AirflowFailException), match=r"(?i)window|iso"):
        Run(load_dag(), None, None, params).run_task("open_staging")


@pytest.mark.parametrize("text", BREAKOUTS)
def test_the_hour_of_the_deadline_is_a_time_or_is_refused(text: str) -> None:
    from datetime import UTC, datetime

    from sparkify.run_windows import due_hour

    with pytest.raises(ValueError, match="Invalid isoformat"):
        due_hour(text, datetime.now(UTC), 45)


@pytest.mark.parametrize("text", BREAKOUTS)
def test_a_run_id_gives_a_plain_schema_name(text: str) -> None:
    assert staging_schema(text, text).removeprefix("run_").isalnum()


@pytest.mark.parametrize("text", BREAKOUTS[:4])
def test_copy_quotes_every_value_of_a_setting_and_a_key(text: str) -> None:
    options = CopyOptions(role=text, region=text, json=text)
    keys = CopyOptions(keys=StaticKeys(text, text, text))
    quoted = "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"
    for copy in (
        build_copy("staging_events", ["ts"], f"s3://{text}", options, Compression.GZIP),
        build_copy("staging_events", ["ts"], f"s3://{text}", keys, Compression.GZIP),
    ):
        rest = copy.replace(quoted, "").replace(quoted[1:], "")
        assert "DROP" not in rest, copy
    with pytest.raises(ValueError, match="not a Redshift identifier"):
        build_copy(text, [], "s3://b/k", options)
    with pytest.raises(ValueError, match="not a Redshift identifier"):
        build_copy("t", [text], "s3://b/k", options)


@pytest.mark.parametrize("conn_id", ["redshift", "postgres"], indirect=True)
def test_a_search_path_and_a_label_stay_what_they_are(conn_id: str) -> None:
    hook = WarehouseHook(conn_id)
    for text in BREAKOUTS:
        with pytest.raises(ValueError, match="not a Redshift identifier"), hook.session(search_path=[text]):
            pass
        with hook.session(label=text) as session:
            assert session.one("SELECT current_setting('query_group')")[0] == text


@pytest.mark.parametrize("conn_id", ["redshift", "postgres"], indirect=True)
def test_names_of_files_and_runs_are_kept_as_they_are(pipeline: Pipeline) -> None:
    folder = f"log_data/{START:%Y/%m/%d/%H}"
    for number, name in enumerate(FILE_NAMES):
        obstore.put(pipeline.store, f"{folder}/{name}.json", json.dumps(event(Random(number), 1)).encode())
    run_id = "".join(BREAKOUTS)[:200]
    run = Run(pipeline.dag, START, START + HOUR, run_id=run_id)
    results = run.finish()
    assert results["stage.stage_events"]["files"] == len(FILE_NAMES)
    with pipeline.session() as session:
        assert session.rows("SELECT DISTINCT run_id FROM etl.load_ledger") == [(run_id,)]
        kept = {row[0] for row in session.rows("SELECT object_uri FROM etl.source_objects")}
        assert kept == {f"s3://{pipeline.bucket}/{folder}/{name}.json" for name in FILE_NAMES}
        assert session.one("SELECT COUNT(*) FROM public.songplays")[0] > 0


@pytest.mark.parametrize("conn_id", ["redshift"], indirect=True)
def test_what_looks_for_rejects_takes_any_text(pipeline: Pipeline) -> None:
    for text in BREAKOUTS:
        run = Run(load_dag("sparkify_replay"), None, None, {"reason_contains": text})
        assert run.run_task(next(iter(run.dag.task_ids))) == []
    with pipeline.session() as session:
        assert session.one("SELECT COUNT(*) FROM public.songplays")[0] == 0


@pytest.mark.parametrize("text", BREAKOUTS)
def test_a_page_takes_times_and_known_names_only(text: str) -> None:
    from sparkify.pages.listening import Listening
    from sparkify.pages.period import Period

    with pytest.raises(ValueError, match="give a date"):
        Period.parse(text, text, None, 1, 1)
    listening: Any = Listening(queries=None)  # type: ignore[arg-type]
    for question in (text, "../tables/drop", "top_songs.sql"):
        with pytest.raises(LookupError, match="no question"):
            listening.answer(question, None)
