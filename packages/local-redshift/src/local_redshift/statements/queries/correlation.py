"""Subqueries that may be correlated: that refer to a table of the query around them.

PostgreSQL runs such a subquery once for each row, where Redshift joins:
https://docs.aws.amazon.com/redshift/latest/dg/r_correlated_subqueries.html

Contract: pure; names candidates by their text only. A candidate too many costs a round trip and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence

from local_redshift.statements.tokens.edits import closing, matches
from local_redshift.statements.tokens.effort import spend
from local_redshift.statements.tokens.keywords import keywords
from local_redshift.statements.tokens.lexer import QUOTED, WORD, Token

#: Before the bracket of a subquery that is a relation, a common table or an arm of a set operation.
_NO_EXPRESSION = keywords("FROM JOIN AS UNION ALL EXCEPT MINUS INTERSECT")
_BEFORE_RELATIONS = keywords("FROM JOIN")

#: Subqueries of a statement that are looked at.
_MOST = 20


def has_correlated_subquery(tokens: Sequence[Token]) -> bool:
    """Return whether a statement may have a correlated subquery in an expression.

    :param tokens: the statement.
    """
    found = 0
    for index in range(1, len(tokens) - 1):
        if tokens[index].text != "(" or tokens[index + 1].upper != "SELECT":
            continue
        if tokens[index - 1].upper in _NO_EXPRESSION:
            continue
        if _refers_outside(tokens[index + 1 : closing(tokens, index)]):
            return True
        found += 1
        if found == _MOST:
            return False
    return False


def _refers_outside(tokens: Sequence[Token]) -> bool:
    """Return whether a name is qualified by what the subquery does not define, or two bare names are compared."""
    spend(len(tokens))
    own = {token.name for index, token in enumerate(tokens) if _is_name(token) and not matches(tokens, index + 1, ".")}
    return any(
        _is_foreign_qualifier(tokens, index, own) or _compares_bare_names(tokens, index) for index in range(len(tokens))
    )


def _is_foreign_qualifier(tokens: Sequence[Token], index: int, own: set[str]) -> bool:
    token = tokens[index]
    if not _is_name(token) or not matches(tokens, index + 1, ".") or token.name in own:
        return False
    before = tokens[index - 1]
    return before.text not in (".", ",") and before.upper not in _BEFORE_RELATIONS


def _compares_bare_names(tokens: Sequence[Token], index: int) -> bool:
    if tokens[index].text != "=" or index == 0 or index + 1 == len(tokens):
        return False
    if not (_is_name(tokens[index - 1]) and _is_name(tokens[index + 1])):
        return False
    return tokens[index - 2].text != "." and not matches(tokens, index + 2, ".")


def _is_name(token: Token) -> bool:
    return token.kind in (WORD, QUOTED)
