"""Numbers as they are written: what PostgreSQL reads as a number and Redshift does not, and what it reads otherwise.

Contract: pure. Redshift's numbers have decimal digits, a point and an exponent:
https://docs.aws.amazon.com/redshift/latest/dg/r_numeric_literals201.html
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal

from local_redshift.statements.tokens.edits import Edits
from local_redshift.statements.tokens.errors import syntax_error
from local_redshift.statements.tokens.keywords import keywords
from local_redshift.statements.tokens.lexer import NUMBER, STRING, WORD, Token
from local_redshift.statements.tokens.types import MAX_PRECISION
from local_redshift.wire.errors import RedshiftError

#: What follows the digits of 0x1F, 0o17, 0b1 and 1_000.
_REST = re.compile(r"(?:[xX][0-9a-fA-F_]+|[oO][0-7_]+|[bB][01_]+|_[0-9][0-9_]*)")

#: Texts that PostgreSQL reads as such numbers.
_TEXT = re.compile(
    r"\s*[+-]?(?:0[xX][0-9a-fA-F_.]+|0[oO][0-7_]+|0[bB][01_]+|(?=[0-9.]*_)[0-9._]+(?:[eE][+-]?[0-9_]+)?)\s*"
)
_NOT_DECIMAL = keywords("NAN INF INFINITY +INF +INFINITY -INF -INFINITY")

_TYPES = keywords(
    "SMALLINT INT2 INTEGER INT INT4 BIGINT INT8 DECIMAL NUMERIC REAL FLOAT4 DOUBLE FLOAT8 FLOAT PRECISION"
)
_WHOLE = keywords("SMALLINT INT2 INTEGER INT INT4 BIGINT INT8")

_EXACT = Context(prec=1000, Emin=-100_000, Emax=100_000)


#: Literals that PostgreSQL takes for numbers and Redshift does not; only their type tells whether they are meant so.
_DOUBTFUL = re.compile(
    r"'\s*[+-]?(?:nan|inf(?:inity)?|0x[0-9a-f_.]+|0o[0-7_]+|0b[01_]+|(?=[0-9.]*_)[0-9._]+(?:e[+-]?[0-9_]+)?)\s*'",
    re.IGNORECASE,
)

#: Characters; the tree of a longer text would be too large to read. Such texts are mostly data.
TYPED_LENGTH = 256 * 1024

#: Statements whose types are known before they are sent, so that such a literal is refused by its type.
_TYPED = keywords("SELECT WITH ( INSERT UPDATE DELETE MERGE DECLARE")


def is_doubtful(sql: str) -> bool:
    """Return whether a text has a literal that may be refused as a number.

    :param sql: a statement, or a literal with its quotes.
    """
    return _DOUBTFUL.search(sql) is not None


def check_rest(number: Token, rest: Token) -> None:
    """Refuse a number that PostgreSQL reads and Redshift ends after its first digits: 0x1F would be 0 AS x1F.

    :param number: the digits.
    :param rest: the word that follows without a space.
    :raises RedshiftError: when the word is the rest of such a number.
    """
    if _REST.fullmatch(rest.text) and (rest.text[0] == "_" or number.text == "0"):
        hint = "Numbers have decimal digits only. STRTOL('1F', 16) reads other bases."
        raise syntax_error(rest._replace(text=number.text + rest.text, start=number.start), hint)


def rewrite_number(token: Token, edits: Edits) -> None:
    """Make a number that no DECIMAL can hold a DOUBLE PRECISION: 1e308.

    :param token: a number with an exponent.
    :param edits: takes the change.
    """
    value = Decimal(token.text)
    exponent = int(value.as_tuple().exponent)
    whole = max(value.adjusted() + 1, 0)
    if value and whole + max(-exponent, 0) > MAX_PRECISION:
        edits.replace(token.start, token.end, f"'{token.text}'::double precision")


def guard_text(tokens: Sequence[Token], index: int, edits: Edits) -> None:
    """Give a text such as '0x1F' or '1_000' a type where the statement's types are not known before it is sent.

    Then it is compared as a text, and its conversion is an error.

    :param tokens: the statement.
    :param index: place of a string.
    :param edits: takes the change.
    :raises RedshiftError: when the text is a literal of a number's type: INTEGER '0x1F'.
    """
    token = tokens[index]
    if tokens[0].upper == "COMMENT" or not _TEXT.fullmatch(token.value):
        return
    before = tokens[_before_brackets(tokens, index - 1)] if index else None
    if before is not None and before.kind is WORD and before.upper in _TYPES:
        raise RedshiftError(
            "22P02", f'invalid input syntax for type {before.text.lower()}: "{token.value}"', position=token.start + 1
        )
    if tokens[0].upper not in _TYPED or len(edits.text) > TYPED_LENGTH:
        edits.insert(token.end, "::varchar")


def _before_brackets(tokens: Sequence[Token], index: int) -> int:
    """Return the index of what is before ``(5, 2)`` that ends at an index, otherwise the index itself."""
    if tokens[index].text != ")":
        return index
    opening = next((at for at in range(index, 0, -1) if tokens[at].text == "("), index)
    return max(opening - 1, 0)


def convert_literal(value: Sequence[Token], target: Sequence[Token], edits: Edits) -> None:
    """Convert a literal as the leader node does, which rounds; casts of other values cut digits off.

    https://docs.aws.amazon.com/redshift/latest/dg/r_CAST_function.html

    :param value: what is cast.
    :param target: the type's tokens.
    :param edits: takes the change.
    """
    if not value or not target:
        return
    literal = value[-1]
    if literal.kind is STRING and len(value) == 1 and target[0].upper in ("DECIMAL", "NUMERIC"):
        if literal.value.strip().upper() in _NOT_DECIMAL:
            edits.insert(literal.end, "::varchar")
    elif literal.kind is NUMBER and all(token.text in "+-" for token in value[:-1]) and target[0].upper in _WHOLE:
        rounded = Decimal(literal.text).quantize(Decimal(1), ROUND_HALF_UP, _EXACT)
        if rounded != Decimal(literal.text):
            edits.replace_token(literal, str(rounded))
