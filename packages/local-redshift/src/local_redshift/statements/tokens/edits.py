"""Changes to a statement's text by place, and the walks over tokens that find them. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import attrgetter

from local_redshift.statements.tokens.effort import require_rewritten_size, spend
from local_redshift.statements.tokens.lexer import SYMBOL, Token

_CLOSING = {"(": ")", "[": "]"}
_START = attrgetter("start")


@dataclass
class Edits:
    """Replacements to make in a text.

    :param text: the script that token places refer to.
    """

    text: str
    _changes: list[tuple[int, int, str]] = field(default_factory=list)

    def replace(self, start: int, end: int, new: str) -> None:
        """Put ``new`` in place of the characters from start to end."""
        self._changes.append((start, end, new))

    def replace_token(self, token: Token, new: str) -> None:
        """Put ``new`` in place of a token, unless it is the same."""
        if token.text != new:
            self.replace(token.start, token.end, new)

    def insert(self, at: int, new: str) -> None:
        """Put ``new`` before a place."""
        self._changes.append((at, at, new))

    def remove(self, tokens: Sequence[Token]) -> None:
        """Take out everything from the first to the last of the tokens."""
        self._changes.append((tokens[0].start, tokens[-1].end, ""))

    def remove_with_gap(self, tokens: Sequence[Token], first: int, end: int) -> None:
        """Take out the tokens from ``first`` up to ``end``, and the gap before them."""
        self._changes.append((tokens[first - 1].end, tokens[end - 1].end, ""))

    def apply(self, start: int, end: int) -> str:
        """Return the characters from start to end with the changes made; of nested changes, the outer one.

        What is inserted where a replacement begins comes before it.
        """
        pieces, position = [], start
        for first, last, new in sorted(self._changes, key=_order):
            if first < max(position, start) or last > end:
                continue
            pieces += [self.text[position:first], new]
            position = last
        pieces.append(self.text[position:end])
        require_rewritten_size(sum(map(len, pieces)))
        return "".join(pieces)


def _order(change: tuple[int, int, str]) -> tuple[int, bool, int]:
    first, last, _ = change
    return first, last > first, -last


def literal(text: str) -> str:
    """Return a text as a string literal, in which backslashes are not escapes."""
    return "E'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def quoted(name: str) -> str:
    """Return a name in quotes."""
    return '"' + name.replace('"', '""') + '"'


def matches(tokens: Sequence[Token], at: int, *expected: str) -> bool:
    """Return whether these keywords or symbols stand at a place."""
    spend(1)
    return len(tokens) >= at + len(expected) and all(
        tokens[at + offset].upper == word for offset, word in enumerate(expected)
    )


def closing(tokens: Sequence[Token], opening: int) -> int:
    """Return the index of the bracket that closes the one at ``opening``, the last token's if none does."""
    spend(1)
    token, last = tokens[opening], len(tokens) - 1
    if token.kind is not SYMBOL or token.text not in _CLOSING:
        return _end_without_bracket(tokens, opening)
    if token.closes < 0:
        return last
    end = min(len(tokens), opening + 1 + token.closes - token.start)
    return min(bisect_left(tokens, token.closes, opening, end, key=_START), last)


def opening(tokens: Sequence[Token], last: int) -> int:
    """Return the index of the bracket that the one at ``last`` closes, 0 if none does."""
    depth = 0
    for index in range(last, -1, -1):
        if tokens[index].kind is SYMBOL:
            depth += (tokens[index].text in ")]") - (tokens[index].text in "([")
            if depth == 0:
                return index
    return 0


def _end_without_bracket(tokens: Sequence[Token], at: int) -> int:
    """Return the next symbol's index, where a bracket was expected and none is."""
    return next((index for index in range(at, len(tokens)) if tokens[index].kind is SYMBOL), len(tokens) - 1)


def arguments(tokens: Sequence[Token], opening: int) -> list[list[Token]]:
    """Return the tokens of each comma-separated item in the brackets that open at an index."""
    return split_at(tokens[opening + 1 : closing(tokens, opening)], ",")


def argument_count(tokens: Sequence[Token], opening: int) -> int:
    """Return how many items ``arguments`` returns, without their tokens."""
    end, count, first, at = closing(tokens, opening), 0, opening + 1, opening + 1
    while at < end:
        if tokens[at].kind is SYMBOL and tokens[at].text == ",":
            count += at > first
            first = at + 1
        at = closing(tokens, at) + 1 if tokens[at].kind is SYMBOL and tokens[at].text in _CLOSING else at + 1
    return count + (end > first)


def split_at(tokens: Sequence[Token], separator: str) -> list[list[Token]]:
    """Return the tokens between separators that stand outside of brackets.

    :param tokens: any.
    :param separator: a symbol, or a keyword in capitals.
    """
    spend(len(tokens) // 256)
    items: list[list[Token]] = []
    first, at, depth = 0, 0, 0
    while at < len(tokens):
        spend(1)
        token = tokens[at]
        if depth == 0 and token.upper == separator:
            items.append(list(tokens[first:at]))
            first = at + 1
        elif token.kind is SYMBOL and token.text in _CLOSING:
            at = closing(tokens, at)
        elif token.kind is SYMBOL and token.text in ")]":
            depth -= 1
        at += 1
    return [item for item in (*items, list(tokens[first:])) if item]
