"""Plans a script: splits it, refuses or rewrites its statements, and classifies them by what the server has to do.

Contract: pure; the caller caches the result. A statement that needs no change keeps its bytes.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from local_redshift.statements.commands.copy_parser import parse_copy
from local_redshift.statements.commands.maintenance import plan_analyze, plan_vacuum
from local_redshift.statements.commands.settings import check_setting, rewrite_setting, rewrite_zone
from local_redshift.statements.commands.show import show_query
from local_redshift.statements.commands.unload_parser import parse_unload
from local_redshift.statements.ddl.access import drop_role_call, rewrite_drop, rewrite_grant, rewrite_role, rewrite_user
from local_redshift.statements.ddl.alter_table import append_call, rewrite_alter_table
from local_redshift.statements.ddl.create_table import rewrite_create_table
from local_redshift.statements.ddl.made_from import made_from, makes_relation
from local_redshift.statements.ddl.routines import PlanSql, rewrite_function, rewrite_procedure
from local_redshift.statements.ddl.views import (
    is_late_binding,
    late_binding_view,
    rewrite_materialized_view,
    rewrite_schema,
)
from local_redshift.statements.model import Statement, StatementKind
from local_redshift.statements.queries.correlation import has_correlated_subquery
from local_redshift.statements.queries.expansions import expand
from local_redshift.statements.queries.expressions import rewrite_expressions
from local_redshift.statements.queries.inner_queries import inner_query
from local_redshift.statements.queries.lateral_aliases import find_lateral_aliases
from local_redshift.statements.queries.pivot import ColumnsNeeded
from local_redshift.statements.queries.type_needs import has_typed_results, has_typed_values
from local_redshift.statements.queries.updates import rewrite_update
from local_redshift.statements.refusals.clauses import refuse_clauses
from local_redshift.statements.refusals.constructs import refuse
from local_redshift.statements.refusals.verbs import check_verb, is_of_postgres
from local_redshift.statements.tokens.cursor import Cursor
from local_redshift.statements.tokens.edits import Edits, matches
from local_redshift.statements.tokens.effort import OutOfTimeError, require_size, too_deep
from local_redshift.statements.tokens.errors import internal_error, not_here, syntax_error
from local_redshift.statements.tokens.lexer import WORD, Token, split, tokenize
from local_redshift.statements.tokens.names import fold_names
from local_redshift.statements.tokens.operators import require_operators
from local_redshift.wire.errors import RedshiftError
from local_redshift.wire.protocol import STATEMENT_LIMIT, encode

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Options:
    """What planning depends on in addition to the text.

    :param columns: the columns of tables for clauses that need them, by the tables' names as written.
    :param lenient: warn of what only PostgreSQL has instead of refusing it.
    """

    columns: Mapping[str, Sequence[str]]
    lenient: bool


def plan_script(
    sql: str, *, columns: Mapping[str, Sequence[str]] | None = None, lenient: bool = False
) -> tuple[Statement, ...]:
    """Return the statements of a script; a script without any is one empty statement.

    :param sql: what a client sent in one message.
    :param columns: of tables that an earlier plan asked for, by their names as written.
    :param lenient: warn of what only PostgreSQL has instead of refusing it.
    :raises RedshiftError: for a statement that Redshift refuses, or that this server does not have; also for one that
        this code fails on: whatever a client sends, its session goes on.
    :raises OutOfTimeError: when a deadline is set, and it has passed.
    """
    try:
        require_size(len(encode(sql)) if len(sql) * 4 > STATEMENT_LIMIT else 0)
        return _plan_script(sql, _Options(columns or {}, lenient))
    except (RedshiftError, OutOfTimeError, ColumnsNeeded):
        raise
    except RecursionError as error:
        raise too_deep() from error
    except Exception as error:
        log.exception("A statement could not be planned: %.2000s", sql)
        raise internal_error(error) from error


def _plan_script(sql: str, options: _Options) -> tuple[Statement, ...]:
    script, tokens = fold_names(sql, tokenize(sql))
    require_operators(script, tokens)
    statements = tuple(_plan(sql, script, statement, options) for statement in split(tokens))
    return statements or (Statement(StatementKind.PASS, sql, sql),)


def _plan(sql: str, script: str, tokens: list[Token], options: _Options) -> Statement:
    """Plan one statement.

    :param sql: the text as it came.
    :param script: the same with names folded, which the tokens are of.
    :param tokens: the statement's.
    :param options: what planning depends on in addition to the tokens.
    """
    original = sql[tokens[0].start : tokens[-1].end]
    warnings = _refusals(tokens, lenient=options.lenient)
    if tokens[0].upper == "UNLOAD":
        unload = parse_unload(tokens, lambda query: _inner(query, options))
        return Statement(StatementKind.UNLOAD, original, original, unload=unload, warnings=warnings)
    special = _SPECIAL.get(tokens[0].upper)
    if special is not None and (statement := special(tokens, original)) is not None:
        return statement
    try:
        sent = _sent(script, tokens, options)
    except ColumnsNeeded as needed:
        return Statement(StatementKind.PASS, original, original, relation=needed.table)
    return Statement(
        sent.kind,
        original,
        sent.sql,
        tag=sent.tag,
        query=sent.query,
        lateral_aliases=find_lateral_aliases(tokens),
        is_correlated=has_correlated_subquery(tokens),
        makes=made_from(sent.sql) if sent.kind is StatementKind.PASS and makes_relation(tokens) else None,
        inner=inner_query(sent.sql) if _has_inner_query(tokens) else None,
        has_typed_values=sent.kind is StatementKind.PASS and has_typed_values(tokens),
        has_typed_results=sent.kind is StatementKind.PASS and has_typed_results(tokens),
        warnings=warnings,
    )


def _has_inner_query(tokens: Sequence[Token]) -> bool:
    """Return whether a statement has a query that PostgreSQL does not analyze with it."""
    is_function = tokens[0].upper == "CREATE" and "FUNCTION" in (token.upper for token in tokens[1:4])
    return is_function or tokens[0].upper == "PREPARE"


@dataclass(frozen=True)
class _Sent:
    """What PostgreSQL is sent for a statement; see ``Statement``."""

    kind: StatementKind
    sql: str
    tag: str | None = None
    query: str | None = None


def _sent(script: str, tokens: Sequence[Token], options: _Options) -> _Sent:
    verb = tokens[0].upper
    if is_late_binding(tokens):
        call, query = late_binding_view(script, tokens, _inner_planner(options))
        return _Sent(StatementKind.STANDS_IN, call, "CREATE VIEW", query)
    if verb == "ALTER" and matches(tokens, 1, "TABLE"):
        append = append_call(script, tokens)
        if append is not None:
            return _Sent(StatementKind.STANDS_IN, append, "ALTER TABLE APPEND")
    if verb == "DROP" and matches(tokens, 1, "ROLE"):
        return _Sent(StatementKind.STANDS_IN, drop_role_call(tokens), "DROP ROLE")
    sql = _rewritten(script, tokens, options)
    if verb == "MERGE" and matches(tokens, len(tokens) - 2, "REMOVE", "DUPLICATES"):
        return _Sent(StatementKind.STANDS_IN, sql, "MERGE")
    return _Sent(StatementKind.TRUNCATE if verb == "TRUNCATE" else StatementKind.PASS, sql)


def _refusals(tokens: Sequence[Token], *, lenient: bool) -> tuple[RedshiftError, ...]:
    """Refuse what only PostgreSQL has, or return it as warnings."""
    found = []
    for check in (check_verb, refuse_clauses, refuse, check_setting):
        if check is refuse and (tokens[0].upper in _SPECIAL or tokens[0].upper == "UNLOAD"):
            continue
        try:
            check(tokens)
        except RedshiftError as error:
            if not lenient or not is_of_postgres(error):
                raise
            found.append(error)
    return tuple(found)


def _rewritten(script: str, tokens: Sequence[Token], options: _Options) -> str:
    script, tokens = expand(script, tokens, options.columns)
    edits = Edits(script)
    _rewrite(tokens, edits, _inner_planner(options))
    return edits.apply(tokens[0].start, tokens[-1].end)


def _inner(sql: str, options: _Options) -> Statement:
    """Plan the query of an UNLOAD."""
    statements = plan_script(sql, columns=options.columns, lenient=options.lenient)
    first = [token.upper for token in tokenize(sql)[:1]]
    if len(statements) > 1 or first not in (["SELECT"], ["WITH"], ["("]):
        raise syntax_error(None, "UNLOAD takes one SELECT.")
    return statements[0]


def _inner_planner(options: _Options) -> PlanSql:
    """Return the function that plans SQL inside a statement: a body, a view's query."""

    def plan_sql(sql: str) -> str:
        (statement,) = plan_script(sql, columns=options.columns, lenient=options.lenient)
        if statement.relation is not None:
            raise ColumnsNeeded(statement.relation)
        if statement.kind not in (StatementKind.PASS, StatementKind.TRUNCATE):
            raise not_here(
                "This statement inside of another", tokenize(sql)[0]._replace(start=-1), "Send it by itself."
            )
        return statement.sql

    return plan_sql


def _copy(tokens: Sequence[Token], original: str) -> Statement:
    return Statement(StatementKind.COPY, original, original, copy=parse_copy(tokens))


def _cancel(tokens: Sequence[Token], original: str) -> Statement:
    """CANCEL pid ['message']: https://docs.aws.amazon.com/redshift/latest/dg/r_CANCEL.html"""
    token = Cursor(tokens, 1).take()
    if not token.text.isdigit():
        raise syntax_error(token)
    return Statement(StatementKind.PASS, original, f"SELECT pg_catalog.pg_cancel_backend({token.text})")


def _show(tokens: Sequence[Token], original: str) -> Statement | None:
    query = show_query(tokens)
    return None if query is None else Statement(StatementKind.PASS, original, query)


#: Statements with their own grammar; if the function returns None, the statement is planned like all others.
_SPECIAL: dict[str, Callable[[Sequence[Token], str], Statement | None]] = {
    "ANALYSE": plan_analyze,
    "ANALYZE": plan_analyze,
    "CANCEL": _cancel,
    "COPY": _copy,
    "SHOW": _show,
    "VACUUM": plan_vacuum,
}


def _rewrite(tokens: Sequence[Token], edits: Edits, plan_sql: PlanSql) -> None:
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
