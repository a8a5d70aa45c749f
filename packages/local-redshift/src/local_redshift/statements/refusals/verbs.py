"""Which statements Redshift has, by their first words, and which of them this server has.

https://docs.aws.amazon.com/redshift/latest/dg/c_SQL_commands.html
"""

from __future__ import annotations

from collections.abc import Sequence

from local_redshift.statements.tokens.cursor import Cursor
from local_redshift.statements.tokens.errors import NOT_HERE, not_here, syntax_error
from local_redshift.statements.tokens.keywords import keywords
from local_redshift.statements.tokens.lexer import SYMBOL, Token
from local_redshift.wire.errors import RedshiftError

_KNOWN = keywords(
    "ABORT ALTER ANALYZE ANALYSE BEGIN CANCEL CLOSE COMMENT COMMIT COPY CREATE DEALLOCATE DECLARE DELETE DROP END "
    "EXECUTE EXPLAIN FETCH GRANT INSERT LOCK MERGE PREPARE REFRESH RESET REVOKE ROLLBACK SELECT SET SHOW START "
    "TRUNCATE UNLOAD UPDATE VACUUM WITH CALL"
)

#: Redshift's, but not this server's, with what to do here.
_NOT_HERE = {
    "USE": "This server has one database.",
    "DESC": "Ask SVV_DATASHARES on Redshift.",
    "ATTACH": "Masking and row-level security are Redshift's only.",
    "DETACH": "Masking and row-level security are Redshift's only.",
}

#: PostgreSQL's only, with what Redshift has instead.
_POSTGRES = {
    "SAVEPOINT": "Redshift has no savepoints: begin a transaction for each part that may fail.",
    "RELEASE": "Redshift has no savepoints.",
    "DISCARD": "Open a new session instead.",
    "DO": "Put the code into a stored procedure.",
    "LISTEN": "Redshift has no notifications.",
    "UNLISTEN": "Redshift has no notifications.",
    "NOTIFY": "Redshift has no notifications.",
    "REINDEX": "Redshift has no indexes; VACUUM REINDEX is for interleaved sort keys.",
    "CLUSTER": "VACUUM sorts a table by its SORTKEY.",
    "CHECKPOINT": "Redshift needs none.",
    "MOVE": "FETCH the rows and leave them.",
    "VALUES": "Use SELECT … UNION ALL SELECT ….",
    "TABLE": "Use SELECT * FROM ….",
    "IMPORT": "Use CREATE EXTERNAL SCHEMA.",
    "REASSIGN": "Use ALTER … OWNER TO.",
    "SECURITY": "Redshift has no security labels.",
    "LOAD": "Redshift loads no libraries.",
}

#: What CREATE, ALTER and DROP can be about.
_OBJECTS = keywords("DATABASE FUNCTION GROUP PROCEDURE ROLE SCHEMA TABLE USER VIEW DEFAULT")
_OBJECTS_NOT_HERE = keywords("DATASHARE EXTERNAL IDENTITY LIBRARY MASKING MODEL RLS SYSTEM TEMPLATE CONNECTION")
_OBJECTS_OF_POSTGRES = {
    "INDEX": "Redshift has no indexes: declare a SORTKEY.",
    "UNIQUE": "Redshift has no indexes: declare a SORTKEY.",
    "SEQUENCE": "Redshift has no sequences: declare an IDENTITY column.",
    "TRIGGER": "Redshift has no triggers: do the work in the load.",
    "CONSTRAINT": "Redshift has no triggers: do the work in the load.",
    "EXTENSION": "Redshift has no extensions.",
    "DOMAIN": "Redshift has no domains: write the type.",
    "TYPE": "Redshift has no types of one's own: use VARCHAR.",
    "UNLOGGED": "Redshift has no unlogged tables: use a temporary one.",
    "RULE": "Redshift has no rules.",
    "FOREIGN": "Use CREATE EXTERNAL TABLE.",
    "AGGREGATE": "Redshift has no aggregates of one's own.",
    "GLOBAL": "Write TEMP.",
}
_MODIFIERS = frozenset(("OR", "REPLACE", "LOCAL", "TEMP", "TEMPORARY", "EXTERNAL"))


def check_verb(tokens: Sequence[Token]) -> None:
    """Refuse a statement by its first words.

    :param tokens: the statement.
    :raises RedshiftError: when Redshift or this server does not have it.
    """
    token, verb = tokens[0], tokens[0].upper
    if verb in _NOT_HERE:
        raise not_here(verb, token, _NOT_HERE[verb])
    if verb in _POSTGRES:
        raise _unsupported(verb, token, _POSTGRES[verb])
    if verb not in _KNOWN and not (token.kind is SYMBOL and token.text == "("):
        raise syntax_error(token)
    if verb in ("CREATE", "ALTER", "DROP"):
        _check_object(Cursor(tokens, 1), verb)


def is_of_postgres(error: RedshiftError) -> bool:
    """Return whether an error is about something that PostgreSQL could do.

    :param error: an error of this module or of ``constructs``.
    """
    return not error.message.endswith(NOT_HERE) and not error.message.startswith("syntax error at end")


def _unsupported(command: str, token: Token, hint: str) -> RedshiftError:
    text = f'SQL command "{command}" not supported.'
    return RedshiftError("0A000", text, hint=hint, position=token.start + 1)


def _check_object(cursor: Cursor, verb: str) -> None:
    while cursor.upper in _MODIFIERS and cursor.upper not in _OBJECTS_NOT_HERE:
        cursor.take()
    token, what = cursor.take(), cursor.tokens[cursor.at - 1].upper
    if what == "MATERIALIZED":
        cursor.expect("VIEW")
    elif what in _OBJECTS_OF_POSTGRES:
        if what == "UNIQUE":
            what = "UNIQUE INDEX"
        raise _unsupported(f"{verb} {what}", token, _OBJECTS_OF_POSTGRES[what.split()[0]])
    elif what in _OBJECTS_NOT_HERE:
        raise not_here(f"{verb} {what}", token, "On Redshift it works; leave it out here.")
    elif what not in _OBJECTS:
        raise syntax_error(token)
    elif what == "DATABASE" and verb == "CREATE":
        raise not_here("CREATE DATABASE", token, "This server has one database: use schemas.")
