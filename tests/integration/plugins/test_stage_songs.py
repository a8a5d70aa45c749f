"""StageToRedshiftOperator on the song files, of which only the new ones are staged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from sparkify import new_files
from sparkify.folder_listing import group_of
from tests.integration.plugins.staging_rig import (
    Stage,
    song,
    stage,
    warehouse,
)

__all__ = ["stage", "warehouse"]


def test_song_files_are_staged_once_for_each_version(stage: Stage) -> None:
    uris = [stage.put(f"song_data/A/A/TR{number}.json", song(number)) for number in range(5)]
    assert stage.songs()["staged"] == 5
    for uri, etag in stage.rows("SELECT object_uri, etag FROM staged_objects"):
        stage.note_loaded(uri, etag, 0)
    assert stage.songs()["files"] == 0
    assert stage.rows("SELECT COUNT(*) FROM staging_songs") == [(0,)]
    assert stage.rows("SELECT source_partition, staged FROM staged_partitions") == [("", 0)]
    stage.put("song_data/A/A/TR3.json", song(33))
    stage.put("song_data/A/A/TR9.json", song(9))
    assert stage.songs()["staged"] == 2
    assert stage.rows("SELECT song_id FROM staging_songs ORDER BY 1") == [("SO33",), ("SO9",)]
    assert len(uris) == 5


def test_a_listing_without_news_is_kept_and_only_what_differs_from_it_is_looked_up(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(new_files, "_WORTH_KEEPING", 1)
    uris = [stage.put(f"song_data/A/{number % 3}/TR{number}.json", song(number)) for number in range(8)]
    assert stage.songs(listing_share=0)["staged"] == 8
    for uri, etag in stage.rows("SELECT object_uri, etag FROM staged_objects"):
        stage.note_loaded(uri, etag, 0)
    scans = f"SELECT object_count FROM etl.source_scans WHERE target_table = '{stage.target}'"
    assert stage.rows(scans) == []
    assert stage.songs(listing_share=0)["files"] == 0
    assert stage.rows(scans) == [(8,)]
    asked: list[list[str]] = []
    known = new_files.NewFiles._known

    def spy(files: Any, session: Any, groups: Sequence[str]) -> Any:
        asked.append(list(groups))
        return known(files, session, groups)

    monkeypatch.setattr(new_files.NewFiles, "_known", spy)
    assert stage.songs(listing_share=0)["files"] == 0
    assert asked == []
    uris += [stage.put("song_data/B/TR8.json", song(8)), stage.put("song_data/A/0/TR0.json", song(80))]
    assert stage.songs(listing_share=0)["staged"] == 2
    assert asked == [sorted({group_of(uris[8]), group_of(uris[0])})]


def test_a_listing_without_news_is_not_repeated_for_a_while(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(new_files, "_WORTH_KEEPING", 1)
    monkeypatch.setattr(new_files, "_WORTH_SKIPPING", 1)
    uri = stage.put("song_data/A/TR1.json", song(1))
    stage.note_loaded(uri, stage.store.list_objects(stage.bucket, uri.split("/", 3)[3])[0].etag, 0)
    assert stage.songs(listing_share=0)["files"] == 0
    stage.put("song_data/A/TR2.json", song(2))
    assert stage.songs(listing_share=0.000001)["files"] == 0
    assert stage.songs(listing_share=0)["files"] == 1


def test_a_smaller_folder_is_listed_by_every_run_and_needs_no_lock_when_nothing_changed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(new_files, "_WORTH_KEEPING", 1)
    uri = stage.put("song_data/A/TR1.json", song(1))
    stage.note_loaded(uri, stage.store.list_objects(stage.bucket, uri.split("/", 3)[3])[0].etag, 0)
    assert stage.songs(listing_share=0.000001)["files"] == 0
    with monkeypatch.context() as locked:
        locked.setattr(new_files.NewFiles, "_compare", None)
        assert stage.songs(listing_share=0.000001)["files"] == 0
    stage.put("song_data/A/TR2.json", song(2))
    assert stage.songs(listing_share=0.000001)["files"] == 1


def test_names_can_be_matched_by_copy_itself(stage: Stage) -> None:
    stage.put("song_data/A/A/TR1.json", song(1))
    assert stage.songs(columns="auto")["staged"] == 1
    assert stage.rows("SELECT song_id, artist_name, duration FROM staging_songs") == [("SO1", "Name", 100.5)]
