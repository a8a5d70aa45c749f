"""Redshift SQL as tokens with their places, so that a rewrite changes no other byte.

Contract: pure; joining the tokens' texts and the gaps between them gives the script again. sqlglot's tokenizer was
tried first: it joins words to compound keywords, drops comments and refuses what it does not know.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from local_redshift.statements.tokens.effort import spend, too_deep

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
      | (?P<opening>[(\[])
      | (?P<closing>[)\]])
      | (?P<symbol>::|<>|!=|<=|>=|\|\||:=|['"].*|\S)
    )
    """,
    re.VERBOSE | re.DOTALL,
)
# A literal that nobody rewrites: no exponent, no text that could be taken for a number with another base.
_LITERAL = r"""(?:
    [-+]?+(?:\d{1,18}(?:\.\d{0,18})?+|\.\d{1,18})(?=[\s,)])
  | '(?!\s*+[-+]?+(?:0[xXoObB]|[\d.]*_))(?:[^'\\]++|\\.|'')*+'
  | (?i:NULL|TRUE|FALSE|DEFAULT)(?=[\s,)])
)"""
# Rows of VALUES, and items of a list, that are literals only, each with the comma after it.
_ROWS = re.compile(rf"(?:\s*+\(\s*+{_LITERAL}(?:\s*+,\s*+{_LITERAL})*+\s*+\)\s*+,)++", re.VERBOSE | re.DOTALL)
_ITEMS = re.compile(rf"(?:\s*+{_LITERAL}\s*+,)++", re.VERBOSE | re.DOTALL)
#: Characters of a script from which on these are looked for.
_LONG = 65_536

_ESCAPE = re.compile(r"''|\\(?:([0-7]{1,3})|.)", re.DOTALL)
_ESCAPED = {"''": "'", "\\n": "\n", "\\t": "\t", "\\r": "\r", "\\b": "\b", "\\f": "\f"}
_CAPITALS = re.compile("[A-Z]+")
_DEEPEST_COMMENT = 100
_COMMENT_EDGE = re.compile(r"/\*|\*/")


class Token(NamedTuple):
    """A part of a statement.

    :param kind: one of this module's constants.
    :param text: as written.
    :param start: its place in the script.
    :param closes: of a bracket that opens, the place of the one that closes it; -1 when none does.
    """

    kind: str
    text: str
    start: int
    closes: int = -1

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
    Of the literals in long lists and in many rows of VALUES, which nobody has to look at, only the last have tokens.

    :raises RedshiftError: when comments nest too deeply.
    """
    spend(len(script) // 4)
    tokens: list[Token] = []
    opened: list[int] = []
    is_long, in_values = len(script) > _LONG, False
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
        elif kind == "opening":
            opened.append(len(tokens))
            append(make((SYMBOL, match[kind], start, -1)))
            if is_long and len(tokens) > 1 and tokens[-2].upper == "IN":
                end = _end_of(_ITEMS, script, end)
        else:
            if kind == "closing" and opened:
                at = opened.pop()
                tokens[at] = make((SYMBOL, tokens[at].text, tokens[at].start, start))
            append(make((kinds[kind], match[kind], start, -1)))
            if is_long and end - start == 6 and tokens[-1].upper == "VALUES":
                in_values = True
                end = _end_of(_ROWS, script, end)
            elif in_values and not opened and tokens[-1].text == "," and tokens[-2].text == ")":
                end = _end_of(_ROWS, script, end)
        match = match_at(script, end)
    return tokens


def _end_of(pattern: re.Pattern[str], script: str, start: int) -> int:
    """Return the end of what matches a pattern at a place, or that place."""
    found = pattern.match(script, start)
    return found.end() if found else start


_KINDS = {"closing": SYMBOL} | {kind: kind for kind in (WORD, QUOTED, STRING, NUMBER, PARAMETER, SYMBOL)}


def _end_of_comment(script: str, start: int) -> int:
    """Return the end of a comment; comments nest."""
    depth = 0
    for edge in _COMMENT_EDGE.finditer(script, start):
        depth += 1 if edge.group() == "/*" else -1
        if depth == 0:
            return edge.end()
        if depth > _DEEPEST_COMMENT:  # PostgreSQL's lexer takes quadratic time for them, and cannot be interrupted
            raise too_deep()
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
