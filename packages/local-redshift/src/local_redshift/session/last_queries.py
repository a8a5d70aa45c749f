"""What a session knows about its own past: its last COPY, its last UNLOAD and its last query.

Contract: Redshift's functions pg_last_copy_count(), pg_last_copy_id() and pg_last_query_id() are SQL functions of
the catalog that read settings of the session. Settings are undone by a rollback and what they tell is not, so the
server keeps the values itself and sets them right before a statement that asks for them.
https://docs.aws.amazon.com/redshift/latest/dg/PG_LAST_COPY_COUNT.html
"""

from __future__ import annotations

from collections.abc import Callable

from local_redshift.session.pipeline import Sink, Swallow
from local_redshift.wire import protocol as p

_SET_FACTS = (
    "SELECT set_config('redshift.last_copy_count', $1, false), set_config('redshift.last_copy_id', $2, false), "
    "set_config('redshift.last_query_id', $3, false), set_config('redshift.last_unload_count', $4, false), "
    "set_config('redshift.last_unload_id', $5, false)"
)


class SessionFacts:
    """The values, for one session.

    :param next_id: gives the next query id of the server.
    """

    def __init__(self, next_id: Callable[[], int]) -> None:
        self._next_id = next_id
        self.last_query_id = -1
        self.last_copy_id = -1
        self.last_copy_count = 0
        self.last_unload_id = -1
        self.last_unload_count = 0

    def next_query(self) -> int:
        """Return the query id of the next statement."""
        self.last_query_id = self._next_id()
        return self.last_query_id

    def begin_copy(self) -> None:
        """Note that the running query is a COPY that began to load. Its count is 0 until it succeeds."""
        self.last_copy_id = self.last_query_id
        self.last_copy_count = 0

    def end_copy(self, rows: int) -> None:
        """Note how many rows it loaded."""
        self.last_copy_count = rows

    def end_unload(self, rows: int) -> None:
        """Note how many rows the running query, an UNLOAD, has written."""
        self.last_unload_id = self.last_query_id
        self.last_unload_count = rows

    def hand_over(self, *, sync: bool) -> tuple[bytes, list[tuple[int, Sink | None]]]:
        """Return the messages that set the values in the session, and their kinds with sinks.

        :param sync: end with a Sync, as is needed before a Query.
        """
        copied = [str(self.last_copy_count), str(self.last_copy_id), str(self.last_query_id)]
        values = [*copied, str(self.last_unload_count), str(self.last_unload_id)]
        frames, kinds = p.injected(b"redshift_facts", _SET_FACTS, values)
        if not sync:
            return frames, [(kind, Swallow()) for kind in kinds]
        # The Query that follows fails for the same reason by itself: an error of ours is not shown.
        return frames + p.SYNC_MESSAGE, [(kind, _SwallowAll()) for kind in (*kinds, p.SYNC)]


class _SwallowAll(Sink):
    def receive(self, kind: int, frame: bytes) -> bytes:
        return b""
