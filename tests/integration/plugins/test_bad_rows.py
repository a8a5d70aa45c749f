"""What each kind of bad row gets: the rows of docs/bad-rows.md, one by one."""

from __future__ import annotations

import base64
import bz2
import gzip
import json
import logging
import lzma
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import obstore
import pytest
import zstandard
from airflow.sdk.exceptions import AirflowFailException

from tests.integration.plugins.test_pipeline import HOUR, START, Pipeline, conn_id, pipeline
from tests.pipeline import Run, load_dag

__all__ = ["conn_id", "pipeline"]

DOCS = Path(__file__).parents[3] / "docs" / "bad-rows.md"
EVENT = {
    "artist": "A",
    "auth": "Logged In",
    "firstName": "Ann",
    "gender": "F",
    "itemInSession": 1,
    "lastName": "Lee",
    "length": 100.5,
    "level": "free",
    "location": "Bixby, OK",
    "method": "PUT",
    "page": "NextSong",
    "registration": 1540919166796.0,
    "sessionId": 1,
    "song": "S",
    "status": 200,
    "ts": int(START.timestamp() * 1000),
    "userAgent": "x",
    "userId": "1",
}


def line(**changes: Any) -> bytes:
    return json.dumps({key: value for key, value in {**EVENT, **changes}.items() if value is not Ellipsis}).encode()


GOOD = line(itemInSession=9)
#: kind → (the lines after a good one, column, words of the reason)
REJECTED: dict[str, tuple[bytes, str, str]] = {
    "malformed JSON": (line()[:40], "", "Invalid JSON"),
    "a line that is not JSON": (b"2018-11-05 INFO started", "", "Invalid JSON"),
    "an array": (b"[" + line() + b"]", "", "not an object"),
    "wrong type": (line(sessionId="none"), "session_id", "Invalid digit"),
    "number out of range": (line(itemInSession=99_999_999_999), "item_in_session", "Overflow"),
    "number beyond every range": (line(length="@@").replace(b'"@@"', b"1e400"), "length", "Overflow"),
    "number too near to zero": (line(length="@@").replace(b'"@@"', b"1e-400"), "length", "Overflow"),
    "oversized string": (line(location="x" * 600), "location", "String length exceeds DDL length"),
    "invalid UTF-8": (line(location="@@").replace(b"@@", b"\xff\xfe"), "", "UTF8"),
    "null byte, escaped": (line(location="a\x00b"), "location", "UTF8"),
    "null byte, raw": (line(location="@@").replace(b"@@", b"a\x00b"), "", "Invalid JSON"),
    "ts that is text": (line(ts="yesterday"), "ts", "Invalid digit"),
    "half a surrogate pair": (line(location="@@").replace(b"@@", b"\\ud83c"), "location", "UTF8"),
    "a no-break space alone": ("\u00a0".encode(), "", "Invalid JSON"),
}
#: kind → (the event, words of the reason)
RULED_OUT = {
    "ts in seconds": (line(ts=1541376000), "counts seconds"),
    "ts in the far future": (line(ts=99_999_999_999_999), "no millisecond timestamp"),
    "ts missing": (line(ts=...), "missing"),
}
#: kind → (file's content, rows staged, plays loaded, check that warns)
LOADED: dict[str, tuple[bytes, int, int, str]] = {
    "missing page": (GOOD + b"\n" + line(page=...), 2, 1, "pages_known"),
    "empty page": (GOOD + b"\n" + line(page=" "), 2, 1, "pages_known"),
    "NextSong in another spelling": (GOOD + b"\n" + line(page="next_song"), 2, 1, "pages_known"),
    "NextSong within an object": (GOOD + b"\n" + line(page={"name": "NextSong"}), 2, 1, "pages_known"),
    "other keys for what plays show": (
        b"\n".join(line(itemInSession=number, song=..., title="S") for number in range(3)),
        3,
        3,
        "plays_complete",
    ),
    "missing key": (GOOD + b"\n" + line(song=..., registration=...), 2, 2, ""),
    "play without a user": (
        b"\n".join([GOOD, line(userId=...), line(userId="", itemInSession=2)]),
        3,
        3,
        "plays_have_users",
    ),
    "trailing blanks": (GOOD + b"\n" + line(level="free "), 2, 2, "levels_known"),
    "whole number with a fraction of zeros": (GOOD + b"\n" + line(ts=1541376000000.0, sessionId=7.0), 2, 2, ""),
    "missing session": (GOOD + b"\n" + line(sessionId=...), 2, 2, "sessions_known"),
    "unknown key": (GOOD + b"\n" + line(plan="new"), 2, 2, ""),
    "BOM": (b"\xef\xbb\xbf" + GOOD, 1, 1, ""),
    "blank lines": (b"\n\n" + GOOD + b"\n \n", 1, 1, ""),
    "no final newline": (GOOD, 1, 1, ""),
    "empty file": (b"", 0, 0, ""),
    "events of nobody": (b"\n".join(line(page="Home", userId="", itemInSession=n) for n in range(3)), 3, 0, ""),
}
PLAYS = b"\n".join(line(itemInSession=number, location="Malmö, SE") for number in range(20))
#: kind → (name, content), a file of 20 plays
COMPRESSED: dict[str, tuple[str, bytes]] = {
    "gzip, whatever the name": ("e.json", gzip.compress(PLAYS)),
    "gzip of several members": ("e.gzip", gzip.compress(PLAYS[:999]) + gzip.compress(PLAYS[999:])),
    "bzip2": ("e.json.bz2", bz2.compress(PLAYS)),
    "zstd": ("e.json.zst", zstandard.compress(PLAYS)),
    "zstd with a skippable frame": ("e", b"\x50\x2a\x4d\x18\x02\x00\x00\x00ab" + zstandard.compress(PLAYS)),
    "plain text named .gz": ("e.json.GZ", PLAYS),
}
#: kind → (name, content, words of the failure), a file beside a good one, where 50 lines may be rejected
NO_TEXT: dict[str, tuple[str, bytes, str]] = {
    "UTF-16 or UTF-32": ("e.json", PLAYS.decode().encode("utf-16-le"), "text in UTF-16 (little-endian), not in UTF-8"),
    "another encoding than UTF-8": (
        "e.json",
        json.dumps({**EVENT, "location": "Malmö"}, ensure_ascii=False).encode("latin-1")
        + b"\n"
        + line(location="@").replace(b"@", b"\xe9"),
        "2 of its 2 lines are not UTF-8",
    ),
    "binary or encrypted data": ("e.json", PLAYS + b"\n" + random.Random(1).randbytes(200), "(line 21, "),
    "a run of null bytes": ("e.json", bytes(600) + PLAYS, "binary, encrypted or in another encoding"),
    "compressed twice": ("e.json.gz", gzip.compress(gzip.compress(PLAYS)), "compressed twice: gzip within gzip"),
    "text without a JSON object": ("e.json", base64.b64encode(PLAYS), "holds no JSON object"),
    "lzop": ("e.json.lzo", b"\x89LZO\x00\r\n\x1a\n" + bytes(99), "compressed by lzop, which cannot be loaded"),
    "another compression or format": ("e.json", lzma.compress(PLAYS), "compressed by xz, which cannot be loaded"),
    "other data after compressed ones": ("e.gz", gzip.compress(PLAYS) + b"garbage", "no intact gzip data"),
}
#: kind → (name, content, words of the failure)
FAILED: dict[str, tuple[str, bytes, str]] = {
    "truncated gzip": ("e.json.gz", gzip.compress(GOOD * 100)[:-9], "ends before its gzip data do"),
    # COPY loads both of these, but then lines and rows cannot be held against each other.
    "several objects on a line": ("e.json", GOOD + b"\n" + line() + line(), "2 source lines are not 3 staged"),
    "an object over several lines": ("e.json", json.dumps(EVENT, indent=1).encode(), "one JSON object a line"),
    "more than the limit": ("e.json", GOOD + b"\n{" * 4, "where max_rejected allows 3"),
    "more than the share": ("e.json", GOOD + b"\n{\n{", "max_rejected_share allows 60.0%"),
}


def renamed(rename: Callable[[str], str], count: int, **changes: Any) -> bytes:
    """Return plays whose keys are other ones."""
    plays = (json.loads(line(itemInSession=number, **changes)) for number in range(count))
    return b"\n".join(json.dumps({rename(key): value for key, value in play.items()}).encode() for play in plays)


def without(key: str, count: int) -> bytes:
    return b"\n".join(line(**{"itemInSession": number, key: ...}) for number in range(count))


def sound(count: int) -> bytes:
    return b"\n".join(line(itemInSession=number, sessionId=77) for number in range(count))


#: kind → (content, words of the failure)
DRIFTED: dict[str, tuple[bytes, str]] = {
    "keys in another case": (renamed(str.lower, 3), "expected, but not found: firstName, itemInSession, lastName"),
    "keys in another case in a tenth of the lines": (sound(45) + b"\n" + renamed(str.upper, 5), "line 46: found the"),
    "events within another object": (b'{"event": %s}\n' % line() * 3, "found the keys event; expected"),
    "no session": (without("sessionId", 20), "without_session_id 20"),
    "no ts": (without("ts", 6) + b"\n" + sound(6), "without_ts 6"),
    "no page": (without("page", 4), "without_page 4"),
    "no item": (without("itemInSession", 4), "expected, but not found: itemInSession"),
    "no user of plays": (without("userId", 5) + b"\n" + sound(20), "plays_without_user_id 5"),
    "nulls in the place of what identifies events": (
        renamed(str, 5, sessionId=None),
        "its lines have the expected keys, as far as they were read: the values are null or empty",
    ),
}

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
        return session.one("SELECT COUNT(*) FROM sys_query_history WHERE query_text LIKE 'COPY%%landing%%'")[0]


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


def test_plays_without_a_timestamp_are_ruled_out_and_kept(tolerant: Pipeline) -> None:
    for number, (kind, (bad, words)) in enumerate(RULED_OUT.items()):
        good = line(itemInSession=number, sessionId=77)
        others = bad.replace(b"NextSong", b"Home"), line(page={"name": "Home"}), line(page="--5")
        uri = deliver(tolerant, number, b"\n".join([good, bad, *others]))
        tolerant.run_hour(number)
        counts = figures(tolerant, number)
        assert (counts["staged"], counts["rejected_by_rule"], counts["loaded"]) == (5, 1, 1), kind
        [(table, where, row, column, reason, raw)] = quarantine(tolerant, number)
        assert (table, where, row, column, raw) == ("songplays", uri, 2, "ts", bad.decode()), kind
        assert words in reason


def test_a_rejected_line_is_not_kept_in_the_place_of_a_play_that_was_ruled_out(tolerant: Pipeline) -> None:
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
        ["ruled out", "1"],
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


def test_no_limit_for_rejected_lines_covers_a_file_that_is_no_text(
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
    kinds = re.findall(r"^\| ([^|]+?) \|", DOCS.read_text(encoding="utf-8").partition("\n## ")[0], re.MULTILINE)
    assert set(kinds) - {"kind", "---"} == {
        *REJECTED,
        *RULED_OUT,
        *LOADED,
        *COMPRESSED,
        *NO_TEXT,
        *DRIFTED,
        *FAILED,
    }
