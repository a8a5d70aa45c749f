"""Clauses of DDL and of administration that Redshift has and this server does not have: refused by name.

Without this, PostgreSQL would call them syntax errors, and a reader would look for the mistake in what is right.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from local_redshift.statements.tokens.edits import matches
from local_redshift.statements.tokens.errors import not_here
from local_redshift.statements.tokens.lexer import SYMBOL, Token


class _Absent(NamedTuple):
    """A clause that is absent.

    :param verbs: how a statement begins that can have it.
    :param words: the words and symbols that are found in it, one after the other.
    :param hint: what to do here.
    """

    verbs: str
    words: str
    hint: str


_SPECTRUM = "Tables in S3 are Redshift Spectrum's: COPY the files into a table."
_SECURITY = "Masking and row-level security are Redshift's only."
_SHARING = "Data is shared between clusters; this is one server."
_LOGINS = "Identity providers are AWS's: CREATE USER with a password."

_CLAUSES = (
    # https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_TABLE_external-table.html
    _Absent("ALTER TABLE", "ADD PARTITION (", _SPECTRUM),
    _Absent("ALTER TABLE", "ADD IF NOT EXISTS PARTITION", _SPECTRUM),
    _Absent("ALTER TABLE", "DROP PARTITION (", _SPECTRUM),
    _Absent("ALTER TABLE", "SET TABLE PROPERTIES", _SPECTRUM),
    _Absent("ALTER TABLE", "SET LOCATION", _SPECTRUM),
    _Absent("ALTER TABLE", "SET FILE FORMAT", _SPECTRUM),
    _Absent("DROP SCHEMA", "DROP EXTERNAL DATABASE", _SPECTRUM),
    # https://docs.aws.amazon.com/redshift/latest/dg/t_rls.html, t_ddm.html
    _Absent("ALTER TABLE", "ROW LEVEL SECURITY ON", _SECURITY),
    _Absent("ALTER TABLE", "ROW LEVEL SECURITY OFF", _SECURITY),
    _Absent("GRANT REVOKE", "MASKING POLICY", _SECURITY),
    _Absent("GRANT REVOKE", "RLS POLICY", _SECURITY),
    # https://docs.aws.amazon.com/redshift/latest/dg/r_GRANT.html
    _Absent("GRANT REVOKE", "ON DATASHARE", _SHARING),
    _Absent("GRANT REVOKE", "TO ACCOUNT", _SHARING),
    _Absent("GRANT REVOKE", "FROM ACCOUNT", _SHARING),
    _Absent("GRANT REVOKE", "TO NAMESPACE", _SHARING),
    _Absent("GRANT REVOKE", "FROM NAMESPACE", _SHARING),
    _Absent("GRANT REVOKE", "ON MODEL", "Machine learning is Redshift ML's."),
    _Absent("GRANT REVOKE", "ON EXTERNAL", _SPECTRUM),
    _Absent("GRANT REVOKE", "IAM :", _LOGINS),
    _Absent("GRANT REVOKE", "IAMR :", _LOGINS),
    # https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_DATABASE.html
    _Absent("ALTER DATABASE", "COLLATE", "Compare LOWER(column)."),
    _Absent("ALTER DATABASE", "ISOLATION LEVEL", "Start the server with the isolation level that you want."),
    _Absent("ALTER DATABASE", "INTEGRATION", "There are no integrations here."),
    _Absent("ALTER MATERIALIZED VIEW", "AUTO REFRESH", "REFRESH MATERIALIZED VIEW by hand."),
    # https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-refresh-sql-command.html
    _Absent("REFRESH MATERIALIZED VIEW", "CASCADE", "Refresh the views one after the other."),
    _Absent("ALTER SCHEMA", "QUOTA", "Schemas have no quota here: leave it out."),
    _Absent("ALTER ROLE", "OWNER TO", "Roles have no owners here."),
    # https://docs.aws.amazon.com/redshift/latest/dg/r_COPY-JOB.html
    _Absent("COPY", "JOB CREATE", "COPY the files by a statement."),
    # https://docs.aws.amazon.com/redshift/latest/dg/r_SHOW_DATABASES.html
    _Absent("SHOW", "FROM DATA CATALOG", "This server has one database."),
)

_BY_VERB: dict[str, tuple[_Absent, ...]] = {
    verb: tuple(clause for clause in _CLAUSES if verb in clause.verbs.split())
    for verb in ("ALTER", "COPY", "DROP", "GRANT", "REFRESH", "REVOKE", "SHOW")
}


def refuse_clauses(tokens: Sequence[Token]) -> None:
    """Refuse a statement for a clause that this server does not have.

    :param tokens: the statement.
    :raises RedshiftError: with the clause's name.
    """
    for clause in _BY_VERB.get(tokens[0].upper, ()):
        if clause.verbs.startswith("GRANT") or matches(tokens, 0, *clause.verbs.split()):
            _refuse(tokens, clause)
    _refuse_federated_user(tokens)


def _refuse(tokens: Sequence[Token], clause: _Absent) -> None:
    words = clause.words.split()
    for index, token in enumerate(tokens):
        if token.upper == words[0] and matches(tokens, index, *words):
            name = clause.words.removesuffix(" (").replace(" :", ":")
            verb = tokens[0].upper if clause.verbs.startswith("GRANT") else clause.verbs
            raise not_here(f"{verb} … {name}", token, clause.hint)


def _refuse_federated_user(tokens: Sequence[Token]) -> None:
    """CREATE USER provider:name: https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_USER.html"""
    is_user = tokens[0].upper in ("CREATE", "ALTER", "DROP") and len(tokens) > 3 and tokens[1].upper in ("USER", "ROLE")
    if is_user and tokens[3].kind is SYMBOL and tokens[3].text == ":":
        raise not_here("A user or role of an identity provider", tokens[2], _LOGINS)
