"""Users, groups, roles and grants: in PostgreSQL all of them are roles.

https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_USER.html
https://docs.aws.amazon.com/redshift/latest/dg/r_GRANT.html
https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_DEFAULT_PRIVILEGES.html
"""

from __future__ import annotations

from collections.abc import Sequence

from local_redshift.statements.tokens.cursor import Cursor
from local_redshift.statements.tokens.edits import Edits, literal, matches
from local_redshift.statements.tokens.errors import not_here, syntax_error
from local_redshift.statements.tokens.keywords import keywords
from local_redshift.statements.tokens.lexer import Token

#: PostgreSQL's privileges; for tables, Redshift also has ALTER and DROP.
_PRIVILEGES = keywords("SELECT INSERT UPDATE DELETE REFERENCES TRUNCATE USAGE CREATE TEMP TEMPORARY EXECUTE ALL")
_GRANTEES = keywords("TO FROM")


def rewrite_user(tokens: Sequence[Token], edits: Edits) -> None:
    """Make the options of CREATE USER and ALTER USER PostgreSQL's.

    :param tokens: the statement.
    :param edits: takes the changes.
    :raises RedshiftError: for a hash that PostgreSQL would store as a plain password.
    """
    cursor = Cursor(tokens, 2)
    cursor.name()
    while not cursor.done:
        start = cursor.at
        if cursor.accept("CREATEUSER"):
            _replace(tokens, start, cursor.at, "CREATEROLE", edits)
        elif cursor.accept("NOCREATEUSER"):
            _replace(tokens, start, cursor.at, "NOCREATEROLE", edits)
        elif cursor.accept("PASSWORD", "DISABLE"):
            _replace(tokens, start, cursor.at, "PASSWORD NULL", edits)
        elif cursor.accept("CONNECTION", "LIMIT", "UNLIMITED"):
            _replace(tokens, start, cursor.at, "CONNECTION LIMIT -1", edits)
        elif cursor.accept("SYSLOG", "ACCESS") or cursor.accept("SESSION", "TIMEOUT") or cursor.accept("EXTERNALID"):
            cursor.take()
            edits.remove_with_gap(tokens, start, cursor.at)
        elif cursor.accept("RESET", "SESSION", "TIMEOUT"):
            edits.remove_with_gap(tokens, start, cursor.at)
        elif cursor.accept("PASSWORD"):
            if cursor.text().startswith("sha256|"):
                raise not_here("A password as sha256|…", tokens[cursor.at - 1], "Write it plain or as md5….")
        else:
            cursor.take()


def rewrite_role(tokens: Sequence[Token], edits: Edits) -> None:
    """Make CREATE ROLE and ALTER ROLE PostgreSQL's.

    https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_ROLE.html

    :param tokens: the statement.
    :param edits: takes the changes.
    :raises RedshiftError: for an ALTER ROLE … EXTERNALID, which would change nothing here.
    """
    cursor = Cursor(tokens, 2)
    cursor.name()
    if cursor.peek("WITH", "RENAME"):
        edits.remove_with_gap(tokens, cursor.at, cursor.at + 1)
    cursor.accept("WITH")
    if cursor.peek("EXTERNALID"):
        if tokens[0].upper == "ALTER":
            raise not_here("ALTER ROLE … EXTERNALID", tokens[cursor.at], "Identity providers are AWS's.")
        edits.remove_with_gap(tokens, 3, len(tokens))


def rewrite_grant(tokens: Sequence[Token], edits: Edits) -> None:
    """Remove the word ROLE before the names in GRANT, REVOKE and ALTER DEFAULT PRIVILEGES.

    :param tokens: the statement.
    :param edits: takes the changes.
    :raises RedshiftError: for privileges that PostgreSQL does not have.
    """
    verb = next((i for i, token in enumerate(tokens) if token.upper in ("GRANT", "REVOKE")), 0)
    first = verb + 4 if matches(tokens, verb + 1, "GRANT", "OPTION", "FOR") else verb + 1
    if not matches(tokens, first, "ROLE"):
        _check_privileges(tokens, first)
    for index in range(verb, len(tokens)):
        token = tokens[index]
        if token.upper == "ROLE" and (index == first or tokens[index - 1].text == "," or _is_grantee(tokens, index)):
            if matches(tokens, index + 2, ":"):
                raise not_here("A role of the system", tokens[index + 1], "Grant single privileges.")
            edits.remove_with_gap(tokens, index, index + 1)
        elif token.upper == "PROCEDURES" and tokens[0].upper == "ALTER":
            edits.replace(token.start, token.end, "ROUTINES")
        elif token.upper == "PLPYTHONU" and matches(tokens, index - 1, "LANGUAGE"):
            raise not_here("LANGUAGE plpythonu", token, "Write functions in SQL.")


def drop_role_call(tokens: Sequence[Token]) -> str:
    """Return the call for DROP ROLE name [FORCE | RESTRICT].

    https://docs.aws.amazon.com/redshift/latest/dg/r_DROP_ROLE.html

    :param tokens: the statement.
    :raises RedshiftError: for what else stands there.
    """
    cursor = Cursor(tokens, 2)
    name = cursor.name()
    is_forced = cursor.accept("FORCE")
    if not is_forced:
        cursor.accept("RESTRICT")
    if not cursor.done:
        raise syntax_error(cursor.next)
    return f"CALL redshift_catalog.drop_role({literal(name)}, {str(is_forced).lower()})"


def rewrite_drop(tokens: Sequence[Token], edits: Edits) -> None:
    """Leave out a procedure's arguments in DROP PROCEDURE.

    Output arguments belong to a procedure's signature in PostgreSQL, not on Redshift, so only the name is sent.

    :param tokens: the statement.
    :param edits: takes the changes.
    """
    last = len(tokens) - 1
    if matches(tokens, 1, "PROCEDURE") and tokens[last].text == ")":
        opening = next(i for i, token in enumerate(tokens) if token.text == "(")
        edits.remove_with_gap(tokens, opening, last + 1)


def _check_privileges(tokens: Sequence[Token], first: int) -> None:
    """Refuse GRANT DROP ON …, GRANT ASSUMEROLE ON …, GRANT CREATE USER TO … and the like."""
    named, index = [], first
    while index < len(tokens) and tokens[index].upper not in ("ON", *_GRANTEES):
        named.append(tokens[index])
        index += 1
    if index >= len(tokens) or not named:
        raise syntax_error(tokens[index] if index < len(tokens) else None)
    if tokens[index].upper in _GRANTEES:
        raise not_here(f"{tokens[0].upper} of a permission of the system", named[0], "Grant privileges on objects.")
    if named[0].upper not in _PRIVILEGES:
        raise not_here(f"The privilege {named[0].upper}", named[0], "The owner of a table has it.")


def _is_grantee(tokens: Sequence[Token], index: int) -> bool:
    return tokens[index - 1].upper in _GRANTEES


def _replace(tokens: Sequence[Token], start: int, end: int, text: str, edits: Edits) -> None:
    edits.replace(tokens[start].start, tokens[end - 1].end, text)
