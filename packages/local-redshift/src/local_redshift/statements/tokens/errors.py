"""The errors about a token: it must not be there, or what it names is missing on this server. Pure."""

from __future__ import annotations

from local_redshift.statements.tokens.lexer import Token
from local_redshift.wire.errors import RedshiftError

#: How the message of every error of ``not_here`` ends.
NOT_HERE = "is not supported by this local Redshift."


def syntax_error(token: Token | None, hint: str | None = None) -> RedshiftError:
    """Return the error about a token that must not be where it is.

    :param token: the token; None for the end of the statement.
    :param hint: what to write instead.
    """
    if token is None:
        return RedshiftError("42601", "syntax error at end of input", hint=hint)
    return RedshiftError("42601", f'syntax error at or near "{token.text}"', hint=hint, position=token.start + 1)


def not_here(what: str, token: Token, hint: str) -> RedshiftError:
    """Return the error about something that Redshift has and this server does not have.

    :param what: its name.
    :param token: where it is.
    :param hint: what to do instead.
    """
    return RedshiftError("0A000", f"{what} {NOT_HERE}", hint=hint, position=token.start + 1)


def internal_error(error: BaseException) -> RedshiftError:
    """Return the error of a statement that this server fails on by a fault of its own.

    :param error: what went wrong.
    """
    return RedshiftError(
        "XX000",
        f"Internal error of this local Redshift: {type(error).__name__}: {error}"[:500],
        hint="Please report the statement and this text. The traceback is in the server's log. The session goes on.",
    )
