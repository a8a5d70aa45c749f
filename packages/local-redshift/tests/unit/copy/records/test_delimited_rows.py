"""Delimited text, CSV and fixed width into fields.

https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-format.html
https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-conversion.html
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_redshift.copy.model import Column, LoadedFile, RowError
from local_redshift.copy.records.delimited_rows import DelimitedRows
from local_redshift.statements import CopyStatement

COLUMNS = [Column("a", "integer"), Column("b", "character varying", 20), Column("c", "date")]


def read(content: str | bytes, columns: list[Column] | None = None, **options: Any) -> list[tuple[int, Any]]:
    """Return line and fields of each record; of those that have none, code and reason."""
    copy = CopyStatement(schema=None, table="t", columns=None, source="s3://b/k", **options)
    file = LoadedFile("s3://b/k", 0)
    content = content.encode() if isinstance(content, str) else content
    lines = content.split(b"\n")
    records = DelimitedRows(copy, columns or COLUMNS).read(file, iter(lines[:-1] if not lines[-1] else lines))
    return [
        (file.lines, (values.code, values.reason) if isinstance(values, RowError) else values) for _, values in records
    ]


@pytest.mark.parametrize(
    ("content", "options", "fields"),
    [
        ("1|x|2018-11-01\n", {}, ["1", "x", "2018-11-01"]),
        ("1|x|2018-11-01\r\n", {}, ["1", "x", "2018-11-01"]),
        ("1|x|2018-11-01|\n", {}, ["1", "x", "2018-11-01"]),
        ("1||\n", {}, ["1", "", ""]),
        ("1|\\N|\\N\n", {}, ["1", None, None]),
        ("1|-|\n", {"null_as": "-"}, ["1", None, ""]),
        ("1|\0|\n", {"null_as": "\0"}, ["1", None, ""]),
        ("1|~|x|~|\n", {"delimiter": "|~|"}, ["1", "x", ""]),
        ("1\tx y\t\n", {"delimiter": "\t"}, ["1", "x y", ""]),
        ("1|x\n", {"fill_record": True}, ["1", "x", None]),
        ("1\n", {"fill_record": True}, ["1", "", None]),
        (r"1|x\|y\\z|" + "\n", {"escape": True}, ["1", "x|y\\z", ""]),
        ("1|x\\\ny|\n", {"escape": True}, ["1", "x\ny", ""]),
        ("1|\\N|\n", {"escape": True}, ["1", None, ""]),
        ('1|"x|y\\""|\n', {"escape": True, "remove_quotes": True}, ["1", 'x|y"', ""]),
        ('1|"x|y"|\n', {"remove_quotes": True}, ["1", "x|y", ""]),
        ("1,x,\n", {"format": "csv"}, ["1", "x", ""]),
        ('1,"x, ""y""",2018-11-01\n', {"format": "csv"}, ["1", 'x, "y"', "2018-11-01"]),
        ('1,"x\ny",\n', {"format": "csv"}, ["1", "x\ny", ""]),
        # "white space between the delimiters and the quotation mark characters is ignored"
        ('1, "x" ,"y"\n', {"format": "csv"}, ["1", "x", "y"]),
        ('  "1"\t,"x, "" y" ,  \n', {"format": "csv"}, ["1", 'x, " y', "  "]),
        ('1," , ", x \n', {"format": "csv"}, ["1", " , ", " x "]),
        ('1\t "x"\t"y"\n', {"format": "csv", "delimiter": "\t"}, ["1", "x", "y"]),
        ('1, "x\ny" ,z\n', {"format": "csv"}, ["1", "x\ny", "z"]),
        ("1;%x;y%;\n", {"format": "csv", "delimiter": ";", "quote": "%"}, ["1", "x;y", ""]),
        ("1  xyz2018-11-01\n", {"format": "fixedwidth", "widths": (3, 3, 10)}, ["1  ", "xyz", "2018-11-01"]),
    ],
)
def test_a_record_is_split_as_its_format_says(content: str, options: dict[str, Any], fields: list[Any]) -> None:
    assert [values for _, values in read(content, **options)] == [fields]


# https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-conversion.html#copy-removequotes
@pytest.mark.parametrize(
    ("field", "loaded"),
    [
        ('"The delimiter is a pipe (|) character"', "The delimiter is a pipe (|) character"),
        ("'Black'", "Black"),
        ('"White"', "White"),
        ("Blue'", "Blue'"),
        ("'Blue", (1216, "Delimited value missing end quote")),
        ('"Blue', (1216, "Delimited value missing end quote")),
        ("' 'Black' '", " 'Black' "),
        ("' '", " "),
    ],
)
def test_remove_quotes_as_its_documentation_shows(field: str, loaded: object) -> None:
    values = read(f"{field}\n", [Column("c", "character varying", 80)], remove_quotes=True)
    assert values == [(1, loaded if isinstance(loaded, tuple) else [loaded])]


@pytest.mark.parametrize(
    ("content", "options", "code"),
    [
        ("1|x\n", {}, 1214),
        ("1|x|2018-11-01|y\n", {}, 1202),
        ("1,x,2018-11-01,\n", {"format": "csv"}, 1202),
        ("\n", {}, 1211),
        ('1,"x"y,\n', {"format": "csv"}, 1216),
        ('1,"x,\n', {"format": "csv"}, 1216),
        (b"1|\xe4|\n", {}, 1220),
        ("1|x|\\", {"escape": True}, 1216),
        ("1  xyz2018-11-01 too much\n", {"format": "fixedwidth", "widths": (3, 3, 10)}, 1202),
    ],
)
def test_a_record_that_cannot_be_split_is_an_error(content: str | bytes, options: dict[str, Any], code: int) -> None:
    (_, error) = read(content, **options)[0]
    assert error[0] == code


def test_lines_are_counted_within_records() -> None:
    found = read('1,"x\ny",\nbroken\n\n2,y,\n', format="csv", ignore_blank_lines=True)
    assert [line for line, _ in found] == [1, 3, 5]
    assert found[1][1] == (1214, "Delimiter not found")


def test_an_invalid_character_becomes_as_many_as_it_has_bytes() -> None:
    # https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-conversion.html#acceptinvchars
    assert read(b"1|a\xe0\xa1b|\n", accept_inv_chars="^") == [(1, ["1", "a^^b", ""])]


@given(st.lists(st.lists(st.text(st.characters(exclude_characters="\0\r", codec="utf-8")), min_size=3, max_size=3)))
def test_csv_reads_what_a_csv_writer_wrote(rows: list[list[str]]) -> None:
    content = "".join(",".join('"' + field.replace('"', '""') + '"' for field in row) + "\n" for row in rows)
    assert [values for _, values in read(content, format="csv", null_as="\0")] == rows


@given(st.lists(st.text(st.characters(exclude_characters="\0\r", codec="utf-8")), min_size=3, max_size=3))
def test_escaped_text_keeps_every_character(row: list[str]) -> None:
    marked = [field.replace("\\", "\\\\").replace("|", "\\|").replace("\n", "\\\n") for field in row]
    assert [values for _, values in read("|".join(marked) + "\n", escape=True, null_as="\0")] == [row]
