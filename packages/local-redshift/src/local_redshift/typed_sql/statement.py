"""A statement's text beside its query tree: the tokens that nodes stand at.

Contract: pure. Trees have places in bytes, texts have them in characters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from local_redshift.query_tree.nodes import Node, Value
from local_redshift.statements.tokens.lexer import QUOTED, WORD, Token, tokenize
from local_redshift.typed_sql.operands import Extent


class TypedStatement:
    """A statement's text and tree.

    :param sql: the text that PostgreSQL analyzed.
    :param tree: its QUERY.
    """

    def __init__(self, sql: str, tree: Node) -> None:
        self.sql = sql
        self.tree = tree
        self.tokens: Sequence[Token] = tokenize(sql)
        self._at = {place: index for index, place in enumerate(self._places())}

    def token_of(self, node: Node) -> int | None:
        """Return the index of the token that a node stands at; None when it stands at none."""
        return self._at.get(node.number("location"))

    @cached_property
    def located(self) -> frozenset[int]:
        """The indexes of all tokens that a node stands at."""
        found = (self.token_of(node) for node in self.tree.walk())
        return frozenset(index for index in found if index is not None)

    def characters(self, extent: Extent) -> tuple[int, int]:
        """Return where tokens begin and end in the text."""
        return self.tokens[extent.start].start, self.tokens[extent.end - 1].end

    def words(self, extent: Extent) -> tuple[str, ...]:
        """Return tokens in the form that two spellings of an expression have in common: a column without its table."""
        found: list[str] = []
        for token in self.tokens[extent.start : extent.end]:
            if token.text == "." and found:
                found.pop()
            elif token.text != ".":
                found.append(token.name if token.kind in (WORD, QUOTED) else token.text)
        return tuple(found)

    def _places(self) -> Iterator[int]:
        """Yield where the tokens begin, in bytes."""
        if self.sql.isascii():
            yield from (token.start for token in self.tokens)
            return
        place, position = 0, 0
        for token in self.tokens:
            place += len(self.sql[position : token.start].encode("utf-8", "surrogateescape"))
            position = token.start
            yield place


def own_nodes(query: Node) -> tuple[list[Node], list[Node]]:
    """Return the nodes of a query that are not in a query inside of it, and the outermost of those queries."""
    own, inner = list[Node](), list[Node]()
    open_values: list[Value] = list(query.fields.values())
    while open_values:
        value = open_values.pop()
        if isinstance(value, list):
            open_values.extend(value)
        elif isinstance(value, Node) and value.tag == "QUERY":
            inner.append(value)
        elif isinstance(value, Node):
            own.append(value)
            open_values.extend(value.fields.values())
    return own, inner
