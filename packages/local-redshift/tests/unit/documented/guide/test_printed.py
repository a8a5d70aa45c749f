"""Results as pages print them."""

from __future__ import annotations

import pytest

from local_redshift.documented.guide.model import Printed
from local_redshift.documented.guide.printed import Unreadable, find_table, read_table

CASES = {
    "psql": ("n | name\n--+-----\n1 | x\n2 |\n(2 rows)", Printed(("n", "name"), (("1", "x"), ("2", "")), 2)),
    "psql without the number of rows": ("n\n---\n1\n", Printed(("n",), (("1",),))),
    "boxes": (
        "+---+------+\n| n | name |\n+---+------+\n| 1 | x    |\n+---+------+",
        Printed(("n", "name"), (("1", "x"),)),
    ),
    "columns by blanks": ("n   name\n-----------\n1   x\n2   y\n", Printed(("n", "name"), (("1", "x"), ("2", "y")))),
    "columns by blanks below pluses": ("n  name\n--+------\n1  x\n", Printed(("n", "name"), (("1", "x"),))),
    "columns by dashes": ("n    name\n---  -------\n1    x y\n", Printed(("n", "name"), (("1", "x y"),))),
    "rows left out": (
        "n\n---\n1\n2\n...\n(9 rows)",
        Printed(("n",), (("1",), ("2",)), 9, is_whole=False),
    ),
    "rows left out between bars": ("n | m\n--+--\n1 | 2\n. | .\n", Printed(("n", "m"), (("1", "2"), (".", ".")))),
    "a blank row": ("n\n---\n\n(1 row)", Printed(("n",), (("",),), 1)),
    "no row at all but the number": ("n\n---\n(1 row)", Printed(("n",), (("",),), 1)),
    "no rows": ("n\n---\n(0 rows)", Printed(("n",), (), 0)),
    "a bar at the end of lines": ("n | m |\n--+---+\n1 | 2 |\n", Printed(("n", "m"), (("1", "2"),))),
    "one column with bars in it": ("t\n-----\na|b\n", Printed(("t",), (("a|b",),))),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES.keys())
def test_a_printed_result_is_read(text: str, expected: Printed) -> None:
    lines = text.splitlines()
    start = find_table(lines, 0)
    assert start == 0
    printed, end = read_table(lines, start)
    assert printed == expected
    assert not "".join(lines[end:]).strip()


def test_rows_that_have_other_columns_than_the_header_are_not_read() -> None:
    with pytest.raises(Unreadable):
        read_table(["a | b", "--+--", "1 | 2 | 3"], 0)


@pytest.mark.parametrize("text", ["select 1;\n-- a comment", "select 1\n--\n-- two", "no table at all", ";\n----"])
def test_comments_are_no_results(text: str) -> None:
    assert find_table(text.splitlines(), 0) is None
