"""Lines of staged rows that a rule leaves out, looked up in the files."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, cast

import pytest

from sparkify.hooks.object_store import ObjectStore
from sparkify.hooks.s3_object import S3Object
from sparkify.hooks.warehouse import WarehouseSession
from sparkify.source.partitions import Partition
from sparkify.staging.bookkeeping import StagedPartition
from sparkify.staging.load_errors import LoadError, Reject
from sparkify.staging.rejected_by_rule import RejectedLineFinder, RejectRule

SECONDS = 1541376000
SOURCE = S3Object("b", "p/e.json", "etag", 10)
PARTITION = Partition("2018-11-05T00", None, None, "p/")


class Session:
    """Takes the statements; the query returns the rows given."""

    def __init__(self, rows: Sequence[tuple[Any, ...]]) -> None:
        self._rows = rows
        self.noted: list[int] = []
        self.statements: list[str] = []

    def rows(self, query: str) -> Sequence[tuple[Any, ...]]:
        return self._rows

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self.statements.append("BEGIN")
        yield

    def run(self, sql: str, parameters: tuple[Any, ...] = ()) -> int:
        self.statements.append(sql)
        if sql.startswith("INSERT"):
            self.noted += parameters[3::9]
        elif sql.startswith("DELETE"):
            self.noted.clear()
        return 0


class Store:
    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines = lines

    def iter_chunks(self, item: S3Object) -> Iterator[bytes]:
        for line in self._lines:
            yield line + b"\n"


def play(**fields: Any) -> bytes:
    return json.dumps({"page": "NextSong", **fields}).encode()


def noted(
    lines: Iterable[bytes], *, ts: int | None = SECONDS, rejected: Sequence[int] = (), limit: int = 99
) -> list[int]:
    """Return the numbers of the lines that are noted for a play of one ``ts``."""
    rejects = [Reject(LoadError(SOURCE, number, "session_id", "int4", 1207, "r"), b"") for number in rejected]
    staged = StagedPartition(PARTITION, datetime(2018, 11, 5, 14), (SOURCE,), rejects=tuple(rejects))
    session = Session([(PARTITION.label, ts, "NextSong", "a reason")])
    rule = RejectRule("SELECT 1", ["ts", "page"], "songplays", limit)
    finder = RejectedLineFinder(rule, {"ts": "$['ts']", "page": "$['page']"})
    found = finder.record(cast(WarehouseSession, session), cast(ObjectStore, Store(lines)), {}, [staged])
    assert found == len(session.noted)
    return session.noted


@pytest.mark.parametrize("value", [SECONDS, float(SECONDS), str(SECONDS), f" +{SECONDS} "])
def test_a_number_is_told_however_it_is_written(value: Any) -> None:
    assert noted([play(ts=1), play(ts=value)]) == [2]


@pytest.mark.parametrize("line", [play(), play(ts=None), play(ts=""), play(ts=" ")])
def test_missing_null_and_blank_are_the_same_to_copy(line: bytes) -> None:
    assert noted([play(ts=1), line], ts=None) == [2]


@pytest.mark.parametrize("page", [{"a": 1}, ["NextSong"], True, 7, "--5", "-+5", "+", "", "9" * 5000])
def test_other_lines_are_passed_over_whatever_they_hold(page: Any) -> None:
    assert noted([play(ts=SECONDS, page=page), play(ts=SECONDS), b"", b"[1]", b"3", b"\xff"]) == [2]


def test_true_is_no_one() -> None:
    assert noted([play(ts=True), play(ts=1)], ts=1) == [2]


def test_a_line_that_copy_rejected_is_not_taken_for_a_staged_one() -> None:
    assert noted([play(ts=SECONDS, sessionId="none"), play(ts=SECONDS)], rejected=[1]) == [2]


def test_no_more_lines_are_noted_than_the_limit() -> None:
    assert noted([play(ts=SECONDS)] * 300, limit=250) == list(range(1, 251))


def test_memory_does_not_grow_with_the_lines() -> None:
    def peak(count: int) -> int:
        tracemalloc.start()
        noted((play(ts=SECONDS, itemInSession=number, x="x" * 1000) for number in range(count)), limit=count)
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    assert peak(10_000) < peak(500) + 1_000_000


def record_nothing(*, is_retry: bool) -> Session:
    """Return a session that has lines of an earlier try, after a try without any."""
    session = Session([])
    session.noted = [1, 2]
    finder = RejectedLineFinder(RejectRule("SELECT 1", ["ts"], "songplays"), {"ts": "$['ts']"})
    assert not finder.record(cast(WarehouseSession, session), cast(ObjectStore, Store([])), {}, [], is_retry=is_retry)
    return session


def test_lines_of_an_earlier_try_are_removed() -> None:
    assert record_nothing(is_retry=True).noted == []


def test_a_first_try_has_nothing_to_remove_and_sends_no_statement() -> None:
    assert record_nothing(is_retry=False).statements == []


@pytest.mark.parametrize("name", ["sql", "columns", "target"])
def test_a_rule_needs_a_query_columns_and_a_target(name: str) -> None:
    given: dict[str, Any] = {"sql": "SELECT 1", "columns": ["ts"], "target": "songplays"}
    with pytest.raises(ValueError, match=f"{name} of the reject rule is empty"):
        RejectRule(**{**given, name: ""})
