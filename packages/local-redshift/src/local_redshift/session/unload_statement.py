"""Runs one UNLOAD to S3 inside a client's own session and transaction.

Contract: reads the query's rows on the client's back-end connection, a batch at a time, so temporary and uncommitted
tables are seen and memory stays bounded; PostgreSQL's errors reach the client as its own. Writing happens off the event
loop. Whatever goes wrong, the back end is left in the error state that a failed statement causes.
"""

from __future__ import annotations

import asyncio
import datetime
import logging
import re
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from local_redshift.history.unloads import UnloadRecord
from local_redshift.session.answers import Reply
from local_redshift.session.context import SessionContext
from local_redshift.session.name_resolution import resolve_names
from local_redshift.session.typed_statements import type_statement
from local_redshift.statements import Statement
from local_redshift.statements.model import UnloadStatement
from local_redshift.unload import ResultColumn, Unload
from local_redshift.wire import client_messages, server_messages
from local_redshift.wire.errors import RedshiftError
from local_redshift.wire.protocol import ClientMessage, ServerMessage

log = logging.getLogger(__name__)

_BATCH = 10_000
_NAME = b"redshift_unload"
_SECRETS = re.compile(r"(?i)((?:secret_access_key|access_key_id|session_token|token)\s*=?\s*'?)[^';]+")
#: Parquet holds all digits of floating-point numbers, though text has 15 of them.
_SET_DIGITS = "SELECT current_setting('extra_float_digits'), set_config('extra_float_digits', $1, true)"
_Result = TypeVar("_Result")


class _Rows(Reply):
    """A batch of rows, and what the columns are when it was asked for."""

    def __init__(self, messages: int) -> None:
        super().__init__(messages)
        self.columns: list[ResultColumn] = []
        self.suspended = False

    def receive(self, code: int, message: bytes) -> bytes:
        """Keep the description too, and whether more rows are to come."""
        if code == ServerMessage.ROW_DESCRIPTION:
            self.columns = [ResultColumn(*column) for column in server_messages.parse_description(message)]
        elif code == ServerMessage.PORTAL_SUSPENDED:
            self.suspended = True
        return super().receive(code, message)


class UnloadRunner:
    """One UNLOAD statement in one session.

    :param context: the client's session, which sends nothing else in the meantime.
    :param statement: the statement.
    """

    def __init__(self, context: SessionContext, statement: Statement) -> None:
        if statement.unload is None:
            raise ValueError(f"Not an UNLOAD statement: {statement.original}")
        self._context = context
        self._backend = context.backend
        self._unload: UnloadStatement = statement.unload
        self._text = _SECRETS.sub(r"\1***", statement.original)
        self._started = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)

    async def run(self) -> bytes:
        """Run it to its end and return what the client gets: a notice and a completion, or an error.

        Nothing is returned when the back end ignored the statement because an earlier one had failed.
        """
        inner = self._unload.query
        if inner.needs_names:
            resolution = await resolve_names(self._backend, inner, lenient=self._context.services.lenient)
            if resolution.error is not None:
                return resolution.error
            inner = resolution.statement
        sql = inner.sql
        if inner.needs_types:
            typed = await type_statement(self._context, inner)
            if typed.error is not None:
                return _without_position(typed.error)
            sql = typed.sql
        digits = await self._set_digits("1") if self._unload.format == "parquet" else None
        first = await self._open(sql)
        if first.error is not None or first.was_skipped:
            return _without_position(first.error)
        try:
            unload = await self._write(first)
        except RedshiftError as error:
            return await self._fail(error)
        except _BackEndError as error:
            return error.message
        except Exception as error:
            log.exception("An UNLOAD failed in the server.")
            text = f"UNLOAD failed in the server: {error!r}. See the server's log."
            return await self._fail(RedshiftError(sqlstate="XX000", message=text))
        if digits is not None:
            await self._set_digits(digits)
        return await self._success(unload)

    async def _set_digits(self, digits: str) -> str | None:
        """Set the transaction's extra_float_digits, and return what it was; None when the transaction has failed."""
        reply = await self._backend.query(b"redshift_digits", _SET_DIGITS, [digits])
        return reply.rows[0][0] if reply.ok and reply.rows else None

    async def _open(self, sql: str) -> _Rows:
        """Begin the query and return its first rows."""
        messages = (
            client_messages.close_portal(_NAME),
            client_messages.close_statement(_NAME),
            client_messages.parse(sql, _NAME),
            client_messages.bind(_NAME, _NAME),
            client_messages.describe_portal(_NAME),
            client_messages.execute(_NAME, _BATCH),
        )
        close, describe = ClientMessage.CLOSE, ClientMessage.DESCRIBE
        codes = (close, close, ClientMessage.PARSE, ClientMessage.BIND, describe, ClientMessage.EXECUTE)
        return await self._ask(b"".join(messages), codes)

    async def _write(self, rows: _Rows) -> Unload:
        unload = await self._on_thread(lambda: Unload(self._unload, rows.columns, self._context.services.s3))
        try:
            await self._on_thread(unload.begin)
            while True:
                batch = rows.rows
                if batch:
                    await self._on_thread(partial(unload.write, batch))
                if not rows.suspended:
                    break
                rows = await self._ask(client_messages.execute(_NAME, _BATCH), (ClientMessage.EXECUTE,))
                if not rows.ok:
                    raise _BackEndError(_without_position(rows.error))
            await self._on_thread(unload.end)
        finally:
            unload.close()
        return unload

    async def _ask(self, messages: bytes, codes: tuple[ClientMessage, ...]) -> _Rows:
        rows = _Rows(len(codes))
        self._backend.ask(messages, codes, rows)
        await rows.done.wait()
        return rows

    async def _on_thread(self, work: Callable[[], _Result]) -> _Result:
        """Run something on a thread, and return what it returns."""
        return await asyncio.get_running_loop().run_in_executor(self._context.services.copy_threads, work)

    async def _fail(self, error: RedshiftError) -> bytes:
        """Fail the transaction, and return the error for the client."""
        await self._backend.fail()
        return server_messages.error(error)

    async def _success(self, unload: Unload) -> bytes:
        context, rows = self._context, unload.rows
        context.last_queries.end_unload(rows)
        record = UnloadRecord(
            query_id=context.last_queries.query_id,
            session_id=context.info.pid,
            text=self._text,
            statement=self._unload,
            files=unload.files,
            started=self._started,
        )
        await context.services.history.add(record)
        text = f"UNLOAD completed, {rows} record(s) unloaded successfully."
        return server_messages.notice("INFO", text) + server_messages.command_complete("UNLOAD")


def _without_position(error: bytes | None) -> bytes:
    """Return an error without its position, which is one in the inner query."""
    if not error:
        return b""
    fields = server_messages.parse_fields(error)
    fields.pop("P", None)
    return server_messages.error_of_fields(fields)


class _BackEndError(Exception):
    """The back end could not return the next rows.

    :param message: its ErrorResponse.
    """

    def __init__(self, message: bytes) -> None:
        super().__init__()
        self.message = message
