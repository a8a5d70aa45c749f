"""Turns Python values into SQL text safely, and scripts into statements. Pure.

It is for what cannot be a bind parameter: identifiers, the literals of COPY and of DDL, and bounds, which Redshift uses
to skip blocks only when they are constants of the statement.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

#: Redshift's standard identifiers (ASCII subset):
#: https://docs.aws.amazon.com/redshift/latest/dg/r_names.html
_IDENTIFIER = re.compile(r"[a-z_][a-z0-9_$]{0,126}", re.IGNORECASE)

#: A string, a quoted identifier, a comment, a semicolon, or anything up to the next of these.
_TOKEN = re.compile(
    r"""'(?:[^'\\]|\\.|'')*'|"(?:[^"]|"")*"|--[^\n]*|/\*.*?\*/|;|[^'"\-/;]+|.""",
    re.DOTALL,
)

#: A string or a comment, in which names are not replaced; "column BETWEEN :name_from AND :name_to", the place of
#: ranges; a name, which is neither the second half of a cast nor a part of a time such as 10:30.
_PLACE = re.compile(
    r"""(?P<text>'(?:[^'\\]|\\.|'')*'|--[^\n]*|/\*.*?\*/)"""
    r"""|(?P<column>(?:(?:\w+|"\w+")\.)*(?:\w+|"\w+"))\s+BETWEEN\s+:(?P<ranges>\w+)_from\s+AND\s+:(?P=ranges)_to\b"""
    r"""|(?<![:\w]):(?P<name>[a-z_]\w*)\b""",
    re.DOTALL,
)


@dataclass(frozen=True)
class Ranges:
    """Spans of values, as literals for :func:`put_values`; without any span, no row is found.

    :param spans: first and last value of each, both included.
    """

    spans: tuple[tuple[Any, Any], ...] = ()

    def __bool__(self) -> bool:
        """Return whether there is any range."""
        return bool(self.spans)


def quote_identifier(name: str) -> str:
    """Quote one identifier, or several joined by dots (``schema.table``).

    :param name: the identifier as written in a DAG; letters, digits, ``_`` and ``$`` only.
    :raises ValueError: when a part is not a standard Redshift identifier.
    """
    parts = name.split(".")
    for part in parts:
        if not _IDENTIFIER.fullmatch(part):
            raise ValueError(
                f"{name!r} is not a Redshift identifier: use letters, digits, '_' and '$', at most 127 bytes, "
                "not starting with a digit."
            )
    return ".".join(f'"{part.lower()}"' for part in parts)


def quote_literal(value: str) -> str:
    """Quote a string literal; backslashes are doubled because Redshift reads them as escapes.

    :raises ValueError: when the value holds a NUL byte, which no Redshift string can.
    """
    if "\x00" in value:
        raise ValueError(f"{value!r} holds a NUL byte, which cannot be part of a Redshift statement.")
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def literal(value: Any) -> str:
    """Return a value as a literal.

    :raises TypeError: for a type that is not supported.
    """
    if value is None or isinstance(value, bool):
        return {None: "NULL", True: "TRUE", False: "FALSE"}[value]
    if isinstance(value, datetime):
        utc = value if value.tzinfo is None else value.astimezone(UTC).replace(tzinfo=None)
        return quote_literal(utc.isoformat(sep=" "))
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, str):
        return quote_literal(value)
    if isinstance(value, tuple):  # for IN, which takes no empty list
        return ", ".join(map(literal, value)) or "NULL"
    raise TypeError(f"{value!r} has no literal in SQL.")


def finds_nothing(sql: str, values: Mapping[str, Any]) -> bool:
    """Return whether a DELETE or UPDATE is bounded by an empty set of values, and so changes nothing.

    :param sql: one statement; each of its named :class:`Ranges` and tuples bounds the rows that it changes.
    :param values: the value of each name.
    """
    if sql.lstrip()[:6].upper() not in ("DELETE", "UPDATE"):
        return False
    places = [place for place in _PLACE.finditer(sql) if place["text"] is None]
    return any(values.get(place["ranges"] or place["name"]) in (Ranges(), ()) for place in places)


def put_values(sql: str, values: Mapping[str, Any]) -> str:
    """Return SQL with quoted literals in place of its ``:name`` parameters.

    psql and most SQL editors know such parameters as well. Redshift skips blocks for predicates that are constants in
    the statement's text. A column that is searched in several :class:`Ranges` is written
    ``column BETWEEN :name_from AND :name_to``; each range becomes a BETWEEN.
    https://docs.aws.amazon.com/redshift/latest/dg/t_Sorting_data.html

    :param sql: one statement or several; strings and comments are not changed, and ``::`` is a cast.
    :param values: the value of each name.
    :raises KeyError: when a name has no value.
    """

    def put(place: re.Match[str]) -> str:
        if place["text"] is not None:
            return place[0]
        if place["name"] is not None:
            return literal(values[place["name"]])
        ranges = values.get(place["ranges"])
        if isinstance(ranges, Ranges):
            return _within(place["column"], ranges)
        first, last = (literal(values[f"{place['ranges']}_{end}"]) for end in ("from", "to"))
        return f"{place['column']} BETWEEN {first} AND {last}"

    return _PLACE.sub(put, sql)


def _within(column: str, ranges: Ranges) -> str:
    spans = [f"{column} BETWEEN {literal(first)} AND {literal(last)}" for first, last in ranges.spans]
    return spans[0] if len(spans) == 1 else f"({' OR '.join(spans)})" if spans else "FALSE"


def split_statements(script: str) -> list[str]:
    """Split a SQL script at its semicolons into statements, without comments.

    It uses a regular expression, because sqlparse takes 0.35 s for the statements of one load, as long as the rest of
    the task. Dollar-quoted bodies are not supported: no load defines procedures.

    :param script: the text of a file below ``sql/``.
    :return: the statements, without their closing semicolons; parts that hold only comments are left out.
    """
    statements = [""]
    for piece in _TOKEN.findall(script):
        if piece == ";":
            statements.append("")
        elif not piece.startswith(("--", "/*")):
            statements[-1] += piece
    return [statement.strip() for statement in statements if statement.strip()]
