"""What each kind of bad row gets: the rows of docs/bad-rows.md, one by one."""

from __future__ import annotations

import gzip
import json
import logging
import re
from pathlib import Path
from typing import Any

import obstore
import pytest
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
    "missing key": (GOOD + b"\n" + line(song=..., registration=...), 2, 2, ""),
    "play without a user": (
        b"\n".join([GOOD, line(userId=...), line(userId="", itemInSession=2)]),
        3,
        3,
        "plays_have_users",
    ),
    "trailing blanks": (GOOD + b"\n" + line(level="free "), 2, 2, "levels_known"),
    "whole number with a fraction of zeros": (GOOD + b"\n" + line(ts=1541376000000.0, sessionId=7.0), 2, 2, ""),
    "unknown key": (GOOD + b"\n" + line(plan="new"), 2, 2, ""),
    "BOM": (b"\xef\xbb\xbf" + GOOD, 1, 1, ""),
    "blank lines": (b"\n\n" + GOOD + b"\n \n", 1, 1, ""),
    "no final newline": (GOOD, 1, 1, ""),
    "empty file": (b"", 0, 0, ""),
}
#: kind → (name, content, words of the failure)
FAILED: dict[str, tuple[str, bytes, str]] = {
    "truncated gzip": ("e.json.gz", gzip.compress(GOOD * 100)[:-9], "ends before the end of the stream"),
    "plain text named .gz": ("e.json.gz", GOOD, "no intact gzip file"),
    # COPY loads both of these, but then lines and rows cannot be held against each other.
    "several objects on a line": ("e.json", GOOD + b"\n" + line() + line(), "2 source lines are not 3 staged"),
    "an object over several lines": ("e.json", json.dumps(EVENT, indent=1).encode(), "one JSON object a line"),
    "more than the limit": ("e.json", GOOD + b"\n{" * 4, "where max_rejected allows 3"),
    "more than the share": ("e.json", GOOD + b"\n{\n{", "max_rejected_share allows 60.0%"),
}

pytestmark = pytest.mark.parametrize("conn_id", ["redshift"], indirect=True)


@pytest.fixture
def tolerant(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> Pipeline:
    monkeypatch.setenv("AIRFLOW__SPARKIFY__MAX_REJECTED_ROWS", "3")
    monkeypatch.setenv("AIRFLOW__SPARKIFY__MAX_REJECTED_SHARE", "0.6")
    pipeline.dag = load_dag()
    return pipeline


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


def test_the_docs_have_a_row_for_each_kind(conn_id: str) -> None:
    kinds = re.findall(r"^\| ([^|]+?) \|", DOCS.read_text(encoding="utf-8").partition("\n## ")[0], re.MULTILINE)
    assert set(kinds) - {"kind", "---"} == {*REJECTED, *RULED_OUT, *LOADED, *FAILED}
