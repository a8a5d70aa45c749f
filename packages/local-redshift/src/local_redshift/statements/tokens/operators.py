"""Operators that are too long. Pure."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from operator import attrgetter

from local_redshift.statements.tokens.lexer import SYMBOL, Token
from local_redshift.wire.errors import RedshiftError

_LONGEST = 63
_RUN = re.compile(r"[-+*/<>=~!@#%^&|`?]{64,}")
_START = attrgetter("start")


def require_operators(script: str, tokens: Sequence[Token]) -> None:
    """Refuse a run of operator characters that PostgreSQL refuses too, after a time that is quadratic in its length.

    :param script: the text.
    :param tokens: its tokens.
    :raises RedshiftError: when such a run is outside of strings and comments.
    """
    for run in _RUN.finditer(script):
        first = bisect_left(tokens, run.start(), key=_START)
        end = bisect_left(tokens, run.end(), key=_START)
        if sum(token.kind is SYMBOL for token in tokens[first:end]) > _LONGEST:
            raise RedshiftError("42601", "operator too long", position=tokens[first].start + 1)
