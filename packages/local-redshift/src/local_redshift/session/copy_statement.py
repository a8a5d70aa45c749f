"""Runs one COPY from S3 inside a client's own session and transaction.

Contract: reads the table's columns and loads the rows on the client's back-end connection, so that temporary and
uncommitted tables are seen and a rollback undoes the load; PostgreSQL's errors reach the client as its own.
Reading and converting the objects happens off the event loop. Whatever goes wrong, the back end is left in the
error state that a failed COPY causes. Load errors are recorded before the client gets its answer.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from local_redshift.copy import CopyLoad
from local_redshift.copy.target import TARGET_QUERY, CopyTarget, read_target, target_name
from local_redshift.history.loads import CopyRecord
from local_redshift.session.copy_feed import CopyFeed
from local_redshift.session.error_translation import cancelled
from local_redshift.session.pipeline import Reply
from local_redshift.statements import CopyStatement, Statement
from local_redshift.wire import protocol as p
from local_redshift.wire.errors import RedshiftError

if TYPE_CHECKING:
    from local_redshift.session.session import Session

log = logging.getLogger(__name__)

_NOT_RECORDED = "COPY left rows out and could not record which. See the server's log."
_NOTE_ERRORS = "SELECT redshift_catalog.note_load_errors($1)"


class CopyRunner:
    """One COPY statement in one session.

    :param session: the client's session, held meanwhile.
    :param statement: the statement.
    """

    def __init__(self, session: Session, statement: Statement) -> None:
        if statement.copy is None:
            raise ValueError(f"Not a COPY statement: {statement.original}")
        self._session = session
        self._copy: CopyStatement = statement.copy
        self._text = _without_secrets(statement.original, self._copy)
        self._query_id = session.facts.last_query_id

    async def run(self) -> bytes:
        """Run it to its end and return what the client gets: notices and a completion, or an error.

        Nothing is returned when the back end ignored the statement because an earlier one had failed.
        """
        lookup = await self._inject(b"redshift_columns", TARGET_QUERY, [target_name(self._copy)])
        if not lookup.ok:
            return self._missing_table(lookup.error) if lookup.error else b""
        target = read_target(self._copy, lookup.rows)
        reply = self._send(b"redshift_copy", target.copy_sql)
        await reply.changed.wait()
        if not reply.copy_started:
            return reply.error or b""
        return await self._load(target, reply)

    async def _load(self, target: CopyTarget, reply: Reply) -> bytes:
        """Load the rows into the back end, which waits for them."""
        session = self._session
        session.facts.begin_copy()
        record = CopyRecord(self._query_id, session.pid, session.database, self._text, self._copy.source, target)
        record.file_format = {"json": "JSON", "parquet": "PARQUET"}.get(self._copy.format, "TEXT")
        try:
            record.failure = await self._end(reply, await self._feed(record, reply))
        except asyncio.CancelledError:
            record.failure = p.error(RedshiftError(sqlstate="57P01", message="The client has gone during COPY."))
            session.server.history.add_later(record)
            raise
        recorded = await session.server.history.add(record)
        if record.failure is None and record.errors:
            if not recorded:
                return await self._fail(_NOT_RECORDED)
            # The transaction that goes on has a snapshot older than what was recorded just now.
            noted = await self._inject(b"redshift_errors", _NOTE_ERRORS, [record.errors_json()])
            record.failure = noted.error
        return record.failure or self._success(record)

    async def _feed(self, record: CopyRecord, reply: Reply) -> bytes | None:
        """Send the rows; return the error for the client, if there is one."""
        session = self._session
        try:
            record.load = CopyLoad(self._copy, record.target.columns, session.server.s3, session.server.copy_workers)
            feed = CopyFeed(record.load, session.server.copy_threads)
            await feed.pump(session.backend, stops=(reply.done, session.cancel_requested))
        except RedshiftError as error:
            return p.error(error)
        except Exception as error:
            log.exception("COPY %s failed in the server.", self._query_id)
            text = f"COPY failed in the server: {error!r}. See the server's log."
            return p.error(RedshiftError(sqlstate="XX000", message=text))
        if session.cancel_requested.is_set():
            return p.build_fields(p.ERROR, cancelled(self._query_id))
        return None

    async def _end(self, reply: Reply, failure: bytes | None) -> bytes | None:
        """Let the back end's COPY succeed or fail; return the error for the client, if there is one."""
        last = p.COPY_DONE_MESSAGE if failure is None else p.copy_fail("")
        self._session.backend.write(last + p.FLUSH_MESSAGE)
        await reply.done.wait()
        if failure is not None or reply.ok:
            return failure
        return reply.error or p.error(RedshiftError(sqlstate="57P01", message="The back end ended during COPY."))

    async def _fail(self, text: str) -> bytes:
        """Fail the transaction after the rows are in, and return the error for the client."""
        reply = await self._inject(b"redshift_failed", "refused", ())
        return p.error(RedshiftError(sqlstate="XX000", message=text)) if reply.error else b""

    async def _inject(self, name: bytes, sql: str, values: Sequence[str | None]) -> Reply:
        reply = self._send(name, sql, values)
        await reply.done.wait()
        return reply

    def _send(self, name: bytes, sql: str, values: Sequence[str | None] = ()) -> Reply:
        frames, kinds = p.injected(name, sql, values)
        reply = Reply(len(kinds))
        self._session.send(frames + p.FLUSH_MESSAGE, *((kind, reply) for kind in kinds))
        self._session.flush()
        return reply

    def _success(self, record: CopyRecord) -> bytes:
        table, loaded, rejected = self._copy.table, record.rows_loaded, len(record.errors)
        self._session.facts.end_copy(loaded)
        notices = [p.notice("INFO", f"Load into table '{table}' completed, {loaded} record(s) loaded successfully.")]
        if rejected:
            text = (
                f"Load into table '{table}' completed, {rejected} record(s) could not be loaded.  "
                "Check 'stl_load_errors' system table for details."
            )
            notices.append(p.notice("WARNING", text))
        return b"".join(notices) + p.command_complete("COPY")

    def _missing_table(self, error: bytes) -> bytes:
        fields = p.parse_fields(error)
        if fields.get("C") not in ("42P01", "3F000"):
            return error
        text = f"Cannot COPY into nonexistent table {self._copy.table}"
        return p.error(RedshiftError(sqlstate="42P01", message=text))


def _without_secrets(text: str, copy: CopyStatement) -> str:
    for secret in (copy.secret_access_key, copy.session_token, copy.access_key_id):
        if secret:
            text = text.replace(secret, "***")
    return text
