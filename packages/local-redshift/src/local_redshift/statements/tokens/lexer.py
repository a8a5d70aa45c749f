"""Redshift SQL as tokens with their places, so that a rewrite changes no other byte.

Contract: pure; joining the tokens' texts and the gaps between them gives the script again. sqlglot's tokenizer was
tried first: it joins words to compound keywords, drops comments and refuses what it does not know.
"""

from __future__ import annotations

import re
from typing import NamedTuple

WORD, QUOTED, STRING, NUMBER = "word", "quoted", "string", "number"
PARAMETER, DOLLAR, SYMBOL = "parameter", "dollar", "symbol"

# A token and the white space and line comments before it. A quote that nothing closes takes the rest of the script.
# Backslash escapes in ordinary strings, as in Redshift (PostgreSQL 8.0):
# https://docs.aws.amazon.com/redshift/latest/dg/r_Examples_with_character_types.html
_PATTERN = re.compile(
    r"""
    (?>\s+|--[^\n]*)*+
    (?:
        (?P<word>\#?(?![eE]')[^\W\d][\w$]*)
      | (?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)
      | (?P<string>[eE]?'(?:[^'\\]|\\.|'')*')
      | (?P<quoted>"(?:[^"]|"")*")
      | (?P<parameter>\$\d+)
      | (?P<dollar>\$(?:[^\W\d]\w*)?\$)
      | (?P<comment>/\*)
      | (?P<symbol>::|<>|!=|<=|>=|\|\||:=|['"].*|\S)
    )
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"''|\\(?:([0-7]{1,3})|.)", re.DOTALL)
_ESCAPED = {"''": "'", "\\n": "\n", "\\t": "\t", "\\r": "\r", "\\b": "\b", "\\f": "\f"}
_CAPITALS = re.compile("[A-Z]+")
_COMMENT_EDGE = re.compile(r"/\*|\*/")


class Token(NamedTuple):
    """A part of a statement.

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
        """The identifier that the token stands for: names fold to lower case, quoted or not."""
        return fold(self.text[1:-1]).replace('""', '"') if self.kind is QUOTED else fold(self.text)

    @property
    def value(self) -> str:
        """The text of a string literal."""
        body = self.text[self.text.index("'") + 1 : -1]
        if "'" not in body and "\\" not in body:
            return body
        return _ESCAPE.sub(_unescaped, body)


def _unescaped(match: re.Match[str]) -> str:
    return chr(int(match[1], 8) & 0xFF) if match[1] else _ESCAPED.get(match[0], match[0][-1])


def fold(text: str) -> str:
    """Return text in lower case, as names are read: only ASCII letters have two cases in them.

    https://docs.aws.amazon.com/redshift/latest/dg/r_names.html
    """
    return _CAPITALS.sub(lambda match: match[0].lower(), text)


def tokenize(script: str) -> list[Token]:
    """Return the tokens of a script; white space and comments are left out.

    An unterminated string ends the list with the rest of the script as one symbol, which PostgreSQL complains of.
    """
    tokens: list[Token] = []
    append, match_at, make, kinds = tokens.append, _PATTERN.match, Token._make, _KINDS
    match = match_at(script)
    while match is not None:
        kind = str(match.lastgroup)
        start, end = match.span(kind)
        if kind == "comment":
            end = _end_of_comment(script, start)
        elif kind == "dollar":
            closing = script.find(match[kind], end)
            end = closing + end - start if closing >= 0 else len(script)
            append(Token(DOLLAR, script[start:end], start))
        else:
            append(make((kinds[kind], match[kind], start)))
        match = match_at(script, end)
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
