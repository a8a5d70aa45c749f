"""Handlers of the back end's answers to one message: pass them on, change them, hide them or collect them.

Contract: pure; ``Pipeline`` decides which message an answer belongs to.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ClassVar

from local_redshift.wire import server_messages
from local_redshift.wire.protocol import ClientMessage, ServerMessage

#: What ends the answer to a message, besides an error, by its code.
LAST_ANSWERS: dict[int, ClientMessage] = {
    ServerMessage.PARSE_COMPLETE: ClientMessage.PARSE,
    ServerMessage.BIND_COMPLETE: ClientMessage.BIND,
    ServerMessage.CLOSE_COMPLETE: ClientMessage.CLOSE,
    ServerMessage.ROW_DESCRIPTION: ClientMessage.DESCRIBE,
    ServerMessage.NO_DATA: ClientMessage.DESCRIBE,
    ServerMessage.COMMAND_COMPLETE: ClientMessage.EXECUTE,
    ServerMessage.EMPTY_QUERY: ClientMessage.EXECUTE,
    ServerMessage.PORTAL_SUSPENDED: ClientMessage.EXECUTE,
}


class AnswerHandler:
    """Receives the answers to one message. The default lets them pass."""

    #: Whether rows pass unseen, which saves a call for each.
    rows_pass: ClassVar[bool] = False

    def receive(self, code: int, message: bytes) -> bytes:
        """Take one message of the answer and return what the client sees instead.

        :param code: the message's code, of ``ServerMessage``.
        :param message: the whole message.
        """
        return message

    def skipped(self) -> None:
        """The back end ignored the message, because one before it failed."""


class HideSuccess(AnswerHandler):
    """Hides the answer unless it is an error."""

    def receive(self, code: int, message: bytes) -> bytes:
        """Let an error through."""
        return message if code == ServerMessage.ERROR else b""


class HideAll(AnswerHandler):
    """Hides the answer, errors included."""

    def receive(self, code: int, message: bytes) -> bytes:
        """Return nothing."""
        return b""


class HideCompletion(AnswerHandler):
    """Hides that a message succeeded; rows, notices and errors pass."""

    _HIDDEN = frozenset(
        (
            ServerMessage.PARSE_COMPLETE,
            ServerMessage.BIND_COMPLETE,
            ServerMessage.CLOSE_COMPLETE,
            ServerMessage.NO_DATA,
        )
    )

    def receive(self, code: int, message: bytes) -> bytes:
        """Drop completions, which the simple protocol does not have."""
        return b"" if code in self._HIDDEN else message


class ReplaceTag(AnswerHandler):
    """Replaces the command tag of a stand-in by the tag of the statement it stands for."""

    def __init__(self, tag: str) -> None:
        self._complete = server_messages.command_complete(tag)

    def receive(self, code: int, message: bytes) -> bytes:
        """Replace the completion."""
        return self._complete if code == ServerMessage.COMMAND_COMPLETE else message


class ReplaceError(AnswerHandler):
    """Replaces the error of a message that was sent in order to fail."""

    def __init__(self, error: bytes) -> None:
        self._error = error

    def receive(self, code: int, message: bytes) -> bytes:
        """Replace the error."""
        return self._error if code == ServerMessage.ERROR else message


class ChangeError(AnswerHandler):
    """Changes errors by a function, for instance to move their position."""

    rows_pass = True

    def __init__(self, change: Callable[[bytes], bytes]) -> None:
        self._change = change

    def receive(self, code: int, message: bytes) -> bytes:
        """Change an error."""
        return self._change(message) if code == ServerMessage.ERROR else message


class ChangeDescription(ChangeError):
    """Changes the description of the rows too.

    :param change: changes an ErrorResponse.
    :param describe: changes a RowDescription.
    """

    def __init__(self, change: Callable[[bytes], bytes], describe: Callable[[bytes], bytes]) -> None:
        super().__init__(change)
        self._describe = describe

    def receive(self, code: int, message: bytes) -> bytes:
        """Change an error or a description."""
        return self._describe(message) if code == ServerMessage.ROW_DESCRIPTION else super().receive(code, message)


class Ready(AnswerHandler):
    """Keeps the ReadyForQuery of a Sync of the server's own, and lets nothing pass.

    ``done`` is set when it has come, or the back end is gone.
    """

    def __init__(self) -> None:
        self.message = b""
        self.done = asyncio.Event()

    def receive(self, code: int, message: bytes) -> bytes:
        """Keep it."""
        if code == ServerMessage.READY_FOR_QUERY:
            self.message = message
            self.done.set()
        return b""

    def skipped(self) -> None:
        """The back end is gone."""
        self.done.set()


class Reply(AnswerHandler):
    """Collects the answers to a group of the server's own messages; the client sees none of them.

    ``done`` is set when the last was answered, one failed, or the group was skipped.

    :param messages: how many messages the group has.
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

    def receive(self, code: int, message: bytes) -> bytes:
        """Keep what the answer says; notices pass."""
        if code in (ServerMessage.NOTICE, ServerMessage.NOTIFICATION):
            return message
        if code == ServerMessage.DATA_ROW:
            self.rows.append(server_messages.parse_row(message))
        elif code == ServerMessage.COPY_IN:
            self.copy_started = True
            self.changed.set()
        elif code == ServerMessage.ERROR:
            self.error = message
            self._finish()
        elif code in LAST_ANSWERS:
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
