"""Converts a column's values to fields, many in one call.

Contract: a vector returns what the column's converter returns for each value. It raises the converter's RowError, or
``Uncertain`` when only ``records`` can convert the values. It is fast because it checks the types, extremes and
characters of a whole column in loops that Python runs in C, and because it converts equal values once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf
from typing import Any

from local_redshift.copy.model import Column
from local_redshift.copy.values.convert import NULL, Converter, converter, escape
from local_redshift.copy.values.numbers import REAL_RANGE
from local_redshift.statements import CopyStatement

Vector = Callable[[Sequence[Any]], Sequence[str]]

_NONE = type(None)
_INTEGERS = {"smallint": 15, "integer": 31, "bigint": 63}
_FRACTIONS = frozenset(("real", "double precision", "numeric"))
#: What needs an escape in COPY's text format, or a closer look.
SPECIAL = ("\\", "\n", "\r", "\t", "\b", "\f", "\v", "\0")
#: What int() accepts and COPY does not, besides digits of other scripts.
_ONLY_PYTHONS = "_\x1c\x1d\x1e\x1f"
#: Types whose equal values are converted alike; floats are not (0.0 and -0.0).
_ALIKE: frozenset[type] = frozenset((str, int, bool))


class Uncertain(Exception):
    """Only ``records`` can convert these lines."""


def vector(column: Column, copy: CopyStatement) -> Vector:
    """Return the function that converts a column's values.

    :param column: its type and length.
    :param copy: the options of the load.
    """
    kind = column.type_name
    by_value = _by_value(converter(column, copy), fractions=kind in _FRACTIONS)
    if is_plain_text(column, copy):
        chosen = _texts(column.max_bytes, by_value)
    elif kind in _INTEGERS:
        chosen = _integers(2 ** _INTEGERS[kind], by_value)
    elif kind == "double precision":
        chosen = _floats((0.0, inf), by_value)
    elif kind == "real":
        chosen = _floats(REAL_RANGE, by_value)
    else:
        chosen = by_value
    return chosen if column.nullable else _without_nulls(chosen)


def join_rows(fields: Sequence[Sequence[str]]) -> bytes:
    """Return rows of COPY's text format.

    :param fields: the fields, column by column.
    """
    return ("\n".join(map("\t".join, zip(*fields, strict=True))) + "\n").encode()


def is_plain_text(column: Column, copy: CopyStatement) -> bool:
    """Return whether a column takes texts as they are."""
    return column.type_name == "character varying" and not (
        copy.blanks_as_null or copy.empty_as_null or copy.trim_blanks
    )


def _by_value(convert: Converter, *, fractions: bool) -> Vector:
    """Convert each value, equal ones once.

    :param fractions: whether fractions may be converted as they were read; else they must stay as written.
    """

    def field(value: Any) -> str:
        found = None if value is None else convert(value)
        return NULL if found is None else found

    def fields(values: Sequence[Any]) -> Sequence[str]:
        kinds = set(map(type, values)) - {_NONE}
        if float in kinds and not fractions:
            raise Uncertain
        if len(kinds) == 1 and kinds <= _ALIKE:
            found = {value: field(value) for value in set(values)}
            return list(map(found.__getitem__, values))
        return list(map(field, values))

    return fields


def _texts(limit: int | None, by_value: Vector) -> Vector:
    def fields(values: Sequence[Any]) -> Sequence[str]:
        kinds = set(map(type, values))
        if not kinds <= {str, _NONE}:
            return by_value(values)
        present = values if _NONE not in kinds else [value for value in values if value is not None]
        joined = "".join(present)
        longest = max(map(len, present), default=0)
        if limit is not None and longest * (1 if joined.isascii() else 4) > limit:
            return by_value(values)
        if any(special in joined for special in SPECIAL):
            if "\0" in joined:
                raise Uncertain
            return [NULL if value is None else escape(value) for value in values]
        return values if present is values else [NULL if value is None else value for value in values]

    return fields


def _integers(bound: int, by_value: Vector) -> Vector:
    def fields(values: Sequence[Any]) -> Sequence[str]:
        kinds = set(map(type, values))
        if kinds == {str}:
            return _integers_of_texts(values, bound, by_value)
        if not kinds <= {int, _NONE}:
            return by_value(values)
        present = values if _NONE not in kinds else [value for value in values if value is not None]
        _check(present, -bound, bound - 1)
        return list(map(str, values)) if present is values else [NULL if v is None else str(v) for v in values]

    return fields


def _integers_of_texts(values: Sequence[str], bound: int, by_value: Vector) -> Sequence[str]:
    digits = list(filter(None, values))
    text = "".join(digits)
    # no sign, no blank, no leading zero, and too few digits to be out of range
    if text.isascii() and text.isdigit() and min(digits) >= "1" and 10 ** max(map(len, digits)) <= bound:
        return values if len(digits) == len(values) else [value or NULL for value in values]
    if not text.isascii() or any(mark in text for mark in _ONLY_PYTHONS):
        return by_value(values)
    try:
        numbers = list(map(int, values))
    except ValueError:  # also for what is blank, which is NULL
        return by_value(values)
    _check(numbers, -bound, bound - 1)
    return list(map(str, numbers))


def _floats(magnitudes: tuple[float, float], by_value: Vector) -> Vector:
    least, most = magnitudes

    def fields(values: Sequence[Any]) -> Sequence[str]:
        kinds = set(map(type, values))
        if not kinds <= {float, int, _NONE}:
            return by_value(values)
        present = values if _NONE not in kinds else [value for value in values if value is not None]
        _check([abs(value) for value in present if value], least, most)
        if inf in present or -inf in present:
            raise Uncertain
        return list(map(repr, values)) if present is values else [NULL if v is None else repr(v) for v in values]

    return fields


def _check(values: Sequence[float], low: float, high: float) -> None:
    if values and not (low <= min(values) and max(values) <= high):
        raise Uncertain


def _without_nulls(chosen: Vector) -> Vector:
    def fields(values: Sequence[Any]) -> Sequence[str]:
        found = chosen(values)
        if NULL in found:
            raise Uncertain
        return found

    return fields
