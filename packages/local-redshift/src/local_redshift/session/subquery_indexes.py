"""Lets a statement with correlated subqueries find the rows that they look up by an index, before it is sent.

Contract: uses the client's session, which sends nothing else in the meantime, and a connection of the server's own for
tables that others use too, so that no session holds a lock on them until its transaction ends. Without an index the
statement is right all the same, and slow.
https://docs.aws.amazon.com/redshift/latest/dg/r_correlated_subqueries.html
"""

from __future__ import annotations

import logging

import psycopg

from local_redshift.session.answers import Reply
from local_redshift.session.backend import BackEnd, own_statement
from local_redshift.session.own_connection import OwnConnection
from local_redshift.wire import client_messages
from local_redshift.wire.protocol import ClientMessage

log = logging.getLogger(__name__)

_NAME = b"redshift_subqueries"
_FIND = "SELECT table_id, column_number FROM redshift_catalog.index_subqueries($1)"
_INDEX = "SELECT redshift_catalog.index_column(%s::oid, %s::smallint)"


class SubqueryIndexes:
    """Makes indexes for the subqueries of all sessions.

    :param dsn: the address of the database, as the superuser.
    """

    def __init__(self, dsn: str) -> None:
        self._connection = OwnConnection(dsn)

    async def prepare(self, backend: BackEnd, sql: str, *, is_query: bool) -> bytes | None:
        """Index what a statement's subqueries look up; return the error of a transaction that has failed before.

        :param backend: the session's.
        :param sql: the statement as it will be sent.
        :param is_query: whether a Query follows, whose own answer tells of a failed transaction.
        """
        messages, codes = own_statement(_NAME, _FIND, [sql])
        reply = Reply(len(codes))
        if is_query:
            messages, codes = messages + client_messages.SYNC, (*codes, ClientMessage.SYNC)
        backend.ask(messages, codes, reply)
        await reply.done.wait()
        if not reply.ok:
            return None if is_query else reply.error or b""
        for table_id, column_number in reply.rows:
            await self._index(table_id, column_number)
        return None

    async def close(self) -> None:
        """Close the connection."""
        await self._connection.close()

    async def _index(self, table_id: str | None, column_number: str | None) -> None:
        try:
            await self._connection.rows(_INDEX, [table_id, column_number])
        except psycopg.Error as error:
            log.warning("Column %s of table %s was not indexed: %s", column_number, table_id, error)
