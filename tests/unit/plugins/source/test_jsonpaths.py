"""JSONPaths files, and what a path finds in a line."""

from __future__ import annotations

import json

import pytest

from sparkify.source.jsonpaths import encode_jsonpaths, find_field, first_key, only_key


def test_jsonpaths_follow_the_order_of_the_columns():
    assert json.loads(encode_jsonpaths({"user_id": "$['userId']", "ts": "$.ts"})) == {
        "jsonpaths": ["$['userId']", "$.ts"]
    }


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("$['userId']", "39"),
        ("$.userId", "39"),
        ('$["a"]["b"][1]', 2),
        ("$.a.b[0]", 1),
        ("$['with space']", None),
    ],
)
def test_field_is_found_in_both_notations(path, value):
    line = b'{"userId":"39","a":{"b":[1,2]},"with space":null}'
    assert find_field(line, path) == value


@pytest.mark.parametrize("line", [b'{"a":', b'{"b":1}', b"[1]", b"\xff"])
def test_field_that_is_not_there_is_a_lookup_error(line):
    with pytest.raises(LookupError):
        find_field(line, "$['a']")


@pytest.mark.parametrize(
    ("path", "outermost", "single"),
    [
        ("$['userId']", "userId", "userId"),
        ('$["user id"]', "user id", "user id"),
        ("$.userId", "userId", "userId"),
        ("$.a.b", "a", None),
        ("$['a'][0]", "a", None),
    ],
)
def test_the_key_of_a_path_is_its_outermost_one(path: str, outermost: str, single: str | None) -> None:
    assert first_key(path) == outermost
    assert only_key(path) == single


@pytest.mark.parametrize("path", ["$", "$[0]", "$[0].a", ""])
def test_a_path_that_names_no_key_is_refused(path: str) -> None:
    assert only_key(path) is None
    with pytest.raises(ValueError, match="is not a JSONPath to a key of an object"):
        first_key(path)
