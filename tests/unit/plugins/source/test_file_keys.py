"""Which files can be copied together, by the keys of their lines."""

from __future__ import annotations

import json
import tracemalloc

import pytest

from sparkify.hooks.s3_object import S3Object
from sparkify.source.file_keys import FileKeys, LineKeys, RowKey


def keys_of(*lines: str | bytes) -> LineKeys:
    found = LineKeys("song_id")
    for line in lines:
        found.add_line(line if isinstance(line, bytes) else line.encode())
    return found


@pytest.mark.parametrize(
    ("line", "keys"),
    [
        ('{"song_id": "SO1"}', {"SO1"}),
        (' {"a": [1, {"song_id": 2}], "song_id" :"SO1", "b": {}} \r', {"SO1"}),
        ('{"song_id": "SO1  "}', {"SO1"}),
        ('{"song_id": "\u3000SO1\u00a0"}', {"\u3000SO1\u00a0"}),
        ('{"song_id": ""}', {""}),
        ('{"song_id": null}', set()),
        ('{"id": "SO1"}', set()),
        ("{}", set()),
        (r'{"title": "a \"song_id\" \\", "song_id": "SO1"}', {"SO1"}),
        (r'{"title": "\u00e9 \u4e2d", "song_id": "SO1"}', {"SO1"}),
        (r'{"title": "\u0041", "song_id": "SO1"}', {"SO1"}),
        ('{"song_id": "' + "é" * 128 + '"}', {"é" * 128}),
    ],
)
def test_a_key_is_certain_when_copy_can_load_nothing_else(line: str, keys: set[str]) -> None:
    found = keys_of(line)
    assert (found.is_certain, found.keys) == (True, keys)


@pytest.mark.parametrize(
    "line",
    [
        r'{"song_id": "\u0053O1"}',
        r'{"song_id": "a\"b"}',
        r'{"song_id": "\\N"}',
        r'{"song\u005fid": "SO1"}',
        r'{"title": "\n", "x": {"song_id": "SO2"}, "song_id": "SO1"}',
        r'{"song\u005fid": "SO2", "song_id": "SO1"}',
        r'{"song_id": "SO1", "song\u005fid": "SO2"}',
        r'{"song_id": "\u00e9"}',
        '{"song_id": 12}',
        '{"song_id": 1.0}',
        '{"song_id": true}',
        '{"song_id": ["SO1"]}',
        '{"song_id": {"song_id": "SO1"}}',
        '{"song_id": "SO1", "song_id": "SO1"}',
        '{"song_id": "SO1", "song_id": null}',
        '{"Song_ID": "SO1"}',
        '{"song_id": "SO1", "SONG_ID": "SO2"}',
        '{"song_id": "SO1"',
        '{"song_id": "SO1"} {"song_id": "SO2"}',
        '{"song_id": "a\tb"}',
        '["song_id", "SO1"]',
        '[["song_id", "SO1"]]',
        '"song_id"',
        b'{"song_id": "\xff"}',
        '{"song_id": "' + "é" * 128 + 'a"}',
        '{"a": ' + "[" * 100_000,
    ],
)
def test_a_file_with_any_other_line_is_not_certain(line: str | bytes) -> None:
    assert not keys_of('{"song_id": "SO0"}', line).is_certain


def file(name: str, size: int = 9) -> S3Object:
    return S3Object("b", name, "e", size)


def test_files_that_share_a_key_or_are_not_certain_are_copied_alone() -> None:
    contents = {
        "a": ['{"song_id": "1"}', '{"song_id": "1"}'],
        "b": ['{"song_id": "2"}'],
        "c": ['{"song_id": "3"}', '{"song_id": "2 "}'],
        "d": ['{"song_id": "3"}'],
        "e": ['{"song_id": 4}'],
        "f": ['{"song_id": "5"}', '{"song_id": null}'],
    }
    keys = FileKeys("song_id")
    for name, lines in contents.items():
        keys.add(f"s3://b/{name}", keys_of(*lines))
    together, alone = keys.split(map(file, contents))
    assert [item.key for item in together] == ["a", "f"]
    assert [item.key for item in alone] == ["b", "c", "d", "e"]
    assert list(keys.owners(together)) == [("1", "s3://b/a"), ("5", "s3://b/f")]


def test_a_single_file_needs_no_keys() -> None:
    keys = FileKeys("song_id")
    keys.add("s3://b/a", keys_of('{"song_id": "1"}'))
    assert keys.split([file("a")]) == ([], [file("a")])


def test_many_files_take_little_memory() -> None:
    keys = FileKeys("song_id")
    tracemalloc.start()
    for number in range(20_000):
        found = keys.of_file()
        found.add_line(json.dumps({"song_id": f"SO{number:016}", "title": "t"}).encode())
        keys.add(f"s3://bucket/song_data/A/B/C/TRABC{number:012}.json", found)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 10 << 20


@pytest.mark.parametrize(
    ("path", "name"),
    [("$['song_id']", "song_id"), ("$.songId", "songId"), ("$['a']['b']", None), ("$[0]", None), ("$", None)],
)
def test_a_row_key_is_one_key_of_the_line(path: str, name: str | None) -> None:
    found = RowKey.of("song_id", {"song_id": path}, "object_uri")
    assert (found.name if found else None) == name
    assert RowKey.of("other", {"song_id": path}, "object_uri") is None
