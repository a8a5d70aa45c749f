"""From a loaded warehouse of version 1 to the present tables, by the steps of docs/upgrading.md and nothing else."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import obstore
import pytest

from bench.rig.dag_runs import Run, load_dag
from sparkify.monitoring.doctor import Doctor, Finding
from sparkify.settings import load_settings
from tests.support.pipeline import HOUR, START, Pipeline
from tests.support.random_source import event, song

pytestmark = pytest.mark.parametrize("conn_id", ["redshift"], indirect=True)

EARLIER = Path(__file__).parent / "earlier" / "version_1.sql"
BACK = Path(__file__).parents[3] / "sql" / "upkeep" / "back_to_version_1.sql"
#: What runs of version 1 left that ended half-way, before their files were corrected.
ROWS_OF_FAILED_RUNS = """
INSERT INTO public.users (user_id, first_name, level) VALUES (999999, 'Nobody', 'paid');
INSERT INTO public.time (start_time, hour, day, week, month, year, weekday)
VALUES ('2018-11-05 00:59:59.999', 0, 5, 45, 11, 2018, 1);
INSERT INTO public.songs (song_id, title, artist_id) VALUES ('SONOFILE', 'Nobody', 'ARNOFILE');
INSERT INTO public.artists (artist_id, name) VALUES ('ARNOFILE', 'Nobody');
"""


def orphans() -> Finding:
    return {found.name: found for found in Doctor(load_settings()).examine()}["orphans"]


def hashes(pipeline: Pipeline) -> tuple[dict[Any, Any], dict[Any, Any]]:
    """The content hashes of all deliveries of plays, and of the deliveries that songs are made of."""
    with pipeline.session() as session:
        plays = session.rows("SELECT songplay_id, source_partition, content_hash FROM etl.play_deliveries")
        songs = session.rows("SELECT song_id, content_hash FROM etl.song_deliveries WHERE is_shown")
    return {row[:2]: row[2] for row in plays}, dict(songs)


def make_version_1(pipeline: Pipeline) -> None:
    with pipeline.session() as session:
        session.run_script(BACK.read_text(encoding="utf-8"))
        session.run_script(EARLIER.read_text(encoding="utf-8"))
        session.run_script(ROWS_OF_FAILED_RUNS)
        session.run("UPDATE etl.play_deliveries SET content_hash = 'of version 1'")


def test_the_steps_of_the_page_lead_to_the_tables_that_the_files_say(pipeline: Pipeline) -> None:
    rng = Random(4)
    for number in range(3):
        pipeline.put_hour(number, [event(rng, 3) for _ in range(12)])
    songs = [song(rng, number) for number in range(4)]
    for item in songs:
        pipeline.put_song(item)
    pipeline.run_window(START, START + 3 * HOUR)
    pipeline.assert_is_expected()
    loaded = hashes(pipeline)
    assert all(loaded)
    make_version_1(pipeline)

    assert Run(load_dag("sparkify_create_tables"), None, None).run_task("create_tables")["migrated"]
    assert hashes(pipeline) == loaded, "migrations hash contents as the load does"
    gone = songs.pop()
    del pipeline.catalogue[gone["song_id"]]
    obstore.delete(pipeline.store, f"song_data/A/B/C/TR{gone['song_id']}.json")

    pipeline.run_hour(1)
    assert "songs known from before files were" in orphans().seen

    pipeline.run_hour(0, accept_removed=True)
    found = orphans()
    for kind in (
        "users without an observation",
        "times without a play",
        "songs without a file",
        "artists without a song",
    ):
        assert f"{kind}: 1 (" in found.seen
    assert found.fix == "trigger sparkify_maintenance with remove_orphans."

    maintenance: Any = Run(load_dag("sparkify_maintenance"), None, None, {"remove_orphans": True})
    maintenance.run_task("remove_orphans")
    assert orphans().status == "ok"
    pipeline.assert_is_expected()

    before = pipeline.star()
    pipeline.run_window(START, START + 3 * HOUR)
    assert pipeline.star() == before
