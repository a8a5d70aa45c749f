"""What happens before statements are sent: they get query ids, or the session gets the ids of its last queries."""

from __future__ import annotations

from collections.abc import Sequence

from local_redshift.history.queries import Recording
from local_redshift.session.answers import HideAll, HideSuccess
from local_redshift.session.backend import own_statement
from local_redshift.session.context import SessionContext
from local_redshift.session.last_queries import SET_VALUES
from local_redshift.session.plans import Plan
from local_redshift.statements import Statement
from local_redshift.wire import client_messages
from local_redshift.wire.protocol import ClientMessage


def begin_recording(context: SessionContext, statements: Sequence[tuple[Statement, str]]) -> Recording:
    """Assign query ids to statements that are about to be sent; return what records how they end.

    :param context: the session.
    :param statements: the statements, with their texts.
    """
    for statement, _ in statements:
        context.typed.begin(statement)
    numbered = [(context.last_queries.next_query(), *statement) for statement in statements]
    return Recording(context.services.queries, context.info, numbered)


def record_plan(context: SessionContext, plan: Plan, *, before_query: bool = False) -> Recording | None:
    """Prepare what a plan's statements read of the session's past; return what records how they end.

    :param context: the session.
    :param plan: the statements, which are about to be sent.
    :param before_query: whether they are sent as a Query.
    :returns: None for statements that get no query id.
    """
    if plan.asks_history:
        context.services.queries.write()
    if plan.asks_last_queries:
        send_last_queries(context, before_query=before_query)
        return None
    return begin_recording(context, plan.texts)


def send_last_queries(context: SessionContext, *, before_query: bool = False) -> None:
    """Set the ids and counts of the last queries in the session, for a statement that asks for them.

    Such a statement gets no query id, as on Redshift, where statements that run only on the leader node have none.

    :param context: the session.
    :param before_query: whether a Query follows. Then a Sync is sent first, and an error is hidden: the Query fails
        for the same reason.
    """
    handler = HideAll() if before_query else HideSuccess()
    messages, codes = own_statement(b"redshift_last_queries", SET_VALUES, context.last_queries.values)
    if before_query:
        messages, codes = messages + client_messages.SYNC, (*codes, ClientMessage.SYNC)
    context.backend.send(messages, *((code, handler) for code in codes))
