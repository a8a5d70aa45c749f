"""Queries inside of statements that PostgreSQL does not analyze with them: of PREPARE, and the bodies of functions.

Contract: pure; reads the statement as PostgreSQL is sent it.
https://docs.aws.amazon.com/redshift/latest/dg/r_PREPARE.html
https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_FUNCTION.html
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from itertools import pairwise

from local_redshift.statements.model import InnerQuery
from local_redshift.statements.queries.type_needs import has_typed_values
from local_redshift.statements.tokens.cursor import Cursor
from local_redshift.statements.tokens.lexer import DOLLAR, Token, tokenize
from local_redshift.statements.tokens.types import read_type

#: PostgreSQL's numbers of the types that parameters have here.
_OIDS = {
    "boolean": 16,
    "bigint": 20,
    "smallint": 21,
    "integer": 23,
    "real": 700,
    "double precision": 701,
    "char": 1042,
    "varchar": 1043,
    "date": 1082,
    "timestamp": 1114,
    "timestamptz": 1184,
    "decimal": 1700,
}


def inner_query(sql: str) -> InnerQuery | None:
    """Return the query inside of a statement whose values depend on types; None when it has none.

    :param sql: the statement.
    """
    tokens = tokenize(sql)
    found = _prepared(sql, tokens) if tokens[0].upper == "PREPARE" else _body(sql, tokens)
    inner = tokenize(found.query) if found is not None else []
    return found if inner and has_typed_values(inner) else None


def _prepared(sql: str, tokens: Sequence[Token]) -> InnerQuery | None:
    cursor = Cursor(tokens, 1)
    cursor.name()
    types = _types(cursor.bracketed()) if cursor.peek("(") else _types(())
    if types is None or not cursor.accept("AS") or cursor.done:
        return None
    start = tokens[cursor.at].start
    return InnerQuery(sql[:start], sql[start:], "", types)


def _body(sql: str, tokens: Sequence[Token]) -> InnerQuery | None:
    opening = next((index for index, token in enumerate(tokens) if token.text == "("), len(tokens))
    types = _types(Cursor(tokens, opening).bracketed()) if opening < len(tokens) else None
    for before, token in pairwise(tokens):
        if before.upper == "AS" and token.kind is DOLLAR and types is not None:
            quote = len(token.text[: token.text.index("$", 1) + 1])
            start, end = token.start + quote, token.end - quote
            return InnerQuery(sql[:start], sql[start:end], sql[end:], types)
    return None


def _types(items: Sequence[Sequence[Token]]) -> bytes | None:
    """Return the types of parameters as they stand in a Parse; None when one of them has no number here."""
    oids = [_OIDS.get(read_type(Cursor(item), "The parameter").family) for item in items]
    known = [oid for oid in oids if oid is not None]
    return struct.pack(f"!H{len(known)}I", len(known), *known) if len(known) == len(oids) else None
