"""The server's own connection to its database: opened when it is first asked, and opened again when it was lost.

Contract: one statement at a time, in autocommit mode, so that nothing is locked or seen longer than a statement takes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import psycopg
from psycopg.errors import Diagnostic


class OwnConnection:
    """A connection that the sessions of a server share.

    :param dsn: the address of the database, as the superuser.
    :param options: the back end's command line, such as ``-c lock_timeout=200ms``.
    :param noticed: called with each notice of PostgreSQL.
    """

    def __init__(self, dsn: str, options: str = "", noticed: Callable[[Diagnostic], None] | None = None) -> None:
        self._dsn = dsn
        self._options = options
        self._noticed = noticed
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._turn = asyncio.Lock()

    async def rows(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a query.

        :param query: with ``%s`` in place of its values.
        :param values: the values.
        :raises psycopg.Error: when it fails, or the database does not answer.
        """
        async with self._turn:
            try:
                return await self._ask(query, values)
            except psycopg.OperationalError:
                if self._connection is not None and not self._connection.closed:
                    raise
                return await self._ask(query, values)  # PostgreSQL was started again

    async def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            await self._connection.close()

    async def _ask(self, query: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        if self._connection is None or self._connection.closed:
            self._connection = await psycopg.AsyncConnection.connect(self._dsn, autocommit=True, options=self._options)
            if self._noticed is not None:
                self._connection.add_notice_handler(self._noticed)
        cursor = await self._connection.execute(query.encode(), values)
        return await cursor.fetchall()
