"""StageToRedshiftOperator against the local Redshift and S3, over both types of connection: the event logs."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException, TaskDeferred

from bench.rig.driver_cursors import sent_statements
from local_redshift.s3 import S3Server
from sparkify.hooks.object_store import ObjectStore
from sparkify.staging.absent_files import Wait
from sparkify.staging.rejected_by_rule import RejectRule
from tests.support.ledgers import ledger_of
from tests.support.staging_rig import HOUR_13, HOUR_14, Stage, event, lines

REJECT_RULE = RejectRule("SELECT source_partition, ts, 'x' FROM staging_events WHERE FALSE", ["ts"], "songplays")


def test_hours_are_staged_with_every_field_as_delivered(stage: Stage) -> None:
    stage.put(f"{HOUR_13}a.json", lines(event(1), event(2, userId="", length=None, artist=None)))
    stage.put(f"{HOUR_13}b.json", lines(event(3)))
    stage.put(f"{HOUR_14}c.json", lines(event(4)) + b"\n\n")
    counts = stage.run()
    assert {name: counts[name] for name in ("partitions", "files", "source_lines", "staged", "rejected")} == {
        "partitions": 2,
        "files": 3,
        "source_lines": 4,
        "staged": 4,
        "rejected": 0,
    }
    [first, second] = stage.rows("SELECT * FROM staging_events WHERE item_in_session IN (1, 2) ORDER BY ts")
    assert first == (
        "Déjà Vu",
        "Logged In",
        "Ann",
        "F",
        1,
        "Lee",
        233.27302,
        "free",
        "Bixby, OK",
        "PUT",
        "NextSong",
        1540919166796.0,
        38,
        'A "quoted" one \\ here',
        200,
        1541423000001,
        '"Mozilla/5.0"',
        1,
        "2018-11-05T13",
    )
    assert (second[0], second[6], second[17]) == (None, None, None)
    partitions = "SELECT source_partition, object_count, source_lines, staged FROM staged_partitions ORDER BY 1"
    assert stage.rows(partitions) == [("2018-11-05T13", 2, 3, 3), ("2018-11-05T14", 1, 1, 1)]
    assert stage.rows("SELECT COUNT(*) FROM staged_partitions WHERE query_id > 0 AND seconds > 0") == [(2,)]


def test_gzip_and_plain_files_of_an_hour_are_staged_together(stage: Stage) -> None:
    stage.put(f"{HOUR_13}a.json", lines(event(1)))
    stage.put(f"{HOUR_13}b.json.gz", gzip.compress(lines(event(2), event(3))))
    assert stage.run()["staged"] == 3
    assert stage.rows("SELECT DISTINCT source_partition FROM staging_events") == [("2018-11-05T13",)]


def test_day_is_one_partition_and_its_neighbours_by_prefix_are_not_read(stage: Stage) -> None:
    stage.put("log_data/2018/11/2018-11-05-events.json", lines(event(1), event(2)))
    stage.put("log_data/2018/11/2018-11-05-events.json.bak", lines(event(3)))
    stage.put("log_data/2018/11/2018-11-06-events.json.gz", gzip.compress(lines(event(4))))
    counts = stage.run(layout="daily")
    assert (counts["partitions"], counts["staged"]) == (1, 2)
    assert stage.rows("SELECT source_partition, start_ts, end_ts FROM staged_partitions") == [
        ("2018-11-05", 1541376000000, 1541462400000)
    ]


def test_hour_without_files_is_staged_as_empty(stage: Stage) -> None:
    stage.put(f"{HOUR_13}empty.json", b"")
    counts = stage.run()
    assert (counts["partitions"], counts["files"], counts["staged"]) == (2, 1, 0)
    assert stage.rows("SELECT source_partition, object_count, staged FROM staged_partitions ORDER BY 1") == [
        ("2018-11-05T13", 1, 0),
        ("2018-11-05T14", 0, 0),
    ]


@pytest.mark.parametrize(
    ("on_absent", "outcome", "words"),
    [("fail", AirflowFailException, HOUR_14), ("skip", AirflowSkipException, HOUR_13), (Wait(), TaskDeferred, "")],
)
def test_hour_without_files_can_fail_skip_or_wait(
    stage: Stage, on_absent: str | Wait, outcome: Any, words: str
) -> None:
    with pytest.raises(outcome) as caught:
        stage.run(on_absent=on_absent)
    assert words in str(caught.value)
    assert stage.rows("SELECT COUNT(*) FROM staged_partitions") == [(0,)]


def test_rerun_leaves_the_same_rows(stage: Stage) -> None:
    stage.put(f"{HOUR_13}a.json", lines(event(1), event(2)))
    stage.put(f"{HOUR_14}b.json.gz", gzip.compress(lines(event(3), "{")))
    stage.run(max_rejected=1)
    before = stage.everything()
    stage.run(max_rejected=1)
    assert stage.everything() == before
    assert len(before["events"]) == 3


def test_a_try_removes_the_manifests_of_killed_ones(stage: Stage) -> None:
    stage.put(f"{HOUR_13}a.json", lines(event(1)))
    stage.store.put("manifests", f"manifests/dag/{stage.schema}/stage/1/dead/2018-11-05T13-plain.manifest", b"{}")
    stage.execute(stage.operator(), try_number=2)
    assert stage.manifests() == []


def test_rerun_after_a_correction_leaves_what_the_file_has_now(stage: Stage) -> None:
    stage.put(f"{HOUR_13}a.json", lines(event(1), event(2)))
    stage.put(f"{HOUR_13}b.json", lines(event(3)))
    stage.run()
    stage.put(f"{HOUR_13}a.json", lines(event(1, level="paid")))
    stage.remove(f"{HOUR_13}b.json")
    stage.run()
    assert stage.rows("SELECT item_in_session, level FROM staging_events") == [(1, "paid")]
    assert stage.rows("SELECT COUNT(*) FROM staged_objects") == [(1,)]


def test_bad_lines_within_the_limit_are_kept_with_reason_and_raw_line(stage: Stage) -> None:
    text_in_number = json.dumps(event(2, userId="x7"))
    plain = stage.put(f"{HOUR_13}a.json", lines(event(1), text_in_number, "{oops"))
    packed = stage.put(f"{HOUR_13}b.json.gz", gzip.compress(lines("[1", event(4))))
    counts = stage.run(max_rejected=3)
    assert (counts["source_lines"], counts["staged"], counts["rejected"]) == (5, 2, 3)
    rejects = stage.rows(
        "SELECT source_partition, object_uri, line_number, column_name, raw_line FROM staged_rejects ORDER BY 2, 3"
    )
    assert rejects == [
        ("2018-11-05T13", plain, 2, "user_id", text_in_number),
        ("2018-11-05T13", plain, 3, "", "{oops"),
        ("2018-11-05T13", packed, 1, "", "[1"),
    ]
    assert stage.rows("SELECT COUNT(*) FROM staged_rejects WHERE LEN(reason) > 0 AND error_code > 0") == [(3,)]
    assert stage.rows("SELECT source_lines, staged, rejected FROM staged_partitions WHERE staged > 0") == [(5, 2, 3)]


def test_limit_holds_for_plain_and_gzip_files_of_a_partition_together(stage: Stage) -> None:
    stage.put(f"{HOUR_13}a.json", lines(event(1), "{"))
    stage.put(f"{HOUR_13}b.json.gz", gzip.compress(lines(event(2), "{")))
    with pytest.raises(AirflowFailException, match="2 bad line"):
        stage.run(max_rejected=1)
    assert stage.rows("SELECT COUNT(*) FROM staging_events") == [(0,)]


def test_static_keys_are_used_if_the_connection_says_so_and_never_logged(
    stage: Stage, s3: S3Server, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level("DEBUG", logger="sparkify")
    stage.put(f"{HOUR_13}a.json", lines(event(1)))
    assert stage.run(aws_conn_id="stage_s3_keys", copy_role=None)["staged"] == 1
    logged = caplog.text + "".join(capsys.readouterr())
    assert "(a statement with credentials)" in logged
    assert s3.secret_access_key not in logged


def test_two_days_of_hours_are_staged_in_parallel(stage: Stage) -> None:
    for hour in range(48):
        key = f"log_data/2018/11/{5 + hour // 24:02}/{hour % 24:02}/e.json.gz"
        if hour % 5:
            stage.put(key, gzip.compress(lines(event(hour), event(hour + 100))))
    counts = stage.run(window="2018-11-05T00:00Z to 2018-11-07T00:00Z", parallel_copies=4)
    assert (counts["partitions"], counts["staged"]) == (48, 76)
    assert stage.rows("SELECT COUNT(*), SUM(staged) FROM staged_partitions") == [(48, 76)]
    assert stage.rows("SELECT COUNT(DISTINCT source_partition) FROM staging_events") == [(38,)]


def test_the_time_of_the_files_lies_between_two_listings_and_has_microseconds(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """https://docs.aws.amazon.com/redshift/latest/dg/r_SYSDATE.html"""
    listed: list[datetime] = []
    list_prefixes = ObjectStore.list_prefixes

    def note(store: ObjectStore, bucket: str, prefixes: Sequence[str]) -> Any:
        before = stage.rows("SELECT SYSDATE")[0][0]
        found = list_prefixes(store, bucket, prefixes)
        listed.append(stage.rows("SELECT SYSDATE")[0][0] if not listed else before)
        return found

    stage.put(f"{HOUR_13}a.json", lines(event(1)))
    monkeypatch.setattr(ObjectStore, "list_prefixes", note)
    stage.run(parallel_copies=1)
    times = dict(stage.rows("SELECT source_partition, as_of FROM staged_partitions"))
    assert len(listed) == 3  # both hours, then the one without files, then the other one
    assert listed[0] < times["2018-11-05T14"] < listed[1] < times["2018-11-05T13"] < listed[2]
    assert any(time.microsecond % 1000 for time in (*times.values(), *listed))


def test_an_hour_takes_few_statements(stage: Stage) -> None:
    stage.put(f"{HOUR_13}a.json", lines(event(1)))
    with sent_statements() as sent:
        stage.run(
            window="2018-11-05T13:00Z to 2018-11-05T14:00Z", ledger=ledger_of(stage.target), reject_rule=REJECT_RULE
        )
    assert "partition_ts >= 1541422800000\n    AND partition_ts < 1541426400000" in sent[0]
    assert [sql.partition(" (")[0].split("\n")[0] for sql in sent] == [
        "SELECT DISTINCT",
        "SELECT SYSDATE, COUNT(*) FROM staged_partitions WHERE table_name = %s AND source_partition = %s",
        "BEGIN",
        "CREATE TEMP TABLE copied_rows_1",
        'COPY "copied_rows_1"',
        "SELECT pg_last_copy_count(), pg_last_copy_id()",
        'INSERT INTO "staging_events"',
        "INSERT INTO staged_partitions",
        "INSERT INTO staged_objects",
        "COMMIT",
        "SELECT source_partition, ts, 'x' FROM staging_events WHERE FALSE",
    ]


def test_a_session_knows_its_process_without_asking(stage: Stage) -> None:
    with sent_statements() as sent, stage.hook.session() as session:
        assert sent == []
        assert session.one("SELECT pg_backend_pid()") == (session.pid,)
