"""Rules of queries that PostgreSQL does not check: quantified comparisons, LIMIT beside set operations, recursion.

https://docs.aws.amazon.com/redshift/latest/dg/r_comparison_condition.html
https://docs.aws.amazon.com/redshift/latest/dg/r_UNION.html
https://docs.aws.amazon.com/redshift/latest/dg/r_WITH_clause.html
"""

from __future__ import annotations

from collections.abc import Sequence

from local_redshift.statements.refusals.query_blocks import SET_OPERATIONS
from local_redshift.statements.tokens.edits import closing, matches, opening
from local_redshift.statements.tokens.errors import syntax_error
from local_redshift.statements.tokens.keywords import keywords
from local_redshift.statements.tokens.lexer import QUOTED, SYMBOL, WORD, Token
from local_redshift.wire.errors import RedshiftError

_COMPARISONS = ("=", "<>", "!=", "<", ">", "<=", ">=")
_SUPPORTED = {"ANY": ("=",), "SOME": ("=",), "ALL": ("<>", "!=")}
_QUERIES = keywords("SELECT WITH")


def check_query(tokens: Sequence[Token], index: int) -> None:
    """Refuse what begins at a word.

    :param tokens: the statement.
    :param index: place of a word.
    :raises RedshiftError: when Redshift has no such condition, or no such query.
    """
    word = tokens[index].upper
    if word in _SUPPORTED:
        _check_quantifier(tokens, index)
    elif word in SET_OPERATIONS:
        _check_set_operation(tokens, index)
    elif word == "RECURSIVE" and index and tokens[index - 1].upper == "WITH":
        _check_recursive(tokens, index)


def _check_quantifier(tokens: Sequence[Token], index: int) -> None:
    """= ANY (SELECT …) and <> ALL (SELECT …) are all there is."""
    operator = tokens[index - 1].text if index else ""
    is_query = matches(tokens, index + 1, "(") and index + 2 < len(tokens) and tokens[index + 2].upper in _QUERIES
    word = tokens[index].upper
    if operator in _COMPARISONS and is_query and operator not in _SUPPORTED[word]:
        hint = "Redshift has = ANY (…) and <> ALL (…): compare with MIN or MAX of the subquery."
        text = f"{operator} {word} with a subquery is not supported."
        raise RedshiftError("0A000", text, hint=hint, position=tokens[index].start + 1)


def _check_set_operation(tokens: Sequence[Token], index: int) -> None:
    after = index + 2 if matches(tokens, index + 1, "ALL") else index + 1
    brackets = [(after, closing(tokens, after))] if matches(tokens, after, "(") else []
    if index and tokens[index - 1].text == ")":
        brackets.append((opening(tokens, index - 1), index - 1))
    for first, last in brackets:
        if _is_operand(tokens, first) and (limit := _limit(tokens[first + 1 : last])) is not None:
            raise RedshiftError(
                "0A000",
                "LIMIT may not be used within input to set operations.",
                hint="SELECT * FROM (… LIMIT n): https://docs.aws.amazon.com/redshift/latest/dg/r_UNION.html",
                position=limit.start + 1,
            )


def _is_operand(tokens: Sequence[Token], opening: int) -> bool:
    """Return whether a bracket opens an operand of a set operation, not a condition's or a function's subquery."""
    if opening + 1 >= len(tokens) or tokens[opening + 1].upper not in _QUERIES:
        return False
    before = tokens[opening - 1] if opening else None
    return before is None or before.text == "(" or before.upper in SET_OPERATIONS | {"ALL", "AS"}


def _limit(tokens: Sequence[Token]) -> Token | None:
    depth = 0
    for token in tokens:
        if token.kind is SYMBOL:
            depth += (token.text in "([") - (token.text in ")]")
        elif depth == 0 and token.kind is WORD and token.upper in ("LIMIT", "OFFSET"):
            return token
    return None


def _check_recursive(tokens: Sequence[Token], index: int) -> None:
    if index > 1 and tokens[index - 2].text == "(" and tokens[0].upper != "CREATE":
        raise syntax_error(tokens[index], "WITH RECURSIVE cannot stand in a subquery: put it first.")
    at = index + 1
    while at + 1 < len(tokens) and tokens[at].kind in (WORD, QUOTED):
        name, has_columns = tokens[at], matches(tokens, at + 1, "(")
        as_at = closing(tokens, at + 1) + 1 if has_columns else at + 1
        if not matches(tokens, as_at, "AS", "("):
            return
        end = closing(tokens, as_at + 1)
        _check_recursive_query(name, tokens[as_at + 2 : end], has_columns=has_columns)
        if not matches(tokens, end + 1, ","):
            return
        at = end + 2


def _check_recursive_query(name: Token, body: Sequence[Token], *, has_columns: bool) -> None:
    uses = [
        at
        for at, token in enumerate(body)
        if token.kind in (WORD, QUOTED) and token.name == name.name and at and _is_relation(body, at)
    ]
    if not uses:
        return
    if not has_columns:
        raise syntax_error(name, f"A recursive query names its columns: WITH RECURSIVE {name.text} (a, b) AS (…).")
    for at, token in enumerate(body):
        if token.kind is WORD and token.upper == "UNION" and not matches(body, at + 1, "ALL") and at < uses[0]:
            raise syntax_error(token, "The parts of a recursive query are joined by UNION ALL.")


def _is_relation(tokens: Sequence[Token], at: int) -> bool:
    before = tokens[at - 1]
    return before.text == "," or before.upper in ("FROM", "JOIN")
