"""Turn Python values into SQL text safely, and scripts into statements.

Only what cannot be a bind parameter comes here: identifiers, and the literals of COPY and of DDL, which
Redshift does not accept as parameters.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

#: Redshift's standard identifiers (ASCII subset):
#: https://docs.aws.amazon.com/redshift/latest/dg/r_names.html
_IDENTIFIER = re.compile(r"[a-z_][a-z0-9_$]{0,126}", re.IGNORECASE)

#: A string, a quoted identifier, a comment, a semicolon, or anything up to the next of these.
_TOKEN = re.compile(
    r"""'(?:[^'\\]|\\.|'')*'|"(?:[^"]|"")*"|--[^\n]*|/\*.*?\*/|;|[^'"\-/;]+|.""",
    re.DOTALL,
)

#: A named parameter; not the second half of a cast, nor a part of a time such as 10:30.
_PARAMETER = re.compile(r"(?<![:\w]):([a-z_]+)\b")


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
    """Quote a string literal; a backslash is doubled because Redshift reads it as an escape.

    :raises ValueError: when the value holds a NUL byte, which no Redshift string can.
    """
    if "\x00" in value:
        raise ValueError(f"{value!r} holds a NUL byte, which cannot be part of a Redshift statement.")
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def bind_named(sql: str, values: Mapping[str, Any]) -> tuple[str, tuple[Any, ...]]:
    """Turn a query with ``:name`` parameters, as psql and most SQL editors know them, into one with ``%s`` marks.

    :param sql: one statement; ``::`` is a cast, not a parameter.
    :param values: the value of each parameter.
    :return: the statement and its values in the order of the marks.
    :raises KeyError: when a parameter has no value.
    """
    names = _PARAMETER.findall(sql)
    return _PARAMETER.sub("%s", sql.replace("%", "%%")), tuple(values[name] for name in names)


def split_statements(script: str) -> list[str]:
    """Split a SQL script at its semicolons into statements, without comments.

    By a regular expression, because sqlparse takes 0.35 s for the statements of one load, as long as all the
    rest of the task. Dollar-quoted bodies are not known: no load defines procedures.

    :param script: the text of a file below ``sql/``.
    :return: the statements, without their closing semicolon; pieces that hold only comments are left out.
    """
    statements = [""]
    for piece in _TOKEN.findall(script):
        if piece == ";":
            statements.append("")
        elif not piece.startswith(("--", "/*")):
            statements[-1] += piece
    return [statement.strip() for statement in statements if statement.strip()]
