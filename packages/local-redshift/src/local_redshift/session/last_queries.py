"""What a session knows about its own past: its last query, its last COPY and its last UNLOAD.

Contract: Redshift's functions pg_last_copy_count(), pg_last_copy_id() and pg_last_query_id() are SQL functions of
the catalog that read settings of the session. A rollback undoes settings, but not what these functions return, so the
server keeps the values itself and sets them right before a statement that asks for them.
https://docs.aws.amazon.com/redshift/latest/dg/PG_LAST_COPY_COUNT.html
"""

from __future__ import annotations

from collections.abc import Callable

#: Functions whose values the server has to set in the session before the statement that calls them runs.
_FUNCTIONS = ("pg_last_copy_count", "pg_last_copy_id", "pg_last_query_id", "pg_last_unload_count", "pg_last_unload_id")

#: Sets the values, in the order of ``LastQueries.values``.
SET_VALUES = (
    "SELECT set_config('redshift.last_copy_count', $1, false), set_config('redshift.last_copy_id', $2, false), "
    "set_config('redshift.last_query_id', $3, false), set_config('redshift.last_unload_count', $4, false), "
    "set_config('redshift.last_unload_id', $5, false)"
)


def asks_last_queries(sql: str) -> bool:
    """Return whether a text calls a function about the session's last query, COPY or UNLOAD."""
    lowered = sql.lower()
    return any(name in lowered for name in _FUNCTIONS)


class LastQueries:
    """The last query, COPY and UNLOAD of one session.

    :param next_id: returns the next query id of the server.
    """

    def __init__(self, next_id: Callable[[], int]) -> None:
        self._next_id = next_id
        self.query_id = -1
        self.copy_id = -1
        self.copy_count = 0
        self.unload_id = -1
        self.unload_count = 0

    def next_query(self) -> int:
        """Return the query id of the next statement."""
        self.query_id = self._next_id()
        return self.query_id

    def begin_copy(self) -> None:
        """Record that the running query is a COPY that began to load. Its count is 0 until it succeeds."""
        self.copy_id = self.query_id
        self.copy_count = 0

    def end_copy(self, rows: int) -> None:
        """Record how many rows it loaded."""
        self.copy_count = rows

    def end_unload(self, rows: int) -> None:
        """Record how many rows the running query, an UNLOAD, has written."""
        self.unload_id = self.query_id
        self.unload_count = rows

    @property
    def values(self) -> list[str]:
        """The values, in the order of the parameters of ``SET_VALUES``."""
        values = (self.copy_count, self.copy_id, self.query_id, self.unload_count, self.unload_id)
        return [str(value) for value in values]
