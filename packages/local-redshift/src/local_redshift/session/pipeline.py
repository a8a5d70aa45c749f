"""Which answer of the back end belongs to which message.

Contract: every message that has an answer is announced with ``expect``, in the order in which the messages are sent.
``feed`` takes what the back end answers and returns what the client sees. Answers to messages of the server's own, and
answers that it changes, go through the ``AnswerHandler`` they were announced with; all others pass unchanged. Pure:
no sockets.

After an error in the extended protocol PostgreSQL ignores messages until the next Sync
(https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-PIPELINING). The announced messages that it
ignores are dropped here in the same way, and their handlers are told.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

from local_redshift.history.queries import Recording
from local_redshift.session.answers import LAST_ANSWERS, AnswerHandler
from local_redshift.wire.protocol import LENGTH, ClientMessage, ServerMessage, encode

log = logging.getLogger(__name__)

#: What ends a statement of a Query or an Execute, besides an error.
_STATEMENT_ENDS = frozenset((ServerMessage.COMMAND_COMPLETE, ServerMessage.EMPTY_QUERY, ServerMessage.PORTAL_SUSPENDED))

# Plain integers: ``feed`` compares with them once a message, which is once a row of a result.
_DATA_ROW: Final[int] = ServerMessage.DATA_ROW.value
_ERROR: Final[int] = ServerMessage.ERROR.value
_PARAMETER_STATUS: Final[int] = ServerMessage.PARAMETER_STATUS.value
_READY_FOR_QUERY: Final[int] = ServerMessage.READY_FOR_QUERY.value

#: The status in a ReadyForQuery when no transaction is open.
_IDLE: Final = ord("I")
_SEARCH_PATH: Final = b"search_path\0"

# Expected codes are members of the enumeration, which compare fastest by identity.
_QUERY: Final = ClientMessage.QUERY
_SYNC: Final = ClientMessage.SYNC


class Pipeline:
    """The answers that are still to come on one back-end connection.

    :param translate: what every error passes through before the client sees it.
    :param hidden_parameters: names of the ParameterStatus messages that the client never sees.
    """

    def __init__(self, translate: Callable[[bytes], bytes], hidden_parameters: Sequence[str] = ()) -> None:
        self._translate = translate
        self._hidden = tuple(encode(name) + b"\0" for name in hidden_parameters)
        self._expected: deque[tuple[ClientMessage, AnswerHandler | None, Recording | None]] = deque()
        self._skipping = False
        self._closed = False
        self._rest = b""
        #: Called when the session has another search path, and when no transaction is open any more.
        self.path_changed: Callable[[], None] | None = None
        self.idle: Callable[[], None] | None = None

    def expect(
        self, code: ClientMessage, handler: AnswerHandler | None = None, recording: Recording | None = None
    ) -> None:
        """Announce a message that is being sent.

        :param code: the message's code.
        :param handler: takes its answers; without one they pass.
        :param recording: is told how the message's statements end.
        """
        if self._skipping or self._closed:
            if code is not _SYNC or self._closed:
                if handler is not None:
                    handler.skipped()
                return
            self._skipping = False
        self._expected.append((code, handler, recording))

    def feed(self, data: bytes) -> bytes:
        """Take bytes of the back end and return the bytes for the client."""
        if self._rest:
            data = self._rest + data
        output: list[bytes] = []
        size, position, passed = len(data), 0, 0
        unpack, expected = LENGTH.unpack_from, self._expected
        while position + 5 <= size:
            code = data[position]
            end = position + 1 + unpack(data, position + 1)[0]
            if end > size:
                break
            if code == _DATA_ROW and expected and ((handler := expected[0][1]) is None or handler.rows_pass):
                position = end
                continue
            message = data[position:end]
            seen = self._answer(code, message)
            if seen is not message:
                output += (data[passed:position], seen)
                passed = end
            position = end
        self._rest = data[position:]
        output.append(data[passed:position])
        return b"".join(output) if len(output) > 1 else output[0]

    def close(self) -> None:
        """The back end is gone: tell every handler that still waits."""
        self._closed = True
        while self._expected:
            _, handler, _ = self._expected.popleft()
            if handler is not None:
                handler.skipped()

    def _answer(self, code: int, message: bytes) -> bytes:
        if code == _PARAMETER_STATUS and message.startswith(self._hidden, 5):
            if self.path_changed is not None and message.startswith(_SEARCH_PATH, 5):
                self.path_changed()
            return b""
        if code == _READY_FOR_QUERY and self.idle is not None and message[5] == _IDLE:
            self.idle()
        if not self._expected:
            return self._translate(message) if code == _ERROR else message
        awaited, handler, recording = self._expected[0]
        if code == _ERROR:
            return self._error(message, awaited, handler, recording)
        if recording is not None and code in _STATEMENT_ENDS:
            recording.completed(message)
        if code == _READY_FOR_QUERY or (awaited is not _QUERY and LAST_ANSWERS.get(code) is awaited):
            self._expected.popleft()
        return message if handler is None else _handled(handler, code, message)

    def _error(
        self, message: bytes, awaited: ClientMessage, handler: AnswerHandler | None, recording: Recording | None
    ) -> bytes:
        seen = self._translate(message)
        seen = _handled(handler, _ERROR, seen) if handler is not None else seen
        if recording is not None:
            recording.failed(seen)
        if awaited is not _QUERY and awaited is not _SYNC:
            self._skip_to_sync()
        return message if seen == message else seen

    def _skip_to_sync(self) -> None:
        expected = self._expected
        expected.popleft()
        while expected and expected[0][0] is not _SYNC:
            _, handler, _ = expected.popleft()
            if handler is not None:
                handler.skipped()
        self._skipping = not expected


def _handled(handler: AnswerHandler, code: int, message: bytes) -> bytes:
    """Return what the client sees of an answer: the answer itself if the handler fails, so that the session goes on."""
    try:
        return handler.receive(code, message)
    except Exception:
        log.exception("An answer of kind %s could not be handled.", code)
        return message
