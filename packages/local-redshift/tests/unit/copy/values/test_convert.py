"""JSON values into columns: what fits, what is NULL, what is an error and which."""

from __future__ import annotations

from typing import Any

import pytest

from local_redshift.copy.model import Column, RowError
from local_redshift.copy.values.convert import converter
from local_redshift.statements import CopyStatement


def copy(**options: Any) -> CopyStatement:
    return CopyStatement(schema=None, table="t", columns=None, source="s3://b/k", **options)


def convert(kind: str, value: Any, max_bytes: int | None = None, **options: Any) -> str | None:
    column = Column("c", kind, max_bytes, *((5, 2) if kind == "numeric" else ()))
    return converter(column, copy(**options))(value)


# https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-conversion.html
@pytest.mark.parametrize(
    ("kind", "value", "field"),
    [
        ("integer", 7, "7"),
        ("integer", "39", "39"),
        ("integer", "", None),
        ("integer", "  ", None),
        ("bigint", 1541106106796, "1541106106796"),
        ("smallint", -32768, "-32768"),
        ("double precision", 1540919166796.0, "1540919166796.0"),
        ("double precision", 3, "3"),
        ("double precision", "", None),
        ("numeric", 123.45, "123.45"),
        ("boolean", True, "t"),
        ("boolean", "no", "f"),
        ("date", "2018-11-05", "2018-11-05"),
        ("timestamp without time zone", "2018-11-05 13:14:15.796", "2018-11-05 13:14:15.796000"),
        ("character varying", "", ""),
        ("character varying", "tab\tand\\", "tab\\tand\\\\"),
        ("character varying", 12, "12"),
        ("character varying", {"a": [1, "b"]}, '{"a":[1,"b"]}'),
    ],
)
def test_a_value_that_fits_becomes_a_field(kind: str, value: Any, field: str | None) -> None:
    assert convert(kind, value, 100) == field


# https://docs.aws.amazon.com/redshift/latest/dg/r_Load_Error_Reference.html
@pytest.mark.parametrize(
    ("kind", "value", "code", "reason"),
    [
        ("integer", "abc", 1207, "Invalid digit, Value 'a', Pos 0, Type: Integer"),
        ("integer", 1.5, 1207, "Invalid digit, Value '.', Pos 1, Type: Integer"),
        ("boolean", "perhaps", 1210, "Unknown boolean format"),
        ("date", "the fifth", 1205, "Invalid Date Format - length must be 10 or more"),
        ("date", "on the fifth", 1205, "Invalid Date Format or Value"),
        ("timestamp without time zone", "noon", 1206, r"Invalid timestamp format or value \[YYYY-MM-DD HH24:MI:SS\]"),
        ("timestamp with time zone", "noon", 1206, r"Invalid timestamp format or value \[YYYY-MM-DD HH24:MI:SSOF\]"),
        ("time without time zone", "noon", 1206, "Invalid time format or value"),
        ("character varying", "é" * 51, 1204, "String length exceeds DDL length"),
        ("character varying", "a\x00b", 1220, "Bad UTF8 hex sequence: 00"),
    ],
)
def test_a_value_that_does_not_fit_is_an_error_in_redshifts_words(
    kind: str, value: Any, code: int, reason: str
) -> None:
    with pytest.raises(RowError, match=reason) as caught:
        convert(kind, value, 100)
    assert caught.value.code == code


def test_lengths_count_bytes_and_trailing_blanks_do_not_count() -> None:
    assert convert("character varying", "é" * 5, 10) == "é" * 5
    assert convert("character varying", "abc   ", 3) == "abc"
    assert convert("character varying", "éé", 3, truncate_columns=True) == "é"


def test_emptyasnull_and_blanksasnull_concern_character_columns() -> None:
    assert convert("character varying", "", 10, empty_as_null=True) is None
    assert convert("character varying", "  ", 10, blanks_as_null=True) is None
    assert convert("character varying", "  ", 10, empty_as_null=True) == "  "


# https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-conversion.html
def test_decimals_are_cut_or_rounded_and_blanks_trimmed() -> None:
    assert [convert("numeric", "1.259", round_decimals=choice) for choice in (False, True)] == ["1.25", "1.26"]
    assert [convert("character varying", "a  ", 9, trim_blanks=choice) for choice in (False, True)] == ["a  ", "a"]
