"""The parts of a SELECT: the items of its list, and the relations of its FROM. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from local_redshift.statements.tokens.edits import closing, matches, split_at
from local_redshift.statements.tokens.errors import syntax_error
from local_redshift.statements.tokens.keywords import keywords
from local_redshift.statements.tokens.lexer import QUOTED, SYMBOL, WORD, Token

_END_OF_LIST = keywords(
    "FROM INTO WHERE GROUP HAVING QUALIFY ORDER LIMIT OFFSET UNION EXCEPT MINUS INTERSECT WINDOW FETCH FOR"
)
#: Words that can end an expression, and words that cannot come before an alias.
_NO_ALIAS = keywords("END NULL TRUE FALSE PRECISION ZONE VARYING UNKNOWN ISNULL NOTNULL SYSDATE")
_OPERATORS = keywords(
    "AND OR NOT IN IS LIKE ILIKE SIMILAR TO BETWEEN THEN ELSE WHEN CASE AS ESCAPE ALL DISTINCT TOP DATE TIME TIMESTAMP"
)
_JOINS = keywords("JOIN INNER LEFT RIGHT FULL OUTER CROSS NATURAL")


@dataclass(frozen=True)
class SelectItem:
    """One item of a SELECT list.

    :param tokens: its expression.
    :param alias: its alias; None when it has none.
    """

    tokens: Sequence[Token]
    alias: str | None


@dataclass(frozen=True)
class Relation:
    """One table or subquery of a FROM.

    :param tokens: its name, or the brackets of its subquery.
    :param alias: its alias; None when it has none.
    """

    tokens: Sequence[Token]
    alias: str | None

    @property
    def is_subquery(self) -> bool:
        """Whether it is a query in brackets."""
        return self.tokens[0].text == "("

    @property
    def name(self) -> str:
        """The name that qualifies its columns."""
        return self.alias or self.tokens[-1].name


def end_of_list(tokens: Sequence[Token], at: int) -> int:
    """Return where the list of a SELECT ends.

    :param tokens: the statement.
    :param at: place after the word SELECT.
    """
    while at < len(tokens) and (not _ends_list(tokens[at]) or is_within_group(tokens, at)):
        at = closing(tokens, at) + 1 if tokens[at].kind is SYMBOL and tokens[at].text in "([" else at + 1
    return min(at, len(tokens))


def select_items(tokens: Sequence[Token], start: int, end: int) -> Iterator[SelectItem]:
    """Yield the items of a SELECT's list.

    :param tokens: the statement.
    :param start: place after the word SELECT.
    :param end: where the list ends.
    """
    at, first = start, start
    while at < end:
        if tokens[at].kind is SYMBOL and tokens[at].text in "([":
            at = closing(tokens, at)
        elif tokens[at].kind is SYMBOL and tokens[at].text == ",":
            yield _item(tokens[first:at])
            first = at + 1
        at += 1
    yield _item(tokens[first:end])


def written_items(tokens: Sequence[Token], start: int, end: int) -> list[SelectItem]:
    """Return the items of a SELECT's list, each of which has to be an expression.

    :param tokens: the statement.
    :param start: place after the word SELECT.
    :param end: where the list ends.
    :raises RedshiftError: when one is missing.
    """
    items = list(select_items(tokens, start, end))
    if not all(item.tokens for item in items):
        raise syntax_error(tokens[end] if end < len(tokens) else None)
    return items


def relations(tokens: Sequence[Token]) -> list[Relation]:
    """Return the relations of a FROM.

    :param tokens: what stands between FROM and the next clause.
    """
    return [
        read_relation(_without_join(part))
        for item in split_at(tokens, ",")
        for part in split_at(item, "JOIN")
        if _without_join(part)
    ]


def _without_join(tokens: Sequence[Token]) -> Sequence[Token]:
    """Leave out LEFT OUTER and the like before JOIN."""
    end = len(tokens)
    while end and tokens[end - 1].kind is WORD and tokens[end - 1].upper in _JOINS:
        end -= 1
    return tokens[:end]


def read_relation(tokens: Sequence[Token]) -> Relation:
    """Return a relation of a FROM.

    :param tokens: its tokens, and those of its join condition.
    :raises RedshiftError: when there are none.
    """
    if not tokens:
        raise syntax_error(None)
    end = closing(tokens, 0) + 1 if tokens[0].text == "(" else 1
    while matches(tokens, end, ".") and end + 1 < len(tokens):
        end += 2
    after = end + 1 if matches(tokens, end, "AS") else end
    has_alias = (
        after < len(tokens) and tokens[after].kind in (WORD, QUOTED) and tokens[after].upper not in ("ON", "USING")
    )
    return Relation(tokens[:end], tokens[after].name if has_alias else None)


def is_within_group(tokens: Sequence[Token], at: int) -> bool:
    """Return whether a word is the GROUP of an aggregate's WITHIN GROUP, which begins no clause.

    :param tokens: the statement.
    :param at: place of the word.
    """
    return at > 0 and matches(tokens, at - 1, "WITHIN", "GROUP")


def _ends_list(token: Token) -> bool:
    return token.upper in _END_OF_LIST if token.kind is WORD else token.kind is SYMBOL and token.text in (")", ";")


def _item(tokens: Sequence[Token]) -> SelectItem:
    tokens = _without_quantifier(tokens)
    if len(tokens) < 2 or tokens[-1].kind not in (WORD, QUOTED):
        return SelectItem(tokens, None)
    if tokens[-2].upper == "AS":
        return SelectItem(tokens[:-2], tokens[-1].name)
    before = tokens[-2]
    is_operator = before.upper in _OPERATORS if before.kind is WORD else before.kind is SYMBOL and before.text != ")"
    if is_operator or tokens[-1].upper in _NO_ALIAS:
        return SelectItem(tokens, None)
    return SelectItem(tokens[:-1], tokens[-1].name)


def _without_quantifier(tokens: Sequence[Token]) -> Sequence[Token]:
    if tokens and tokens[0].upper in ("ALL", "DISTINCT"):
        return tokens[1:]
    if len(tokens) > 2 and tokens[0].upper == "TOP":
        return _without_quantifier(tokens[2:])
    return tokens
