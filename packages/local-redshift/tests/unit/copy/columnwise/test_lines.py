"""The fast path gives exactly what the row-exact path gives, and what blocks a file is cut into makes no difference."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local_redshift.copy.columnwise.lines import Columnwise, json_splitter
from local_redshift.copy.columnwise.typed_objects import TypedObjects, typed_objects
from local_redshift.copy.columnwise.vectors import Uncertain
from local_redshift.copy.conversion import Block, Conversion, ConversionSpec, Converted
from local_redshift.copy.model import Column, RowError
from local_redshift.copy.records.jsonpaths import extractor, plain_keys
from local_redshift.copy.source.lines import read_blocks
from local_redshift.statements import CopyStatement

COLUMNS = (
    Column("t", "character varying", 8),
    Column("long", "character varying", 256),
    Column("c", "character", 4),
    Column("i", "integer"),
    Column("s", "smallint"),
    Column("b", "bigint", nullable=False),
    Column("f", "double precision"),
    Column("r", "real"),
    Column("n", "numeric", None, 10, 2),
    Column("yes", "boolean"),
    Column("d", "date"),
    Column("at", "timestamp without time zone"),
)
NAMES = [column.name for column in COLUMNS]

#: Texts in which something is wrong, odd, or means something elsewhere.
ODD_TEXTS = st.sampled_from(
    [
        *(
            "",
            " ",
            "  x ",
            "\\",
            "\\N",
            "a\tb",
            "a\nb",
            "\r",
            "\x00",
            "é",
            "日本語",
            "😀",
            "\ud800",
            "x" * 9,
            "x   " * 3,
        ),
        *(
            "1",
            "-1",
            "+7",
            " 5 ",
            "1_0",
            "٣",
            "1.0",
            "1e3",
            "1e400",
            "1e-400",
            "nan",
            "-Infinity",
            "0x10",
            "99999999999",
        ),
        *(
            "0.1234567890123456789",
            "12.3399999999999999999",
            "9" * 400,
            "true",
            "No",
            "maybe",
            "2018-11-05",
            "11/05/2018",
        ),
        *(
            "2018-11-05 13:14:15",
            "2018-11-05T13:14:15Z",
            "1541377055796",
            "0000-00-00",
            "\u2028",
            "\x1c",
            '"',
            "'",
            "\x7f",
        ),
    ]
)
TEXTS = st.one_of(ODD_TEXTS, st.text(max_size=10))
NUMBERS = st.one_of(
    st.integers(-10, 10),
    st.sampled_from(
        [32767, 32768, -(2**31), 2**31, 2**63 - 1, 2**63, 2**64, -(2**70), 10**30, -0.0, 0.0, 1e22, 5e-324]
    ),
    st.floats(allow_nan=False, allow_infinity=False),
    st.decimals(-1000, 1000, places=2).map(float),
)
VALUES = st.one_of(
    TEXTS, NUMBERS, st.none(), st.booleans(), st.lists(NUMBERS, max_size=2), st.dictionaries(TEXTS, TEXTS, max_size=2)
)
#: Mostly what fits, so that many lines get as far as the fast path.
PLAIN = {
    "t": st.one_of(st.text(max_size=2), st.none()),
    "long": st.one_of(st.text(max_size=30), st.none()),
    "c": st.sampled_from(["M", "F", "", None]),
    "i": st.one_of(st.integers(-(2**31), 2**31 - 1), st.none(), st.integers(0, 99).map(str), st.just("")),
    "s": st.integers(-(2**15), 2**15 - 1),
    "b": st.integers(-(2**63), 2**63 - 1),
    "f": st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.integers(0, 9), st.none()),
    "r": st.floats(width=32, allow_nan=False, allow_infinity=False),
    "n": st.one_of(st.decimals(-1000, 1000, places=2).map(float), st.integers(-9, 9), st.none()),
    "yes": st.one_of(st.booleans(), st.none()),
    "d": st.one_of(st.dates().map(str), st.none()),
    "at": st.one_of(st.datetimes().map(str), st.none()),
}
ROWS = st.one_of(
    st.fixed_dictionaries(PLAIN),
    st.fixed_dictionaries({}, optional=PLAIN | {"unknown": VALUES, "B": st.just(1)}),
    st.dictionaries(st.sampled_from(NAMES), VALUES),
)


def written(row: dict[str, Any], ascii_only: bool) -> bytes:
    return json.dumps(row, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")


JSON_LINES = st.one_of(
    st.builds(written, ROWS, st.booleans()),
    st.builds(written, st.fixed_dictionaries(PLAIN), st.just(False)),
    st.sampled_from(
        [
            *(
                b"",
                b"  ",
                b"null",
                b"1",
                b"[1]",
                b"{",
                b"}",
                b'{"b": 1',
                b', "i": 2}',
                b'{"b": 1, "b": 2}',
                b'{"b": 1}\r',
            ),
            *(
                b'{"b": 1}{"b": 2}',
                b'{"b": 1, "t": 1.10}',
                b'{"b": 1, "n": 1.009999999999999999}',
                b'{"b": NaN}',
                b"\xff",
            ),
            *(
                b'{"b": 1, "t": "\xff"}',
                b'{"b": 1, "n": 1e400}',
                b'{"b": 1, "t": "\\u0000"}',
                b'{"b": 1, "t": "a\x00"}',
            ),
            *(
                b'{"b": 1, "t": "\\ud800"}',
                b"[" * 50,
                b'{"b": 123456789012345678901234567890}',
                b'\xef\xbb\xbf{"b": 1}',
            ),
            *(b'{"b": 1, "f": -0, "n": -0.0}', b'{"b": 1, "f": 1E5, "t": 1E5}', b'{"b": 1, "long": {"x": 1.50}}'),
        ]
    ),
)
OPTIONS = st.fixed_dictionaries(
    {"max_error": st.sampled_from([0, 1, 3, 1000])},
    optional={name: st.just(True) for name in ("blanks_as_null", "empty_as_null", "trim_blanks", "truncate_columns")}
    | {"accept_any_date": st.just(True), "accept_inv_chars": st.just("?"), "round_decimals": st.just(True)}
    | {"time_format": st.sampled_from(["auto", "epochmillisecs", "epochsecs"])},
)
JSON_OPTIONS = st.sampled_from(["auto", "auto ignorecase", "s3://b/flat", "s3://b/nested"])
PATHS = {
    "s3://b/flat": json.dumps({"jsonpaths": [f"$.{name}" for name in NAMES]}).encode(),
    "s3://b/nested": json.dumps(
        {"jsonpaths": ["$['t']['x']", *(f"$['{name}']" for name in NAMES[1:-1]), "$['at'][0]"]}
    ).encode(),
}


def conversion(format_: str, option: str = "auto", **options: Any) -> Conversion:
    copy = CopyStatement(None, "t", None, "s3://b/k", format=format_, json_option=option, **options)
    return Conversion(ConversionSpec.of(copy, COLUMNS, PATHS.get(option)))


def fast_path() -> tuple[Columnwise, TypedObjects]:
    """Return the fast path of JSON by the columns' names, and within it the reader of lines like those before."""
    copy = CopyStatement(None, "t", None, "s3://b/k", format="json")
    keys = plain_keys("auto", COLUMNS, None)
    typed = typed_objects(keys, COLUMNS, copy)
    assert typed is not None
    return Columnwise(json_splitter(extractor("auto", COLUMNS, None), keys), copy, COLUMNS, typed), typed


def exactly(convert: Conversion, data: bytes, last: bool = True) -> Converted:
    return convert.convert_exactly([Block("s3://b/k", data, last)])


def compare(convert: Conversion, data: bytes) -> None:
    for last in (True, False):
        assert convert.convert([Block("s3://b/k", data, last)]) == exactly(convert, data, last)


@settings(deadline=None)
@given(st.lists(JSON_LINES, min_size=1, max_size=4), JSON_OPTIONS, OPTIONS)
def test_json_gives_the_same_rows_and_errors(lines: list[bytes], option: str, options: dict[str, Any]) -> None:
    convert = conversion("json", option, **options)
    for line in lines:  # alone, so that one odd line does not keep the others from the fast path
        compare(convert, line)
    compare(convert, b"\n".join(lines))


@settings(deadline=None)
@given(st.lists(st.fixed_dictionaries(PLAIN), min_size=1, max_size=5))
def test_what_is_plain_takes_the_fast_path(rows: list[dict[str, Any]]) -> None:
    data = b"\n".join(written(row, False) for row in rows)
    found = exactly(conversion("json"), data)
    # Long numbers, and zeros among numbers that may be read as zero, are left to the exact path.
    if not found.errors and b"\\u0000" not in data and not re.search(rb"[0-9.]{17}|e-[0-9]{3}", data):
        columnwise, _ = fast_path()
        assert columnwise.rows(data) == (found.rows, found.row_count)


@settings(deadline=None)
@given(
    st.lists(ROWS, min_size=1, max_size=5),
    st.lists(JSON_LINES, min_size=1, max_size=4),
    st.booleans(),
    JSON_OPTIONS,
    OPTIONS,
)
def test_it_makes_no_difference_what_was_learnt(
    learnt: list[dict[str, Any]], lines: list[bytes], ascii_only: bool, option: str, options: dict[str, Any]
) -> None:
    convert = conversion("json", option, **options)
    for row in learnt:
        compare(convert, written(row, ascii_only))
    for line in lines:
        compare(convert, line)
    compare(convert, b"\n".join(lines))


@settings(deadline=None)
@given(st.lists(st.fixed_dictionaries(PLAIN), min_size=1, max_size=5), st.booleans())
def test_what_is_like_before_is_read_by_its_shape(rows: list[dict[str, Any]], ascii_only: bool) -> None:
    columnwise, typed = fast_path()
    data = b"\n".join(written(row, ascii_only) for row in rows)
    try:
        found = columnwise.rows(data)
    except (Uncertain, RowError):
        return  # nothing was learnt of what is not plain
    assert typed.rows(data) == found
    assert found[1] == len(rows)


#: Lines by which the fast path learns types, of values that are there and of values that are not.
LEARNT = [written(row, True) for row in ({"b": 1, "t": "x", "f": 1.5, "i": 1, "n": 1.5}, {"b": 2})]


def test_types_are_learnt_from_lines() -> None:
    columnwise, typed = fast_path()
    with pytest.raises(Uncertain):
        typed.rows(b'{"b": 7}')
    for line in LEARNT:
        columnwise.rows(line)
    assert typed.rows(b'{"b": 7}\n{"b": 8, "t": "y"}')[1] == 2


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":\n{"b": 1}\n}\n{"b": 2}{"b": 3}',  # objects over lines, and as many objects as lines
        b'{"b": 1}\n\n{"b": 2}{"b": 3}',
        b'{"b": 1, "x": "\xff"}',
        b'{"b": 1, "\xff": 1}',
        b'{"b": 1, "x": ' + b"[" * 2000 + b"]" * 2000 + b"}",
        b'{"b": 1, "x": 1e400}',
        b'{"b": 1, "f": 1e400}',
        b'{"b": 1, "f": 18446744073709551616}',
        b'{"b": 9223372036854775808}',
        b'{"b": null}',
        b'{"b": 1, "n": 1.009999999999999999}',
        b"{}",
        b'{"b": 1, "t": "x", "t": 1}',
        b'{"b": 1, "t": "\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9"}',
        b'{"b": 1, "t": "\\\\N"}',
        b'{"b": 1, "t": "a\\tb"}',
        b'{"b": 1}\r\n{"b": 2}\r\n',
        b'{"b": 1}\n{"b": 2',
    ],
)
def test_what_is_not_like_before_is_found(data: bytes) -> None:
    convert = conversion("json", max_error=1000)
    for line in LEARNT:
        compare(convert, line)
    compare(convert, data)
    compare(convert, b'{"b": 7}\n' + data + b'\n{"b": 8}\n')


@pytest.mark.parametrize("keys", [None, ["a", "a"], ['a"', "b"], ["\n", "b"]])
def test_keys_that_no_shape_has_are_looked_up(keys: list[str] | None) -> None:
    copy = CopyStatement(None, "t", None, "s3://b/k", format="json")
    assert typed_objects(keys, [Column("a", "integer"), Column("b", "integer")], copy) is None


def as_csv(rows: list[list[str]], quoting: int) -> bytes:
    output = io.StringIO()
    csv.writer(output, quoting=quoting, lineterminator="\n").writerows(rows)  # type: ignore[arg-type]
    return output.getvalue().encode("utf-8", "surrogatepass")


FIELDS = st.one_of(TEXTS, st.integers(-9, 99).map(str), st.floats(-9, 9).map(str), st.just(r"\N"))
TEXT_ROWS = st.lists(st.lists(FIELDS, min_size=len(COLUMNS) - 1, max_size=len(COLUMNS)), min_size=1, max_size=3)


@settings(deadline=None)
@given(TEXT_ROWS, st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]), OPTIONS, st.sampled_from(["csv", "text"]))
def test_delimited_text_gives_the_same_rows_and_errors(
    rows: list[list[str]], quoting: int, options: dict[str, Any], format_: str
) -> None:
    convert = conversion(format_, delimiter=",", **options)
    compare(convert, as_csv(rows, quoting))
    compare(convert, "\n".join(",".join(row) for row in rows).encode("utf-8", "surrogatepass"))


@settings(deadline=None)
@given(st.lists(JSON_LINES, max_size=6), st.integers(1, 60), st.sampled_from(["json", "csv", "text"]))
def test_it_makes_no_difference_how_a_file_is_cut_into_blocks(lines: list[bytes], size: int, format_: str) -> None:
    convert = conversion(format_, max_error=1000)
    data = b"\n".join(lines)
    whole = exactly(convert, data.removeprefix(b"\xef\xbb\xbf"))
    rows, errors, done, rest = b"", [], 0, b""
    for block, last in read_blocks("s3://b/k", [data], None, size):
        found = convert.convert([Block("s3://b/k", rest + block, last)])
        rows, rest = rows + found.rows, found.rest
        errors += [(error.line_number + done, error.error_code) for _, error in found.errors]
        done += sum(found.lines)
    assert rows == whole.rows
    assert errors == [(error.line_number, error.error_code) for _, error in whole.errors]
    assert [done] == whole.lines
    assert rest == b""


@pytest.mark.parametrize(
    ("value", "row"), [("1.10", "1.10"), ("1E5", "1E5"), ("12345678901234567890123", "12345678901234567890123")]
)
def test_a_number_comes_into_a_text_as_it_is_written(value: str, row: str) -> None:
    copy = CopyStatement(None, "t", None, "s3://b/k", format="json")
    convert = Conversion(
        ConversionSpec.of(copy, (Column("t", "character varying", 256), Column("n", "numeric", None, 38, 2)), None)
    )
    found = convert.convert([Block("s3://b/k", f'{{"t": {value}}}'.encode(), True)])
    assert found.rows == f"{row}\t\\N\n".encode()


def test_a_recipe_holds_no_secrets() -> None:
    copy = CopyStatement(
        None, "t", None, "s3://b/k", access_key_id="key", secret_access_key="secret", session_token="x"
    )
    assert "secret" not in repr(ConversionSpec.of(copy, COLUMNS, None)).replace("secret_access_key", "")
