"""Redshift's data types as they are written, what PostgreSQL is sent in their place, and their encodings.

https://docs.aws.amazon.com/redshift/latest/dg/c_Supported_data_types.html
https://docs.aws.amazon.com/redshift/latest/dg/c_Compression_encodings.html
"""

from __future__ import annotations

import pytest

from local_redshift.statements.tokens.cursor import Cursor
from local_redshift.statements.tokens.lexer import tokenize
from local_redshift.statements.tokens.types import DataType, check_encoding, read_type
from local_redshift.wire.errors import RedshiftError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("int2", DataType("smallint")),
        ("INT", DataType("integer")),
        ("bigint", DataType("bigint")),
        ("real", DataType("real")),
        ("float", DataType("double precision")),
        ("DOUBLE PRECISION", DataType("double precision")),
        ("bool", DataType("boolean")),
        ("date", DataType("date")),
        ("timestamp", DataType("timestamp")),
        ("timestamp without time zone", DataType("timestamp")),
        ("TIMESTAMP WITH TIME ZONE", DataType("timestamptz")),
        ("time with time zone", DataType("time")),
        # 18 digits and no fraction: https://docs.aws.amazon.com/redshift/latest/dg/r_Numeric_types201.html
        ("decimal", DataType("decimal", "decimal(18,0)")),
        ("NUMERIC(38, 5)", DataType("decimal")),
        # lengths in bytes: https://docs.aws.amazon.com/redshift/latest/dg/r_Character_types.html
        ("varchar(10)", DataType("varchar", None, 10)),
        ("varchar", DataType("varchar", "varchar(256)", 256)),
        ("varchar(max)", DataType("varchar", "varchar(65535)", 65535)),
        ("character varying(7)", DataType("varchar", None, 7)),
        ("nvarchar(7)", DataType("varchar", "varchar(7)", 7)),
        ("text", DataType("varchar", "varchar(256)", 256)),
        ("text(9)", DataType("varchar", "varchar(256)", 256)),
        ("char", DataType("char", None, 1)),
        ("nchar(3)", DataType("char", "char(3)", 3)),
        ("bpchar", DataType("char", "char(256)", 256)),
    ],
)
def test_a_type_is_read_to_its_end(text: str, expected: DataType) -> None:
    cursor = Cursor(tokenize(f"{text} NOT NULL"))
    assert read_type(cursor, "column") == expected
    assert cursor.upper == "NOT"


@pytest.mark.parametrize(
    ("text", "state", "words"),
    [
        ("varchar(65536)", "22023", "character varying cannot exceed 65535"),
        ("char(4097)", "22023", "character cannot exceed 4096"),
        ("varchar(0)", "22023", "must be at least 1"),
        ("varchar(x)", "42601", "syntax error"),
        ("varchar()", "42601", "syntax error"),
        ("decimal(39)", "22023", "precision 39 must be between 1 and 38"),
        ("serial", "0A000", 'c has unsupported type "serial"'),
        ("integer[]", "0A000", 'unsupported type "integer[]"'),
        ("int ARRAY", "0A000", 'unsupported type "int[]"'),
        ("super", "0A000", "unsupported type"),
        ("double", "42601", "syntax error"),
        ("5", "42601", "syntax error"),
    ],
)
def test_what_redshift_does_not_have_is_refused(text: str, state: str, words: str) -> None:
    with pytest.raises(RedshiftError) as caught:
        read_type(Cursor(tokenize(text)), "c")
    assert caught.value.sqlstate == state
    assert words in str(caught.value)


def test_a_type_that_only_this_server_lacks_says_so() -> None:
    with pytest.raises(RedshiftError) as caught:
        read_type(Cursor(tokenize("SUPER")), "c")
    assert "Redshift itself does" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("encoding", "family"),
    [
        ("az64", "bigint"),
        ("LZO", "varchar"),
        ("text255", "varchar"),
        ("mostly8", "decimal"),
        ("zstd", "boolean"),
        ("raw", "boolean"),
        ("bytedict", "real"),
        ("delta32k", "date"),
    ],
)
def test_encodings_of_a_type(encoding: str, family: str) -> None:
    check_encoding(tokenize(encoding)[0], DataType(family), "c")


@pytest.mark.parametrize(
    ("encoding", "family", "words"),
    [
        ("az64", "varchar", 'invalid encoding type for column "c"'),
        ("lzo", "real", "invalid encoding type"),
        ("text255", "char", "invalid encoding type"),
        ("mostly32", "integer", "invalid encoding type"),
        ("gzip", "integer", "invalid encoding type specified"),
        ("gzip", None, "invalid encoding type specified"),
    ],
)
def test_an_encoding_that_a_type_cannot_have_is_refused(encoding: str, family: str | None, words: str) -> None:
    with pytest.raises(RedshiftError, match=words):
        check_encoding(tokenize(encoding)[0], DataType(family) if family else None, "c")


def test_an_encoding_is_taken_when_the_type_is_not_known() -> None:
    check_encoding(tokenize("mostly8")[0], None, "c")
