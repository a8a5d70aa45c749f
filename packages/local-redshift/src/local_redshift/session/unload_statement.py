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
from typing import TYPE_CHECKING, TypeVar

from local_redshift.history.unloads import UnloadRecord
from local_redshift.session.name_resolution import resolve_aliases
from local_redshift.session.pipeline import Reply
from local_redshift.statements import Statement
from local_redshift.statements.model import UnloadStatement
from local_redshift.unload import ResultColumn, Unload
from local_redshift.wire import protocol as p
from local_redshift.wire.errors import RedshiftError

if TYPE_CHECKING:
    from local_redshift.session.session import Session

log = logging.getLogger(__name__)

_BATCH = 10_000
_NAME = b"redshift_unload"
_SECRETS = re.compile(r"(?i)((?:secret_access_key|access_key_id|session_token|token)\s*=?\s*'?)[^';]+")
_Result = TypeVar("_Result")


class _Rows(Reply):
    """A batch of rows, and what the columns are when it was asked for."""

    def __init__(self, messages: int) -> None:
        super().__init__(messages)
        self.columns: list[ResultColumn] = []
        self.suspended = False

    def receive(self, kind: int, frame: bytes) -> bytes:
        """Keep the description too, and whether more rows are to come."""
        if kind == p.ROW_DESCRIPTION:
            self.columns = [ResultColumn(*column) for column in p.parse_description(frame)]
        elif kind == p.PORTAL_SUSPENDED:
            self.suspended = True
        return super().receive(kind, frame)


class UnloadRunner:
    """One UNLOAD statement in one session.

    :param session: the client's session, held meanwhile.
    :param statement: the statement.
    """

    def __init__(self, session: Session, statement: Statement) -> None:
        if statement.unload is None:
            raise ValueError(f"Not an UNLOAD statement: {statement.original}")
        self._session = session
        self._unload: UnloadStatement = statement.unload
        self._text = _SECRETS.sub(r"\1***", statement.original)
        self._started = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)

    async def run(self) -> bytes:
        """Run it to its end and return what the client gets: a notice and a completion, or an error.

        Nothing is returned when the back end ignored the statement because an earlier one had failed.
        """
        inner = self._unload.query
        if inner.lateral_aliases or inner.relation is not None:
            resolution = await resolve_aliases(self._session, inner)
            if resolution.error is not None:
                return resolution.error
            inner = resolution.statement
        first = await self._open(inner.sql)
        if first.error is not None or first.was_skipped:
            return _without_position(first.error)
        try:
            unload = await self._write(first)
        except RedshiftError as error:
            return await self._fail(p.error(error))
        except _BackEndError as error:
            return error.frame
        except Exception as error:
            log.exception("An UNLOAD failed in the server.")
            text = f"UNLOAD failed in the server: {error!r}. See the server's log."
            return await self._fail(p.error(RedshiftError(sqlstate="XX000", message=text)))
        return await self._success(unload)

    async def _open(self, sql: str) -> _Rows:
        """Begin the query and return its first rows."""
        frames = (
            p.close_portal(_NAME),
            p.close_statement(_NAME),
            p.parse(sql, _NAME),
            p.bind(_NAME, _NAME),
            p.describe_portal(_NAME),
            p.execute(_NAME, _BATCH),
        )
        kinds = (p.CLOSE, p.CLOSE, p.PARSE, p.BIND, p.DESCRIBE, p.EXECUTE)
        return await self._ask(b"".join(frames), kinds)

    async def _write(self, rows: _Rows) -> Unload:
        unload = await self._aside(lambda: Unload(self._unload, rows.columns, self._session.server.s3))
        try:
            await self._aside(unload.begin)
            while True:
                batch = rows.rows
                if batch:
                    await self._aside(partial(unload.write, batch))
                if not rows.suspended:
                    break
                rows = await self._ask(p.execute(_NAME, _BATCH), (p.EXECUTE,))
                if not rows.ok:
                    raise _BackEndError(_without_position(rows.error))
            await self._aside(unload.end)
        finally:
            unload.close()
        return unload

    async def _ask(self, frames: bytes, kinds: tuple[int, ...]) -> _Rows:
        reply = _Rows(len(kinds))
        self._session.send(frames + p.FLUSH_MESSAGE, *((kind, reply) for kind in kinds))
        self._session.flush()
        await reply.done.wait()
        return reply

    async def _aside(self, work: Callable[[], _Result]) -> _Result:
        return await asyncio.get_running_loop().run_in_executor(self._session.server.copy_threads, work)

    async def _fail(self, error: bytes) -> bytes:
        """Put the back end into the error state that a failed statement causes."""
        reply = Reply(1)
        self._session.send(p.parse("refused") + p.FLUSH_MESSAGE, (p.PARSE, reply))
        self._session.flush()
        await reply.done.wait()
        return error

    async def _success(self, unload: Unload) -> bytes:
        session, rows = self._session, unload.rows
        session.facts.end_unload(rows)
        record = UnloadRecord(
            query_id=session.facts.last_query_id,
            session_id=session.pid,
            text=self._text,
            statement=self._unload,
            files=unload.files,
            started=self._started,
        )
        await session.server.history.add(record)
        text = f"UNLOAD completed, {rows} record(s) unloaded successfully."
        return p.notice("INFO", text) + p.command_complete("UNLOAD")


def _without_position(error: bytes | None) -> bytes:
    """Return an error without its place in the inner query, which is none of the statement's."""
    if not error:
        return b""
    fields = p.parse_fields(error)
    fields.pop("P", None)
    return p.build_fields(p.ERROR, fields)


class _BackEndError(Exception):
    """The back end could not give the next rows.

    :param frame: its ErrorResponse.
    """

    def __init__(self, frame: bytes) -> None:
        super().__init__()
        self.frame = frame
