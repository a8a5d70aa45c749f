"""Whether what a statement gives depends on the types of its expressions, by its tokens.

Contract: pure, and cautious: a statement that is named here may turn out to need nothing. PostgreSQL is asked for the
types of those that are named, so plain statements must not be.
"""

from __future__ import annotations

from collections.abc import Sequence

from local_redshift.statements.queries.number_literals import is_doubtful
from local_redshift.statements.queries.selects import end_of_list
from local_redshift.statements.tokens.edits import closing, matches
from local_redshift.statements.tokens.keywords import keywords
from local_redshift.statements.tokens.lexer import NUMBER, PARAMETER, QUOTED, STRING, SYMBOL, WORD, Token

#: Statements with expressions, and those whose rows the client gets.
_VERBS = keywords("SELECT WITH ( INSERT UPDATE DELETE MERGE DECLARE")
_QUERIES = keywords("SELECT WITH ( DECLARE")

#: What mixes decimals of several scales.
_SETS = keywords("UNION INTERSECT EXCEPT MINUS")
_MIXES = _SETS | keywords("CASE COALESCE NVL NVL2 DECODE GREATEST LEAST")

#: Functions whose type has no length, precision or scale, whatever their arguments are.
_PLAIN = keywords(
    "COUNT DATEDIFF DATEADD DATEPART DATE_PART EXTRACT GETDATE LEN LENGTH NOW RANK DENSE_RANK ROW_NUMBER NTILE "
    "PG_BACKEND_PID PG_LAST_COPY_COUNT PG_LAST_COPY_ID PG_LAST_QUERY_ID PG_LAST_UNLOAD_COUNT PG_LAST_UNLOAD_ID"
)
_SYMBOLS = frozenset(",.*")

#: Computations whose precision may have to be cut to the largest there is, and what stands before and after them.
_CHECKED = frozenset("+-*")
_VALUES = (WORD, QUOTED, NUMBER, PARAMETER)
_BEFORE_VALUES = keywords(
    "ALL AND BETWEEN BY DISTINCT ELSE FROM HAVING IN LIMIT NOT OFFSET ON OR RETURNING SELECT SET THEN WHEN WHERE"
)
_AFTER_VALUES = keywords("FROM INTERVAL INTO")


def has_typed_values(tokens: Sequence[Token]) -> bool:
    """Return whether a statement has values that depend on types: on the scales of decimals, or of a text on its own.

    :param tokens: the statement.
    """
    return tokens[0].upper in _VERBS and any(
        token.text == "/"
        or token.upper in _MIXES
        or (token.text in _CHECKED and _may_overflow(tokens, at))
        or (token.kind is STRING and is_doubtful(token.text))
        for at, token in enumerate(tokens)
    )


def has_typed_results(tokens: Sequence[Token]) -> bool:
    """Return whether the client gets rows with values that are computed.

    :param tokens: the statement.
    """
    if tokens[0].upper not in _QUERIES:
        return False
    return any(
        token.upper in _SETS or (token.upper == "SELECT" and _is_computed(tokens[at + 1 : end_of_list(tokens, at + 1)]))
        for at, token in enumerate(tokens)
    )


def _is_computed(items: Sequence[Token]) -> bool:
    """Return whether a SELECT's list has more than columns, integers, and calls of functions of a plain type."""
    at = 0
    while at < len(items):
        token = items[at]
        if matches(items, at + 1, "("):
            if token.upper not in _PLAIN:
                return True
            at = closing(items, at + 1)
        elif not _is_plain(token) or (token.text == "*" and not _is_star(items, at)):
            return True
        at += 1
    return False


def _may_overflow(tokens: Sequence[Token], at: int) -> bool:
    """Return whether a ``+``, ``-`` or ``*`` computes with what may be a large decimal.

    A sum with an integer, as in ``n + 1``, is left to PostgreSQL, and one with an interval.
    """
    before, after = tokens[at - 1], tokens[at + 1] if at + 1 < len(tokens) else tokens[at]
    if tokens[at].kind is not SYMBOL or not _ends_value(before) or not _begins_value(after):
        return False
    return tokens[at].text == "*" or not any(each.kind is NUMBER and each.text.isdigit() for each in (before, after))


def _ends_value(token: Token) -> bool:
    return token.text == ")" or (token.kind in _VALUES and token.upper not in _BEFORE_VALUES)


def _begins_value(token: Token) -> bool:
    return token.text == "(" or (token.kind in _VALUES and token.upper not in _AFTER_VALUES)


def _is_star(items: Sequence[Token], at: int) -> bool:
    """Return whether a ``*`` stands for columns."""
    return at == 0 or items[at - 1].text in (",", ".") or items[at - 1].upper in ("DISTINCT", "ALL")


def _is_plain(token: Token) -> bool:
    if token.kind is SYMBOL:
        return token.text in _SYMBOLS
    if token.kind is NUMBER:
        return token.text.isdigit()
    return token.kind in (WORD, QUOTED, PARAMETER) and token.upper not in ("CASE", "NULL")
