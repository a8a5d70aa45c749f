"""Which answer of the back end belongs to which message: the bookkeeping of a proxied connection.

Contract: every message sent to the back end that has an answer is announced with ``expect`` in the order it is
sent. ``feed`` takes what the back end answers and returns what the client shall see. Answers to messages that
the server injected, or whose answers it changes, go through the ``Sink`` they were announced with; all others
pass as they came. Pure bookkeeping: no sockets.

After an error in the extended protocol PostgreSQL ignores messages until the next Sync
(https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-PIPELINING); the announced messages
that it ignores are dropped here in the same way, and their sinks are told.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from local_redshift.wire import protocol as p

if TYPE_CHECKING:
    from local_redshift.history.queries import Recording

#: What ends the answer to a message, besides an error.
_LAST_ANSWER = {
    p.PARSE_COMPLETE: p.PARSE,
    p.BIND_COMPLETE: p.BIND,
    p.CLOSE_COMPLETE: p.CLOSE,
    p.ROW_DESCRIPTION: p.DESCRIBE,
    p.NO_DATA: p.DESCRIBE,
    p.COMMAND_COMPLETE: p.EXECUTE,
    p.EMPTY_QUERY: p.EXECUTE,
    p.PORTAL_SUSPENDED: p.EXECUTE,
}

#: What ends a statement of a Query or an Execute, besides an error.
_STATEMENT_ENDS = frozenset((p.COMMAND_COMPLETE, p.EMPTY_QUERY, p.PORTAL_SUSPENDED))

IDLE = ord("I")
IN_TRANSACTION = ord("T")
FAILED_TRANSACTION = ord("E")


class Sink:
    """Receives the answers to one announced message. The default lets them pass."""

    def receive(self, kind: int, frame: bytes) -> bytes:
        """Take one message of the answer and return what the client shall see instead."""
        return frame

    def skipped(self) -> None:
        """The back end ignored the message, because one before it failed."""


class Swallow(Sink):
    """Hides the answer, but for an error."""

    def receive(self, kind: int, frame: bytes) -> bytes:
        """Let an error through."""
        return frame if kind == p.ERROR else b""


class HideCompletion(Sink):
    """Hides that a message succeeded; rows, notices and errors pass."""

    _HIDDEN = frozenset((p.PARSE_COMPLETE, p.BIND_COMPLETE, p.CLOSE_COMPLETE, p.NO_DATA))

    def receive(self, kind: int, frame: bytes) -> bytes:
        """Drop completions, which the simple protocol does not have."""
        return b"" if kind in self._HIDDEN else frame


class Retag(Sink):
    """Replaces the command tag of a stand-in by the tag of the statement it stands for."""

    def __init__(self, tag: str) -> None:
        self._complete = p.command_complete(tag)

    def receive(self, kind: int, frame: bytes) -> bytes:
        """Swap the tag."""
        return self._complete if kind == p.COMMAND_COMPLETE else frame


class ReplaceError(Sink):
    """Replaces the error of a message that was sent in order to fail."""

    def __init__(self, error: bytes) -> None:
        self._error = error

    def receive(self, kind: int, frame: bytes) -> bytes:
        """Swap the error."""
        return self._error if kind == p.ERROR else frame


class Translate(Sink):
    """Puts errors through a function, for instance to move their position."""

    def __init__(self, change: Callable[[bytes], bytes]) -> None:
        self._change = change

    def receive(self, kind: int, frame: bytes) -> bytes:
        """Change an error."""
        return self._change(frame) if kind == p.ERROR else frame


class Reply(Sink):
    """Collects the answers to a group of injected messages; the client sees none of them.

    ``done`` is set when the last was answered, one failed, or the group was skipped.
    """

    def __init__(self, messages: int) -> None:
        self._open = messages
        self.rows: list[list[str | None]] = []
        self.error: bytes | None = None
        self.was_skipped = False
        self.copy_started = False
        self.done = asyncio.Event()
        self.changed = asyncio.Event()

    @property
    def ok(self) -> bool:
        """Whether all of the group succeeded."""
        return self.done.is_set() and self.error is None and not self.was_skipped

    def receive(self, kind: int, frame: bytes) -> bytes:
        """Keep what the answer says; notices pass."""
        if kind in (p.NOTICE, p.NOTIFICATION):
            return frame
        if kind == p.DATA_ROW:
            self.rows.append(p.parse_row(frame))
        elif kind == p.COPY_IN:
            self.copy_started = True
            self.changed.set()
        elif kind == p.ERROR:
            self.error = frame
            self._finish()
        elif kind in _LAST_ANSWER:
            self._open -= 1
            if self._open == 0:
                self._finish()
        return b""

    def skipped(self) -> None:
        """End as skipped, unless an error of the group came first."""
        if not self.done.is_set():
            self.was_skipped = True
            self._finish()

    def _finish(self) -> None:
        self.done.set()
        self.changed.set()


class Pipeline:
    """The answers that are still to come on one back-end connection.

    :param translate: what every error passes through before the client sees it.
    :param hidden_parameters: ParameterStatus messages the client never sees.
    """

    def __init__(self, translate: Callable[[bytes], bytes], hidden_parameters: Sequence[str] = ()) -> None:
        self._translate = translate
        self._hidden = tuple(p.encode(name) + b"\0" for name in hidden_parameters)
        self._expected: deque[tuple[int, Sink | None, Recording | None]] = deque()
        self._skipping = False
        self._closed = False
        self._rest = b""
        self.status = IDLE

    @property
    def idle(self) -> bool:
        """Whether all announced messages were answered."""
        return not self._expected

    def expect(self, kind: int, sink: Sink | None = None, recording: Recording | None = None) -> None:
        """Announce a message that is being sent.

        :param kind: the message's kind.
        :param sink: who takes its answers; nobody lets them pass.
        :param recording: is told how the message's statements end.
        """
        if self._skipping or self._closed:
            if kind != p.SYNC or self._closed:
                if sink is not None:
                    sink.skipped()
                return
            self._skipping = False
        self._expected.append((kind, sink, recording))

    def feed(self, data: bytes) -> bytes:
        """Take bytes of the back end and return the bytes for the client."""
        if self._rest:
            data = self._rest + data
        output: list[bytes] = []
        size, position, passed = len(data), 0, 0
        unpack, expected = p.LENGTH.unpack_from, self._expected
        while position + 5 <= size:
            kind = data[position]
            end = position + 1 + unpack(data, position + 1)[0]
            if end > size:
                break
            if kind == p.DATA_ROW and expected and expected[0][1] is None:
                position = end
                continue
            frame = data[position:end]
            seen = self._answer(kind, frame)
            if seen is not frame:
                output += (data[passed:position], seen)
                passed = end
            position = end
        self._rest = data[position:]
        output.append(data[passed:position])
        return b"".join(output) if len(output) > 1 else output[0]

    def close(self) -> None:
        """The back end is gone: tell everybody who still waits."""
        self._closed = True
        while self._expected:
            _, sink, _ = self._expected.popleft()
            if sink is not None:
                sink.skipped()

    def _answer(self, kind: int, frame: bytes) -> bytes:
        if kind == p.PARAMETER_STATUS and frame.startswith(self._hidden, 5):
            return b""
        if not self._expected:
            return self._translate(frame) if kind == p.ERROR else frame
        awaited, sink, recording = self._expected[0]
        if kind == p.ERROR:
            return self._error(frame, awaited, sink, recording)
        if recording is not None and kind in _STATEMENT_ENDS:
            recording.completed(frame)
        if kind == p.READY_FOR_QUERY:
            self.status = frame[5]
            self._expected.popleft()
        elif awaited != p.QUERY and _LAST_ANSWER.get(kind) == awaited:
            self._expected.popleft()
        return frame if sink is None else sink.receive(kind, frame)

    def _error(self, frame: bytes, awaited: int, sink: Sink | None, recording: Recording | None) -> bytes:
        seen = self._translate(frame)
        seen = sink.receive(p.ERROR, seen) if sink is not None else seen
        if recording is not None:
            recording.failed(seen)
        if awaited not in (p.QUERY, p.SYNC):
            self._skip_to_sync()
        return frame if seen == frame else seen

    def _skip_to_sync(self) -> None:
        expected = self._expected
        expected.popleft()
        while expected and expected[0][0] != p.SYNC:
            _, sink, _ = expected.popleft()
            if sink is not None:
                sink.skipped()
        self._skipping = not expected
