"""Rows and columns as the Data API writes them, and its named parameters. Pure.

https://docs.aws.amazon.com/redshift-data/latest/APIReference/API_Field.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from local_redshift.data_api.errors import ApiError
from local_redshift.statements.tokens.edits import Edits
from local_redshift.statements.tokens.lexer import WORD, tokenize

_TYPES = {
    16: "bool",
    20: "int8",
    21: "int2",
    23: "int4",
    700: "float4",
    701: "float8",
    1042: "bpchar",
    1043: "varchar",
    1082: "date",
    1114: "timestamp",
    1184: "timestamptz",
    1700: "numeric",
}


def field(value: Any) -> dict[str, Any]:
    """Return one value of a record."""
    if value is None:
        return {"isNull": True}
    if isinstance(value, bool):
        return {"booleanValue": value}
    if isinstance(value, int):
        return {"longValue": value}
    if isinstance(value, float):
        return {"doubleValue": value}
    return {"stringValue": str(value)}


def column(description: Any) -> dict[str, Any]:
    """Return the metadata of a column.

    :param description: the driver's.
    """
    return {
        "name": description.name,
        "label": description.name,
        "typeName": _TYPES.get(description.type_code, "varchar"),
        "length": description.internal_size or description.display_size or 0,
        "precision": description.precision or 0,
        "scale": description.scale or 0,
        "nullable": 1,
        "isCaseSensitive": False,
        "isCurrency": False,
        "isSigned": description.type_code in (20, 21, 23, 700, 701, 1700),
        "schemaName": "",
        "tableName": "",
    }


def numbered(sql: str, parameters: Sequence[Mapping[str, str]]) -> tuple[str, list[str]]:
    """Return a statement whose ``:name`` are ``$1``, and their values in order.

    :param sql: the statement.
    :param parameters: name and value of each.
    :raises ApiError: for a name without a value.
    """
    values = {str(parameter["name"]): str(parameter["value"]) for parameter in parameters}
    if not values:
        return sql, []
    edits, order = Edits(sql), list[str]()
    tokens = tokenize(sql)
    for token, name in pairwise(tokens):
        if token.text != ":" or name.kind is not WORD or name.start != token.end:
            continue
        if name.text not in values:
            raise ApiError("ValidationException", f"Parameter {name.text} is not in the request.")
        if name.text not in order:
            order.append(name.text)
        edits.replace(token.start, name.end, f"${order.index(name.text) + 1}")
    return edits.apply(0, len(sql)), [values[name] for name in order]
