"""What is kept of the statements that clients ran."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from local_redshift.history import queries as query_log
from local_redshift.history.queries import ClientInfo, QueryLog, Recording, asks_history
from local_redshift.statements import Statement, StatementKind
from local_redshift.wire import server_messages

DONE = server_messages.command_complete("SELECT 3")
ERROR = server_messages.error_of_fields({"S": "ERROR", "C": "22012", "M": "division by zero"})


@pytest.fixture
def log(tmp_path: Path) -> QueryLog:
    return QueryLog(tmp_path)


def recording(log: QueryLog, client: ClientInfo, *texts: str) -> Recording:
    statements = [(number, Statement(StatementKind.PASS, text, text), text) for number, text in enumerate(texts, 1)]
    return Recording(log, client, statements)


def entries(log: QueryLog, folder: Path) -> list[dict[str, Any]]:
    log.write()
    return [json.loads(line) for line in (folder / "redshift_queries.jsonl").read_text().splitlines()]


def test_statements_of_a_message_end_one_after_the_other_and_none_after_an_error(log: QueryLog, tmp_path: Path) -> None:
    tested = recording(log, ClientInfo("me", "dev", 7), "SELECT 1", "SELECT 1/0", "SELECT 2")
    tested.completed(DONE)
    tested.failed(ERROR)
    tested.completed(DONE)
    found = [(e["query_id"], e["status"], e["row_count"], e["error_message"]) for e in entries(log, tmp_path)]
    assert found == [(1, "success", 3, None), (2, "failed", 0, "division by zero")]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("SET query_group TO 'a b'", "a b"),
        ("set session query_group = nightly", "nightly"),
        ("RESET query_group", "default"),
        ("SET query_group TO DEFAULT", "default"),
        ("SET statement_timeout TO 1", "before"),
        ("SELECT 'SET query_group TO x'", "before"),
    ],
)
def test_a_label_holds_for_what_follows(log: QueryLog, text: str, label: str) -> None:
    client = ClientInfo(label="before")
    recording(log, client, text).completed(DONE)
    assert client.label == label


def test_a_label_that_failed_to_be_set_does_not_hold(log: QueryLog) -> None:
    client = ClientInfo()
    recording(log, client, "SET query_group TO x").failed(ERROR)
    assert client.label == "default"


@pytest.mark.parametrize(
    "text",
    [
        "CREATE USER u PASSWORD 'Secret-1'",
        "COPY t FROM 's3://b/k' CREDENTIALS AS 'aws_secret_access_key=Secret-1'",
        "COPY t FROM 's3://b/k' ACCESS_KEY_ID 'x' SECRET_ACCESS_KEY 'Secret-1' SESSION_TOKEN 'Secret-1'",
    ],
)
def test_secrets_are_not_kept(log: QueryLog, tmp_path: Path, text: str) -> None:
    recording(log, ClientInfo(), text).completed(DONE)
    (entry,) = entries(log, tmp_path)
    assert "Secret-1" not in entry["query_text"]
    assert "'***'" in entry["query_text"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("(SELECT 1) UNION (SELECT 2)", "SELECT"),
        ("WITH a AS (SELECT 1) SELECT * FROM a", "SELECT"),
        ("INSERT INTO t VALUES (1)", "INSERT"),
        ("CREATE TEMP TABLE t DISTSTYLE ALL AS (SELECT 1 AS a)", "CTAS"),
        ("CREATE TABLE t (a INT)", "DDL"),
        ("CREATE VIEW v AS SELECT 1 AS a", "DDL"),
        ("DROP TABLE t", "DDL"),
        ("COMMIT", "UTILITY"),
    ],
)
def test_statements_have_kinds(log: QueryLog, tmp_path: Path, text: str, kind: str) -> None:
    recording(log, ClientInfo(), text).completed(DONE)
    assert entries(log, tmp_path)[0]["query_type"] == kind


def test_a_copy_is_judged_by_what_its_client_is_told(log: QueryLog, tmp_path: Path) -> None:
    notice = server_messages.notice("INFO", "loaded")
    recording(log, ClientInfo(), "COPY t FROM 's3://b/k'").answered(
        notice + notice + server_messages.command_complete("COPY")
    )
    recording(log, ClientInfo(), "COPY t FROM 's3://b/k'").answered(notice + ERROR)
    assert [entry["status"] for entry in entries(log, tmp_path)] == ["success", "failed"]


def test_the_log_stays_within_two_files(log: QueryLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(query_log, "_FILE_LIMIT", 2_000)
    for _ in range(50):
        recording(log, ClientInfo(), "SELECT 1").completed(DONE)
        log.write()
    files = sorted(tmp_path.iterdir())
    assert [file.name for file in files] == ["redshift_queries.jsonl", "redshift_queries.older.jsonl"]
    assert all(file.stat().st_size < 3_000 for file in files)


@pytest.mark.parametrize(
    ("sql", "asks"),
    [
        ("SELECT * FROM stl_query", True),
        ("select 1 from SYS_QUERY_HISTORY", True),
        ("SELECT * FROM stl_load_errors", False),
        ("SELECT my_stl_query FROM t", False),
    ],
)
def test_only_statements_that_read_the_log_have_it_written(sql: str, asks: bool) -> None:
    assert asks_history(sql) is asks
