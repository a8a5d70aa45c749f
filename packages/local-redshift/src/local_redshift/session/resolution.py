"""What a statement becomes once its names were looked up and the types of its expressions are known.

Contract: runs in the client's own session, which sends nothing else in the meantime.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from local_redshift.expression_types import RedshiftType
from local_redshift.session.analysis import NO_TYPES
from local_redshift.session.context import SessionContext
from local_redshift.session.name_resolution import resolve_names
from local_redshift.session.plans import Plan
from local_redshift.session.typed_cache import Typed
from local_redshift.session.typed_statements import type_statement
from local_redshift.wire import server_messages
from local_redshift.wire.errors import RedshiftError


@dataclass(frozen=True)
class Resolved:
    """A statement that can be sent, or why it cannot.

    :param plan: of the statement by itself.
    :param columns: the types of its result's columns; empty when PostgreSQL's description is right.
    :param error: for the client; empty when the back end ignores messages because an earlier one failed.
    """

    plan: Plan
    columns: tuple[RedshiftType, ...] = ()
    error: bytes | None = None


def known(context: SessionContext, plan: Plan, types: bytes = NO_TYPES) -> Resolved | None:
    """Return what is known of the one statement of a plan without asking; None when it has to be asked for.

    :param context: the client's session.
    :param plan: with one statement.
    :param types: the count and types of its parameters, as they stand in a Parse.
    """
    statement = plan.statements[0]
    typed = None if statement.needs_names else context.typed.find(statement.sql, types)
    return None if typed is None else _resolved(plan, 0, typed)


async def resolve(context: SessionContext, plan: Plan, index: int = 0, types: bytes = NO_TYPES) -> Resolved:
    """Look up what a statement needs.

    :param context: the client's session.
    :param plan: has the statement.
    :param index: which it is.
    :param types: the count and types of its parameters, as they stand in a Parse.
    """
    statement = plan.statements[index]
    if not statement.needs_names and not statement.needs_types:
        return Resolved(plan)
    if statement.needs_names:
        try:
            resolution = await resolve_names(context.backend, statement, lenient=context.services.lenient)
        except RedshiftError as refused:  # for what the columns show that it asked for, in PIVOT for instance
            reply = await context.backend.fail()
            return Resolved(plan, error=b"" if reply.error is None else server_messages.error(refused))
        if resolution.error is not None:
            return Resolved(plan, error=resolution.error)
        statement = resolution.statement
        plan, index = plan.resolved(index, statement), 0
    if not statement.needs_types:
        return Resolved(plan.resolved(index, statement))
    typed = await type_statement(context, statement, types)
    if typed.error is not None:
        return Resolved(plan, error=plan.move_position_of(index, typed.error) if typed.error else b"")
    return _resolved(plan, index, typed)


def _resolved(plan: Plan, index: int, typed: Typed) -> Resolved:
    statement = plan.statements[index]
    if typed.sql != statement.sql:
        statement = dataclasses.replace(statement, sql=typed.sql)
    return Resolved(plan.resolved(index, statement), typed.columns)
