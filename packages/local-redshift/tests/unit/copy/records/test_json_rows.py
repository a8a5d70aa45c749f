"""JSON objects into rows: https://docs.aws.amazon.com/redshift/latest/dg/copy-usage_notes-copy-from-json.html"""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_redshift.copy.model import LoadedFile, RowError
from local_redshift.copy.records.json_rows import JsonRows


def read(content: str, *, arrays: bool = False) -> list[tuple[int, Any]]:
    """Return line and object of each row; of lines that have none, the code."""
    rows = JsonRows(lambda found: [found], arrays=arrays, replacement=None)
    file = LoadedFile("s3://b/k", 0)
    found = [
        (file.lines, values.code if isinstance(values, RowError) else values[0])
        for _, values in rows.read(file, iter(content.encode().split(b"\n")))
    ]
    assert file.lines == content.count("\n") + 1
    return found


def test_an_object_may_span_lines_and_is_named_by_the_last() -> None:
    # https://docs.aws.amazon.com/redshift/latest/dg/r_COPY_command_examples.html#r_COPY_command_examples-copy-from-json
    content = '{\n    "catid": 1,\n    "names": [\n      {"a": "}"}\n    ]\n}\n{\n    "catid": 2\n}\n{"catid": 3}'
    assert read(content) == [(6, {"catid": 1, "names": [{"a": "}"}]}), (9, {"catid": 2}), (10, {"catid": 3})]


def test_arrays_are_rows_with_jsonpaths_only() -> None:
    content = '[1,"Sports"]\n[\n2,"Shows"\n]'
    assert read(content, arrays=True) == [(1, [1, "Sports"]), (4, [2, "Shows"])]
    assert read('[1,"Sports"]') == [(1, 1214)]


def test_objects_may_follow_each_other_without_a_line_between() -> None:
    assert read('{"a": 1}{"a": 2} {"a": 3}') == [(1, {"a": 1}), (1, {"a": 2}), (1, {"a": 3})]


@pytest.mark.parametrize("broken", ['{"a": 1, "b":', '{"a": [1', "{"])
def test_a_line_that_breaks_off_takes_no_other_with_it(broken: str) -> None:
    assert read(f'{{"a": 0}}\n{broken}\n{{"a": 2}}\n{{"a": 3}}') == [
        (1, {"a": 0}),
        (2, 1214),
        (3, {"a": 2}),
        (4, {"a": 3}),
    ]


@pytest.mark.parametrize("line", ["nonsense", "1", '"text"', "}", '{"a": NaN}', '{"a": 1} x', "[" * 100_000])
def test_what_is_no_object_is_an_error_of_its_own(line: str) -> None:
    assert read(f'{line}\n{{"a": 1}}') == [(1, 1214), (2, {"a": 1})]


def test_blank_lines_are_nothing() -> None:
    assert read('\n{"a": 1}\n  \t\r\n{"a": 2}\n') == [(2, {"a": 1}), (4, {"a": 2})]


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(st.dictionaries(st.text(max_size=4), values, max_size=4), min_size=1), st.sampled_from([None, 1, 4]))
def test_what_was_written_is_read(objects: list[dict[str, Any]], indent: int | None) -> None:
    content = "\n".join(json.dumps(one, indent=indent) for one in objects)
    assert [found for _, found in read(content)] == objects
