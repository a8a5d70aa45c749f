"""Casts: ``x::decimal``, ``CAST(x AS decimal)`` and ``CONVERT(decimal, x)``, whose types are Redshift's.

https://docs.aws.amazon.com/redshift/latest/dg/r_CAST_function.html
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from local_redshift.statements.queries import moments
from local_redshift.statements.queries.aggregates import Render
from local_redshift.statements.queries.number_literals import convert_literal
from local_redshift.statements.tokens.cursor import Cursor
from local_redshift.statements.tokens.edits import Edits, closing, matches, split_at
from local_redshift.statements.tokens.keywords import keywords
from local_redshift.statements.tokens.lexer import NUMBER, PARAMETER, STRING, SYMBOL, WORD, Token
from local_redshift.statements.tokens.types import read_type

#: Types of the catalog's columns, which its queries may cast to.
_CATALOG_TYPES = keywords("ACLITEM ANYARRAY INT2VECTOR NAME OID OIDVECTOR TID XID")


_CHARACTER_TYPES = keywords("BPCHAR CHAR CHARACTER NCHAR NVARCHAR VARCHAR")

#: The type that cuts a DECIMAL's digits off: https://docs.aws.amazon.com/redshift/latest/dg/r_enable_numeric_rounding.html
_CUT = "redshift_catalog.cut_decimal"

#: The type that cuts a string by bytes: https://docs.aws.amazon.com/redshift/latest/dg/r_Character_types.html
_CUT_TEXT = "redshift_catalog.cut_text"


def rewrite_cast(tokens: Sequence[Token], index: int, edits: Edits) -> int:
    """x::type.

    :param tokens: the statement.
    :param index: place of the double colon.
    :param edits: takes the changes.
    :returns: index of what follows.
    """
    value = tokens[index - 1 : index]
    convert_literal(value, tokens[index + 1 : index + 2], edits)
    end = rewrite_type(tokens, index + 1, edits)
    edits.insert(tokens[index].start, _cuts(value, tokens[index + 1 : end], edits))
    return end


def _cuts(value: Sequence[Token], target: Sequence[Token], edits: Edits) -> str:
    """Return the casts to put between a value and its type, so that it is cut as Redshift cuts it; often none."""
    modifier = _cut_modifier(value, target, edits)
    if modifier is not None:
        return f"::{_CUT}{modifier}"
    return _cut_text(target)


def _cut_text(target: Sequence[Token]) -> str:
    """Return the casts that cut a string before PostgreSQL, which counts characters, casts it to CHAR or VARCHAR."""
    if not target or target[0].kind is not WORD or target[0].upper not in _CHARACTER_TYPES:
        return ""
    if target[0].upper in ("VARCHAR", "NVARCHAR") and not matches(target, 1, "("):
        return ""
    length = read_type(Cursor(target), "The expression").length
    return f"::varchar::{_CUT_TEXT}({length})"


def _cut_modifier(value: Sequence[Token], target: Sequence[Token], edits: Edits) -> str | None:
    """Return the precision and scale of a cast to DECIMAL, None for other casts and for literals, which are rounded."""
    if not value or not target or target[0].kind is not WORD or target[0].upper not in ("DECIMAL", "NUMERIC", "DEC"):
        return None
    is_literal = value[-1].kind in (NUMBER, STRING, PARAMETER) and all(token.text in "+-" for token in value[:-1])
    if is_literal or (len(value) == 1 and value[0].upper == "NULL"):
        return None
    return edits.text[target[1].start : target[-1].end] if len(target) > 1 else "(18,0)"


def rewrite_type(tokens: Sequence[Token], at: int, edits: Edits) -> int:
    """Rewrite the type that a value is cast to.

    :param tokens: the statement.
    :param at: place of the type's first word.
    :param edits: takes the changes.
    :returns: index of what follows.
    """
    cursor = Cursor(tokens, at)
    if cursor.upper in moments.TYPES:
        moments.rewrite_literal(tokens, at, edits)
    if cursor.next is None or cursor.next.kind is not WORD or matches(tokens, at + 1, "."):
        return at  # a quoted or qualified type is PostgreSQL's own
    if cursor.upper.startswith("REG") or cursor.upper in _CATALOG_TYPES:
        return at + 1
    if cursor.upper == "TEXT" and not matches(tokens, at + 1, "["):
        return at + 1  # as a cast, it cuts nothing off
    if cursor.upper in ("VARCHAR", "NVARCHAR") and not matches(tokens, at + 1, "("):
        edits.replace_token(tokens[at], "varchar" if cursor.upper == "NVARCHAR" else tokens[at].text)
        return at + 1
    data_type = read_type(cursor, "The expression")
    if data_type.sql is not None:
        edits.replace(tokens[at].start, tokens[cursor.at - 1].end, data_type.sql)
    return cursor.at


def cast(tokens: Sequence[Token], index: int, edits: Edits, rewrite: Callable[[Sequence[Token], Edits], None]) -> int:
    """CAST(x AS type).

    :param tokens: the statement.
    :param index: place of the function's name.
    :param edits: takes the changes.
    :param rewrite: rewrites the value.
    :returns: index of what follows.
    """
    end = closing(tokens, index + 1)
    depth = 0
    for at in range(index + 1, end):
        if tokens[at].kind is SYMBOL:
            depth += (tokens[at].text in "([") - (tokens[at].text in ")]")
        elif depth == 1 and tokens[at].upper == "AS":
            rewrite(tokens[index + 2 : at], edits)
            value = tokens[index + 2 : at]
            convert_literal(value, tokens[at + 1 : end], edits)
            cuts = _cuts(value, tokens[at + 1 : end], edits)
            if cuts and value:
                edits.insert(value[0].start, "(")
                edits.insert(value[-1].end, f"){cuts}")
            return max(rewrite_type(tokens, at + 1, edits), at + 1)
    return index + 1


def convert(tokens: Sequence[Token], index: int, edits: Edits, render: Render) -> int:
    """CONVERT(type, x) → CAST(x AS type).

    :param tokens: the statement.
    :param index: place of the function's name.
    :param edits: takes the changes.
    :param render: rewrites the value.
    :returns: index of what follows.
    """
    cursor = Cursor(tokens, index + 2)
    end = closing(tokens, index + 1)
    data_type = read_type(cursor, "The expression")
    written = edits.text[tokens[index + 2].start : tokens[cursor.at - 1].end]
    cursor.expect(",")
    value, converted = tokens[cursor.at : end], Edits(edits.text)
    convert_literal(value, tokens[index + 2 : index + 3], converted)
    is_literal = bool(value) and value[-1].kind in (NUMBER, STRING)
    text = converted.apply(value[0].start, value[-1].end) if is_literal else render(value, edits)
    cuts = _cuts(value, tokens[index + 2 : cursor.at - 1], edits)
    if cuts:
        text = f"({text}){cuts}"
    text = f"CAST({text} AS {data_type.sql or written})"
    edits.replace(tokens[index].start, tokens[end].end, text)
    return end + 1


def try_cast(tokens: Sequence[Token], index: int, edits: Edits, render: Render) -> int:
    """TRY_CAST(x AS type) → a function that returns NULL when the conversion fails.

    https://docs.aws.amazon.com/redshift/latest/dg/r_TRY_CAST.html

    :param tokens: the statement.
    :param index: place of the function's name.
    :param edits: takes the changes.
    :param render: rewrites the value.
    :returns: index of what follows.
    """
    end = closing(tokens, index + 1)
    inner = tokens[index + 2 : end]
    parts = split_at(inner, "AS")
    if len(parts) != 2:
        return index + 1
    value, target = parts
    converted = Edits(edits.text)
    rewrite_type(target, 0, converted)
    data_type = converted.apply(target[0].start, target[-1].end)
    text = render(value, edits)
    if len(value) == 1 and (value[0].kind is STRING or value[0].upper == "NULL"):
        text = f"({text})::varchar"
    path = f"{_cut_text(target)}::{data_type}".removeprefix("::")
    call = f"redshift_catalog.try_cast({text}, '{path}', NULL::{data_type})"
    edits.replace(tokens[index].start, tokens[end].end, f"CAST({call} AS {data_type})")
    return end + 1
