"""Sends CREATE TABLE AS, SELECT INTO and CREATE VIEW with the column types that Redshift gives their queries.

Contract: PostgreSQL analyzes the query in the client's own session, so that temporary and uncommitted tables count.
"""

from __future__ import annotations

from dataclasses import replace

from local_redshift.session.analysis import NO_TYPES, analyze
from local_redshift.session.context import SessionContext
from local_redshift.session.name_resolution import Resolution, resolve_names
from local_redshift.statements import Statement
from local_redshift.typed_sql.columns import declare_columns


async def resolve(context: SessionContext, statement: Statement, types: bytes = NO_TYPES) -> Resolution:
    """Return a statement as it can be sent: with its names looked up, and its query's columns cast to their types.

    :param context: the client's session, which sends nothing else in the meantime.
    :param statement: one that needs it.
    :param types: the count and types of its parameters, as they stand in a Parse.
    """
    named = await resolve_names(context.backend, statement, lenient=context.services.lenient)
    makes = named.statement.makes
    if named.error is not None or makes is None:
        return named
    analysis = await analyze(context.backend, makes.analyzed, types)
    if analysis.error is not None:
        return Resolution(named.statement, analysis.error)
    if analysis.tree is None:
        return named
    functions = context.services.functions
    error = await functions.load(context.backend, analysis.tree)
    if error is not None:
        return Resolution(named.statement, error)
    sql = declare_columns(makes, makes.query, analysis.tree, functions)
    return Resolution(replace(named.statement, sql=sql))
