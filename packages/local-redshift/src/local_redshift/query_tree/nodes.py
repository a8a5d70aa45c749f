"""Reads the text in which PostgreSQL writes query trees (its ``nodeToString``).

Contract: pure. ``{TAG :field value …}`` becomes a ``Node``, ``(…)`` a list, ``<>`` None, the bytes of a constant
``bytes``, and everything else a ``str`` without the backslashes that protect it. What the numbers in a tree mean is
for those who read it.
https://github.com/postgres/postgres/blob/REL_18_STABLE/src/backend/nodes/outfuncs.c
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Union

#: A part of a tree.
Value = Union[None, str, bytes, "Node", list["Value"]]

#: The bytes of a line in the log: https://github.com/postgres/postgres/blob/REL_18_STABLE/src/backend/nodes/print.c
_LINE = 78

#: Brackets, the bytes of a constant, words.
_TOKENS = re.compile(r"[(){}]|\[ (?:-?\d+ )*\]|(?:[^\s(){}\\]|\\.)+", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)

_OPENING = frozenset("({")

#: What stands before the members of a list of numbers or a set of them.
_MARKS = frozenset("oibx")

#: Words that stand for nothing.
_EMPTY = {"<>": None, '""': ""}


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A node of a tree.

    :param tag: its kind, as it is written: ``QUERY``, ``VAR``, ``OPEXPR``.
    :param fields: its fields by their names.
    """

    tag: str
    fields: dict[str, Value]

    def number(self, field: str, default: int = -1) -> int:
        """Return a field that is a number.

        :param field: its name.
        :param default: what to return when the node does not have it.
        """
        value = self.fields.get(field)
        return int(value) if isinstance(value, str) else default

    def child(self, field: str) -> Node | None:
        """Return a field that is a node, None when it is empty or something else."""
        value = self.fields.get(field)
        return value if isinstance(value, Node) else None

    def items(self, field: str) -> list[Value]:
        """Return the members of a field that is a list; an empty field has none."""
        value = self.fields.get(field)
        return value if isinstance(value, list) else []

    def nodes(self, field: str) -> list[Node]:
        """Return the nodes in a field that is a list."""
        return [item for item in self.items(field) if isinstance(item, Node)]

    def walk(self) -> Iterator[Node]:
        """Return this node and all that are below it, each before those below it."""
        open_values: list[Value] = [self]
        while open_values:
            value = open_values.pop()
            if isinstance(value, Node):
                yield value
                open_values.extend(reversed(value.fields.values()))
            elif isinstance(value, list):
                open_values.extend(reversed(value))


def parse(text: str) -> Value:
    """Return the tree that a text describes.

    :param text: on one line, as ``nodeToString`` writes it; see ``unwrap``.
    :raises ValueError: when it is not such a text.
    """
    # Without recursion: expressions may be nested deeper than Python's stack is. Words stay as they are written until
    # the bracket around them closes: only then is it clear what they are.
    open_parts: list[list[Value]] = [[]]
    for token in _TOKENS.findall(text):
        if token in _OPENING:
            open_parts.append([])
        elif token in _CLOSING:
            parts = open_parts.pop()
            if not open_parts:
                raise ValueError("The text of the tree closes more than it opens.")
            open_parts[-1].append(_CLOSING[token](parts))
        elif token[0] == "[" and token[-1] == "]" and len(token) > 2 and token[1] == " ":
            open_parts[-1][-1] = bytes(int(number) & 0xFF for number in token[1:-1].split())
        else:
            open_parts[-1].append(token)
    if len(open_parts) != 1 or len(open_parts[0]) != 1:
        raise ValueError("The text is not one whole tree.")
    return _value(open_parts[0][0])


def unwrap(text: bytes) -> str:
    """Return the text of a tree that the log shows in lines.

    A line ends in place of a space, or within a word that is longer than a line.

    :param text: the detail of the log's entry.
    """
    pieces: list[bytes] = []
    for line in text.split(b"\n"):
        pieces.append(line)
        if len(line) < _LINE or b" " in line[1:]:
            pieces.append(b" ")
    return b"".join(pieces).decode("utf-8", "replace")


def _node(parts: list[Value]) -> Node:
    """Return the node that has these parts: its tag, then names of fields with their values."""
    if not parts or not isinstance(parts[0], str):
        raise ValueError("A node has no tag.")
    fields: dict[str, Value] = {}
    rest = iter(parts[1:])
    for name in rest:
        if isinstance(name, str) and name[0] == ":":
            fields[name[1:]] = _value(next(rest, "<>"))
    return Node(parts[0], fields)


def _list(parts: list[Value]) -> list[Value]:
    first = 1 if parts and isinstance(parts[0], str) and parts[0] in _MARKS else 0
    return [_member(part) for part in parts[first:]]


def _member(part: Value) -> Value:
    """Return a member of a list, where strings have quotes."""
    is_quoted = isinstance(part, str) and len(part) > 1 and part[0] == '"' == part[-1]
    return _unescaped(part[1:-1]) if is_quoted and isinstance(part, str) else _value(part)


def _value(part: Value) -> Value:
    if not isinstance(part, str):
        return part
    if part in _EMPTY:
        return _EMPTY[part]
    return _unescaped(part)


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(r"\1", text) if "\\" in text else text


#: What is made of the parts between two brackets.
_CLOSING: dict[str, Callable[[list[Value]], Value]] = {"}": _node, ")": _list}
