"""DetectChangesOperator: single files that are gone, and what it asks to be loaded again."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any

import pytest

from bench.rig.dag_runs import FakeTaskInstance
from sparkify.operators.upkeep.detect_changes import DetectChangesOperator
from sparkify.staging.source_files import PartitionedSource, Source
from tests.support.ledgers import ledger_of
from tests.support.staging_rig import Stage, lines, song

HOUR = 1541422800000  # 2018-11-05T13


def detect(stage: Stage, **options: Any) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """Return the params of the runs that are asked for, and the counts."""
    operator = DetectChangesOperator(
        task_id="detect",
        redshift_conn_id=stage.hook.conn_id,
        aws_conn_id="stage_s3",
        source=PartitionedSource(stage.bucket, f"{stage.root}/log_data"),
        ledger=ledger_of(f"plays_{stage.target}"),
        files=Source(stage.bucket, f"{stage.root}/song_data"),
        files_ledger=ledger_of(stage.target),
        lookback_days=2,  # each hour is listed by itself
        **options,
    )
    ti = FakeTaskInstance("dag", "run", "detect")
    found = operator.execute({"ti": ti})  # type: ignore[arg-type]
    return [entry["conf"] for entry in found], ti.pushed["counts"]


def note_hour(stage: Stage, partition_ts: int = HOUR) -> None:
    label = f"{datetime.fromtimestamp(partition_ts // 1000, UTC):%Y-%m-%dT%H}"
    with stage.hook.session() as session:
        session.run(
            "INSERT INTO etl.load_ledger (target_table, source_partition, partition_ts, manifest_hash, object_count,"
            " byte_count, source_lines, staged, rejected, in_scope, out_of_scope, candidates, rejected_by_rule,"
            " duplicates, loaded) VALUES (%s, %s, %s, 'h', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)",
            (f"plays_{stage.target}", label, partition_ts),
        )


def note_songs(stage: Stage) -> str:
    """Have the ledger know a song file that is there and one that is gone, and return the latter's address."""
    uri = stage.put("song_data/a.json", song(1))
    etag = stage.store.list_objects(stage.bucket, uri.split("/", 3)[3])[0].etag
    gone = f"s3://stage/{stage.root}/song_data/gone.json"
    stage.note_loaded(uri, etag, 0)
    stage.note_loaded(gone, "e", 0)
    stage.note_loaded(f"s3://stage/{stage.root}/song_data/gone_before.json", "", 0, byte_count=0)
    return gone


def test_song_files_that_are_gone_are_reported(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    note_hour(stage)
    assert detect(stage)[1]["removed_files"] == 0
    gone = note_songs(stage)
    for options in ({}, {"reload": True}, {"accept_removed": True}):
        caplog.clear()
        asked, counts = detect(stage, **options)
        assert (asked, counts["removed_files"]) == ([], 1)
        assert f"{gone}  is gone" in caplog.text
        assert "set reload and accept_removed" in caplog.text
        assert "gone_before" not in caplog.text


def test_a_run_of_the_newest_loaded_hour_takes_their_songs_away(stage: Stage) -> None:
    note_hour(stage, HOUR - 3_600_000)
    note_hour(stage)
    note_songs(stage)
    asked, _ = detect(stage, reload=True, accept_removed=True)
    assert asked == [
        {
            "window_start": "2018-11-05T13:00:00+00:00",
            "window_end": "2018-11-05T14:00:00+00:00",
            "accept_removed": True,
        }
    ]


def test_a_run_that_is_asked_for_anyway_takes_them_away_as_well(stage: Stage) -> None:
    note_hour(stage, HOUR - 3_600_000)
    note_hour(stage)
    note_songs(stage)
    stage.put("log_data/2018/11/05/12/e.json", lines("{}"))
    [asked], _ = detect(stage, reload=True, accept_removed=True)
    assert (asked["window_start"], asked["accept_removed"]) == ("2018-11-05T12:00:00+00:00", True)
