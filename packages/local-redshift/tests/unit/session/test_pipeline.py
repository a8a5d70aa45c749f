"""Answers of the back end reach whoever sent the message, and ignored messages are ignored here too."""

from __future__ import annotations

from local_redshift.session.answers import (
    AnswerHandler,
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
    return Pipeline(lambda message: message, ("search_path",))


class Recorder(AnswerHandler):
    def __init__(self) -> None:
        self.codes: list[str] = []
        self.times_skipped = 0

    def receive(self, code: int, message: bytes) -> bytes:
        self.codes.append(chr(code))
        return b""

    def skipped(self) -> None:
        self.times_skipped += 1


def test_answers_nobody_waits_for_pass_untouched_whatever_the_pieces_they_come_in() -> None:
    data = answer(ServerMessage.ROW_DESCRIPTION, b"\0\0") + ROW * 3 + DONE + READY
    for size in range(1, len(data) + 1):
        tested = pipeline()
        tested.expect(ClientMessage.QUERY)
        pieces = (data[start : start + size] for start in range(0, len(data), size))
        assert b"".join(map(tested.feed, pieces)) == data


def test_injected_messages_between_the_clients_own_are_not_seen() -> None:
    tested = pipeline()
    reply = Reply(3)
    for kind, handler in (
        (ClientMessage.PARSE, None),
        (ClientMessage.PARSE, reply),
        (ClientMessage.BIND, reply),
        (ClientMessage.EXECUTE, reply),
        (ClientMessage.SYNC, None),
    ):
        tested.expect(kind, handler)
    seen = tested.feed(PARSED + PARSED + BOUND + ROW + DONE + READY)
    assert seen == PARSED + READY
    assert reply.ok
    assert reply.rows == [["x"]]


def test_after_an_error_all_messages_up_to_sync_are_skipped() -> None:
    tested, skipped, after = pipeline(), Recorder(), Recorder()
    tested.expect(ClientMessage.PARSE)
    tested.expect(ClientMessage.EXECUTE, skipped)
    tested.expect(ClientMessage.SYNC)
    tested.expect(ClientMessage.EXECUTE, after)
    assert tested.feed(ERROR + READY + DONE) == ERROR + READY
    assert (skipped.times_skipped, skipped.codes) == (1, [])
    assert after.codes == ["C"]


def test_messages_sent_after_an_error_was_seen_are_skipped_until_sync() -> None:
    tested, skipped = pipeline(), Recorder()
    tested.expect(ClientMessage.PARSE)
    tested.feed(ERROR)
    tested.expect(ClientMessage.EXECUTE, skipped)
    tested.expect(ClientMessage.SYNC)
    assert skipped.times_skipped == 1
    assert tested.feed(READY) == READY


def test_an_error_of_a_query_or_at_sync_leaves_its_ready_for_query_to_come() -> None:
    for code in (ClientMessage.QUERY, ClientMessage.SYNC):
        tested, first, following = pipeline(), Recorder(), Recorder()
        tested.expect(code, first)
        tested.expect(ClientMessage.PARSE, following)
        tested.feed(ERROR + READY + PARSED)
        assert (first.codes, following.codes) == (["E", "Z"], ["1"])


def test_whoever_waits_is_told_when_the_back_end_is_gone() -> None:
    tested, before, after = pipeline(), Reply(1), Reply(1)
    tested.expect(ClientMessage.EXECUTE, before)
    tested.close()
    tested.expect(ClientMessage.SYNC, after)
    assert before.was_skipped
    assert after.was_skipped


def test_parameters_that_redshift_does_not_report_are_hidden() -> None:
    tested = pipeline()
    shown, hidden = (
        server_messages.parameter_status("TimeZone", "UTC"),
        server_messages.parameter_status("search_path", "a"),
    )
    assert tested.feed(shown + hidden + shown) == shown + shown


def test_every_error_is_translated_also_without_a_message_that_caused_it() -> None:
    tested = Pipeline(lambda message: frame(ServerMessage.ERROR, b"ours"))
    assert tested.feed(ERROR) == frame(ServerMessage.ERROR, b"ours")
    tested.expect(ClientMessage.QUERY)
    assert tested.feed(ERROR) == frame(ServerMessage.ERROR, b"ours")
