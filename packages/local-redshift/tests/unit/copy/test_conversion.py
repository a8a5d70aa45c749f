"""Blocks of objects into rows: what comes out, what is counted, what is left for the next block."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from local_redshift.copy.conversion import Block, Conversion, ConversionSpec, convert_blocks
from local_redshift.copy.model import Column
from local_redshift.statements import CopyStatement

COLUMNS = (Column("a", "integer"), Column("b", "character varying", 5))


def spec(format_: str = "json", **options: Any) -> ConversionSpec:
    statement = CopyStatement(None, "t", None, "s3://b/k", format=format_, **options)
    return ConversionSpec.of(statement, COLUMNS, None)


def block(data: bytes, uri: str = "s3://b/k", *, last: bool = True) -> Block:
    return Block(uri, data, last)


@pytest.mark.parametrize(
    ("format_", "data", "rows"),
    [
        ("json", b'{"a": 1, "b": "x"}\n{"b": "y"}\n', b"1\tx\n\\N\ty\n"),
        ("json", b'{"a": 1}', b"1\t\\N\n"),
        ("csv", b'1,"x,y"\n2,\n', b"1\tx,y\n2\t\n"),
        ("text", b"1|x\n2|y\n", b"1\tx\n2\ty\n"),
    ],
)
def test_lines_become_rows_of_postgresqls_text_format(format_: str, data: bytes, rows: bytes) -> None:
    found = convert_blocks(spec(format_), [block(data)])
    assert (found.rows, found.row_count, found.errors, found.rest) == (rows, rows.count(b"\n"), [], b"")


def test_lines_are_counted_by_block() -> None:
    blocks = [block(b'{"a": 1}\n{"a": 2}\n', "s3://b/1"), block(b'{"a": 3}', "s3://b/2")]
    found = convert_blocks(spec(), blocks)
    assert (found.lines, found.row_count) == ([2, 1], 3)


@pytest.mark.parametrize("ended", [b"\n", b""])
def test_an_object_without_a_last_end_of_line_does_not_run_into_the_next_one(ended: bytes) -> None:
    blocks = [block(b'{"a": 1}' + ended, "s3://b/1"), block(b'{"a": 2}' + ended, "s3://b/2")]
    assert convert_blocks(spec(), blocks).rows == b"1\t\\N\n2\t\\N\n"


@pytest.mark.parametrize(
    ("format_", "data", "rows", "rest"),
    [
        ("json", b'{"a": 1}\n{"a":\n', b"1\t\\N\n", b'{"a":\n'),
        ("csv", b'1,x\n2,"y\n', b"1\tx\n", b'2,"y\n'),
    ],
)
def test_a_record_that_a_block_begins_and_does_not_end_is_left(
    format_: str, data: bytes, rows: bytes, rest: bytes
) -> None:
    found = convert_blocks(spec(format_), [block(data, last=False)])
    assert (found.rows, found.rest, found.errors) == (rows, rest, [])


def test_an_error_has_its_block_its_file_and_its_line() -> None:
    blocks = [block(b'{"a": 1}\n', "s3://b/1"), block(b'{"a": 2}\n{"b": "too long"}\n{"a": 3}\n', "s3://b/2")]
    found = convert_blocks(spec(max_error=5), blocks)
    [(number, error)] = found.errors
    assert (number, error.file, error.line_number, error.column_name) == (1, "s3://b/2", 2, "b")
    assert found.rows == b"1\t\\N\n2\t\\N\n3\t\\N\n"


@pytest.mark.parametrize(("max_error", "errors"), [(0, 1), (1, 1), (3, 3), (9, 4)])
def test_the_error_that_reaches_maxerror_ends_the_conversion(max_error: int, errors: int) -> None:
    found = convert_blocks(spec(max_error=max_error), [block(b'{"a": "x"}\n' * 4)])
    assert len(found.errors) == errors
    assert spec(max_error=max_error).error_limit == max(max_error, 1)


@pytest.mark.parametrize("format_", ["json", "csv", "text"])
def test_nothing_becomes_nothing(format_: str) -> None:
    found = convert_blocks(spec(format_), [block(b"")])
    assert (found.rows, found.row_count, found.lines) == (b"", 0, [0])


def test_record_by_record_gives_the_same() -> None:
    data = b'{"a": 1, "b": "x"}\n{"a": 2, "b": "y"}\n'
    conversion = Conversion(spec())
    assert conversion.convert([block(data)]) == conversion.convert_exactly([block(data)])


def test_a_spec_goes_to_another_process_without_credentials() -> None:
    statement = CopyStatement(
        None, "t", None, "s3://b/k", access_key_id="the-key", secret_access_key="the-word", session_token="the-pass"
    )
    sent = pickle.dumps(ConversionSpec.of(statement, COLUMNS, None))
    assert b"the-" not in sent
    assert b"the-key" in pickle.dumps(statement)
    assert pickle.loads(sent) == ConversionSpec.of(statement, COLUMNS, None)
