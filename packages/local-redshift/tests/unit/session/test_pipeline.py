"""Answers of the back end reach whoever sent the message, and ignored messages are ignored here too."""

from __future__ import annotations

import pytest

from local_redshift.session.pipeline import HideCompletion, Pipeline, ReplaceError, Reply, Retag, Sink, Swallow
from local_redshift.wire import protocol as p


def answer(kind: int, body: bytes = b"") -> bytes:
    return p.message(kind, body)


PARSED = answer(p.PARSE_COMPLETE)
BOUND = answer(p.BIND_COMPLETE)
CLOSED = answer(p.CLOSE_COMPLETE)
NO_DATA = answer(p.NO_DATA)
ROW = answer(p.DATA_ROW, b"\0\1\0\0\0\1x")
DONE = p.command_complete("SELECT 1")
READY = answer(p.READY_FOR_QUERY, b"I")
ERROR = p.build_fields(p.ERROR, {"S": "ERROR", "C": "42601", "M": "no"})
NOTICE = p.notice("INFO", "hello")


def pipeline() -> Pipeline:
    return Pipeline(lambda frame: frame, ("search_path",))


class Recorder(Sink):
    def __init__(self) -> None:
        self.kinds: list[str] = []
        self.times_skipped = 0

    def receive(self, kind: int, frame: bytes) -> bytes:
        self.kinds.append(chr(kind))
        return b""

    def skipped(self) -> None:
        self.times_skipped += 1


def test_answers_nobody_waits_for_pass_untouched_whatever_the_pieces_they_come_in() -> None:
    data = answer(p.ROW_DESCRIPTION, b"\0\0") + ROW * 3 + DONE + READY
    for size in range(1, len(data) + 1):
        tested = pipeline()
        tested.expect(p.QUERY)
        pieces = (data[start : start + size] for start in range(0, len(data), size))
        assert b"".join(map(tested.feed, pieces)) == data
        assert tested.idle


def test_the_transaction_status_is_that_of_the_last_ready_for_query() -> None:
    tested = pipeline()
    tested.expect(p.QUERY)
    tested.feed(answer(p.READY_FOR_QUERY, b"T"))
    assert tested.status == ord("T")


def test_injected_messages_between_the_clients_own_are_not_seen() -> None:
    tested = pipeline()
    reply = Reply(3)
    for kind, sink in ((p.PARSE, None), (p.PARSE, reply), (p.BIND, reply), (p.EXECUTE, reply), (p.SYNC, None)):
        tested.expect(kind, sink)
    seen = tested.feed(PARSED + PARSED + BOUND + ROW + DONE + READY)
    assert seen == PARSED + READY
    assert reply.ok
    assert reply.rows == [["x"]]


def test_after_an_error_all_messages_up_to_sync_are_skipped() -> None:
    tested, skipped, after = pipeline(), Recorder(), Recorder()
    tested.expect(p.PARSE)
    tested.expect(p.EXECUTE, skipped)
    tested.expect(p.SYNC)
    tested.expect(p.EXECUTE, after)
    assert tested.feed(ERROR + READY + DONE) == ERROR + READY
    assert (skipped.times_skipped, skipped.kinds) == (1, [])
    assert after.kinds == ["C"]


def test_messages_sent_after_an_error_was_seen_are_skipped_until_sync() -> None:
    tested, skipped = pipeline(), Recorder()
    tested.expect(p.PARSE)
    tested.feed(ERROR)
    tested.expect(p.EXECUTE, skipped)
    tested.expect(p.SYNC)
    assert skipped.times_skipped == 1
    assert tested.feed(READY) == READY
    assert tested.idle


def test_an_error_of_a_query_or_at_sync_leaves_its_ready_for_query_to_come() -> None:
    for kind in (p.QUERY, p.SYNC):
        tested = pipeline()
        tested.expect(kind)
        assert tested.feed(ERROR) == ERROR
        assert not tested.idle
        assert tested.feed(READY) == READY
        assert tested.idle


@pytest.mark.parametrize(
    ("sink", "sent", "seen"),
    [
        (Swallow(), DONE, b""),
        (Swallow(), ERROR, ERROR),
        (HideCompletion(), DONE, DONE),
        (Retag("ANALYZE"), DONE, p.command_complete("ANALYZE")),
        (ReplaceError(p.message(p.ERROR, b"ours")), ERROR, p.message(p.ERROR, b"ours")),
    ],
    ids=["completion swallowed", "error not swallowed", "tag kept", "tag replaced", "error replaced"],
)
def test_a_sink_changes_what_is_seen(sink: Sink, sent: bytes, seen: bytes) -> None:
    tested = pipeline()
    tested.expect(p.EXECUTE, sink)
    assert tested.feed(sent) == seen


def test_completions_the_simple_protocol_lacks_are_hidden() -> None:
    tested, sink = pipeline(), HideCompletion()
    for kind in (p.PARSE, p.BIND, p.DESCRIBE, p.EXECUTE, p.CLOSE):
        tested.expect(kind, sink)
    assert tested.feed(PARSED + BOUND + NO_DATA + NOTICE + DONE + CLOSED) == NOTICE + DONE


def test_a_reply_keeps_the_first_error_and_ends() -> None:
    tested, reply = pipeline(), Reply(3)
    for kind in (p.PARSE, p.BIND, p.EXECUTE):
        tested.expect(kind, reply)
    assert tested.feed(PARSED + ERROR) == b""
    assert reply.done.is_set()
    assert (reply.error, reply.was_skipped, reply.ok) == (ERROR, False, False)


def test_a_reply_to_messages_that_were_ignored_ends_as_skipped() -> None:
    tested, reply = pipeline(), Reply(1)
    tested.expect(p.PARSE)
    tested.expect(p.EXECUTE, reply)
    tested.feed(ERROR)
    assert (reply.done.is_set(), reply.was_skipped) == (True, True)


def test_whoever_waits_is_told_when_the_back_end_is_gone() -> None:
    tested, before, after = pipeline(), Reply(1), Reply(1)
    tested.expect(p.EXECUTE, before)
    tested.close()
    tested.expect(p.SYNC, after)
    assert before.was_skipped
    assert after.was_skipped


def test_parameters_that_redshift_does_not_report_are_hidden() -> None:
    tested = pipeline()
    shown, hidden = p.parameter_status("TimeZone", "UTC"), p.parameter_status("search_path", "a")
    assert tested.feed(shown + hidden + shown) == shown + shown


def test_every_error_is_translated_also_without_a_message_that_caused_it() -> None:
    tested = Pipeline(lambda frame: p.message(p.ERROR, b"ours"))
    assert tested.feed(ERROR) == p.message(p.ERROR, b"ours")
    tested.expect(p.QUERY)
    assert tested.feed(ERROR) == p.message(p.ERROR, b"ours")
