"""Literals of dates and times that Redshift reads and PostgreSQL does not.

https://docs.aws.amazon.com/redshift/latest/dg/r_Datetime_types.html
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from local_redshift.statements.tokens.edits import Edits, closing, literal, matches
from local_redshift.statements.tokens.keywords import keywords
from local_redshift.statements.tokens.lexer import STRING, Token

#: The types whose literals have a date.
TYPES = keywords("DATE TIMESTAMP TIMESTAMPTZ")

_MONTHS, _SECONDS = keywords("YEAR MONTH"), keywords("DAY HOUR MINUTE SECOND")
_AFTER_LIST = keywords("FROM INTO UNION")
_AFTER_ITEM = keywords("AS FROM") | {",", ";"}

_DOTTED = re.compile(r"(\s*)(\d{1,2})\.(\d{1,2})\.(\d{4})(?=\s|$)(.*)", re.DOTALL)


def rewrite_literal(tokens: Sequence[Token], at: int, edits: Edits) -> int:
    """Write the date of a literal that can only be ``dd.mm.yyyy`` as PostgreSQL reads it.

    The literal stands behind the type (``TIMESTAMP '17.12.1997'``) or is cast to it.

    :param tokens: the statement.
    :param at: place of the type's first word.
    :param edits: takes the change.
    :returns: index of what follows the word.
    """
    following = at + 1
    if matches(tokens, at + 1, "WITH", "TIME", "ZONE") or matches(tokens, at + 1, "WITHOUT", "TIME", "ZONE"):
        following = at + 4
    is_cast = at > 1 and (tokens[at - 1].text == "::" or (at > 3 and matches(tokens, at - 4, "CAST", "(")))
    place = at - 2 if is_cast else following
    if place < len(tokens) and tokens[place].kind is STRING:
        _swap(tokens[place], edits)
    return at + 1


def rewrite_interval(tokens: Sequence[Token], at: int, edits: Edits) -> int:
    """Write an interval with a qualifier that is a column of the result as Redshift writes it: ``1 years 2 mons``.

    :param tokens: the statement.
    :param at: place of the word INTERVAL.
    :param edits: takes the change.
    :returns: index of what follows the word.

    https://docs.aws.amazon.com/redshift/latest/dg/r_interval_data_types.html
    """
    end = at + 2
    while end < len(tokens) and (tokens[end].upper in _MONTHS | _SECONDS or tokens[end].upper == "TO"):
        end += 1
    if end > at + 2 and matches(tokens, end, "("):
        end = closing(tokens, end) + 1
    if end > at + 2 and tokens[at + 1].kind is STRING and _is_result(tokens, at, end):
        name = "intervaly2m" if tokens[at + 2].upper in _MONTHS else "intervald2s"
        edits.insert(tokens[at].start, f"redshift_catalog.{name}(")
        edits.insert(tokens[end - 1].end, ")")
    return at + 1


def _is_result(tokens: Sequence[Token], at: int, end: int) -> bool:
    """Return whether tokens are all of an item of the statement's own SELECT, whose rows go to the client."""
    if tokens[0].upper != "SELECT" or tokens[at - 1].upper not in ("SELECT", ","):
        return False
    depth = 0
    for token in tokens[:at]:
        depth += (token.text == "(") - (token.text == ")")
        if depth == 0 and token.upper in _AFTER_LIST:
            return False
    return depth == 0 and (end == len(tokens) or tokens[end].upper in _AFTER_ITEM)


def _swap(token: Token, edits: Edits) -> None:
    found = _DOTTED.fullmatch(token.value)
    if found is not None and int(found[2]) > 12 >= int(found[3]):
        edits.replace_token(token, literal(f"{found[1]}{found[4]}-{found[3]}-{found[2]}{found[5]}"))
