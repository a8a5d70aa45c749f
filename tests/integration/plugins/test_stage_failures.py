"""What StageToRedshiftOperator says and leaves when files, S3 or the warehouse fail it."""

from __future__ import annotations

import gzip
import json
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException

from local_redshift import RedshiftServer
from local_redshift.s3 import S3Server
from sparkify.hooks.errors import SourceChangedError, is_transient
from sparkify.source.file_reading import count_lines
from sparkify.staging import partition_stager
from tests.support.ledgers import ledger_of
from tests.support.staging_rig import HOUR_13, Stage, connections, event, lines, make_tables


@pytest.mark.parametrize(
    ("bad", "column", "shown"),
    [
        ('{"ts": 15414, "artist": "cut o', "", '{"ts": 15414, "artist": "cut o'),
        (json.dumps(event(2, itemInSession="seven")), "item_in_session", 'value "seven"'),
        (json.dumps(event(2, level="x" * 17)), "level", "x" * 17),
    ],
    ids=["malformed", "text in a number", "too long"],
)
def test_bad_line_fails_the_hour_with_its_address_and_value(stage: Stage, bad: str, column: str, shown: str) -> None:
    uri = stage.put(f"{HOUR_13}a.json", lines(event(1), "", bad, event(3)))
    with pytest.raises(AirflowFailException) as caught:
        stage.run()
    text = str(caught.value)
    assert f"{uri}, line 3" in text
    assert shown in text
    assert f"column {column}" in text if column else "column" not in text.split(uri)[1].split(":")[0]
    assert "raise max_rejected" in text
    assert stage.rows("SELECT COUNT(*) FROM staging_events") == [(0,)]
    assert stage.manifests() != []


def test_one_bad_line_more_than_the_limit_fails_the_hour(stage: Stage) -> None:
    stage.put(f"{HOUR_13}a.json", lines(event(1), "{", "{"))
    with pytest.raises(AirflowFailException, match="where max_rejected allows 1"):
        stage.run(max_rejected=1)


def test_damaged_gzip_fails_with_its_name(stage: Stage) -> None:
    uri = stage.put(f"{HOUR_13}a.json.gz", gzip.compress(lines(*map(event, range(50))))[:-20])
    with pytest.raises(AirflowFailException) as caught:
        stage.run()
    assert uri in str(caught.value)


def test_missing_bucket_is_one_sentence(stage: Stage) -> None:
    with pytest.raises(AirflowFailException, match="There is no bucket 'nowhere' at http"):
        stage.run(bucket="nowhere")


def test_missing_manifest_bucket_is_one_sentence(stage: Stage) -> None:
    stage.put(f"{HOUR_13}a.json", lines(event(1)))
    with pytest.raises(AirflowFailException, match="There is no bucket 'nowhere'"):
        stage.run(manifest_bucket="nowhere")


def test_warehouse_without_the_table_is_permanent(stage: Stage) -> None:
    stage.put(f"{HOUR_13}a.json", lines(event(1)))
    with pytest.raises(AirflowFailException, match="staging_nothing"):
        stage.run(table="staging_nothing")


def test_file_that_changes_during_the_copy_is_rolled_back_for_a_retry(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.put(f"{HOUR_13}a.json", lines(event(1)))

    def count_then_change(*arguments: Any) -> Any:
        counts = count_lines(*arguments)
        stage.put(f"{HOUR_13}a.json", lines(event(1), event(2)))
        return counts

    monkeypatch.setattr(partition_stager, "count_lines", count_then_change)
    with pytest.raises(SourceChangedError, match="changed from ETag"):
        stage.run()
    assert stage.rows("SELECT COUNT(*) FROM staging_events") == [(0,)]


def test_file_loaded_before_and_gone_now_fails_unless_accepted(stage: Stage) -> None:
    stage.put(f"{HOUR_13}a.json", lines(event(1)))
    gone = f"s3://stage/{stage.root}/{HOUR_13}gone.json"
    stage.note_loaded(gone)
    stage.note_loaded(f"s3://stage/{stage.root}/{HOUR_13}sub", byte_count=0)  # a folder's marker
    with pytest.raises(AirflowFailException, match="accept_removed") as caught:
        stage.run(ledger=ledger_of(stage.target))
    assert gone in str(caught.value)
    assert "13/sub" not in str(caught.value)
    assert stage.run(ledger=ledger_of(stage.target), accept_removed="True")["staged"] == 1


def test_role_that_may_not_read_is_one_sentence(
    stage: Stage, warehouse: RedshiftServer, s3: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.put(f"{HOUR_13}a.json", lines(event(1)))
    wrong = replace(warehouse.settings.s3, secret_access_key="wrong")
    with RedshiftServer(replace(warehouse.settings, folder=tmp_path / "state", s3=wrong, port=0)) as other:
        for name, value in connections(other, s3).items():
            monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps(value))
        monkeypatch.setenv("SSL_CERT_FILE", str(other.trust))
        make_tables(other)
        with pytest.raises(AirflowFailException) as caught:
            Stage(stage.hook.conn_id).run(prefix=f"{stage.root}/log_data")
    for name, value in connections(warehouse, s3).items():
        monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps(value))
    monkeypatch.setenv("SSL_CERT_FILE", str(warehouse.trust))
    assert "Allow the role arn:aws:iam::123456789012:role/copy s3:GetObject" in str(caught.value)


def test_one_bad_hour_of_many_fails_the_task(stage: Stage) -> None:
    for hour in range(10, 20):
        bad = ["{"] if hour == 17 else []
        stage.put(f"log_data/2018/11/05/{hour}/e.json", lines(event(hour), *bad))
    with pytest.raises(AirflowFailException, match="partition 2018-11-05T17"):
        stage.run(window="2018-11-05T10:00Z to 2018-11-05T20:00Z", parallel_copies=3)


def test_killed_task_does_not_go_on_in_the_warehouse(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.put(f"{HOUR_13}a.json", lines(event(1)))
    operator = stage.operator()
    running = threading.Event()
    errors: list[BaseException] = []

    def never_ends(self: Any, session: Any, *_: Any, **__: Any) -> Any:
        running.set()
        session.run("SELECT COUNT(*) FROM svv_columns AS a, svv_columns AS b, svv_columns AS c, svv_columns AS d")

    def run() -> None:
        try:
            stage.execute(operator)
        except BaseException as error:
            errors.append(error)

    monkeypatch.setattr("sparkify.staging.partition_stager.PartitionStager._copy", never_ends)
    task = threading.Thread(target=run)
    task.start()
    assert running.wait(60)
    task.join(1)
    assert task.is_alive()
    for _ in range(30):  # the statement may not have reached the server at the first cancel
        operator.on_kill()
        task.join(2)
        if not task.is_alive():
            break
    assert not task.is_alive()
    assert is_transient(errors[0])
