"""JSON objects that are like those before, read by a decoder that is made for them; all others are left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from local_redshift.copy.columnwise.typed_objects import TypedObjects, typed_objects
from local_redshift.copy.columnwise.vectors import Uncertain
from local_redshift.copy.model import Column, RowError
from local_redshift.statements import CopyStatement

COPY = CopyStatement(None, "t", None, "s3://b/k", format="json")
COLUMNS = [
    Column("id", "integer", nullable=False),
    Column("name", "character varying", 5),
    Column("length", "double precision"),
]
KEYS = ["id", "name", "length"]


def reader(*columns: Sequence[Any]) -> TypedObjects:
    """Return a reader that has learnt from values, column by column."""
    made = typed_objects(KEYS, COLUMNS, COPY)
    assert made is not None
    made.learn(columns or ([1], ["x"], [1.5]))
    return made


@pytest.mark.parametrize(
    ("lines", "rows"),
    [
        (b'{"id": 1, "name": "x", "length": 1.5}\n', b"1\tx\t1.5\n"),
        (b'{"length": 1.5, "other": [1, {}], "name": "x", "id": 1}', b"1\tx\t1.5\n"),
        (b'{"id": 1, "name": "x", "length": 2}\n{"id": 2, "name": "", "length": 0.5}\n', b"1\tx\t2\n2\t\t0.5\n"),
        (b'{"id": 1, "name": "a\\tb", "length": 1.5}', b"1\ta\\tb\t1.5\n"),
        ('{"id": 1, "name": "é", "length": 1.5}'.encode(), "1\té\t1.5\n".encode()),
    ],
)
def test_objects_of_the_learnt_types_are_read(lines: bytes, rows: bytes) -> None:
    assert reader().rows(lines) == (rows, rows.count(b"\n"))


def test_a_key_may_be_absent_or_null_once_nulls_were_learnt() -> None:
    lines = b'{"id": 1, "name": null, "length": 1.5}\n{"id": 2, "length": 1.5}'
    with pytest.raises(Uncertain):
        reader().rows(lines)
    assert reader([1], ["x", None], [1.5]).rows(lines) == (b"1\t\\N\t1.5\n2\t\\N\t1.5\n", 2)


def test_what_is_learnt_later_is_read_from_then_on() -> None:
    tested, line = reader(), b'{"id": 1, "name": 5, "length": 1.5}'
    with pytest.raises(Uncertain):
        tested.rows(line)
    tested.learn([[1], [5], [1.5]])
    assert tested.rows(line) == (b"1\t5\t1.5\n", 1)


@pytest.mark.parametrize(
    "line",
    [
        b'{"id": "1", "name": "x", "length": 1.5}',  # another type
        b'{"id": 2147483648, "name": "x", "length": 1.5}',  # not an INTEGER
        b'{"id": 1, "name": "longer", "length": 1.5}',  # not a VARCHAR(5)
        '{"id": 1, "name": "ééé", "length": 1.5}'.encode(),  # nor this: 6 bytes
        b'{"name": "x", "length": 1.5}',  # a key is missing
        b'{"id": 1, "name": "x", "length": 1e400}',
        b'{"id": 1, "name": "x", "length": 1.5',
        b'{"id": 1, "name": "x",\n "length": 1.5}',  # an object over two lines
        b'{"id": 1, "name": "x", "length": 1.5}\n\n{"id": 2, "name": "x", "length": 1.5}',
        b'{"id": 1, "name": "x", "length": 1.5, "other": "\xff"}',  # not UTF-8, in a key that is no column
        b"[1]",
        b"",
    ],
)
def test_what_is_not_like_before_is_left(line: bytes) -> None:
    with pytest.raises((Uncertain, RowError)):
        reader().rows(line)


@pytest.mark.parametrize("learnt", [([1], ["x"], [[1.5]]), ([1], [{"a": 1}], [1.5]), ([None], ["x"], [1.5])])
def test_lists_and_objects_and_nulls_of_a_column_without_nulls_are_not_learnt(learnt: Sequence[Sequence[Any]]) -> None:
    with pytest.raises(Uncertain):
        reader(*learnt).rows(b'{"id": 1, "name": "x", "length": 1.5}')


@pytest.mark.parametrize("keys", [None, [], ["a", "a"], ['a"', "b"], ["a\\", "b"], ["\n", "b"]])
def test_keys_that_the_decoder_cannot_have_give_no_reader(keys: list[str] | None) -> None:
    assert typed_objects(keys, COLUMNS[:2], COPY) is None
