"""Names as Redshift reads them.

Quoted names fold to lower case too, unless a session asks otherwise, which this server does not offer:
https://docs.aws.amazon.com/redshift/latest/dg/r_names.html
https://docs.aws.amazon.com/redshift/latest/dg/r_enable_case_sensitive_identifier.html
"""

from __future__ import annotations

from local_redshift.statements.tokens.errors import not_here
from local_redshift.statements.tokens.lexer import QUOTED, WORD, Token, fold
from local_redshift.wire.protocol import encode

#: Redshift accepts names of 127 bytes; PostgreSQL cuts longer names than this.
_LONGEST = 63


def fold_names(script: str, tokens: list[Token]) -> tuple[str, list[Token]]:
    """Return a script and its tokens with the quoted names in lower case; no place changes.

    :param script: the text.
    :param tokens: its tokens.
    :raises RedshiftError: for a name that is too long for PostgreSQL.
    """
    changed = False
    for index, token in enumerate(tokens):
        if len(token.text) > _LONGEST // 4 and token.kind in (WORD, QUOTED):
            _check_length(token)
        if token.kind is QUOTED and fold(token.text) != token.text:
            tokens[index] = token._replace(text=fold(token.text))
            changed = True
    if not changed:
        return script, tokens
    pieces: list[str] = []
    position = 0
    for token in tokens:
        if token.kind is QUOTED:
            pieces += (script[position : token.start], token.text)
            position = token.end
    return "".join([*pieces, script[position:]]), tokens


def _check_length(token: Token) -> None:
    size = len(encode(token.name))
    if size > _LONGEST:
        raise not_here(f'The name "{token.name}" of {size} bytes', token, f"Names have {_LONGEST} bytes at most here.")
