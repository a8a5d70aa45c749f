"""The errors and warnings of this server's own, which PostgreSQL knows nothing of.

Contract: the transaction fails in PostgreSQL too. A refused statement is sent as one that cannot be parsed, so that
PostgreSQL itself enters the error state; the client gets this server's error instead of PostgreSQL's.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from local_redshift.session.answers import ReplaceError
from local_redshift.session.backend import FAILING
from local_redshift.session.context import SessionContext
from local_redshift.session.planning import FailedTransactionError
from local_redshift.statements.tokens.errors import internal_error
from local_redshift.wire import client_messages, server_messages
from local_redshift.wire.errors import RedshiftError
from local_redshift.wire.protocol import ClientMessage

log = logging.getLogger(__name__)

#: The prepared statement that is never prepared.
_FAILED = b"redshift_failed"


class Errors:
    """Refuses statements of one session, warns of them, and ends those that fail while they run.

    :param context: the session.
    :param hold: runs something while the client's further messages wait.
    """

    def __init__(self, context: SessionContext, hold: Callable[[Coroutine[Any, Any, None]], None]) -> None:
        self._context = context
        self._backend = context.backend
        self._hold = hold

    def refuse(self, error: RedshiftError, *, is_query: bool = True, name: bytes = _FAILED) -> None:
        """Let PostgreSQL refuse a message, with this server's error.

        :param error: what the client gets.
        :param is_query: whether it came as a Query.
        :param name: of the prepared statement, when it came as a Parse.
        """
        replaced = ReplaceError(server_messages.error(error))
        if is_query:
            self._backend.send(client_messages.query(FAILING), (ClientMessage.QUERY, replaced))
        else:
            self._backend.send(client_messages.parse(FAILING, name), (ClientMessage.PARSE, replaced))

    def warn(self, warnings: Sequence[RedshiftError]) -> None:
        """Tell the client and the log what Redshift would have refused.

        :param warnings: what it would have answered.
        """
        for warning in warnings:
            log.warning("Redshift would refuse a statement: %s %s", warning.message, warning.hint or "")
            text = f"Amazon Redshift would refuse this: {warning.message}"
            self._context.client.write(server_messages.notice("WARNING", text, warning.hint))

    def hold(self, work: Callable[[], Coroutine[Any, Any, None]], *, is_query: bool) -> None:
        """Run work while the client's further messages wait. Whatever goes wrong in it is an error of the statement.

        :param work: what to run.
        :param is_query: whether the statement came as a Query, whose end is for this server to announce.
        """
        self._hold(self._run(work, is_query=is_query))

    async def _run(self, work: Callable[[], Coroutine[Any, Any, None]], *, is_query: bool) -> None:
        try:
            await work()
        except FailedTransactionError as error:
            self._context.client.write(error.answer)
        except RedshiftError as error:
            await self._fail(error, is_query=is_query)
        except Exception as error:
            log.exception("A statement of process %s failed in the server.", self._context.info.pid)
            await self._fail(internal_error(error), is_query=is_query)

    async def _fail(self, error: RedshiftError, *, is_query: bool) -> None:
        reply = await self._backend.fail()
        if reply.error is not None:  # or an earlier statement has failed, and the client knows
            self._context.client.write(server_messages.error(error))
        if is_query:
            self._backend.send(client_messages.SYNC, (ClientMessage.SYNC, None))
