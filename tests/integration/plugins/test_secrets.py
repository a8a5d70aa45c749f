"""Known secrets are seeded, and looked for in everything that loading writes, at debug level too."""

from __future__ import annotations

import json
import logging
import traceback
from pathlib import Path
from random import Random
from typing import Any

import obstore
import psycopg
import pytest
from airflow.sdk._shared.secrets_masker import redact
from airflow.sdk.exceptions import AirflowFailException

from bench.rig.dag_runs import Run, load_dag
from sparkify.monitoring.doctor import Doctor
from sparkify.settings import load_settings
from tests.support.pipeline import HOUR, START, Pipeline
from tests.support.random_source import event, song

#: Loggers of others that say what they send and receive.
_TALKATIVE = ("redshift_connector", "botocore", "boto3", "urllib3", "psycopg", "airflow", "sparkify")


@pytest.fixture
def seeded(
    pipeline: Pipeline, services: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> tuple[str, ...]:
    """The worst case: keys in COPY because the connection insists, and every logger at its most talkative."""
    given = services.connections()["STAGE_S3"]
    given["extra"] = given["extra"] | {"copy_with_static_keys": True}
    monkeypatch.setenv("AIRFLOW_CONN_STAGE_S3", json.dumps(given))
    for name in ("", *_TALKATIVE):
        caplog.set_level(logging.DEBUG, name)
    return (services.s3.secret_access_key, services.redshift.settings.password)


def _holds(line: str, secrets: tuple[str, ...]) -> bool:
    return any(secret in line for secret in secrets)


def rendered(run: Run) -> str:
    """Return the templates of a run's tasks as the UI shows them, and what they returned."""
    shown = {
        task_id: {field: getattr(task, field) for field in task.template_fields}
        for task_id, task in run.executed.items()
    }
    return repr((shown, run.results))


def written_to_the_warehouse(services: Any) -> str:
    """Return every row of every table but the system's, and what the system keeps of the statements."""
    tables = """SELECT schemaname || '.' || tablename FROM pg_tables
        WHERE schemaname IN ('public', 'etl') OR schemaname LIKE 'run_%'"""
    with psycopg.connect(services.redshift.dsn(), autocommit=True) as connection:
        names = [row[0] for row in connection.execute(tables)]
        queries = [f"SELECT * FROM {name}" for name in names]
        queries += ["SELECT query_text FROM sys_query_history", "SELECT error_message FROM sys_load_error_detail"]
        return repr([connection.execute(query).fetchall() for query in queries])


@pytest.mark.parametrize("conn_id", ["redshift", "postgres"], indirect=True)
def test_no_secret_is_written_anywhere(
    pipeline: Pipeline, services: Any, seeded: tuple[str, ...], caplog: pytest.LogCaptureFixture
) -> None:
    pipeline.put_hour(0, [event(Random(1), 1), event(Random(2), 1)])
    pipeline.put_song(song(Random(1), 1))
    loaded = Run(pipeline.dag, START, START + HOUR)
    loaded.finish()
    obstore.put(pipeline.store, f"log_data/{START + HOUR:%Y/%m/%d/%H}/events.json", b'{"ts": "no number"}\n')
    failing = Run(load_dag(), START + HOUR, START + 2 * HOUR)
    failing.run_task("open_staging")
    with pytest.raises(AirflowFailException) as raised:
        failing.run_task("stage.stage_events")
    findings = list(Doctor(load_settings()).examine())
    assert {finding.name: finding.status for finding in findings}["copy role"] == "ok"

    written = {
        "templates and XComs": rendered(loaded) + rendered(failing),
        "errors": "".join(traceback.format_exception(raised.value)),
        "findings": "\n".join(map(str, findings)),
        "tables": written_to_the_warehouse(services),
        "the warehouse's log": Path(services.redshift.log).read_text(),
        "the S3 server's log": Path(services.s3.log).read_text(),
        "our own log": "\n".join(r.getMessage() for r in caplog.records if r.name.startswith("sparkify")),
        # Drivers log what they send; a task's log passes through Airflow's masking.
        "all logs": "\n".join(str(redact(line)) for line in caplog.text.splitlines() if _holds(line, seeded)),
    }
    assert "COPY" in written["tables"]
    assert len(caplog.records) > 1000, "the loggers were not at debug level"
    found = [(place, secret[:4]) for place, text in written.items() for secret in seeded if secret in text]
    assert found == []


@pytest.mark.parametrize("conn_id", ["redshift"], indirect=True)
def test_without_the_connections_word_no_key_is_sent(pipeline: Pipeline, services: Any) -> None:
    pipeline.put_hour(0, [event(Random(1), 1)])
    pipeline.run_hour(0)
    with psycopg.connect(services.redshift.dsn(), autocommit=True) as connection:
        query = "SELECT query_text FROM sys_query_history WHERE query_type = 'COPY' ORDER BY query_id DESC LIMIT 1"
        [text] = connection.execute(query).fetchone() or [""]
    assert "IAM_ROLE" in text
    assert "ACCESS_KEY_ID" not in text
