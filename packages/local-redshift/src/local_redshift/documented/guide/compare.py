"""Whether an answer is what a page prints. Pure.

Not compared: how a client aligns and pads, whether it prints NULL as nothing or as a word, how many digits it prints of
a floating-point number, and a fraction of a second that is zero. Compared: everything else, the digits after a
decimal's point among them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from local_redshift.documented.guide.model import Printed
from local_redshift.documented.guide.rules import sort_columns
from local_redshift.documented.model import Answer

_NULLS = frozenset(("", "null", "[null]", "<null>", "(null)"))
_BOOLEANS = {"t": "true", "true": "true", "f": "false", "false": "false"}
_FLOATS = frozenset(("double precision", "real"))
_TIMESTAMPTZ = "timestamp with time zone"
_ZERO_FRACTION = re.compile(r"(:\d\d)\.0+(?=$|[+-])|(:\d\d\.\d*?[1-9])0+(?=$|[+-])")
_ZONE = re.compile(r"([+-]\d\d):00$")
_NUMBER = re.compile(r"^[+-]?(?:\d+\.?(\d*)|\.(\d+))(?:[eE][+-]?\d+)?$")

_Row = tuple[str | None, ...]


def are_same(printed: Printed, answer: Answer, sql: str) -> bool:
    """Return whether an answer's rows are the printed ones.

    :param printed: what the page prints.
    :param answer: what the server said.
    :param sql: the statement, whose ORDER BY tells of which columns the order counts: rows that are equal in them may
        come in any order.
    """
    rows = answer.rows or ()
    if len(printed.names) != len(answer.types or ()):
        return False
    if not printed.rows and printed.count is None:
        # Whether nothing below the header is no row or one of NULLs cannot be told.
        return not rows or (len(rows) == 1 and not any(rows[0]))
    if printed.is_whole and len(rows) != len(printed.rows):
        return False
    if printed.count is not None and len(rows) != printed.count:
        return False
    keys = [at for at in sort_columns(sql, answer.names or ()) if at < len(printed.names)]
    return _in_any_order(printed.rows, rows, answer.types or ()) and _in_order(
        [tuple(row[at] for at in keys) for row in printed.rows],
        [tuple(row[at] for at in keys) for row in rows],
        [(answer.types or ())[at] for at in keys],
    )


def are_names_same(printed: Printed, names: Sequence[str]) -> bool:
    """Return whether the columns have the printed names."""
    return [name.lower() for name in printed.names] == [name.strip().lower() for name in names]


def _in_order(printed: Sequence[tuple[str, ...]], rows: Sequence[_Row], types: Sequence[str]) -> bool:
    """Return whether the printed rows are among the answer's, in this order: some may be left out."""
    rest = iter(rows)
    return all(any(_same_row(row, other, types) for other in rest) for row in printed)


def _in_any_order(printed: Sequence[tuple[str, ...]], rows: Sequence[_Row], types: Sequence[str]) -> bool:
    left = list(rows)
    for row in printed:
        found = next((at for at, other in enumerate(left) if _same_row(row, other, types)), None)
        if found is None:
            return False
        left.pop(found)
    return True


def _same_row(printed: tuple[str, ...], row: _Row, types: Sequence[str]) -> bool:
    return all(_same(cell, value, kind) for cell, value, kind in zip(printed, row, types, strict=True))


def _same(cell: str, value: str | None, kind: str) -> bool:
    if value is None:
        return cell.lower() in _NULLS
    if len(cell) > 1 and cell[0] == cell[-1] == "'" and not value.startswith("'"):
        cell = cell[1:-1]
    if _plain(cell) == _plain(value):
        return True
    if kind == "boolean":
        return _BOOLEANS.get(cell.lower()) == _BOOLEANS.get(value)
    if kind in _FLOATS:
        return _same_float(cell, value)
    if kind.startswith("time"):
        return _moment(cell) == _moment(value) or (kind == _TIMESTAMPTZ and _same_instant(cell, value))
    return len(cell) > len("...") and cell.endswith("...") and _plain(value).startswith(_plain(cell[:-3]))


def _plain(text: str) -> str:
    return " ".join(text.split())


def _moment(text: str) -> str:
    return _ZONE.sub(r"\1", _ZERO_FRACTION.sub(r"\1\2", text.strip()))


def _same_instant(cell: str, value: str) -> bool:
    """Return whether two timestamps with time zone are the same: a client prints them in its session's zone."""
    try:
        wanted, found = datetime.fromisoformat(cell), datetime.fromisoformat(value)
    except ValueError:
        return False
    return wanted.tzinfo is not None and found.tzinfo is not None and wanted == found


def _same_float(cell: str, value: str) -> bool:
    """Return whether a number is the printed one, as far as its digits are printed."""
    match = _NUMBER.match(cell)
    if not match:
        return False
    try:
        wanted, found = float(cell), float(value)
    except ValueError:
        return False
    digits = len(match[1] or match[2] or "")
    unit = 10.0**-digits * 10.0 ** int(re.split("[eE]", cell)[1] if "e" in cell.lower() else 0)
    # A cell without a point is a whole number; otherwise a client may have rounded or cut the digits after the last.
    tolerance = 0.0 if not digits and "e" not in cell.lower() else unit
    return wanted == found or abs(wanted - found) <= max(tolerance, abs(found) * 1e-14)
