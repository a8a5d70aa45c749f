"""Lines that lack keys, and how they are told."""

from __future__ import annotations

import pytest

from sparkify.source.jsonpaths import first_key
from sparkify.source.source_keys import ExpectedKeys, find_drifted
from sparkify.tables import EVENT_COLUMNS, EVENT_IDENTITY, SONG_COLUMNS, SONG_IDENTITY

EXPECTED = ExpectedKeys(
    "events", {"ts": "$['ts']", "user_id": "$.userId", "city": "$.place.city"}, identifying=("ts", "user_id")
)


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ([b'{"ts": 1, "userid": 2}'], "line 1: found the keys ts, userid; expected, but not found: userId, place"),
        ([b'{"ts": 1, "userId": 2}', b'{"place": {}}'], "line 2: found the keys place; expected, but not found: ts, u"),
        ([b'{"ts": 1}', b"{}", b'{"x": 1}'], "line 2: found the keys (none); expected, but not found: ts, userId, p"),
        ([b"[1]", b"{", b"\xff", b'{"T\\u001bS": 1}'], "line 4: found the keys T\\x1bS; expected"),
        ([b"\xef\xbb\xbf" + b'{"TS": 1, "userId": 2}'], "line 1: found the keys TS, userId; expected, but not found"),
    ],
)
def test_the_line_that_lacks_most_is_described_with_its_keys(lines, sentence):
    line = find_drifted(enumerate(lines, start=1), EXPECTED)
    assert f"s3://b/e.json, {sentence}" in line.describe("s3://b/e.json")


@pytest.mark.parametrize("lines", [[], [b'{"ts": null, "userId": ""}'], [b"null", b"{"]])
def test_lines_that_have_the_identifying_keys_are_skipped(lines):
    assert find_drifted(enumerate(lines, start=1), EXPECTED) is None


def test_a_line_of_many_keys_is_cut_short():
    line = find_drifted([(1, b"{" + b",".join(b'"k%d": 1' % number for number in range(99)) + b"}")], EXPECTED)
    assert "k38, k39 and 59 more;" in line.describe("s3://b/e.json")


@pytest.mark.parametrize(
    ("path", "key"), [("$['userId']", "userId"), ('$["a b"]', "a b"), ("$.a.b", "a"), ("$.a[0]", "a")]
)
def test_the_outermost_key_of_a_path(path, key):
    assert first_key(path) == key


@pytest.mark.parametrize("path", ["$", "$[0]", ""])
def test_a_path_without_a_key_is_refused(path):
    with pytest.raises(ValueError, match="not a JSONPath to a key"):
        first_key(path)


def test_what_identifies_events_and_songs_is_among_their_columns():
    assert set(EVENT_IDENTITY) <= set(EVENT_COLUMNS)
    assert set(SONG_IDENTITY) <= set(SONG_COLUMNS)
