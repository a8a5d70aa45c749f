"""The SELECTs of a statement as a tree, with the relations that each can name and the names that it takes from others.

Contract: pure. Only qualified names are known to belong to a relation: an unqualified one is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from local_redshift.statements.queries.selects import Relation, is_within_group, relations
from local_redshift.statements.tokens.effort import spend
from local_redshift.statements.tokens.keywords import keywords
from local_redshift.statements.tokens.lexer import QUOTED, SYMBOL, WORD, Token

SET_OPERATIONS = keywords("UNION EXCEPT MINUS INTERSECT")
CLAUSES = keywords("FROM WHERE GROUP HAVING QUALIFY ORDER LIMIT OFFSET WINDOW FETCH FOR INTO")


@dataclass
class QueryBlock:
    """One SELECT.

    :param parent: the SELECT that it stands in; None at the top and in a common table expression before it.
    :param opening: place of the bracket before it; None when it has none.
    :param at: places of its tokens outside of brackets of its own, from the word SELECT on.
    :param inside: places of all tokens that belong to it and not to a SELECT in it.
    :param relations: the relations of its FROM.
    :param levels: how many SELECTs up the relations are that its qualified names belong to; 0 is itself.
    """

    parent: QueryBlock | None
    opening: int | None
    at: list[int] = field(default_factory=list)
    inside: list[int] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    levels: set[int] = field(default_factory=set)

    @property
    def names(self) -> list[str]:
        """The names that its FROM gives to relations."""
        return [relation.name for relation in self.relations]

    @property
    def is_correlated(self) -> bool:
        """Whether it names a column of a SELECT that it stands in."""
        return any(self.levels - {0})


def query_blocks(tokens: Sequence[Token]) -> list[QueryBlock]:
    """Return the SELECTs of a statement.

    :param tokens: the statement.
    """
    blocks = _blocks(tokens)
    ignored: set[int] = set()
    for block in blocks:
        clause = clause_of(tokens, block, "FROM")
        block.relations = relations(tokens[clause[0] : clause[-1] + 1]) if clause else []
        named = [relation for relation in block.relations if not relation.is_subquery]
        ignored.update(token.start for relation in named for token in relation.tokens)
    for block in blocks:
        block.levels = set(_levels(tokens, block, ignored))
    return blocks


def clause_of(tokens: Sequence[Token], block: QueryBlock, word: str) -> list[int]:
    """Return the places of a clause's tokens outside of brackets, without the word that begins it.

    :param tokens: the statement.
    :param block: the SELECT.
    :param word: the clause's first word; SELECT for the list.
    """
    spend(len(block.at))
    found: list[int] = []
    inside = False
    for place in block.at:
        token = tokens[place]
        begins = token.upper in CLAUSES or token.upper == "SELECT"
        if token.kind is WORD and begins and not is_within_group(tokens, place):
            inside = token.upper == word
        elif inside:
            found.append(place)
    return found


def _blocks(tokens: Sequence[Token]) -> list[QueryBlock]:
    """Return the SELECTs in their order, with their tokens; one pass over the statement."""
    blocks: list[QueryBlock] = []
    # for each open bracket: the SELECT that began in it last, the SELECT that it stands in, and its place
    open_brackets: list[tuple[QueryBlock | None, QueryBlock | None, int | None]] = [(None, None, None)]
    for place, token in enumerate(tokens):
        current, parent, opening = open_brackets[-1]
        if token.kind is SYMBOL and token.text in "([":
            _add(current or parent, place, is_top=current is not None)
            open_brackets.append((None, current or parent, place))
            continue
        if token.kind is SYMBOL and token.text in ")]" and len(open_brackets) > 1:
            open_brackets.pop()
            current, parent, _ = open_brackets[-1]
        elif token.kind is WORD and token.upper == "SELECT":
            current = QueryBlock(parent, opening)
            blocks.append(current)
            open_brackets[-1] = (current, parent, opening)
        elif token.kind is WORD and token.upper in SET_OPERATIONS:
            open_brackets[-1] = (None, parent, opening)
            continue
        _add(current or parent, place, is_top=current is not None)
    return blocks


def _add(block: QueryBlock | None, place: int, *, is_top: bool) -> None:
    if block is not None:
        block.inside.append(place)
        if is_top:
            block.at.append(place)


def _levels(tokens: Sequence[Token], block: QueryBlock, ignored: set[int]) -> Iterator[int]:
    for place in block.inside:
        token = tokens[place]
        is_qualifier = token.kind in (WORD, QUOTED) and place + 2 < len(tokens) and tokens[place + 1].text == "."
        if not is_qualifier or token.start in ignored or tokens[place - 1].text == ".":
            continue
        level, searched = 0, block
        while token.name not in searched.names:
            spend(1 + len(searched.relations))
            if searched.parent is None:
                break
            level, searched = level + 1, searched.parent
        else:
            yield level
