"""Runs one COPY from S3 inside a client's own session and transaction.

Contract: reads the table's columns and loads the rows on the client's back-end connection, so that temporary and
uncommitted tables are seen and a rollback undoes the load; PostgreSQL's errors reach the client as its own.
Reading and converting the objects happens off the event loop. Whatever goes wrong, the back end is left in the
error state that a failed COPY causes. Load errors are recorded before the client gets its answer.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from local.redshift import protocol as p
from local.redshift.copy import CopyLoad
from local.redshift.copy_feed import CopyFeed
from local.redshift.copy_target import TARGET_QUERY, CopyTarget, read_target, target_name
from local.redshift.error_translation import cancelled
from local.redshift.errors import RedshiftError
from local.redshift.history import CopyRecord
from local.redshift.pipeline import Reply
from local.redshift.statements import CopyStatement, Statement

if TYPE_CHECKING:
    from local.redshift.session import Session

log = logging.getLogger(__name__)


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
        self._text = statement.original
        self._query_id = session.facts.begin_copy()

    async def run(self) -> bytes:
        """Run it to its end and return what the client gets: notices and a completion, or an error.

        Nothing is returned when the back end ignored the statement because an earlier one had failed.
        """
        lookup = await self._inject(b"redshift_columns", TARGET_QUERY, [target_name(self._copy)])
        if not lookup.ok:
            return self._missing_table(lookup.error) if lookup.error else b""
        target = read_target(self._copy, lookup.rows)
        reply = self._start(target)
        await reply.changed.wait()
        if not reply.copy_started:
            return reply.error or b""
        load = CopyLoad(self._copy, target.columns, self._session.server.s3)
        record = CopyRecord(self._query_id, self._session.pid, self._text, target)
        failure = await self._load(load, reply)
        record.finish(load, failure)
        await self._session.server.history.add(record)
        return failure or self._success(load)

    async def _inject(self, name: bytes, sql: str, values: list[str | None]) -> Reply:
        frames, kinds = p.injected(name, sql, values)
        reply = Reply(len(kinds))
        self._session.send(frames + p.FLUSH_MESSAGE, *((kind, reply) for kind in kinds))
        self._session.flush()
        await reply.done.wait()
        return reply

    def _start(self, target: CopyTarget) -> Reply:
        frames, kinds = p.injected(b"redshift_copy", target.copy_sql)
        reply = Reply(len(kinds))
        self._session.send(frames + p.FLUSH_MESSAGE, *((kind, reply) for kind in kinds))
        self._session.flush()
        return reply

    async def _load(self, load: CopyLoad, reply: Reply) -> bytes | None:
        """Feed the rows to the back end; return the error for the client, if any."""
        session = self._session
        feed = CopyFeed(load, session.server.copy_threads)
        failure: bytes | None = None
        try:
            await feed.pump(session.backend, stops=(reply.done, session.cancel_requested))
        except RedshiftError as error:
            failure = p.error(error)
        except Exception as error:
            log.exception("COPY %s failed in the server.", self._query_id)
            failure = p.error(RedshiftError(sqlstate="XX000", message=f"COPY failed in the server: {error!r}"))
        if failure is None and session.cancel_requested.is_set():
            failure = p.build_fields(p.ERROR, cancelled(self._query_id))
        session.backend.write((p.COPY_DONE_MESSAGE if failure is None else p.copy_fail("")) + p.FLUSH_MESSAGE)
        await reply.done.wait()
        if failure is not None or reply.ok:
            return failure
        return reply.error or p.error(RedshiftError(sqlstate="57P01", message="The back end ended during COPY."))

    def _success(self, load: CopyLoad) -> bytes:
        table = self._copy.table
        self._session.facts.end_copy(load.rows_loaded)
        text = f"Load into table '{table}' completed, {load.rows_loaded} record(s) loaded successfully."
        notices = [p.notice("INFO", text)]
        if load.errors:
            text = (
                f"Load into table '{table}' completed, {len(load.errors)} record(s) could not be loaded.  "
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
