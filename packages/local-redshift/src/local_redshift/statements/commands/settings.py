"""SET, RESET and SHOW of Redshift's parameters; those that PostgreSQL lacks are kept as settings of this server.

https://docs.aws.amazon.com/redshift/latest/dg/cm_chap_ConfigurationRef.html
https://docs.aws.amazon.com/redshift/latest/dg/r_SET.html
"""

from __future__ import annotations

from collections.abc import Sequence

from local_redshift.statements.parameters import PARAMETERS, check_parameter, posix_zone
from local_redshift.statements.tokens.edits import Edits, matches
from local_redshift.statements.tokens.errors import not_here
from local_redshift.statements.tokens.keywords import keywords
from local_redshift.statements.tokens.lexer import QUOTED, STRING, WORD, Token

#: SET … of something that is not a parameter. Other checks decide which of these Redshift has.
_NO_PARAMETERS = keywords("SESSION TRANSACTION CHARACTERISTICS AUTHORIZATION TIME SEED NAMES CONSTRAINTS ALL")

#: PostgreSQL shows it with a unit, Redshift as milliseconds.
_SHOWN_TIMEOUT = "SELECT setting AS statement_timeout FROM pg_catalog.pg_settings WHERE name = 'statement_timeout'"

_ON, _OFF = ("on", "true", "1", "yes"), ("off", "false", "0", "no")

#: Values of parameters that this server cannot follow, with what it does.
_NOT_FOLLOWED = {
    "ENABLE_CASE_SENSITIVE_IDENTIFIER": (_ON, "Names fold to lower case, quoted or not."),
    "DOWNCASE_DELIMITED_IDENTIFIER": (_OFF, "Names fold to lower case, quoted or not."),
    "DESCRIBE_FIELD_NAME_IN_UPPERCASE": (_ON, "Names of columns are returned in lower case."),
    "ERROR_ON_NONDETERMINISTIC_UPDATE": (_ON, "An UPDATE with several matches takes one of them: use MERGE."),
}


def check_setting(tokens: Sequence[Token]) -> None:
    """Refuse to set a parameter that Redshift does not have, or to set one to a wrong value.

    :param tokens: any statement.
    :raises RedshiftError: when it is a SET, RESET, ALTER USER … SET or set_config() that does so.
    """
    for index, token in enumerate(tokens):
        if token.kind is WORD and token.upper == "SET_CONFIG":
            _check_call(tokens[index + 1 : index + 5])
    verb = tokens[0].upper
    if verb in ("SET", "RESET"):
        _check(tokens, _at(tokens))
    elif verb == "ALTER" and len(tokens) > 2 and tokens[1].upper == "USER":
        for index, token in enumerate(tokens):
            if index > 2 and token.kind is WORD and token.upper in ("SET", "RESET"):
                _check(tokens, index + 1)
                return


def rewrite_setting(tokens: Sequence[Token], edits: Edits) -> None:
    """Put ``redshift.`` before the name of a parameter that PostgreSQL does not have.

    :param tokens: a SET, RESET or SHOW.
    :param edits: takes the change.
    :raises RedshiftError: for a setting that this server cannot follow.
    """
    rewrite_zone(tokens, edits)
    at = _at(tokens)
    _refuse_values(tokens, at)
    if len(tokens) > at and tokens[at].kind is WORD and tokens[at].upper in PARAMETERS:
        if tokens[0].upper == "SHOW":  # the column has the parameter's own name
            name = tokens[at].text.lower()
            edits.replace(tokens[0].start, tokens[at].end, f"SELECT current_setting('redshift.{name}') AS {name}")
        else:
            edits.insert(tokens[at].start, "redshift.")
    elif tokens[0].upper == "SHOW" and [token.upper for token in tokens[1:]] == ["STATEMENT_TIMEOUT"]:
        edits.replace(tokens[0].start, tokens[1].end, _SHOWN_TIMEOUT)


def rewrite_zone(tokens: Sequence[Token], edits: Edits) -> None:
    """Write a time zone that is an offset, ``-8:00``, as PostgreSQL has it: it would take that for one in the east.

    :param tokens: a SET or ALTER USER … SET.
    :param edits: takes the changes.

    https://docs.aws.amazon.com/redshift/latest/dg/r_timezone_config.html
    """
    at = next((at for at, token in enumerate(tokens) if token.upper in ("TIMEZONE", "ZONE")), len(tokens))
    if matches(tokens, at + 1, "INTERVAL"):
        if tokens[at].upper == "TIMEZONE":
            edits.replace_token(tokens[at], "TIME ZONE")
        return
    for token in tokens[at + 1 : at + 3]:
        if token.kind is STRING:
            edits.replace_token(token, posix_zone(token.value) or token.text)


def _refuse_values(tokens: Sequence[Token], at: int) -> None:
    name = tokens[at].upper if len(tokens) > at else ""
    values, hint = _NOT_FOLLOWED.get(name, ((), ""))
    if tokens[0].upper == "SET" and tokens[-1].text.strip("'").lower() in values:
        raise not_here(name.lower(), tokens[at], hint)


def _at(tokens: Sequence[Token]) -> int:
    return 2 if len(tokens) > 2 and tokens[1].upper in ("SESSION", "LOCAL") else 1


def _check(tokens: Sequence[Token], at: int) -> None:
    """Check the parameter at a place, and the value after it; PostgreSQL checks lists of values."""
    if len(tokens) <= at or tokens[at].kind not in (WORD, QUOTED) or tokens[at].upper in _NO_PARAMETERS:
        return
    if len(tokens) > at + 1 and tokens[at + 1].text == ".":  # a variable of the session
        return
    is_set = len(tokens) > at + 2 and tokens[at + 1].upper in ("TO", "=")
    check_parameter(tokens[at].name, _value(tokens[at + 2 :]) if is_set else None, tokens[at].start + 1)


def _check_call(tokens: Sequence[Token]) -> None:
    """Check what follows set_config, as far as it is written there: ``('name', 'value'``."""
    if len(tokens) > 1 and tokens[0].text == "(" and tokens[1].kind is STRING:
        has_value = len(tokens) > 3 and tokens[3].kind is STRING
        check_parameter(tokens[1].value, tokens[3].value if has_value else None, tokens[1].start + 1)


def _value(tokens: Sequence[Token]) -> str | None:
    if tokens[0].upper == "DEFAULT" and tokens[0].kind is WORD:
        return None
    return "".join(token.value if token.kind is STRING else token.text.strip('"') for token in tokens)
