"""When and where texts are planned: at once on the event loop, or on a thread when it takes long, within a share of
the session's statement_timeout.

Contract: planning in a thread leaves other sessions answered. A text that takes too long fails as a statement that runs
too long does.
https://docs.aws.amazon.com/redshift/latest/dg/r_statement_timeout.html
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

from local_redshift.session.answers import Reply
from local_redshift.session.backend import BackEnd, own_statement
from local_redshift.session.plans import Plan, plan
from local_redshift.statements.tokens.effort import OutOfTimeError, within
from local_redshift.wire import client_messages
from local_redshift.wire.errors import RedshiftError
from local_redshift.wire.protocol import ClientMessage

#: Characters; longer texts are planned on a thread at once.
_LONG = 65_536

#: Seconds that the event loop spends on one text.
_AT_ONCE = 0.05

#: The share of statement_timeout that planning may take, and the seconds that it may take in any case.
_SHARE, _MOST = 0.5, 60.0

_TIMEOUT = "SELECT setting FROM pg_catalog.pg_settings WHERE name = 'statement_timeout'"

_Result = TypeVar("_Result")


def plan_at_once(sql: str, *, single: bool, lenient: bool) -> Plan | None:
    """Return the plan of a text, None when it takes long.

    :param sql: the text.
    :param single: whether it has to be one statement.
    :param lenient: whether what only PostgreSQL has is warned of instead of refused.
    :raises RedshiftError: when it is refused.
    """
    if len(sql) > _LONG:
        return None
    try:
        with within(_AT_ONCE):
            return plan(sql, single=single, lenient=lenient)
    except OutOfTimeError:
        return None


async def plan_on_thread(backend: BackEnd, sql: str, *, single: bool, lenient: bool) -> Plan:
    """Return the plan of a text that takes long.

    :param backend: the session's, which sends nothing else in the meantime.
    :param sql: the text.
    :param single: whether it has to be one statement, as that of a Parse, within whose pipeline no Sync can be sent.
    :param lenient: whether what only PostgreSQL has is warned of instead of refused.
    :raises RedshiftError: when it is refused, or takes too long.
    """
    seconds = await _seconds(backend, sync=not single)
    return await on_thread(lambda: plan(sql, single=single, lenient=lenient), seconds)


async def on_thread(work: Callable[[], _Result], seconds: float = _MOST, *, since: float | None = None) -> _Result:
    """Return what a function of the planner returns.

    :param work: the function.
    :param seconds: that it may take.
    :param since: when the time began, by time.monotonic(), for work in several steps; None when it begins now.
    :raises RedshiftError: when it takes longer, or raises it.
    """
    spent = 0.0 if since is None else time.monotonic() - since

    def bounded() -> _Result:
        with within(seconds - spent):
            return work()

    try:
        return await asyncio.get_running_loop().run_in_executor(None, bounded)
    except OutOfTimeError as error:
        raise RedshiftError(
            "57014",
            "canceling statement due to statement timeout",
            detail=f"Planning it took longer than {seconds:g} s.",
            hint="Write it in a simpler way, or in several statements; planning may take half of statement_timeout.",
        ) from error


async def _seconds(backend: BackEnd, *, sync: bool) -> float:
    """Return the seconds that planning may take; in a failed transaction statement_timeout cannot be asked for."""
    messages, codes = own_statement(b"redshift_timeout", _TIMEOUT)
    reply = Reply(len(codes))
    if sync:
        messages += client_messages.SYNC
    backend.ask(messages, (*codes, ClientMessage.SYNC) if sync else codes, reply)
    await reply.done.wait()
    if reply.error is not None and not sync:
        raise FailedTransactionError(reply.error)
    milliseconds = float(reply.rows[0][0] or 0) if reply.ok and reply.rows else 0.0
    return min(milliseconds / 1000 * _SHARE, _MOST) if milliseconds else _MOST


class FailedTransactionError(Exception):
    """The transaction had failed before.

    :param answer: what PostgreSQL answers to every statement in it.
    """

    def __init__(self, answer: bytes) -> None:
        super().__init__("the transaction had failed before")
        self.answer = answer
