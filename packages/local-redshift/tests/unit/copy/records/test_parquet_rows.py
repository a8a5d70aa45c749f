"""Rows of Parquet: https://docs.aws.amazon.com/redshift/latest/dg/copy-usage_notes-copy-from-columnar.html"""

from __future__ import annotations

import datetime
import io
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from local_redshift.copy.model import Column, LoadedFile
from local_redshift.copy.records.parquet_rows import ParquetRows
from local_redshift.statements import CopyStatement
from local_redshift.wire.errors import RedshiftError

COLUMNS = [Column("a", "integer"), Column("b", "timestamp without time zone")]


def read(table: pa.Table | bytes, **options: Any) -> list[Any]:
    if isinstance(table, bytes):
        content = table
    else:
        pq.write_table(table, file := io.BytesIO())
        content = file.getvalue()
    copy = CopyStatement(None, "t", None, "s3://b/k", format="parquet", **options)
    chunks = iter([content[:10], content[10:]])
    loaded = LoadedFile("s3://b/k", len(content))
    rows = [values for _, values in ParquetRows(copy, COLUMNS).read(loaded, chunks)]
    assert loaded.lines == len(rows)
    return rows


def test_columns_go_by_their_order_and_times_are_shown_in_utc() -> None:
    when = datetime.datetime(2018, 11, 5, 1, tzinfo=datetime.timezone(datetime.timedelta(hours=1)))
    table = pa.table({"y": pa.array([1, None], pa.int32()), "x": pa.array([when, None], pa.timestamp("us", "CET"))})
    assert read(table) == [[1, "2018-11-05 00:00:00+00:00"], [None, None]]


def test_missing_columns_are_filled_only_with_fillrecord() -> None:
    table = pa.table({"a": pa.array([1], pa.int32())})
    assert read(table, fill_record=True) == [[1, None]]
    with pytest.raises(RedshiftError) as caught:
        read(table)
    assert "Table columns: 2, Data columns: 1" in (caught.value.detail or "")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (
            pa.table({"a": ["text"], "b": pa.array([None], pa.timestamp("us"))}),
            "incompatible Parquet schema for column",
        ),
        (b"no parquet, however long it is", "has an invalid version number or is damaged"),
    ],
)
def test_a_file_that_does_not_fit_fails_the_load(content: pa.Table | bytes, words: str) -> None:
    with pytest.raises(RedshiftError, match="Spectrum Scan Error") as caught:
        read(content)
    assert words in (caught.value.detail or "")
