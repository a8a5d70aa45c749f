"""Where the operands of an operator begin and end, and the results of a CASE: by tokens, as PostgreSQL reads them.

Contract: pure. For statements that PostgreSQL has parsed already, so that brackets close and CASEs end.
https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-PRECEDENCE
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from local_redshift.statements.tokens.edits import closing, matches, opening, split_at
from local_redshift.statements.tokens.keywords import keywords
from local_redshift.statements.tokens.lexer import QUOTED, STRING, SYMBOL, WORD, Token

#: Words that stand before an expression, and end the one before them.
_LIMITS = keywords(
    """
    ALL AND ANY AS ASC BETWEEN BY CASE CROSS DESC DISTINCT ELSE END ESCAPE EXCEPT FETCH FOR FROM FULL GROUP HAVING ILIKE
    IN INNER INTERSECT INTO IS ISNULL JOIN LEFT LIKE LIMIT MINUS NATURAL NOT NOTNULL NULLS OFFSET ON OR ORDER OUTER
    RETURN RETURNING RIGHT SELECT SET SIMILAR SOME THEN TO UNION USING VALUES WHEN WHERE WINDOW WITH
    """
)

#: Those of them that are names of functions too.
_FUNCTIONS = ("LEFT", "RIGHT")

#: Operators that bind as a division does or more.
_FACTORS = frozenset("*/%^")
_SIGNS = frozenset("+-")

#: What may follow a call: ``f(x) WITHIN GROUP (…) FILTER (…) OVER (…)``.
_CALL_ENDS = (("WITHIN", "GROUP"), ("FILTER",), ("OVER",))

#: Types of several words: https://www.postgresql.org/docs/current/datatype.html#DATATYPE-TABLE
_LONG_TYPES = (("DOUBLE", "PRECISION"), ("CHARACTER", "VARYING"))
_ZONES = (("WITH", "TIME", "ZONE"), ("WITHOUT", "TIME", "ZONE"))


class Extent(NamedTuple):
    """Tokens from one index up to another.

    :param start: index of the first.
    :param end: index after the last.
    """

    start: int
    end: int


def operand_extents(tokens: Sequence[Token], at: int) -> tuple[Extent, Extent]:
    """Return the operands of a computation.

    :param tokens: the statement.
    :param at: index of a ``/``, ``*``, ``+`` or ``-`` with two operands.
    """
    if tokens[at].text in _SIGNS:
        return Extent(_start(tokens, at, _FACTORS | _SIGNS), at), Extent(at + 1, _end_of_factors(tokens, at + 1))
    return Extent(_start(tokens, at, _FACTORS), at), Extent(at + 1, _end_of_power(tokens, at + 1))


def case_results(tokens: Sequence[Token], at: int) -> tuple[list[Extent], int]:
    """Return the results of a CASE in their order, that of ELSE included, and the index after its END.

    :param tokens: the statement.
    :param at: index of the word CASE.
    """
    results, start = list[Extent](), None
    index = at + 1
    while index < len(tokens):
        word = tokens[index].upper
        if start is not None and word in ("WHEN", "ELSE", "END"):
            results.append(Extent(start, index))
            start = None
        if word in ("THEN", "ELSE"):
            start = index + 1
        elif word == "END":
            return results, index + 1
        index = _after_group(tokens, index)
    return results, len(tokens)


def call_arguments(tokens: Sequence[Token], at: int) -> list[Extent]:
    """Return the arguments of a call.

    :param tokens: the statement.
    :param at: index of the function's name, which a bracket follows.
    """
    found, start = list[Extent](), at + 2
    for item in split_at(tokens[start : closing(tokens, at + 1)], ","):
        found.append(Extent(start, start + len(item)))
        start += len(item) + 1
    return found


def _start(tokens: Sequence[Token], at: int, operators: frozenset[str]) -> int:
    """Return where ``a * b`` begins in ``… + a * b /``.

    A sign before it is left out, which changes no quotient; it is a part of a sum.

    :param at: index of the operator.
    :param operators: those that bind as the operator does or more.
    """
    index = at - 1
    while index >= 0:
        token = tokens[index]
        if token.kind is SYMBOL and token.text in ")]":
            index = opening(tokens, index)
        elif token.upper == "END":
            index = _start_of_case(tokens, index)
        elif _is_limit(tokens, index, operators):
            return index + 1
        index -= 1
    return 0


def _is_limit(tokens: Sequence[Token], index: int, operators: frozenset[str]) -> bool:
    """Return whether a token cannot be inside of the operand of one of these operators."""
    token = tokens[index]
    if token.kind is WORD:
        is_zone = token.upper == "WITH" and matches(tokens, index, *_ZONES[0])
        is_name = index > 0 and tokens[index - 1].text == "."
        is_group = token.upper == "GROUP" and tokens[index - 1].upper == "WITHIN"
        is_call = token.upper in _FUNCTIONS and matches(tokens, index + 1, "(")
        return token.upper in _LIMITS and not (is_zone or is_name or is_group or is_call)
    if token.kind is not SYMBOL or token.text in ("::", "."):
        return False
    if token.text in _SIGNS and not operators >= _SIGNS:
        before = tokens[index - 1] if index else None
        return before is None or before.text not in _FACTORS
    return token.text not in operators


def _end_of_factors(tokens: Sequence[Token], at: int) -> int:
    """Return where ``b * c`` ends in ``+ b * c - d``."""
    end = _end_of_power(tokens, at)
    while end < len(tokens) and tokens[end].kind is SYMBOL and tokens[end].text in _FACTORS:
        end = _end_of_power(tokens, end + 1)
    return end


def _end_of_power(tokens: Sequence[Token], at: int) -> int:
    """Return where ``b ^ c`` ends in ``/ b ^ c * d``."""
    end = _end_of_value(tokens, at)
    while matches(tokens, end, "^"):
        end = _end_of_value(tokens, end + 1)
    return end


def _end_of_value(tokens: Sequence[Token], at: int) -> int:
    """Return where a value with its signs, casts, subscripts and time zone ends."""
    while at < len(tokens) and tokens[at].kind is SYMBOL and tokens[at].text in _SIGNS:
        at += 1
    end = _end_of_primary(tokens, at)
    while end < len(tokens):
        if matches(tokens, end, "::"):
            end = _end_of_type(tokens, end + 1)
        elif matches(tokens, end, "["):
            end = closing(tokens, end) + 1
        elif matches(tokens, end, "."):
            end += 2
        elif matches(tokens, end, "AT", "TIME", "ZONE"):
            end = _end_of_primary(tokens, end + 3)
        elif matches(tokens, end, "COLLATE"):
            end += 2
        else:
            break
    return end


def _end_of_primary(tokens: Sequence[Token], at: int) -> int:
    if matches(tokens, at, "("):
        return closing(tokens, at) + 1
    if matches(tokens, at, "CASE"):
        return case_results(tokens, at)[1]
    if tokens[at].kind not in (WORD, QUOTED):
        return at + 1
    end = at + 1
    while matches(tokens, end, "."):
        end += 2
    if matches(tokens, end, "("):
        return _end_of_call(tokens, end)
    has_literal = tokens[at].kind is WORD and end < len(tokens) and tokens[end].kind is STRING
    return end + 1 if has_literal else end


def _end_of_call(tokens: Sequence[Token], opening: int) -> int:
    end = closing(tokens, opening) + 1
    for words in _CALL_ENDS:
        if not matches(tokens, end, *words):
            continue
        after = end + len(words)
        end = closing(tokens, after) + 1 if matches(tokens, after, "(") else after + 1
    return end


def _end_of_type(tokens: Sequence[Token], at: int) -> int:
    end = at + 1
    for words in _LONG_TYPES:
        if matches(tokens, at, *words):
            end = at + len(words)
    while matches(tokens, end, "."):
        end += 2
    if matches(tokens, end, "("):
        end = closing(tokens, end) + 1
    for zone in _ZONES:
        if matches(tokens, end, *zone):
            end += len(zone)
    return end


def _after_group(tokens: Sequence[Token], index: int) -> int:
    """Return the index after a token, or after all that it opens."""
    if tokens[index].kind is SYMBOL and tokens[index].text in "([":
        return closing(tokens, index) + 1
    return case_results(tokens, index)[1] if tokens[index].upper == "CASE" else index + 1


def _start_of_case(tokens: Sequence[Token], index: int) -> int:
    depth = 0
    while index > 0:
        depth += (tokens[index].upper == "END") - (tokens[index].upper == "CASE")
        if depth == 0:
            break
        index -= 1
    return index
