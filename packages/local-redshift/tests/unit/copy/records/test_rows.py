"""A record's values become a row, or an error as STL_LOAD_ERRORS has it.

https://docs.aws.amazon.com/redshift/latest/dg/r_STL_LOAD_ERRORS.html
"""

from __future__ import annotations

import pytest

from local_redshift.copy.model import Column, RowError
from local_redshift.copy.records.rows import RowBuilder, describe_error
from local_redshift.statements import CopyStatement

COPY = CopyStatement(schema=None, table="t", columns=None, source="s3://b/k")
COLUMNS = [Column("a", "integer"), Column("b", "character varying", max_bytes=4, nullable=False)]


def test_fields_are_separated_and_escaped() -> None:
    assert RowBuilder(COPY, COLUMNS).build([None, "x\ty"]) == "\\N\tx\\ty\n"


def test_a_missing_value_of_a_column_that_needs_one_is_an_error() -> None:
    with pytest.raises(RowError) as caught:
        RowBuilder(COPY, COLUMNS).build([1, None])
    assert (caught.value.code, caught.value.column) == (1213, COLUMNS[1])


def test_a_record_that_has_no_values_raises_its_own_error() -> None:
    error = RowError(1202, "Extra column(s) found")
    with pytest.raises(RowError) as caught:
        RowBuilder(COPY, COLUMNS).build(error)
    assert caught.value is error


def test_an_error_names_the_column_and_where_the_value_is_in_the_line() -> None:
    found = describe_error(
        RowError(1204, "String length exceeds DDL length", COLUMNS[1], "longer"), "s3://b/k", 7, b"1|longer"
    )
    assert (found.file, found.line_number, found.column_name, found.column_type) == ("s3://b/k", 7, "b", "varchar")
    assert (found.column_length, found.position, found.raw_field_value) == ("4", 2, "longer")


def test_an_error_of_the_whole_line_names_no_column_and_long_lines_are_cut() -> None:
    found = describe_error(RowError(1202, "Extra column(s) found"), "s3://b/k", 1, b"x" * 5000)
    assert (found.column_name, found.column_type, found.column_length, found.position) == ("", "", "", 0)
    assert len(found.raw_line) == 1024
