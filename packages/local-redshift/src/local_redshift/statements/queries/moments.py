"""Literals of dates and times that Redshift reads and PostgreSQL does not.

https://docs.aws.amazon.com/redshift/latest/dg/r_Datetime_types.html
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from local_redshift.statements.tokens.edits import Edits, literal, matches
from local_redshift.statements.tokens.keywords import keywords
from local_redshift.statements.tokens.lexer import STRING, Token

#: The types whose literals have a date.
TYPES = keywords("DATE TIMESTAMP TIMESTAMPTZ")

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
    if following < len(tokens) and tokens[following].kind is STRING:
        _swap(tokens[following], edits)
    elif at > 1 and tokens[at - 1].upper in ("::", "AS") and tokens[at - 2].kind is STRING:
        _swap(tokens[at - 2], edits)
    return at + 1


def _swap(token: Token, edits: Edits) -> None:
    found = _DOTTED.fullmatch(token.value)
    if found is not None and int(found[2]) > 12 >= int(found[3]):
        edits.replace_token(token, literal(f"{found[1]}{found[4]}-{found[3]}-{found[2]}{found[5]}"))
