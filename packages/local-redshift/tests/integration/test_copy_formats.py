"""COPY in every format and compression, from S3 through the server into a table.

https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-format.html
"""

from __future__ import annotations

import bz2
import datetime
import gzip
import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from local_redshift.testing import ROLE, Bucket

Connection = psycopg.Connection[Any]

DAY = datetime.date(2018, 11, 1)
ROWS = [(1, 'Ann, of "York"', Decimal("1.50"), DAY), (2, None, Decimal("-0.25"), None), (3, "two\nlines", None, DAY)]
CSV = 'id,name,price,day\n1,"Ann, of ""York""",1.50,2018-11-01\n2,,-0.25,\n3,"two\nlines",,2018-11-01\n'


@pytest.fixture
def table(db: Connection) -> str:
    db.execute("CREATE TABLE t (id INTEGER, name VARCHAR(40), price DECIMAL(8, 2), day DATE)")
    return "t"


def load(db: Connection, source: str, options: str, columns: str = "") -> list[tuple[Any, ...]]:
    """Load into the table and return its rows."""
    db.execute(f"COPY t {columns} FROM '{source}' IAM_ROLE '{ROLE}' {options}")
    return db.execute("SELECT * FROM t ORDER BY 1").fetchall()


@pytest.mark.parametrize(
    ("options", "compress"),
    [
        ("", bytes),
        ("GZIP", gzip.compress),
        ("BZIP2", bz2.compress),
        ("ZSTD", lambda content: zstandard.ZstdCompressor().compress(content)),
        ("GZIP", lambda content: gzip.compress(content[:40]) + gzip.compress(content[40:])),
    ],
    ids=["plain", "gzip", "bzip2", "zstd", "gzip of two members"],
)
def test_csv_is_loaded_plain_and_compressed(
    db: Connection, table: str, bucket: Bucket, options: str, compress: Callable[[bytes], bytes]
) -> None:
    source = bucket.put("csv/part-0", compress(CSV.encode()))
    assert load(db, source, f"CSV IGNOREHEADER 1 EMPTYASNULL {options}") == ROWS


@pytest.mark.parametrize(
    ("content", "options"),
    [
        (r"1|Ann, of \"York\"|1.50|2018-11-01" + "\n2|\\N|-0.25|\\N\n3|two\\\nlines||2018-11-01\n", "ESCAPE"),
        ('1\tAnn, of "York"\t1.50\t2018-11-01\n2\t-\t-0.25\t\n', r"DELIMITER '\t' NULL AS '-'"),
        ("1|'Ann, of \"York\"'|1.50|'2018-11-01'\n2|-|-0.25|\n", "REMOVEQUOTES NULL '-'"),
        ('1~Ann, of "York"~1.50~11/01/2018\n2~-~-0.25~\n', "DELIMITER AS '~' NULL AS '-' DATEFORMAT 'MM/DD/YYYY'"),
        ('1~|Ann, of "York"~|1.50~|2018-11-01\n\n2~|-~|-0.25\n', "DELIMITER '~|' NULL '-' FILLRECORD IGNOREBLANKLINES"),
        ('1 Ann, of "York"1.50 2018-11-01\n2 b             -0.25          \n', "FIXEDWIDTH 'id:2,n:14,p:5,d:10'"),
    ],
    ids=["escape", "tab", "removequotes", "dates", "fillrecord", "fixed width"],
)
def test_delimited_and_fixed_width_text_is_loaded(
    db: Connection, table: str, bucket: Bucket, content: str, options: str
) -> None:
    found = load(db, bucket.put("text/part-0", content), options)
    assert found[0] == ROWS[0]
    assert (found[1][0], found[1][2], found[1][3]) == (2, Decimal("-0.25"), None)


def test_columns_go_by_the_list_and_others_have_their_defaults(db: Connection, bucket: Bucket) -> None:
    db.execute("CREATE TABLE t (id INTEGER, name VARCHAR(10) DEFAULT 'nobody', day DATE)")
    source = bucket.put("list/part-0", "2018-11-01|1\n")
    assert load(db, source, "", "(day, id)") == [(1, "nobody", DAY)]


def test_parquet_is_loaded_by_the_order_of_its_columns(db: Connection, table: str, bucket: Bucket) -> None:
    columns = list(zip(*ROWS, strict=True))
    kinds = [pa.int32(), pa.string(), pa.decimal128(8, 2), pa.date32()]
    content = io.BytesIO()
    arrays = [pa.array(values, kind) for values, kind in zip(columns, kinds, strict=True)]
    pq.write_table(pa.table(arrays, ["a", "b", "c", "d"]), content, compression="snappy")
    assert load(db, bucket.put("parquet/part-0.parquet", content.getvalue()), "FORMAT AS PARQUET") == ROWS


@pytest.mark.parametrize(
    ("types", "detail"),
    [
        ([pa.int32()], "Unmatched number of columns between table and file. Table columns: 4, Data columns: 1"),
        ([pa.string(), pa.string(), pa.string(), pa.string()], "incompatible Parquet schema for column"),
    ],
)
def test_parquet_that_does_not_fit_names_file_and_column(
    db: Connection, table: str, bucket: Bucket, types: list[pa.DataType], detail: str
) -> None:
    content = io.BytesIO()
    pq.write_table(pa.table([pa.array([None], kind) for kind in types], [f"c{n}" for n in range(len(types))]), content)
    source = bucket.put("parquet/part-0.parquet", content.getvalue())
    with pytest.raises(psycopg.Error, match="Spectrum Scan Error") as caught:
        load(db, source, "PARQUET")
    assert detail in str(caught.value.diag.message_detail)
    assert source in str(caught.value.diag.message_detail)


def test_a_damaged_object_is_named(db: Connection, table: str, bucket: Bucket) -> None:
    for options, content in (("GZIP", b"1|a|1|"), ("ZSTD", b"1|a|1|"), ("PARQUET", b"1|a|1|")):
        source = bucket.put(f"bad/{options}", content)
        with pytest.raises(psycopg.Error) as caught:
            load(db, source, options)
        told = caught.value.diag
        assert source in f"{told.message_primary} {told.message_detail}"


@pytest.mark.parametrize(
    ("content", "options", "expected"),
    [
        ("1|a|1|2018-11-01\n2|b|1\n", "", (2, "price", 1214, "Delimiter not found")),
        ("1|a|1|2018-11-01|x\n", "", (1, "", 1202, "Extra column(s) found")),
        ('1,"a,1,\n', "CSV", (1, "", 1216, "Invalid quote formatting for CSV")),
        ("h\n1|a|x|\n", "IGNOREHEADER 1", (2, "price", 1207, "Invalid digit, Value 'x', Pos 0, Type: Decimal")),
        ("1|a|1|soon\n", "", (1, "day", 1205, "Invalid Date Format")),
    ],
    ids=["too few", "too many", "open quote", "digit behind a header", "date"],
)
def test_a_line_that_cannot_be_loaded_is_told_in_the_error_table(
    db: Connection, table: str, bucket: Bucket, content: str, options: str, expected: tuple[int, str, int, str]
) -> None:
    source = bucket.put("wrong/part-0", content)
    with pytest.raises(psycopg.Error, match="Check 'stl_load_errors' system table"):
        load(db, source, options)
    line, column, code, reason = db.execute(
        "SELECT line_number, TRIM(colname), err_code, TRIM(err_reason) FROM stl_load_errors WHERE TRIM(filename) = %s",
        (source,),
    ).fetchall()[0]
    assert (line, column, code) == expected[:3]
    assert expected[3] in reason


def test_acceptanydate_loads_null_where_there_is_no_date(db: Connection, table: str, bucket: Bucket) -> None:
    source = bucket.put("dates/part-0", "1|a|1|soon\n2|b|2|2018-11-01\n")
    assert [row[3] for row in load(db, source, "ACCEPTANYDATE DATEFORMAT 'auto'")] == [None, DAY]


def test_the_manuals_example_of_escape(db: Connection, bucket: Bucket) -> None:
    """https://docs.aws.amazon.com/redshift/latest/dg/r_COPY_command_examples.html#r_COPY_preparing_data"""
    db.execute("CREATE TABLE t (redshift_pk VARCHAR(10), note VARCHAR(200))")
    source = bucket.put(
        "nlTest1.txt", "1|This is some text with\\\na newline in it\n2|a backslash\\\\ and a pipe \\|\n"
    )
    assert load(db, source, "DELIMITER '|' ESCAPE") == [
        ("1", "This is some text with\na newline in it"),
        ("2", "a backslash\\ and a pipe |"),
    ]
