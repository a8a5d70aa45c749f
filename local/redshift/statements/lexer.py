"""Redshift SQL as tokens with their places, so that a rewrite leaves every other byte as it was.

Contract: pure; joining the tokens' texts and the gaps between them gives the script again. sqlglot's tokenizer was
tried first: it joins words to compound keywords, drops comments and refuses what it does not know.
"""

from __future__ import annotations

import re
from typing import NamedTuple

WORD, QUOTED, STRING, NUMBER, PARAMETER, SYMBOL = "word", "quoted", "string", "number", "parameter", "symbol"

# Backslash escapes in ordinary strings, as in Redshift (PostgreSQL 8.0):
# https://docs.aws.amazon.com/redshift/latest/dg/r_Examples_with_character_types.html
_PATTERN = re.compile(
    r"""
    (?P<space>\s+|--[^\n]*)
  | (?P<comment>/\*)
  | (?P<dollar>\$(?:[^\W\d]\w*)?\$)
  | (?P<string>[eE]?'(?:[^'\\]|\\.|'')*')
  | (?P<quoted>"(?:[^"]|"")*")
  | (?P<word>\#?[^\W\d][\w$]*)
  | (?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)
  | (?P<parameter>\$\d+)
  | (?P<symbol>::|<>|!=|<=|>=|\|\||:=|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT_EDGE = re.compile(r"/\*|\*/")


class Token(NamedTuple):
    """A piece of a statement.

    :param kind: one of this module's constants.
    :param text: as written.
    :param start: its place in the script.
    """

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """The place after its last character."""
        return self.start + len(self.text)

    @property
    def upper(self) -> str:
        """A word in capitals; other tokens never equal a keyword."""
        return self.text.upper() if self.kind is WORD else self.text

    @property
    def name(self) -> str:
        """The identifier that the token stands for: unquoted names fold to lower case."""
        return self.text[1:-1].replace('""', '"') if self.kind is QUOTED else self.text.lower()

    @property
    def value(self) -> str:
        """The text of a string literal."""
        body = self.text[self.text.index("'") + 1 : -1]
        return re.sub(r"''|\\(.)", lambda match: match.group(1) or "'", body, flags=re.DOTALL)


def tokenize(script: str) -> list[Token]:
    """Return the tokens of a script; white space and comments are left out.

    An unterminated string or comment ends the list with the rest of the script as one symbol, which PostgreSQL
    complains of.
    """
    tokens: list[Token] = []
    position = 0
    while position < len(script):
        match = _PATTERN.match(script, position)
        if match is None:  # never: the last alternative matches anything
            raise ValueError(f"No token at {position}.")
        kind, text = str(match.lastgroup), match.group()
        if kind == "comment":
            position = _end_of_comment(script, position)
            continue
        if kind == "dollar":
            end = script.find(text, match.end())
            text = script[position : end + len(text)] if end >= 0 else script[position:]
            tokens.append(Token("dollar", text, position))
        elif kind != "space":
            tokens.append(Token(_KINDS[kind], text, position))
        position += len(text)
    return tokens


_KINDS = {kind: kind for kind in (WORD, QUOTED, STRING, NUMBER, PARAMETER, SYMBOL)}


def _end_of_comment(script: str, start: int) -> int:
    """Return the end of a comment; comments nest."""
    depth = 0
    for edge in _COMMENT_EDGE.finditer(script, start):
        depth += 1 if edge.group() == "/*" else -1
        if depth == 0:
            return edge.end()
    return len(script)


def split(tokens: list[Token]) -> list[list[Token]]:
    """Return the tokens of each statement, without the semicolons between them."""
    statements: list[list[Token]] = [[]]
    for token in tokens:
        if token.kind is SYMBOL and token.text == ";":
            statements.append([])
        else:
            statements[-1].append(token)
    return [statement for statement in statements if statement]
