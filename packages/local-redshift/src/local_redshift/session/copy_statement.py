"""Runs one COPY from S3 inside a client's own session and transaction.

Contract: reads the table's columns and loads the rows on the client's back-end connection, so that temporary and
uncommitted tables are seen and a rollback undoes the load; PostgreSQL's errors reach the client as its own.
Reading and converting the objects happens off the event loop. Whatever goes wrong, the back end is left in the
error state that a failed COPY causes. Load errors are recorded before the client gets its answer.
"""

from __future__ import annotations

import asyncio
import logging

from local_redshift.copy import CopyLoad
from local_redshift.copy.target import TARGET_QUERY, CopyTarget, read_target, target_name
from local_redshift.history.loads import CopyRecord
from local_redshift.session.answers import Reply
from local_redshift.session.context import SessionContext
from local_redshift.session.copy_feed import CopyFeed
from local_redshift.session.error_translation import cancelled
from local_redshift.statements import CopyStatement, Statement
from local_redshift.wire import client_messages, server_messages
from local_redshift.wire.errors import RedshiftError

log = logging.getLogger(__name__)

_NOT_RECORDED = "COPY left rows out and could not record which. See the server's log."
_RECORD_ERRORS = "SELECT redshift_catalog.record_load_errors($1)"
_FILE_FORMATS = {"json": "JSON", "parquet": "PARQUET"}


class CopyRunner:
    """One COPY statement in one session.

    :param context: the client's session, which sends nothing else in the meantime.
    :param statement: the statement.
    """

    def __init__(self, context: SessionContext, statement: Statement) -> None:
        if statement.copy is None:
            raise ValueError(f"Not a COPY statement: {statement.original}")
        self._context = context
        self._backend = context.backend
        self._copy: CopyStatement = statement.copy
        self._text = _without_secrets(statement.original, self._copy)
        self._query_id = context.last_queries.query_id

    async def run(self) -> bytes:
        """Run it to its end and return what the client gets: notices and a completion, or an error.

        Nothing is returned when the back end ignored the statement because an earlier one had failed.
        """
        lookup = await self._backend.query(b"redshift_columns", TARGET_QUERY, [target_name(self._copy)])
        if not lookup.ok:
            return self._missing_table(lookup.error) if lookup.error else b""
        try:
            target = read_target(self._copy, lookup.rows)
        except RedshiftError as error:
            return await self._fail(error)
        reply = self._backend.begin_query(b"redshift_copy", target.copy_sql)
        await reply.changed.wait()
        if not reply.copy_started:
            return reply.error or b""
        return await self._load(target, reply)

    async def _load(self, target: CopyTarget, reply: Reply) -> bytes:
        """Load the rows into the back end, which waits for them."""
        context = self._context
        context.last_queries.begin_copy()
        record = self._new_record(target)
        try:
            record.failure = await self._end(reply, await self._feed(record, reply))
        except asyncio.CancelledError:
            gone = RedshiftError(sqlstate="57P01", message="The client has gone during COPY.")
            record.failure = server_messages.error(gone)
            context.services.history.add_later(record)
            raise
        recorded = await context.services.history.add(record)
        if record.failure is None and record.errors:
            if not recorded:
                return await self._fail(RedshiftError(sqlstate="XX000", message=_NOT_RECORDED))
            # The transaction that goes on has a snapshot older than what was recorded just now.
            recording = await self._backend.query(b"redshift_errors", _RECORD_ERRORS, [record.errors_json()])
            record.failure = recording.error
        return record.failure or self._success(record)

    def _new_record(self, target: CopyTarget) -> CopyRecord:
        info, copy = self._context.info, self._copy
        record = CopyRecord(self._query_id, info.pid, info.database, self._text, copy.source, target)
        record.file_format = _FILE_FORMATS.get(copy.format, "TEXT")
        return record

    async def _feed(self, record: CopyRecord, reply: Reply) -> bytes | None:
        """Send the rows; return the error for the client, if there is one."""
        context, services = self._context, self._context.services
        try:
            record.load = CopyLoad(self._copy, record.target.columns, services.s3, services.copy_workers)
            feed = CopyFeed(record.load, services.copy_threads)
            await feed.pump(self._backend.peer, stops=(reply.done, context.cancel_requested))
        except RedshiftError as error:
            return server_messages.error(error)
        except Exception as error:
            log.exception("COPY %s failed in the server.", self._query_id)
            text = f"COPY failed in the server: {error!r}. See the server's log."
            return server_messages.error(RedshiftError(sqlstate="XX000", message=text))
        if context.cancel_requested.is_set():
            return server_messages.error_of_fields(cancelled(self._query_id))
        return None

    async def _end(self, reply: Reply, failure: bytes | None) -> bytes | None:
        """Let the back end's COPY succeed or fail; return the error for the client, if there is one."""
        last = client_messages.COPY_DONE if failure is None else client_messages.copy_fail("")
        self._backend.peer.write(last + client_messages.FLUSH)
        await reply.done.wait()
        if failure is not None or reply.ok:
            return failure
        ended = RedshiftError(sqlstate="57P01", message="The back end ended during COPY.")
        return reply.error or server_messages.error(ended)

    async def _fail(self, error: RedshiftError) -> bytes:
        """Fail the transaction, and return the error for the client."""
        reply = await self._backend.fail()
        return server_messages.error(error) if reply.error else b""

    def _success(self, record: CopyRecord) -> bytes:
        table, loaded, rejected = self._copy.table, record.rows_loaded, len(record.errors)
        self._context.last_queries.end_copy(loaded)
        text = f"Load into table '{table}' completed, {loaded} record(s) loaded successfully."
        notices = [server_messages.notice("INFO", text)]
        if rejected:
            text = (
                f"Load into table '{table}' completed, {rejected} record(s) could not be loaded.  "
                "Check 'stl_load_errors' system table for details."
            )
            notices.append(server_messages.notice("WARNING", text))
        return b"".join(notices) + server_messages.command_complete("COPY")

    def _missing_table(self, error: bytes) -> bytes:
        fields = server_messages.parse_fields(error)
        if fields.get("C") not in ("42P01", "3F000"):
            return error
        text = f"Cannot COPY into nonexistent table {self._copy.table}"
        return server_messages.error(RedshiftError(sqlstate="42P01", message=text))


def _without_secrets(text: str, copy: CopyStatement) -> str:
    for secret in (copy.secret_access_key, copy.session_token, copy.access_key_id):
        if secret:
            text = text.replace(secret, "***")
    return text
