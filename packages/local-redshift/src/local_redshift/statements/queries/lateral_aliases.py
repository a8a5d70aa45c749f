"""Aliases that a SELECT list uses after it has defined them: Redshift replaces them by their expressions.

A column of that name in the FROM clause has priority: https://docs.aws.amazon.com/redshift/latest/dg/r_SELECT_list.html.
WHERE and HAVING know the aliases too: it is not documented, but redshift_connector's get_tables() relies on it. Only
PostgreSQL knows the columns. So this module finds the names that may be aliases, and replaces a name by its expression
when PostgreSQL has no such column.

Contract: pure; an expression that replaces an alias may use other aliases, which are replaced after it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from local_redshift.statements.queries.dateparts import TAKE_DATEPART
from local_redshift.statements.queries.selects import SelectItem, end_of_list, is_within_group, select_items
from local_redshift.statements.tokens.edits import Edits, closing, matches
from local_redshift.statements.tokens.effort import spend
from local_redshift.statements.tokens.keywords import keywords
from local_redshift.statements.tokens.lexer import QUOTED, STRING, SYMBOL, WORD, Token, tokenize

_SET_OPERATIONS = keywords("UNION EXCEPT MINUS INTERSECT")
_CLAUSES = keywords("FROM WHERE GROUP HAVING QUALIFY ORDER LIMIT OFFSET")


@dataclass(frozen=True)
class _Select:
    """One SELECT.

    :param items: its list.
    :param conditions: the tokens of its WHERE and HAVING.
    """

    items: Sequence[SelectItem]
    conditions: Sequence[Token]


def find_lateral_aliases(tokens: Sequence[Token]) -> tuple[str, ...]:
    """Return the names that SELECTs use after their lists have defined them.

    :param tokens: a statement.
    """
    found: dict[str, None] = {}
    for select in _selects(tokens):
        defined: set[str] = set()
        for item in (*select.items, SelectItem(select.conditions, None)):
            found.update((token.name, None) for token in _references(item.tokens) if token.name in defined)
            if item.alias is not None:
                defined.add(item.alias)
    return tuple(found)


def inline_alias(sql: str, name: str) -> str:
    """Return a statement with an alias's expression in place of its later uses.

    :param sql: the statement as the client wrote it.
    :param name: the alias.
    """
    edits = Edits(sql)
    for select in _selects(tokenize(sql)):
        expression = ""
        for item in (*select.items, SelectItem(select.conditions, None)):
            uses = [token for token in _references(item.tokens) if token.name == name] if expression else []
            for token in uses:
                edits.replace(token.start, token.end, expression)
            if item.alias == name:
                expression = f"({sql[item.tokens[0].start : item.tokens[-1].end]})"
    return edits.apply(0, len(sql))


def _selects(tokens: Sequence[Token]) -> Iterator[_Select]:
    for index, token in enumerate(tokens):
        if token.kind is WORD and token.upper == "SELECT":
            end = end_of_list(tokens, index + 1)
            yield _Select(list(select_items(tokens, index + 1, end)), list(_conditions(tokens, end)))


def _conditions(tokens: Sequence[Token], at: int) -> Iterator[Token]:
    """Yield the tokens of WHERE and HAVING, from the end of the list to the end of the SELECT.

    Of a subquery, only its brackets.
    """
    inside = False
    while at < len(tokens) and tokens[at].text not in (")", ";") and tokens[at].upper not in _SET_OPERATIONS:
        token = tokens[at]
        if token.kind is WORD and token.upper in _CLAUSES and not is_within_group(tokens, at):
            inside = token.upper in ("WHERE", "HAVING")
        end = closing(tokens, at) if token.kind is SYMBOL and token.text == "(" else at
        if inside and at < end and tokens[at + 1].upper in ("SELECT", "WITH"):
            yield from (tokens[at], tokens[end])
        elif inside:
            yield from tokens[at : end + 1]
        at = end + 1


def _references(tokens: Sequence[Token]) -> Iterator[Token]:
    """Yield the names that stand for a column or an alias, outside of subqueries."""
    spend(len(tokens))
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.text == "(" and at + 1 < len(tokens) and tokens[at + 1].upper in ("SELECT", "WITH"):
            at = closing(tokens, at)
        elif token.kind in (WORD, QUOTED) and _is_reference(tokens, at):
            yield token
        at += 1


def _is_reference(tokens: Sequence[Token], at: int) -> bool:
    if at + 1 < len(tokens) and (tokens[at + 1].kind is STRING or tokens[at + 1].text in ("(", ".")):
        return False
    if at == 0:
        return True
    if tokens[at - 1].text in (".", "::") or tokens[at - 1].upper == "AS":
        return False
    return not (at > 1 and matches(tokens, at - 1, "(") and tokens[at - 2].upper in TAKE_DATEPART)
