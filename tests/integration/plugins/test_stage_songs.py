"""StageToRedshiftOperator on the song files, of which only the new ones are staged."""

from __future__ import annotations

import bz2
import gzip
from collections.abc import Sequence
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException

from bench.rig.driver_cursors import sent_statements
from sparkify.ledger.ledger import Ledger
from sparkify.source.file_keys import LineKeys
from sparkify.source.folder_listing import group_of
from sparkify.staging import keyed_stager, new_files
from tests.support.staging_rig import Stage, song


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
    scans = f"SELECT object_count FROM etl.folder_listings WHERE target_table = '{stage.target}'"
    assert stage.rows(scans) == []
    assert stage.songs(listing_share=0)["files"] == 0
    assert stage.rows(scans) == [(8,)]
    asked: list[list[str]] = []
    folder_files = Ledger.folder_files

    def spy(ledger: Ledger, session: Any, *, groups: Sequence[str], **options: Any) -> Any:
        asked.append(list(groups))
        return folder_files(ledger, session, groups=groups, **options)

    monkeypatch.setattr(Ledger, "folder_files", spy)
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


def files_of_rows(stage: Stage) -> list[tuple[str | None, str | None]]:
    """Return the staged rows' ids with the names of their files, in order."""
    rows = stage.rows("SELECT song_id, object_uri FROM staging_songs")
    return sorted(((key, uri and uri.rpartition("/")[2]) for key, uri in rows), key=str)


def test_each_row_names_its_file(stage: Stage) -> None:
    """Files that share an id, or whose ids are not certain, are copied by themselves."""
    contents = {
        "plain1.json": song(1),
        "plain2.json": song(2, title='A "quoted" \\ one'),
        "several.json.gz": gzip.compress(song(3) + b"\n\n" + song(4) + b"\n"),
        "twice_in_one.json": song(5) + b"\n" + song(5, title="Other"),
        "shared1.json": song(6, title="a"),
        "shared2.json.gz": gzip.compress(song(6, title="b") + b"\n" + song(60)),
        "shared3.json.bz2": bz2.compress(song(6, song_id="SO6  ", title="c")),
        "escaped.json": song(7).replace(b"SO7", b"\\u0053O1"),
        "quoted.json": song(0, song_id='S"O\\'),
        "number.json": song(0, song_id=12),
        "doubled.json": song(8).replace(b'{"num', b'{"song_id": "SO9", "num'),
        "case.json": song(10, SONG_ID="SO1"),
        "unicode.json": song(0, song_id="Söng 🎵"),
        "blanks.json": song(0, song_id="  lead "),
        "empty_id.json": song(0, song_id=""),
        "null.json": song(0, song_id=None),
        "missing.json": song(0).replace(b"song_id", b"id"),
        "empty.json": b"",
        "blank.json": b"\n \n{}",
    }
    for name, content in contents.items():
        stage.put(f"song_data/{name}", content)
    counts = stage.songs()
    assert (counts["files"], counts["staged"], counts["rejected"]) == (len(contents), 21, 0)
    found = files_of_rows(stage)
    assert {(key, name) for key, name in found if key is None} == {(None, None)}
    assert len([key for key, _ in found if key is None]) == 3
    expected = [
        ("SO1", "plain1.json"),
        ("SO2", "plain2.json"),
        ("SO3", "several.json.gz"),
        ("SO4", "several.json.gz"),
        ("SO5", "twice_in_one.json"),
        ("SO5", "twice_in_one.json"),
        ("SO6", "shared1.json"),
        ("SO6", "shared2.json.gz"),
        ("SO60", "shared2.json.gz"),
        ("SO6", "shared3.json.bz2"),
        ("SO1", "escaped.json"),
        ('S"O\\', "quoted.json"),
        ("12", "number.json"),
        ("SO10", "case.json"),
        ("Söng 🎵", "unicode.json"),
        ("  lead", "blanks.json"),
        ("", "empty_id.json"),
    ]
    named = sorted(((key or "").rstrip(" "), name) for key, name in found if key is not None)
    assert [pair for pair in named if pair[1] != "doubled.json"] == sorted(expected)
    assert [name for _, name in named].count("doubled.json") == 1


def test_a_rejected_line_takes_no_file_from_others(stage: Stage) -> None:
    stage.put("song_data/a.json", song(1) + b"\n" + song(2, duration="long"))
    stage.put("song_data/b.json", song(2))
    stage.put("song_data/c.json", song(3) + b'\n{"song_id": "SO4", "ti')
    counts = stage.songs(max_rejected=5)
    assert (counts["source_lines"], counts["staged"], counts["rejected"]) == (5, 3, 2)
    assert files_of_rows(stage) == [("SO1", "a.json"), ("SO2", "b.json"), ("SO3", "c.json")]


def test_many_files_cost_one_copy_and_few_statements(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyed_stager, "_KEYS", 100)
    for number in range(250):
        stage.put(f"song_data/{number % 7}/TR{number}.json", song(number))
    with sent_statements() as sent:
        assert stage.songs()["staged"] == 250
    assert stage.rows("SELECT COUNT(DISTINCT object_uri), COUNT(*) FROM staging_songs") == [(250, 250)]
    assert [sql for sql in sent if sql.startswith("COPY")][1:] == []
    assert len([sql for sql in sent if sql.startswith("INSERT INTO file_keys")]) == 3
    assert stage.rows(
        "SELECT COUNT(*) FROM staging_songs WHERE object_uri NOT LIKE '%/TR' || SUBSTRING(song_id, 3) || '.json'"
    ) == [(0,)]


def test_a_key_that_copy_loads_otherwise_fails_the_task(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    note = LineKeys.add_line
    monkeypatch.setattr(LineKeys, "add_line", lambda keys, line: note(keys, line.replace(b"SO2", b"SO3")))
    stage.put("song_data/a.json", song(1))
    stage.put("song_data/b.json", song(2))
    with pytest.raises(AirflowFailException, match="Of 2 rows with a song_id the file of 1 is unknown"):
        stage.songs()
    assert stage.rows("SELECT COUNT(*) FROM staging_songs") == [(0,)]


def test_a_later_try_replaces_what_an_earlier_one_staged(stage: Stage) -> None:
    stage.put("song_data/a.json", song(1))
    stage.put("song_data/b.json", song(2))
    assert stage.songs()["staged"] == 2
    stage.put("song_data/b.json", song(1))
    assert stage.songs()["staged"] == 2
    assert files_of_rows(stage) == [("SO1", "a.json"), ("SO1", "b.json")]
    stage.store.delete(stage.bucket, [f"{stage.root}/song_data/{name}.json" for name in "ab"])
    assert stage.songs()["files"] == 0
    assert files_of_rows(stage) == []


def test_files_that_are_gone_are_noted_when_that_is_accepted(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(new_files, "_WORTH_KEEPING", 1)
    monkeypatch.setattr(new_files, "_WORTH_SKIPPING", 1)
    uri = stage.put("song_data/a.json", song(1))
    gone = f"s3://stage/{stage.root}/song_data/gone.json"
    stage.note_loaded(uri, stage.store.list_objects(stage.bucket, uri.split("/", 3)[3])[0].etag, 0)
    stage.note_loaded(gone, "e", 0)
    counts = stage.songs(listing_share=0.000001)
    assert (counts["files"], counts.get("removed")) == (0, None)
    accepted = stage.songs(listing_share=0.000001, accept_removed=True)
    assert (accepted["files"], accepted["removed"]) == (0, 1)
    noted = "SELECT object_uri, etag, byte_count, source_lines, last_modified FROM staged_objects"
    assert stage.rows(noted) == [(gone, "", 0, 0, None)]
    stage.put("song_data/b.json", song(2))
    both = stage.songs(accept_removed=True)
    assert (both["files"], both["removed"], both["staged"]) == (1, 1, 1)


LOOK = ["SELECT fingerprint", "SELECT object_uri", "SELECT SYSDATE"]
COPY = ['COPY "staging_songs"', "SELECT pg_last_copy_count()"]
NOTE = ["INSERT INTO staged_partitions", "INSERT INTO staged_objects"]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (0, [*LOOK, "BEGIN", NOTE[0], "COMMIT"]),
        (1, [*LOOK, "BEGIN", *COPY, 'UPDATE "staging_songs"', "SELECT COUNT(*)", *NOTE, "COMMIT"]),
        (
            5,
            [
                *(*LOOK, "BEGIN", *COPY, "CREATE TEMP TABLE file_keys", "INSERT INTO file_keys"),
                *('UPDATE "staging_songs"', "SELECT COUNT(*)", *NOTE, "COMMIT"),
            ],
        ),
    ],
)
def test_new_songs_take_few_statements(stage: Stage, files: int, expected: Sequence[str]) -> None:
    known = stage.put("song_data/known.json", song(100))
    stage.note_loaded(known, stage.store.list_objects(stage.bucket, known.split("/", 3)[3])[0].etag, 0)
    for number in range(files):
        stage.put(f"song_data/TR{number}.json", song(number))
    with sent_statements() as sent:
        assert stage.songs()["staged"] == files
    assert len(sent) == len(expected)
    for statement, beginning in zip(sent, expected, strict=True):
        assert " ".join(statement.split()).startswith(beginning)
