"""Finds out the types of a statement's expressions before it is sent, and what it has to become for them.

Contract: runs in the client's own session; nothing is executed but look-ups in the catalog. A statement without a
readable tree goes as it is.
"""

from __future__ import annotations

import logging

from local_redshift.expression_types import RedshiftType, column_types
from local_redshift.query_tree.nodes import Node
from local_redshift.session.analysis import NO_TYPES, Analysis, analyze
from local_redshift.session.context import SessionContext
from local_redshift.session.typed_cache import Typed
from local_redshift.statements import Statement
from local_redshift.statements.queries.number_literals import TYPED_LENGTH, is_doubtful
from local_redshift.typed_sql.columns import declare_columns
from local_redshift.typed_sql.literals import refused_literal
from local_redshift.typed_sql.values import scaled
from local_redshift.wire import server_messages

log = logging.getLogger(__name__)


async def type_statement(context: SessionContext, statement: Statement, types: bytes = NO_TYPES) -> Typed:
    """Return a statement as it is to be sent, with the types of its columns.

    :param context: the client's session, which sends nothing else in the meantime.
    :param statement: one that needs types.
    :param types: the count and types of its parameters, as they stand in a Parse.
    """
    found = context.typed.find(statement.sql, types)
    if found is not None or len(statement.sql) > TYPED_LENGTH:
        return found or Typed(statement.sql)
    generation = context.typed.generation
    sql, types_of_it = statement.sql, types
    if statement.makes is not None:
        sql = statement.makes.analyzed
    elif statement.inner is not None:
        sql, types_of_it = statement.inner.query, statement.inner.types
    analysis = await analyze(context.backend, sql, types_of_it)
    error, tree = analysis.error, _needed(statement, analysis)
    if error is None and tree is not None:
        error = await context.services.functions.load(context.backend, tree)
    if error is not None:
        return Typed(statement.sql, error=error)
    refused = refused_literal(sql, tree) if tree is not None and is_doubtful(sql) else None
    if refused is not None:
        reply = await context.backend.fail()  # skipped when an earlier statement has failed, and the client knows
        return Typed(statement.sql, error=b"" if reply.error is None else server_messages.error(refused))
    typed = Typed(statement.sql) if tree is None else _typed(context, statement, tree)
    context.typed.keep(statement.sql, types, generation, typed)
    return typed


def _needed(statement: Statement, analysis: Analysis) -> Node | None:
    """Return the tree if it can tell something: reading it takes the most time."""
    is_needed = statement.has_typed_results or statement.makes is not None or analysis.has_decimals
    return analysis.tree if is_needed or is_doubtful(statement.sql) else None


def _typed(context: SessionContext, statement: Statement, tree: Node) -> Typed:
    names, makes, inner = context.services.functions, statement.makes, statement.inner
    try:
        if inner is not None:
            return Typed(f"{inner.head}{scaled(inner.query, tree, names)}{inner.tail}")
        if makes is not None:
            return Typed(declare_columns(makes, scaled(makes.analyzed, tree, names).lstrip(), tree, names))
        sql = scaled(statement.sql, tree, names)
        columns = column_types(_query(tree), names) if statement.has_typed_results else ()
    except RecursionError:
        log.warning("A statement is nested too deep to infer its types: %.200s", statement.original)
        return Typed(statement.sql)
    return Typed(sql, columns if _are_told(columns) else ())


def _query(tree: Node) -> Node:
    """Return the query of a DECLARE, any other statement itself."""
    command = tree.child("utilityStmt")
    return tree if command is None else command.child("query") or tree


def _are_told(columns: tuple[RedshiftType, ...]) -> bool:
    return any(column.modifier >= 0 for column in columns)
