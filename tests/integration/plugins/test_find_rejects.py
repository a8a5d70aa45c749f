"""FindRejectsOperator: song files of which lines are in quarantine are loaded again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bench.rig.dag_runs import FakeTaskInstance
from sparkify.operators.upkeep.find_rejects import FindRejectsOperator
from sparkify.staging.new_files import NewFiles
from sparkify.staging.source_files import Source
from tests.support.ledgers import ledger_of
from tests.support.staging_rig import Stage, song


@pytest.fixture(autouse=True)
def tidy(stage: Stage) -> Iterator[None]:
    yield
    with stage.hook.session() as session:
        session.run("DELETE FROM etl.rejects WHERE reason LIKE %s", (f"%{stage.target}%",))
        session.run("DELETE FROM etl.source_objects WHERE object_uri LIKE %s", (f"%{stage.root}%",))


def note(stage: Stage, uri: str, etag: str, *, rejected: int = 0) -> None:
    with stage.hook.session() as session:
        session.run(
            "INSERT INTO etl.source_objects (target_table, source_partition, partition_ts, object_uri, etag,"
            " byte_count) VALUES ('songs', '', 0, %s, %s, 9)",
            (uri, etag),
        )
        for line in range(rejected):
            session.run(
                "INSERT INTO etl.rejects (table_name, source_partition, object_uri, line_number, reason)"
                " VALUES ('staging_songs', '', %s, %s, %s)",
                (uri, line, f"Invalid digit of {stage.target}"),
            )


def find_rejects(stage: Stage, reason: str) -> Any:
    operator = FindRejectsOperator(
        task_id="find",
        redshift_conn_id=stage.hook.conn_id,
        ledger=ledger_of("songplays"),
        files_ledger=ledger_of("songs"),
        files_table="staging_songs",
        reason_contains=reason,
    )
    ti = FakeTaskInstance("dag", "run", "find")
    operator.execute({"ti": ti})  # type: ignore[arg-type]
    return ti.pushed["counts"]["lines"]


def test_song_files_with_rejected_lines_are_new_again_and_still_known(stage: Stage) -> None:
    uri = stage.put("song_data/a.json", song(1))
    etag = stage.store.list_objects(stage.bucket, uri.split("/", 3)[3])[0].etag
    gone = f"s3://stage/{stage.root}/song_data/gone.json"
    removed = f"s3://stage/{stage.root}/song_data/removed.json"
    note(stage, uri, etag, rejected=2)
    note(stage, gone, "e", rejected=1)
    note(stage, removed, "", rejected=1)
    files = NewFiles(Source(stage.bucket, f"{stage.root}/song_data"), ledger_of("songs"))
    with stage.hook.session() as session:
        assert files.peek(session, stage.store) == []
        assert find_rejects(stage, f"no such {stage.target}") == 0
        assert files.peek(session, stage.store) == []
        assert find_rejects(stage, f"DIGIT of {stage.target}") == 4
        found = files.find_all(session, stage.store)
    assert [item.uri for objects in found.listing.values() for item in objects] == [uri]
    assert [gone] == [name for name in found.removed if stage.root in name]
