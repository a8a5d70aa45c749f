"""Literals that PostgreSQL takes for numbers and Redshift does not: '0x1F' of an INTEGER, 'NaN' of a DECIMAL.

Contract: pure. https://docs.aws.amazon.com/redshift/latest/dg/r_numeric_literals201.html
"""

from __future__ import annotations

import re

from local_redshift.expression_types.model import FLOAT4, FLOAT8, INT2, INT4, INT8, NUMERIC
from local_redshift.query_tree.nodes import Node
from local_redshift.statements.tokens.lexer import STRING
from local_redshift.typed_sql.statement import TypedStatement
from local_redshift.wire.errors import RedshiftError

#: Types as errors name them.
_NAMES = {
    INT2: "smallint",
    INT4: "integer",
    INT8: "bigint",
    FLOAT4: "type real",
    FLOAT8: "type double precision",
    NUMERIC: "type numeric",
}

#: What no literal of a DECIMAL or a whole number has, and none of a floating-point number.
_EXACT, _FLOAT = re.compile("[_A-DF-Za-df-z]"), re.compile("[_xX]")


def refused_literal(sql: str, tree: Node) -> RedshiftError | None:
    """Return the error of a statement's first literal that is no number, None when there is none.

    :param sql: the statement that PostgreSQL analyzed.
    :param tree: its QUERY.
    """
    statement = TypedStatement(sql, tree)
    for node in tree.walk():
        type_name = _NAMES.get(node.number("consttype", 0)) if node.tag == "CONST" else None
        index = statement.token_of(node) if type_name is not None else None
        token = statement.tokens[index] if index is not None else None
        if token is None or token.kind is not STRING:
            continue
        pattern = _FLOAT if type_name in ("type real", "type double precision") else _EXACT
        if pattern.search(token.value):
            return RedshiftError("22P02", f'invalid input syntax for {type_name}: "{token.value}"')
    return None
