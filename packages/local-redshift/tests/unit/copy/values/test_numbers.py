"""Numbers that columns take, and those that they do not: in JSON, as texts of delimited files, as values of Parquet.

Ranges: https://docs.aws.amazon.com/redshift/latest/dg/r_Numeric_types201.html. The words are those that users report
of STL_LOAD_ERRORS: "Overflow (Short valid range -32768 to 32767)" (snowplow/snowplow#664), "err 1207: Overflow for
NUMERIC(18,0)" (practo/tipoca-stream#279), and that NaN cannot be loaded (databricks/spark-redshift#269).
"""

from __future__ import annotations

import json
from math import inf, nan

import pytest

from local_redshift.copy.conversion import Block, Conversion, ConversionSpec
from local_redshift.copy.model import Column, RowError
from local_redshift.copy.values.convert import converter
from local_redshift.statements import CopyStatement

COLUMNS = {
    "SMALLINT": Column("c", "smallint"),
    "INTEGER": Column("c", "integer"),
    "BIGINT": Column("c", "bigint"),
    "REAL": Column("c", "real"),
    "DOUBLE": Column("c", "double precision"),
    "DECIMAL": Column("c", "numeric", None, 18, 2),
    "VARCHAR": Column("c", "character varying", 400),
}
LONG, DIGIT = "Overflow (Long valid range -9223372036854775808 to 9223372036854775807)", "Invalid digit, Value "

# the column, what is written, what it becomes as a number of JSON, and as a text
CASES = [
    ("SMALLINT", "32767", "32767", "32767"),
    ("SMALLINT", "32768", "Overflow (Short valid range -32768 to 32767)", "Overflow (Short valid range"),
    ("INTEGER", "-2147483648", "-2147483648", "-2147483648"),
    ("INTEGER", "-2147483649", "Overflow (Integer valid range -2147483648 to 2147483647)", "Overflow (Integer"),
    ("BIGINT", "9223372036854775807", "9223372036854775807", "9223372036854775807"),
    ("BIGINT", "9223372036854775808", LONG, LONG),
    ("BIGINT", "9" * 5000, LONG, LONG),
    ("BIGINT", "1e400", LONG, f"{DIGIT}'e', Pos 1"),
    ("BIGINT", "-1e400", LONG, f"{DIGIT}'e', Pos 2"),
    ("BIGINT", "1e999999999", LONG, f"{DIGIT}'e', Pos 1"),
    ("BIGINT", "1e3", "1000", f"{DIGIT}'e', Pos 1"),
    ("BIGINT", "1540919166796.0", "1540919166796", f"{DIGIT}'.', Pos 13"),
    ("BIGINT", "9007199254740993.0", "9007199254740993", f"{DIGIT}'.', Pos 16"),
    ("BIGINT", "1540919166796.5", f"{DIGIT}'.', Pos 13", f"{DIGIT}'.', Pos 13"),
    ("BIGINT", "1e-400", f"{DIGIT}'e', Pos 1", f"{DIGIT}'e', Pos 1"),
    ("DOUBLE", "1e400", "Overflow for column type double precision", "Overflow for column type double precision"),
    ("DOUBLE", "-1E+400", "Overflow for column type double precision", "Overflow for column type double precision"),
    ("DOUBLE", "9" * 400, "Overflow for column type double precision", "Overflow for column type double precision"),
    ("DOUBLE", "1e-400", "Overflow for column type double precision", "Overflow for column type double precision"),
    ("DOUBLE", f"0.{'0' * 400}1", "Overflow for column type double", "Overflow for column type double"),
    ("DOUBLE", "1.5e308", "1.5e+308", "1.5e308"),
    ("DOUBLE", "0e-999", "0.0", "0e-999"),
    ("DOUBLE", "0.0", "0.0", "0.0"),
    ("REAL", "3.5e38", "Overflow for column type real", "Overflow for column type real"),
    ("REAL", "1e-46", "Overflow for column type real", "Overflow for column type real"),
    ("REAL", "1e-400", "Overflow for column type real", "Overflow for column type real"),
    ("REAL", "1e-40", "1e-40", "1e-40"),
    ("DECIMAL", "1e400", "Overflow for NUMERIC(18,2)", "Overflow for NUMERIC(18,2)"),
    ("DECIMAL", "99999999999999999", "Overflow for NUMERIC(18,2)", "Overflow for NUMERIC(18,2)"),
    ("DECIMAL", "9999999999999999.999", "9999999999999999.99", "9999999999999999.99"),
    ("DECIMAL", "1.259", "1.25", "1.25"),
    ("VARCHAR", "1540919166796.0", "1540919166796", "1540919166796.0"),
    ("VARCHAR", "1e400", "1e400", "1e400"),
    ("VARCHAR", "1.50", "1.50", "1.50"),
]


@pytest.mark.parametrize(("kind", "written", "number", "text"), CASES, ids=[f"{row[0]} {row[1][:24]}" for row in CASES])
def test_a_number_is_taken_or_refused_and_never_changed(kind: str, written: str, number: str, text: str) -> None:
    for format_, line, expected in (("json", f'{{"c": {written}}}', number), ("csv", written, text)):
        copy = CopyStatement(None, "t", None, "s3://b/k", format=format_, max_error=2)
        convert = Conversion(ConversionSpec.of(copy, (COLUMNS[kind],), None))
        warm = '{"c": 7}' if format_ == "json" else "7"
        for lines in (line, f"{warm}\n{warm}", line, f"{warm}\n{line}"):  # alone, and after numbers of another form
            found = convert.convert([Block("s3://b/k", lines.encode(), True)])
        if found.errors:
            (error,) = [error for _, error in found.errors]
            assert error.error_reason.startswith(expected)
            assert (error.error_code, error.line_number) == (1207, 2)
        else:
            assert found.rows.splitlines()[1].decode() == expected


#: Python takes most of these for numbers.
NO_NUMBERS = (
    "\uff11\uff12",
    "\u0663",
    "\u00a012",
    "12\u00a0",
    "5\u3000",
    "5\u2009",
    "\x1c5",
    "5\x1f",
    "1_000",
    "\u200b5",
    "½",
    "²",
)


@pytest.mark.parametrize("text", NO_NUMBERS, ids=ascii)
@pytest.mark.parametrize("kind", ["SMALLINT", "INTEGER", "BIGINT", "REAL", "DOUBLE", "DECIMAL"])
@pytest.mark.parametrize("format_", ["csv", "text", "json"])
def test_digits_of_other_scripts_and_other_blanks_make_no_number(kind: str, text: str, format_: str) -> None:
    copy = CopyStatement(None, "t", None, "s3://b/k", format=format_, max_error=9)
    convert = Conversion(ConversionSpec.of(copy, (COLUMNS[kind],), None))
    lines = [json.dumps({"c": value}, ensure_ascii=False) if format_ == "json" else value for value in ("7", text, "8")]
    found = convert.convert([Block("s3://b/k", "\n".join(lines).encode(), True)])
    assert [error.error_code for _, error in found.errors] == [1207]
    assert [float(row) for row in found.rows.split()] == [7, 8]


@pytest.mark.parametrize("text", ["NaN", "nan", "Infinity", "-inf", "1_0", "٣", "0x10", "1,5", "--1", "e5", "."])
@pytest.mark.parametrize("kind", ["SMALLINT", "BIGINT", "REAL", "DOUBLE", "DECIMAL"])
def test_a_text_that_is_not_a_number_is_an_invalid_digit(kind: str, text: str) -> None:
    with pytest.raises(RowError, match="Invalid digit, Value ") as caught:
        converter(COLUMNS[kind], CopyStatement(None, "t", None, "s3://b/k"))(text)
    assert caught.value.code == 1207


@pytest.mark.parametrize("kind", ["REAL", "DOUBLE"])
def test_parquets_own_nan_and_infinity_are_loaded(kind: str) -> None:
    convert = converter(COLUMNS[kind], CopyStatement(None, "t", None, "s3://b/k", format="parquet"))
    assert [convert(value) for value in (nan, inf, -inf)] == ["nan", "inf", "-inf"]
