"""What a data file is, by its key and size."""

from __future__ import annotations

import pytest

from sparkify.hooks.s3_object import S3Object
from sparkify.source.data_files import MAX_URI_BYTES, classify_objects

DATA, IGNORED, UNUSABLE = "data", "ignored", "unusable"

#: Key below the prefix, size: what it is. Spark's and Hadoop's conventions; folders of the S3 console, Hadoop and EMR.
CASES = {
    ("a.json", 9): DATA,
    ("a.json", 0): DATA,
    ("A.JSON.GZ", 9): DATA,
    ("part-00000-0a1b-c000.json.zst", 9): DATA,
    ("firehose-1-2018-11-05-13-00-01-0a1b", 9): DATA,
    ("README.txt", 9): DATA,
    ("deep/er/a.json", 9): DATA,
    ("_SUCCESS", 0): IGNORED,
    ("_SUCCESS", 9): IGNORED,
    ("_temporary/0/task_1/part-0.json", 9): IGNORED,
    ("sub/_temporary/0/part-0.json", 9): IGNORED,
    ("_spark_metadata/0", 9): IGNORED,
    ("_delta_log/00000000000000000000.json", 9): IGNORED,
    ("_committed_123", 9): IGNORED,
    ("__MACOSX/a.json", 9): IGNORED,
    (".hidden/a.json", 9): IGNORED,
    ("sub/.hive-staging_hive_2018/a.json", 9): IGNORED,
    (".a.json.crc", 9): IGNORED,
    (".DS_Store", 9): IGNORED,
    ("...json", 9): IGNORED,
    ("a.json._COPYING_", 9): IGNORED,
    ("a._COPYING_/b.json", 9): IGNORED,
    ("_hidden/../a.json", 9): IGNORED,
    ("_col=1/a.json", 9): DATA,
    ("_part=2018/_SUCCESS", 0): IGNORED,
    ("a_b/c_d.json", 9): DATA,
    ("a.b/c.json", 9): DATA,
    ("a_COPYING_.json", 9): DATA,
    ("", 0): IGNORED,
    ("sub/", 0): IGNORED,
    ("sub_$folder$", 0): IGNORED,
    ("sub/x_$folder$", 0): IGNORED,
    ("$folder$", 0): IGNORED,
    ("sub_$folder$", 9): DATA,
    ("price_in_$", 9): DATA,
    ("sub/", 9): UNUSABLE,
    ("a//b.json", 9): DATA,
    ("//b.json", 9): DATA,
    ("a/./b.json", 9): UNUSABLE,
    ("a/../b.json", 9): UNUSABLE,
    ("..", 9): UNUSABLE,
    ("./a.json", 0): UNUSABLE,
    ("a\nb.json", 9): UNUSABLE,
    ("a\x00b.json", 9): UNUSABLE,
    ("a\x7f.json", 9): UNUSABLE,
    ("a\x85.json", 9): UNUSABLE,
    ("a b+c%2F#?&='\"<>.json", 9): DATA,
    ("e\u0301.json", 9): DATA,
    ("é.json", 9): DATA,
    ("🎵/日本.json", 9): DATA,
    ("\\a\\b.json", 9): DATA,
    ("x" * (MAX_URI_BYTES - len("s3://b/top/")), 9): DATA,
    ("x" * (MAX_URI_BYTES - len("s3://b/top/") + 1), 9): UNUSABLE,
    ("🎵" * 253, 9): DATA,
    ("🎵" * 254, 9): UNUSABLE,
}


def kind(path: str, size: int, prefix: str) -> str:
    item = S3Object("b", prefix + path, "e", size)
    found = classify_objects([item], prefix)
    assert not (found.data and found.unusable)
    return DATA if found.data == [item] else UNUSABLE if found.unusable else IGNORED


@pytest.mark.parametrize(("path", "size"), CASES, ids=lambda value: repr(value)[:40])
def test_a_key_is_data_ignored_or_unusable(path, size):
    assert kind(path, size, "top/") == CASES[path, size]


@pytest.mark.parametrize("prefix", ["_raw/.logs/", "log_data/2018/11/2018-11-05"])
def test_the_parts_of_the_prefix_itself_hide_nothing(prefix):
    assert kind("-events.json", 9, prefix) == DATA


def test_what_cannot_be_used_is_named_with_its_reason_in_characters_that_can_be_shown():
    keys = ["a\n\x00b", "a/../b", "a/", "x" * 1024]
    found = classify_objects([S3Object("b", key, "e", 1) for key in keys], "")
    assert [str(item) for item in found.unusable[:3]] == [
        "s3://b/a\\x0a\\x00b (its key has control characters)",
        "s3://b/a/../b (its key has a part '.' or '..', which clients resolve)",
        "s3://b/a/ (it is named like a folder, and is not empty)",
    ]
    assert len(found.unusable[3].uri.encode()) <= MAX_URI_BYTES
