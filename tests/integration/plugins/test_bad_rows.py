"""What each kind of bad row gets: the rows of docs/troubleshooting.md, section Bad rows, one by one."""

from __future__ import annotations

import gzip
import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import obstore
import pytest
import zstandard
from airflow.sdk.exceptions import AirflowFailException

from bench.rig.dag_runs import Run, load_dag
from tests.support.bad_rows import (
    COMPRESSED,
    DRIFTED,
    FAILED,
    GOOD,
    KINDS,
    LOADED,
    NO_TEXT,
    REJECTED,
    REJECTED_BY_RULE,
    line,
    renamed,
    sound,
    without,
)
from tests.support.pipeline import HOUR, START, Pipeline

DOCS = Path(__file__).parents[3] / "docs" / "troubleshooting.md"
pytestmark = pytest.mark.parametrize("conn_id", ["redshift"], indirect=True)


@pytest.fixture
def tolerate(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Pipeline]:
    """Return the pipeline with limits for rejected lines."""

    def tolerate(rows: str, share: str) -> Pipeline:
        monkeypatch.setenv("AIRFLOW__SPARKIFY__MAX_REJECTED_ROWS", rows)
        monkeypatch.setenv("AIRFLOW__SPARKIFY__MAX_REJECTED_SHARE", share)
        pipeline.dag = load_dag()
        return pipeline

    return tolerate


@pytest.fixture
def tolerant(tolerate: Callable[[str, str], Pipeline]) -> Pipeline:
    return tolerate("3", "0.6")


def deliver(pipeline: Pipeline, number: int, content: bytes, name: str = "e.json") -> str:
    key = f"log_data/{START + number * HOUR:%Y/%m/%d/%H}/{name}"
    obstore.put(pipeline.store, key, content)
    return f"s3://{pipeline.bucket}/{key}"


def figures(pipeline: Pipeline, number: int) -> dict[str, int]:
    names = ("source_lines", "staged", "rejected", "candidates", "rejected_by_rule", "duplicates", "loaded")
    with pipeline.session() as session:
        [row] = session.rows(
            f"SELECT {', '.join(names)} FROM etl.load_ledger WHERE target_table = 'songplays' AND partition_ts = %s",
            (int((START + number * HOUR).timestamp() * 1000),),
        )
    assert row[0] == row[1] + row[2]
    assert row[3] == row[4] + row[5] + row[6]
    return dict(zip(names, row, strict=True))


def quarantine(pipeline: Pipeline, number: int) -> list[Any]:
    with pipeline.session() as session:
        return session.rows(
            "SELECT table_name, object_uri, line_number, column_name, reason, raw_line FROM etl.rejects"
            " WHERE source_partition = %s",
            (f"{START + number * HOUR:%Y-%m-%dT%H}",),
        )


def copies(pipeline: Pipeline) -> int:
    """Return how many COPYs of events the warehouse has run."""
    with pipeline.session() as session:
        return session.one("SELECT COUNT(*) FROM sys_query_history WHERE query_text LIKE 'COPY%%copied_rows%%'")[0]


def test_bad_lines_are_kept_with_file_line_column_reason_and_raw_line(tolerant: Pipeline) -> None:
    for number, (kind, (bad, column, words)) in enumerate(REJECTED.items()):
        good = line(itemInSession=number, sessionId=77)
        compressed = number % 2 == 1
        content = good + b"\n" + bad
        name = "e.json.gz" if compressed else "e.json"
        uri = deliver(tolerant, number, gzip.compress(content) if compressed else content, name)
        tolerant.run_hour(number)
        counts = figures(tolerant, number)
        assert (counts["source_lines"], counts["staged"], counts["rejected"], counts["loaded"]) == (2, 1, 1, 1), kind
        [(table, where, row, at, reason, raw)] = quarantine(tolerant, number)
        assert (table, where, row, at) == ("staging_events", uri, 2, column), kind
        assert words in reason, kind
        assert raw == bad.decode(errors="replace").replace("\x00", "\ufffd"), kind


def test_plays_without_a_timestamp_are_rejected_by_rule_and_kept(tolerant: Pipeline) -> None:
    for number, (kind, (bad, words)) in enumerate(REJECTED_BY_RULE.items()):
        good = line(itemInSession=number, sessionId=77)
        others = bad.replace(b"NextSong", b"Home"), line(page={"name": "Home"}), line(page="--5")
        uri = deliver(tolerant, number, b"\n".join([good, bad, *others]))
        tolerant.run_hour(number)
        counts = figures(tolerant, number)
        assert (counts["staged"], counts["rejected_by_rule"], counts["loaded"]) == (5, 1, 1), kind
        [(table, where, row, column, reason, raw)] = quarantine(tolerant, number)
        assert (table, where, row, column, raw) == ("songplays", uri, 2, "ts", bad.decode()), kind
        assert words in reason


def test_a_rejected_line_is_not_kept_in_the_place_of_a_play_that_was_rejected_by_rule(tolerant: Pipeline) -> None:
    both, seconds = line(ts=1541376000, sessionId="none"), line(ts=1541376000)
    deliver(tolerant, 0, b"\n".join([both, seconds, GOOD]))
    tolerant.run_hour(0)
    kept = sorted((table, number, raw) for table, _, number, _, _, raw in quarantine(tolerant, 0))
    assert kept == [("songplays", 2, seconds.decode()), ("staging_events", 1, both.decode())]


def test_what_can_be_loaded_is_loaded_and_warned_of(tolerant: Pipeline, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    for number, (kind, (content, staged, loaded, check)) in enumerate(LOADED.items()):
        moved = content.replace(b'"sessionId": 1', b'"sessionId": %d' % (number + 100))
        deliver(tolerant, number, moved)
        caplog.clear()
        tolerant.run_hour(number)
        counts = figures(tolerant, number)
        assert (counts["staged"], counts["rejected"], counts["loaded"]) == (staged, 0, loaded), kind
        assert quarantine(tolerant, number) == [], kind
        warned = [record.message for record in caplog.records if record.levelname == "WARNING"]
        assert bool(check) == any(check and message.startswith(check) for message in warned), kind


def test_the_warning_of_plays_without_a_user_has_their_share(
    tolerant: Pipeline, caplog: pytest.LogCaptureFixture
) -> None:
    logged_out = [line(userId="", itemInSession=2), line(userId=None, page="Home"), line(userId="", ts=12345)]
    deliver(tolerant, 0, b"\n".join([GOOD, line(), line(itemInSession=3), *logged_out]))
    tolerant.run_hour(0)
    [warned] = [record.message for record in caplog.records if record.message.startswith("plays_have_users")]
    assert "source_partition 2018-11-05T00, plays 4, plays_without_user 1, share_in_percent 25.00" in warned


def test_the_log_shows_how_the_figures_add_up(tolerant: Pipeline, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    deliver(tolerant, 0, b"\n".join([GOOD, GOOD, line(ts=1541376000), line(page="Home"), b"{", line(itemInSession=2)]))
    tolerant.run_hour(0)
    [shown] = [record.message for record in caplog.records if record.message.startswith("From the source")]
    assert [part.rsplit(maxsplit=1) for part in map(str.strip, shown.splitlines()[1:])] == [
        ["source lines", "6"],
        ["staged", "5"],
        ["rejected", "1"],
        ["in scope", "5"],
        ["plays", "4"],
        ["duplicates", "1"],
        ["rejected by rule", "1"],
        ["loaded", "2"],
    ]


def test_files_that_cannot_be_read_and_too_many_bad_lines_fail_the_hour(tolerant: Pipeline) -> None:
    deliver(tolerant, 0, GOOD)
    tolerant.run_hour(0)
    before = tolerant.star(), tolerant.ledger()
    for number, (kind, (name, content, words)) in enumerate(FAILED.items(), start=1):
        uri = deliver(tolerant, number, content, name)
        run = Run(tolerant.dag, START + number * HOUR, START + (number + 1) * HOUR)
        with pytest.raises(AirflowFailException) as failure:
            run.finish()
        assert uri in str(failure.value), kind
        assert words in str(failure.value), kind
        assert (tolerant.star(), tolerant.ledger()) == before, kind


def test_a_compressed_file_is_loaded_whatever_its_name(tolerant: Pipeline) -> None:
    for number, (kind, (name, content)) in enumerate(COMPRESSED.items()):
        deliver(tolerant, number, content, name)
        tolerant.run_hour(number)
        counts = figures(tolerant, number)
        assert (counts["source_lines"], counts["staged"], counts["rejected"]) == (20, 20, 0), kind


def test_an_hour_of_all_compressions_takes_one_copy_for_each(tolerant: Pipeline) -> None:
    before = copies(tolerant)
    for number, (name, content) in enumerate(COMPRESSED.values()):
        deliver(tolerant, 0, content, f"{number}-{name}")
    tolerant.run_hour(0)
    assert figures(tolerant, 0)["source_lines"] == 20 * len(COMPRESSED)
    assert copies(tolerant) - before == 4


def test_bad_lines_of_a_compressed_file_are_kept_by_their_number(tolerant: Pipeline) -> None:
    bad = line(sessionId="none")
    uri = deliver(tolerant, 0, zstandard.compress(GOOD + b"\n\n" + bad), "e.json.gz")
    tolerant.run_hour(0)
    assert [(where, number, raw) for _, where, number, _, _, raw in quarantine(tolerant, 0)] == [(uri, 3, bad.decode())]


def test_no_limit_for_rejected_lines_covers_a_file_that_is_not_text(
    tolerate: Callable[[str, str], Pipeline], caplog: pytest.LogCaptureFixture
) -> None:
    pipeline = tolerate("50", "1")
    for number, (kind, (name, content, words)) in enumerate(NO_TEXT.items()):
        deliver(pipeline, number, GOOD, "good.json")
        uri = deliver(pipeline, number, content, name)
        run = Run(pipeline.dag, START + number * HOUR, START + (number + 1) * HOUR)
        with pytest.raises(AirflowFailException) as failure:
            run.finish()
        assert uri in str(failure.value), kind
        assert words in str(failure.value), kind
        assert all(part.isprintable() for part in str(failure.value).splitlines()), kind
    assert pipeline.ledger() == []
    assert all(part.isprintable() for record in caplog.records for part in record.message.splitlines())


def test_an_hour_whose_source_has_drifted_fails_with_the_keys_found_and_expected(tolerant: Pipeline) -> None:
    for number, (kind, (content, words)) in enumerate(DRIFTED.items()):
        uri = deliver(tolerant, number, content)
        run = Run(tolerant.dag, START + number * HOUR, START + (number + 1) * HOUR)
        with pytest.raises(AirflowFailException, match="events_drifted: 1 offending row") as failure:
            run.finish()
        assert words in str(failure.value), kind
        assert (uri in str(failure.value)) == ("null" not in kind.split()[0]), kind
    assert tolerant.ledger() == []


def test_each_drifted_hour_of_a_window_is_found_with_its_own_file(tolerant: Pipeline) -> None:
    for number in range(6):
        deliver(tolerant, number, sound(20))
    uris = [deliver(tolerant, number, zstandard.compress(renamed(str.lower, 20)), "z.json") for number in (2, 4)]
    with pytest.raises(AirflowFailException, match="events_drifted: 2 offending row") as failure:
        tolerant.run_window(START, START + 6 * HOUR)
    assert [uri in str(failure.value) for uri in uris] == [True, True]


def test_a_drifted_hour_can_be_loaded_with_a_warning(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("AIRFLOW__SPARKIFY__ON_DRIFT", "warn")
    pipeline.dag = load_dag()
    uri = deliver(pipeline, 0, without("sessionId", 20))
    pipeline.run_hour(0)
    assert figures(pipeline, 0)["staged"] == 20
    [warning] = [record.message for record in caplog.records if record.message.startswith("events_drifted")]
    assert f"{uri}, line 1: found the keys" in warning


def test_song_files_whose_source_has_drifted_fail_with_the_keys_found_and_expected(tolerant: Pipeline) -> None:
    obstore.put(tolerant.store, "song_data/A/drifted.json", b'{"songId": "S1", "title": "T", "artistId": "A1"}')
    deliver(tolerant, 0, GOOD)
    with pytest.raises(AirflowFailException, match="songs_drifted: 1 offending row") as failure:
        tolerant.run_hour(0)
    assert "song_data/A/drifted.json, line 1: found the keys songId, title, artistId;" in str(failure.value)


def test_a_song_with_an_empty_id_is_loaded_with_a_warning(tolerant: Pipeline, caplog: pytest.LogCaptureFixture) -> None:
    song = b'{"song_id": "", "title": "T", "artist_id": " ", "artist_name": "A", "duration": 1.5, "year": 0}'
    obstore.put(tolerant.store, "song_data/A/1.json", song)
    deliver(tolerant, 0, GOOD)
    tolerant.run_hour(0)
    assert any(record.message.startswith("songs_identified: 1 offending row") for record in caplog.records)


def test_a_warning_of_incomplete_plays_and_songs_names_the_keys(
    tolerant: Pipeline, caplog: pytest.LogCaptureFixture
) -> None:
    song = b'{"song_id": "S1", "title": "T", "artist_id": "A1", "name": "A", "duration": 1.5, "year": 0}'
    obstore.put(tolerant.store, "song_data/A/1.json", song)
    uri = deliver(tolerant, 0, sound(45) + b"\n" + b"\n".join(line(firstName=..., itemInSession=n) for n in range(5)))
    tolerant.run_hour(0)
    warned = {record.message.partition(":")[0]: record.message for record in caplog.records}
    assert f"without_first_name 5, without_last_name 0, without_gender 0; {uri}, line 46: " in warned["plays_complete"]
    assert "but not found: firstName; have the source write the expected keys" in warned["plays_complete"]
    assert "song_data/A/1.json, line 1: found the keys song_id, title, artist_id, name" in warned["songs_complete"]
    assert "on_drift" not in warned["plays_complete"]


def test_the_docs_have_a_row_for_each_kind(conn_id: str) -> None:
    section = DOCS.read_text(encoding="utf-8").partition("\n## Bad rows\n")[2].partition("\n## ")[0]
    kinds = re.findall(r"^\| ([^|]+?) \|", section, re.MULTILINE)
    assert set(kinds) - {"kind", "---"} == KINDS
