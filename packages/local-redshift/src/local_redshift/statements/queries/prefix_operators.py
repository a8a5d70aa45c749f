"""``@``, ``|/`` and ``||/`` bind their operand before ``+`` and ``-``; PostgreSQL's do after.

https://docs.aws.amazon.com/redshift/latest/dg/r_compound_expressions.html
"""

from __future__ import annotations

from collections.abc import Sequence

from local_redshift.statements.tokens.edits import Edits, closing, matches
from local_redshift.statements.tokens.lexer import NUMBER, PARAMETER, QUOTED, STRING, SYMBOL, WORD, Token

#: For the first sign of each operator: how many tokens it has, and the operators that bind before it.
_BEFORE = {"@": (1, "*/%^"), "|": (2, "^"), "||": (2, "^")}
_AFTER = "+-*/%"


def bracket_prefix_operator(tokens: Sequence[Token], index: int, edits: Edits) -> None:
    """Put brackets around a prefix operator and its operand, when an operator follows that would bind first.

    :param tokens: the statement.
    :param index: place of a symbol.
    :param edits: takes the brackets.
    """
    length, tighter = _BEFORE.get(tokens[index].text, (0, ""))
    is_operator = length == 1 or (length == 2 and matches(tokens, index + 1, "/"))
    if not is_operator or not _is_prefix(tokens, index):
        return
    end = _operand(tokens, index + length)
    while end is not None and end < len(tokens) and tokens[end].text in tuple(tighter):
        end = _operand(tokens, end + 1)
    if end is not None and end < len(tokens) and tokens[end].text in tuple(_AFTER):
        edits.insert(tokens[index].start, "(")
        edits.insert(tokens[end - 1].end, ")")


def _is_prefix(tokens: Sequence[Token], index: int) -> bool:
    if index == 0:
        return True
    before = tokens[index - 1]
    if before.kind is SYMBOL:
        return before.text not in (")", "]", "*") or (
            before.text == "*" and index > 1 and tokens[index - 2].text != ","
        )
    return before.kind is WORD and before.upper in ("SELECT", "WHERE", "AND", "OR", "NOT", "BY", "THEN", "ELSE", "WHEN")


def _operand(tokens: Sequence[Token], at: int) -> int | None:
    """Return the place after a number, a column, a call or what stands in brackets; None for something else."""
    while at < len(tokens) and tokens[at].text in ("+", "-"):
        at += 1
    if at >= len(tokens):
        return None
    if tokens[at].text == "(":
        at = closing(tokens, at) + 1
    elif tokens[at].kind in (NUMBER, STRING, PARAMETER):
        at += 1
    elif tokens[at].kind in (WORD, QUOTED) and tokens[at].upper != "CASE":
        while matches(tokens, at + 1, "."):
            at += 2
        at = closing(tokens, at + 1) + 1 if matches(tokens, at + 1, "(") else at + 1
    else:
        return None
    while matches(tokens, at, "::") and at + 1 < len(tokens):
        at = closing(tokens, at + 2) + 1 if matches(tokens, at + 2, "(") else at + 2
    return at
