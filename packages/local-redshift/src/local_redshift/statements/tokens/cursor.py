"""Reads a statement's tokens from left to right. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from local_redshift.statements.tokens.edits import arguments, closing
from local_redshift.statements.tokens.errors import syntax_error
from local_redshift.statements.tokens.lexer import QUOTED, STRING, WORD, Token


class Cursor:
    """A place in a list of tokens.

    :param tokens: the tokens.
    :param at: index of the next one.
    """

    def __init__(self, tokens: Sequence[Token], at: int = 0) -> None:
        self.tokens = tokens
        self.at = at

    @property
    def done(self) -> bool:
        """Whether no token is left."""
        return self.at >= len(self.tokens)

    @property
    def next(self) -> Token | None:
        """The next token, None at the end."""
        return None if self.done else self.tokens[self.at]

    @property
    def upper(self) -> str:
        """The next token in capitals, empty at the end."""
        return "" if self.done else self.tokens[self.at].upper

    def take(self) -> Token:
        """Return the next token and go on.

        :raises RedshiftError: when there is none.
        """
        if self.done:
            raise syntax_error(None)
        self.at += 1
        return self.tokens[self.at - 1]

    def peek(self, *words: str) -> bool:
        """Return whether these words or symbols come next."""
        end = self.at + len(words)
        return end <= len(self.tokens) and all(
            self.tokens[self.at + offset].upper == word for offset, word in enumerate(words)
        )

    def accept(self, *words: str) -> bool:
        """Go past these words if they come next; return whether they did."""
        found = self.peek(*words)
        if found:
            self.at += len(words)
        return found

    def expect(self, *words: str) -> None:
        """Go past these words.

        :raises RedshiftError: when others come.
        """
        for word in words:
            if not self.accept(word):
                raise syntax_error(self.next)

    def unquoted(self) -> str:
        """Return the next unquoted word in lower case.

        :raises RedshiftError: when it is something else.
        """
        if self.done or self.tokens[self.at].kind is not WORD:
            raise syntax_error(self.next)
        return self.take().text.lower()

    def name(self) -> str:
        """Return the identifier that comes next.

        :raises RedshiftError: when none does.
        """
        if self.done or self.tokens[self.at].kind not in (WORD, QUOTED):
            raise syntax_error(self.next)
        return self.take().name

    def names(self) -> list[str]:
        """Return the parts of the qualified name that comes next."""
        parts = [self.name()]
        while self.accept("."):
            parts.append(self.name())
        return parts

    def text(self) -> str:
        """Return the string that comes next.

        :raises RedshiftError: when none does.
        """
        if self.done or self.tokens[self.at].kind is not STRING:
            raise syntax_error(self.next)
        return self.take().value

    def bracketed(self) -> list[list[Token]]:
        """Return the comma-separated items in the brackets that open next, and go past them.

        :raises RedshiftError: when no bracket opens, or it does not close.
        """
        if not self.peek("("):
            raise syntax_error(self.next)
        opening = self.at
        end = closing(self.tokens, opening)
        if self.tokens[end].text != ")":
            raise syntax_error(None)
        self.at = end + 1
        return arguments(self.tokens, opening)

    def bracketed_names(self) -> list[str]:
        """Return the identifiers in the brackets that open next."""
        names = []
        for item in self.bracketed():
            inner = Cursor(item)
            names.append(inner.name())
            if not inner.done:
                raise syntax_error(inner.next)
        return names
