"""What the handlers of answers make of them."""

from __future__ import annotations

import pytest

from local_redshift.session.answers import (
    AnswerHandler,
    HideCompletion,
    HideSuccess,
    ReplaceError,
    ReplaceTag,
    Reply,
)
from local_redshift.session.pipeline import Pipeline
from local_redshift.wire import server_messages
from local_redshift.wire.protocol import ClientMessage, ServerMessage, frame


def answer(kind: ServerMessage, body: bytes = b"") -> bytes:
    return frame(kind, body)


PARSED = answer(ServerMessage.PARSE_COMPLETE)
BOUND = answer(ServerMessage.BIND_COMPLETE)
CLOSED = answer(ServerMessage.CLOSE_COMPLETE)
NO_DATA = answer(ServerMessage.NO_DATA)
ROW = answer(ServerMessage.DATA_ROW, b"\0\1\0\0\0\1x")
DONE = server_messages.command_complete("SELECT 1")
READY = answer(ServerMessage.READY_FOR_QUERY, b"I")
ERROR = server_messages.error_of_fields({"S": "ERROR", "C": "42601", "M": "no"})
NOTICE = server_messages.notice("INFO", "hello")


def pipeline() -> Pipeline:
    return Pipeline(lambda message: message)


@pytest.mark.parametrize(
    ("handler", "sent", "seen"),
    [
        (HideSuccess(), DONE, b""),
        (HideSuccess(), ERROR, ERROR),
        (HideCompletion(), DONE, DONE),
        (ReplaceTag("ANALYZE"), DONE, server_messages.command_complete("ANALYZE")),
        (ReplaceError(frame(ServerMessage.ERROR, b"ours")), ERROR, frame(ServerMessage.ERROR, b"ours")),
    ],
    ids=["completion hidden", "error not hidden", "tag kept", "tag replaced", "error replaced"],
)
def test_a_handler_changes_what_is_seen(handler: AnswerHandler, sent: bytes, seen: bytes) -> None:
    tested = pipeline()
    tested.expect(ClientMessage.EXECUTE, handler)
    assert tested.feed(sent) == seen


def test_completions_the_simple_protocol_lacks_are_hidden() -> None:
    tested, handler = pipeline(), HideCompletion()
    for kind in (
        ClientMessage.PARSE,
        ClientMessage.BIND,
        ClientMessage.DESCRIBE,
        ClientMessage.EXECUTE,
        ClientMessage.CLOSE,
    ):
        tested.expect(kind, handler)
    assert tested.feed(PARSED + BOUND + NO_DATA + NOTICE + DONE + CLOSED) == NOTICE + DONE


def test_a_reply_keeps_the_first_error_and_ends() -> None:
    tested, reply = pipeline(), Reply(3)
    for kind in (ClientMessage.PARSE, ClientMessage.BIND, ClientMessage.EXECUTE):
        tested.expect(kind, reply)
    assert tested.feed(PARSED + ERROR) == b""
    assert reply.done.is_set()
    assert (reply.error, reply.was_skipped, reply.ok) == (ERROR, False, False)


def test_a_reply_to_messages_that_were_ignored_ends_as_skipped() -> None:
    tested, reply = pipeline(), Reply(1)
    tested.expect(ClientMessage.PARSE)
    tested.expect(ClientMessage.EXECUTE, reply)
    tested.feed(ERROR)
    assert (reply.done.is_set(), reply.was_skipped) == (True, True)
