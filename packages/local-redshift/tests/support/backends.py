"""A session's back end without PostgreSQL: the test answers in its place."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from local_redshift.copy.workers import CopyWorkers
from local_redshift.history.queries import QueryLog
from local_redshift.history.writer import HistoryWriter
from local_redshift.session.backend import BackEnd
from local_redshift.session.context import Services, SessionContext
from local_redshift.session.last_queries import LastQueries
from local_redshift.session.late_binding import LateBindingViews
from local_redshift.session.subquery_indexes import SubqueryIndexes
from local_redshift.settings import S3Settings
from local_redshift.wire.protocol import LENGTH
from local_redshift.wire.transport import Peer


class WrittenPeer(Peer):
    """An end of a connection that keeps what is written to it."""

    def __init__(self) -> None:
        super().__init__(lambda data: None, lambda: None)
        self.written = b""

    def write(self, data: bytes) -> None:
        self.written += data


class AnsweredBackEnd(BackEnd):
    """A back end whose connection is a ``WrittenPeer``."""

    def __init__(self) -> None:
        self.client = WrittenPeer()
        super().__init__(self.client, lambda message: message, lambda: None)
        received, lost = self.peer.receive, self.peer.lost
        self.connection = self.peer = WrittenPeer()
        self.connection.receive, self.connection.lost = received, lost

    def answer(self, data: bytes) -> bytes:
        """Answer in PostgreSQL's place, and return what the client is sent for it."""
        self.client.written = b""
        self.connection.receive(data)
        return self.client.written

    def end(self) -> None:
        """End the connection, as when PostgreSQL dies."""
        self.connection.lost()


def codes(data: bytes) -> str:
    """Return the codes of messages that follow each other."""
    found, position = "", 0
    while position < len(data):
        found += chr(data[position])
        position += 1 + LENGTH.unpack_from(data, position + 1)[0]
    return found


def session_context(folder: Path, *, lenient: bool = False) -> tuple[SessionContext, AnsweredBackEnd]:
    """Return a session without a server, and its back end."""
    backend = AnsweredBackEnd()
    next_id = itertools.count(100).__next__
    services = Services(
        s3=S3Settings(),
        lenient=lenient,
        history=HistoryWriter(""),
        queries=QueryLog(folder),
        copy_threads=ThreadPoolExecutor(1),
        copy_workers=CopyWorkers(1),
        late_binding=LateBindingViews(""),
        subquery_indexes=SubqueryIndexes(""),
        next_query_id=next_id,
        translate_error=lambda message, query_id: message,
    )
    return SessionContext(services, backend.client, backend, LastQueries(next_id)), backend
