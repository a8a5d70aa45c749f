"""Reads the warehouse for the pages: few sessions, short statements, and answers that are cached for some seconds.

A page must not block the API server that serves it. So the number of concurrent queries is limited by the number of
sessions, a request that gets no session in time is refused, and the warehouse ends a statement that takes too long.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from sparkify.hooks.errors import LoginRefusedError, is_refused_login, next_step
from sparkify.hooks.warehouse import WarehouseHook, WarehouseSession

log = logging.getLogger(__name__)

Rows = list[dict[str, Any]]

#: By this label the pages' queries are found in SYS_QUERY_HISTORY.
_LABEL = "sparkify pages"


class BusyError(Exception):
    """All sessions were in use for as long as a request may wait."""


class UnavailableError(Exception):
    """The warehouse could not be reached or did not answer; the message says what to do."""


@dataclass
class _Idle:
    """An open session that is not in use, and what closes it."""

    session: WarehouseSession
    stack: ExitStack
    used_at: float


@dataclass
class WarehouseReader:
    """Runs queries on a few sessions of its own, which stay open between requests.

    :param conn_id: an Airflow connection whose user may read the star and the schema ``etl``.
    :param aws_conn_id: an Airflow connection of type ``aws``, for logins by IAM.
    :param session_limit: queries that run at a time.
    :param wait_seconds: how long a request waits for a session.
    :param statement_seconds: how long a query may take.
    :param idle_seconds: how long an unused session stays open.
    :param cache_seconds: how long an answer is cached.
    """

    conn_id: str
    aws_conn_id: str | None = "aws_default"
    session_limit: int = 4
    wait_seconds: float = 10.0
    statement_seconds: float = 15.0
    idle_seconds: float = 120.0
    cache_seconds: float = 10.0
    clock: Callable[[], float] = time.monotonic
    _idle: list[_Idle] = field(default_factory=list)
    _cache: dict[tuple[str, tuple[Any, ...]], tuple[float, Rows]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._slots = threading.BoundedSemaphore(self.session_limit)

    def read(self, sql: str, values: Mapping[str, Any] | None = None) -> Rows:
        """Return a query's rows as dicts.

        :param sql: one SELECT with ``:name`` parameters.
        :param values: their values.
        :raises BusyError: when no session was free in time.
        :raises UnavailableError: when the warehouse did not answer.
        """
        key = (sql, tuple(sorted((values or {}).items())))
        kept = self._cache.get(key)
        if kept is not None and self.clock() - kept[0] < self.cache_seconds:
            return kept[1]
        with self._session() as session:
            rows = session.records(sql, values or {})
        self._keep(key, rows)
        return rows

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return a query's rows as tuples, see :meth:`read`.

        :param sql: one SELECT without parameters, each column of which has a name of its own.
        """
        return [tuple(row.values()) for row in self.read(sql)]

    def close(self) -> None:
        """Close the sessions that are not in use."""
        with self._lock:
            idle, self._idle = self._idle, []
        for item in idle:
            item.stack.close()

    @contextmanager
    def _session(self) -> Iterator[WarehouseSession]:
        if not self._slots.acquire(timeout=self.wait_seconds):
            raise BusyError("The warehouse is still answering other questions. Try again in a moment.")
        try:
            item = self._take()
            try:
                yield item.session
            except BaseException:
                item.stack.close()  # the session may be broken
                raise
            self._give_back(item)
        except (BusyError, UnavailableError):
            raise
        except Exception as error:
            raise UnavailableError(self._explain(error)) from error
        finally:
            self._slots.release()

    def _take(self) -> _Idle:
        while True:
            with self._lock:
                item = self._idle.pop() if self._idle else None
            if item is None:
                return self._open()
            if self.clock() - item.used_at < self.idle_seconds and _answers(item.session):
                return item
            item.stack.close()

    def _open(self) -> _Idle:
        stack = ExitStack()
        hook = WarehouseHook(self.conn_id, self.aws_conn_id)
        try:
            session = stack.enter_context(hook.session(search_path=("public", "etl"), label=_LABEL))
            # https://docs.aws.amazon.com/redshift/latest/dg/r_statement_timeout.html (milliseconds)
            session.run(f"SET statement_timeout TO {int(self.statement_seconds * 1000)}")
        except BaseException:
            stack.close()
            raise
        return _Idle(session, stack, self.clock())

    def _give_back(self, item: _Idle) -> None:
        item.used_at = self.clock()
        with self._lock:
            self._idle.append(item)

    def _keep(self, key: tuple[str, tuple[Any, ...]], rows: Rows) -> None:
        now = self.clock()
        with self._lock:
            self._cache = {k: v for k, v in self._cache.items() if now - v[0] < self.cache_seconds}
            self._cache[key] = (now, rows)

    def _explain(self, error: Exception) -> str:
        text = " ".join(str(error).split()) or type(error).__name__
        log.warning("A page's query failed: %s", text)
        if any(words in text.lower() for words in ("statement timeout", "canceling statement", "cancelled on user")):
            return f"The query took longer than {self.statement_seconds:.0f} s. Choose a shorter period."
        if is_refused_login(error):
            return text if isinstance(error, LoginRefusedError) else f"{text.rstrip('.')}: {next_step(error)}."
        if "does not exist" in text:
            return f"A table is missing: run the DAG sparkify_create_tables. The warehouse said: {text}"
        if "permission denied" in text.lower():
            return f"Grant SELECT to the user of connection {self.conn_id!r}. The warehouse said: {text}"
        return f"The warehouse of connection {self.conn_id!r} did not answer: {text}"


def _answers(session: WarehouseSession) -> bool:
    try:
        session.one("SELECT 1")
    except Exception:
        return False
    return True
