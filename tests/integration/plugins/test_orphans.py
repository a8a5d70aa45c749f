"""Rows of the star that nothing delivers are found by the doctor, and removed when maintenance is asked to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bench.rig.dag_runs import Run, load_dag
from sparkify.hooks.warehouse import WarehouseHook, WarehouseSession
from sparkify.monitoring.doctor import Doctor, Finding
from sparkify.monitoring.orphans import STEPS
from sparkify.settings import load_settings

pytestmark = pytest.mark.parametrize("conn_id", ["redshift"], indirect=True)

SOUND = """
INSERT INTO public.users (user_id, first_name, last_name, gender, level)
VALUES (1, 'Thea', NULL, 'F', 'free'), (2, 'Ola', 'Berg', NULL, 'paid');
INSERT INTO etl.user_observations (source_partition, user_id, seen_ts, first_name, last_name, gender, level)
VALUES
('2018-11-05T00', 1, 1, 'Thea', NULL, 'F', 'free'),
('2018-11-05T00', 2, 1, 'Olaf', 'Berg', NULL, 'free'),
('2018-11-05T01', 2, 2, 'Ola', 'Berg', NULL, 'paid');
INSERT INTO etl.latest_observations (source_partition, user_id, seen_ts)
VALUES ('2018-11-05T00', 1, 1), ('2018-11-05T01', 2, 2);
INSERT INTO public.time (start_time, hour, day, week, month, year, weekday)
VALUES ('2018-11-05 00:10:00', 0, 5, 45, 11, 2018, 1);
INSERT INTO public.songplays (songplay_id, "timestamp", user_id) VALUES ('a', '2018-11-05 00:10:00', 1);
INSERT INTO etl.play_deliveries (
    songplay_id, source_partition, start_time, user_id, content_hash, copies, is_shown
)
VALUES ('a', '2018-11-05T00', '2018-11-05 00:10:00', 1, 'h', 1, TRUE);
INSERT INTO etl.song_deliveries (file_hash, object_uri, song_id, artist_id, content_hash, copies, is_shown)
VALUES ('f', 's3://b/1', 'S1', 'A1', 'h', 1, TRUE), ('g', 's3://b/2', 'S1', 'A2', 'i', 1, FALSE);
INSERT INTO public.songs (song_id, artist_id) VALUES ('S1', 'A1');
INSERT INTO public.artists (artist_id) VALUES ('A1');
INSERT INTO etl.source_objects (target_table, source_partition, partition_ts, object_uri, etag, byte_count)
VALUES ('songs', '', 0, 's3://b/1', 'e', 1), ('songs', '', 0, 's3://b/2', 'e', 1);
INSERT INTO etl.load_ledger (
    target_table, source_partition, partition_ts, manifest_hash, object_count, byte_count, source_lines, staged,
    rejected, in_scope, out_of_scope, candidates, rejected_by_rule, duplicates, loaded
)
VALUES
('songplays', '2018-11-05T00', 0, 'm', 1, 1, 2, 2, 0, 2, 0, 2, 0, 0, 2),
('songplays', '2018-11-05T01', 0, 'm', 1, 1, 2, 2, 0, 2, 0, 2, 0, 0, 2);
"""

CASES = {
    "users without an observation": (
        "INSERT INTO public.users (user_id, first_name) VALUES (3, 'Ghost')",
        "users without an observation: 1 (for instance 3)",
    ),
    "users not as last observed": (
        "UPDATE public.users SET level = 'free' WHERE user_id = 2",
        "users not as last observed: 1 (for instance 2)",
    ),
    "times without a play": (
        "INSERT INTO public.time (start_time, hour, day, week, month, year, weekday)"
        " VALUES ('2018-11-05 00:11:00', 0, 5, 45, 11, 2018, 1)",
        "times without a play: 1 (for instance 2018-11-05 00:11:00)",
    ),
    "songs without a file": (
        "INSERT INTO public.songs (song_id) VALUES ('S8'), ('S9')",
        "songs without a file: 2 (for instance S8)",
    ),
    # Delivered, but by a file that another one of lower content stands before.
    "artists without a song": (
        "INSERT INTO public.artists (artist_id) VALUES ('A2')",
        "artists without a song: 1 (for instance A2)",
    ),
    "plays without a delivery": (
        "INSERT INTO public.songplays (songplay_id, \"timestamp\") VALUES ('b', '2018-11-05 00:10:00')",
        "plays without a delivery: 1 (for instance b)",
    ),
    "deliveries of hours that the ledger does not have": (
        "DELETE FROM etl.load_ledger WHERE source_partition = '2018-11-05T01'",
        "deliveries of hours that the ledger does not have: 1 (for instance 2018-11-05T01)",
    ),
    "song files that the ledger does not have": (
        "DELETE FROM etl.source_objects WHERE object_uri = 's3://b/2'",
        "song files that the ledger does not have: 1 (for instance s3://b/2)",
    ),
    "songs known from before files were": (
        "UPDATE etl.song_deliveries SET object_uri = 'migrated' WHERE object_uri = 's3://b/2'",
        "songs known from before files were: 1 (for instance S1)",
    ),
}


@pytest.fixture
def sound(conn_id: str, services: Any) -> Iterator[WarehouseSession]:
    """A session with a warehouse in which everything is delivered; its tables are empty again afterwards."""
    make_tables()
    with WarehouseHook(conn_id).session(search_path=("public", "etl")) as session:
        session.run_script(SOUND)
        yield session
    make_tables()


def make_tables() -> None:
    dag = load_dag("sparkify_create_tables")
    dag.get_task("create_tables").comments = []
    for task_id in ("drop_tables", "create_tables"):
        Run(dag, None, None, {"drop_existing": True}).run_task(task_id)


def finding() -> Finding:
    return {found.name: found for found in Doctor(load_settings()).examine()}["orphans"]


def star(session: WarehouseSession) -> list[Any]:
    tables = ("users", "time", "songplays", "songs", "artists")
    return [sorted(session.rows(f"SELECT * FROM public.{table}"), key=str) for table in tables]


@pytest.mark.parametrize("kind", STEPS)
def test_doctor_names_what_nothing_delivers_and_the_step_that_mends_it(sound: WarehouseSession, kind: str) -> None:
    assert finding().status == "ok"
    statement, words = CASES[kind]
    sound.run(statement)
    found = finding()
    assert found.status == "failed"
    assert words in found.seen
    assert STEPS[kind] in found.fix


def test_maintenance_removes_orphans_when_asked_and_nothing_else(sound: WarehouseSession) -> None:
    before = star(sound)
    removable = [statement for kind, (statement, _) in CASES.items() if "remove_orphans" in STEPS[kind]]
    assert len(removable) == 5
    for statement in removable:
        sound.run(statement)
    with_orphans = star(sound)
    dag = load_dag("sparkify_maintenance")
    assert Run(dag, None, None).run_task("remove_orphans") == {"scripts": 0}
    assert star(sound) == with_orphans
    assert Run(dag, None, None, {"remove_orphans": True}).run_task("remove_orphans") == {"scripts": 1}
    assert star(sound) == before
    assert finding().status == "ok"
