"""Writes what COPYs and UNLOADs did where the system views read it.

Contract: writes on a connection of its own, so that what is written survives the rollback of the statement. A failure
to write is logged and returned; what it means is for the caller.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Protocol

import psycopg

log = logging.getLogger(__name__)


class Record(Protocol):
    """What a statement did, for the system views."""

    @property
    def query_id(self) -> int:
        """Its query id."""

    async def add_to(self, cursor: psycopg.AsyncCursor[Any]) -> None:
        """Write the record.

        :param cursor: on the catalog's database.
        """


class HistoryWriter:
    """Writes records into the warehouse's catalog.

    :param dsn: address of the database, as the superuser.
    """

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._turn = asyncio.Lock()
        self._writing: set[asyncio.Task[bool]] = set()

    async def add(self, record: Record) -> bool:
        """Write one record; when it returns, new snapshots see it.

        The record is written even if the caller's client goes away: an interrupted write would leave the connection in
        the middle of a transaction.

        :return: whether it was written.
        """
        return await asyncio.shield(self.add_later(record))

    def add_later(self, record: Record) -> asyncio.Task[bool]:
        """Begin to write one record."""
        task = asyncio.get_running_loop().create_task(self._add(record))
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)
        return task

    async def _add(self, record: Record) -> bool:
        try:
            async with self._turn:
                try:
                    await self._write(record)
                except psycopg.OperationalError:  # PostgreSQL was started again
                    await self._write(record)
        except psycopg.Error:
            log.exception("The history of query %s could not be written.", record.query_id)
            return False
        return True

    async def close(self) -> None:
        """Write the records that are still to be written, and close the connection."""
        await asyncio.gather(*self._writing)
        if self._connection is not None:
            await self._connection.close()

    async def _write(self, record: Record) -> None:
        connection = await self._connect()
        async with connection.transaction(), connection.cursor() as cursor:
            await record.add_to(cursor)

    async def _connect(self) -> psycopg.AsyncConnection[Any]:
        if self._connection is None or self._connection.closed:
            self._connection = await psycopg.AsyncConnection.connect(self._dsn, autocommit=True)
        return self._connection
