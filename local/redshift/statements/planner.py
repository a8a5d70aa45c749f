"""Scripts into statements: split, refused or rewritten, and told apart by what the server has to do.

Contract: pure; ``plans`` caches what it returns. A statement that needs no change keeps its bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from local.redshift.errors import RedshiftError
from local.redshift.statements.alter_table import rewrite_alter_table
from local.redshift.statements.copy_parser import parse_copy
from local.redshift.statements.create_table import rewrite_create_table
from local.redshift.statements.cursor import Cursor, syntax_error
from local.redshift.statements.edits import Edits
from local.redshift.statements.expansions import expand
from local.redshift.statements.expressions import rewrite_expressions
from local.redshift.statements.lateral_aliases import find_lateral_aliases
from local.redshift.statements.lexer import WORD, Token, split, tokenize
from local.redshift.statements.maintenance import plan_analyze, plan_vacuum
from local.redshift.statements.model import Statement, StatementKind
from local.redshift.statements.names import fold_names
from local.redshift.statements.pivot import ColumnsNeeded
from local.redshift.statements.refusals import refuse
from local.redshift.statements.settings import rewrite_setting
from local.redshift.statements.show import show_query
from local.redshift.statements.verbs import check_verb, is_of_postgres, not_here
from local.redshift.statements.views import rewrite_materialized_view, rewrite_schema, rewrite_view


@dataclass(frozen=True)
class _Options:
    """What planning depends on besides the text.

    :param columns: of tables that a clause needs the columns of, by their names as written.
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
    :raises RedshiftError: for a statement that Redshift refuses, or that this server does not have.
    """
    script, tokens = fold_names(sql, tokenize(sql))
    options = _Options(columns or {}, lenient)
    statements = tuple(_plan(sql, script, statement, options) for statement in split(tokens))
    return statements or (Statement(StatementKind.PASS, sql, sql),)


def _plan(sql: str, script: str, tokens: list[Token], options: _Options) -> Statement:
    """Plan one statement.

    :param sql: the text as it came.
    :param script: the same with names folded, which the tokens are of.
    :param tokens: the statement's.
    :param options: what planning depends on besides.
    """
    original = sql[tokens[0].start : tokens[-1].end]
    warnings = _refusals(tokens, lenient=options.lenient)
    special = _SPECIAL.get(tokens[0].upper)
    if special is not None and (statement := special(tokens, original)) is not None:
        return statement
    aliases = find_lateral_aliases(tokens)
    try:
        text = _rewritten(script, tokens, options)
    except ColumnsNeeded as needed:
        return Statement(StatementKind.PASS, original, original, relation=needed.table)
    kind = StatementKind.TRUNCATE if tokens[0].upper == "TRUNCATE" else StatementKind.PASS
    return Statement(kind, original, text, lateral_aliases=aliases, warnings=warnings)


def _refusals(tokens: Sequence[Token], *, lenient: bool) -> tuple[RedshiftError, ...]:
    """Refuse what only PostgreSQL has, or return it as warnings."""
    found = []
    for check in (check_verb, refuse):
        if check is refuse and tokens[0].upper in _SPECIAL:
            continue
        try:
            check(tokens)
        except RedshiftError as error:
            if not lenient or not is_of_postgres(error):
                raise
            found.append(error)
    return tuple(found)


def _rewritten(script: str, tokens: Sequence[Token], options: _Options) -> str:
    start = tokens[0].start
    script, tokens = expand(script, tokens, options.columns)
    if tokens[0].start != start:
        tokens = [token for token in tokens if token.start >= start]
    edits = Edits(script)
    _rewrite(tokens, edits)
    return edits.apply(start, tokens[-1].end)


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


#: Statements with a grammar of their own; None from them means that the statement is planned as all others.
_SPECIAL: dict[str, Callable[[Sequence[Token], str], Statement | None]] = {
    "ANALYSE": plan_analyze,
    "ANALYZE": plan_analyze,
    "CANCEL": _cancel,
    "COPY": _copy,
    "SHOW": _show,
    "VACUUM": plan_vacuum,
}


def _rewrite(tokens: Sequence[Token], edits: Edits) -> None:
    verb = tokens[0].upper
    if verb in ("SET", "RESET", "SHOW"):
        rewrite_setting(tokens, edits)
    elif verb == "CREATE":
        _rewrite_create(tokens, edits)
    elif verb == "ALTER" and Cursor(tokens, 1).peek("TABLE"):
        rewrite_alter_table(tokens, edits)
        rewrite_expressions(tokens[:3], edits)
    else:
        if verb == "DELETE" and not Cursor(tokens, 1).peek("FROM"):
            edits.insert(tokens[0].end, " FROM")
        rewrite_expressions(tokens, edits)


def _rewrite_create(tokens: Sequence[Token], edits: Edits) -> None:
    cursor = Cursor(tokens, 1)
    if cursor.accept("OR", "REPLACE") and cursor.peek("TABLE"):
        raise syntax_error(cursor.next, "Redshift has no CREATE OR REPLACE TABLE: DROP TABLE IF EXISTS first.")
    cursor.accept("LOCAL")
    temporary = cursor.accept("TEMP") or cursor.accept("TEMPORARY")
    if cursor.peek("TABLE"):
        query = rewrite_create_table(tokens, cursor.at, edits)
        _rewrite_hash_name(tokens, cursor.at, edits, temporary=temporary)
        rewrite_expressions(tokens[query:], edits)
        return
    if cursor.peek("VIEW"):
        if temporary:
            raise syntax_error(cursor.next, "Redshift has no temporary views: use a temporary table.")
        rewrite_view(tokens, edits)
    elif cursor.peek("MATERIALIZED", "VIEW"):
        rewrite_materialized_view(tokens, edits)
    elif cursor.peek("SCHEMA"):
        rewrite_schema(tokens, edits)
    elif cursor.peek("FUNCTION") and "plpythonu" in (token.text.lower() for token in tokens):
        raise not_here("LANGUAGE plpythonu", tokens[0], "Write it in SQL.")
    rewrite_expressions(tokens, edits)


def _rewrite_hash_name(tokens: Sequence[Token], at: int, edits: Edits, *, temporary: bool) -> None:
    """CREATE TABLE #t is CREATE TEMP TABLE "#t": https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_TABLE_NEW.html"""
    for token in tokens[at + 1 : at + 5]:
        if token.kind is WORD and token.text.startswith("#"):
            edits.replace(token.start, token.end, f'"{token.text.lower()}"')
            if not temporary:
                edits.insert(tokens[at].start, "TEMP ")
            return
