"""Rewrites a statement for PostgreSQL, by its verb. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from local_redshift.statements.commands.settings import rewrite_setting, rewrite_zone
from local_redshift.statements.ddl.access import rewrite_drop, rewrite_grant, rewrite_role, rewrite_user
from local_redshift.statements.ddl.alter_table import rewrite_alter_table
from local_redshift.statements.ddl.create_table import rewrite_create_table
from local_redshift.statements.ddl.routines import PlanSql, rewrite_function, rewrite_procedure
from local_redshift.statements.ddl.views import rewrite_materialized_view, rewrite_schema
from local_redshift.statements.queries.expressions import rewrite_expressions
from local_redshift.statements.queries.updates import rewrite_update
from local_redshift.statements.tokens.cursor import Cursor
from local_redshift.statements.tokens.edits import Edits, matches
from local_redshift.statements.tokens.errors import syntax_error
from local_redshift.statements.tokens.lexer import WORD, Token


def rewrite(tokens: Sequence[Token], edits: Edits, plan_sql: PlanSql) -> None:
    """Add the edits that turn a statement into PostgreSQL's.

    :param tokens: the statement.
    :param edits: takes the changes.
    :param plan_sql: plans SQL inside of the statement: the body of a function.
    :raises RedshiftError: for what Redshift, or this server, does not have.
    """
    verb, what = tokens[0].upper, Cursor(tokens, 1)
    if verb in ("SET", "RESET", "SHOW"):
        rewrite_setting(tokens, edits)
    elif verb == "CREATE":
        _rewrite_create(tokens, edits, plan_sql)
    elif verb == "ALTER" and what.peek("TABLE"):
        rewrite_alter_table(tokens, edits)
        rewrite_expressions(tokens[:3], edits)
    elif verb == "ALTER" and what.peek("USER"):
        rewrite_user(tokens, edits)
        rewrite_zone(tokens, edits)
    elif verb == "ALTER" and what.peek("ROLE"):
        rewrite_role(tokens, edits)
    elif verb in ("GRANT", "REVOKE") or (verb == "ALTER" and what.peek("DEFAULT", "PRIVILEGES")):
        rewrite_grant(tokens, edits)
    elif verb == "DROP":
        rewrite_drop(tokens, edits)
        rewrite_expressions(tokens, edits)
    else:
        _rewrite_other(tokens, edits)
        rewrite_expressions(tokens, edits)


def _rewrite_other(tokens: Sequence[Token], edits: Edits) -> None:
    verb = tokens[0].upper
    if verb == "DELETE" and not matches(tokens, 1, "FROM"):
        edits.insert(tokens[0].end, " FROM")
    elif verb == "UPDATE":
        rewrite_update(tokens, edits)
    elif verb == "REFRESH" and len(tokens) > 4 and tokens[-1].upper == "RESTRICT":
        # what it does by itself: https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-refresh-sql-command.html
        edits.remove(tokens[-1:])


def _rewrite_create(tokens: Sequence[Token], edits: Edits, plan_sql: PlanSql) -> None:
    cursor = Cursor(tokens, 1)
    if cursor.accept("OR", "REPLACE") and cursor.peek("TABLE"):
        raise syntax_error(cursor.next, "Redshift has no CREATE OR REPLACE TABLE: DROP TABLE IF EXISTS first.")
    cursor.accept("LOCAL")
    temporary = cursor.accept("TEMP") or cursor.accept("TEMPORARY")
    if cursor.peek("TABLE"):
        query = rewrite_create_table(tokens, cursor.at, edits)
        _rewrite_hash_name(tokens, cursor.at, edits, temporary=temporary)
        rewrite_expressions(tokens[query:], edits)
    elif cursor.peek("FUNCTION"):
        rewrite_function(tokens, cursor.at, edits, plan_sql)
    elif cursor.peek("PROCEDURE"):
        rewrite_procedure(tokens, cursor.at, edits, plan_sql)
    else:
        _rewrite_create_other(cursor, edits, temporary=temporary)


def _rewrite_create_other(cursor: Cursor, edits: Edits, *, temporary: bool) -> None:
    tokens = cursor.tokens
    if cursor.peek("VIEW") and temporary:
        raise syntax_error(cursor.next, "Redshift has no temporary views: use a temporary table.")
    if cursor.peek("MATERIALIZED", "VIEW"):
        rewrite_materialized_view(tokens, edits)
    elif cursor.peek("SCHEMA"):
        rewrite_schema(tokens, edits)
    elif cursor.peek("USER"):
        rewrite_user(tokens, edits)
        return
    elif cursor.peek("ROLE"):
        rewrite_role(tokens, edits)
        return
    rewrite_expressions(tokens, edits)


def _rewrite_hash_name(tokens: Sequence[Token], at: int, edits: Edits, *, temporary: bool) -> None:
    """CREATE TABLE #t is CREATE TEMP TABLE "#t": https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_TABLE_NEW.html"""
    for token in tokens[at + 1 : at + 5]:
        if token.kind is WORD and token.text.startswith("#"):
            edits.replace(token.start, token.end, f'"{token.text.lower()}"')
            if not temporary:
                edits.insert(tokens[at].start, "TEMP ")
            return
