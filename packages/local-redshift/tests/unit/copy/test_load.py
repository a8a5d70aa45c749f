"""A load over many objects: whoever converts its blocks, its rows come in order, and its errors by file and line."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from typing import Any

import psutil
import pytest

from local_redshift import S3Settings
from local_redshift.copy import CopyLoad, load
from local_redshift.copy.conversion import Block, ConversionSpec, Converted, convert_blocks
from local_redshift.copy.model import Column
from local_redshift.copy.source.lines import BLOCK_SIZE
from local_redshift.copy.workers import CopyWorkers
from local_redshift.object_store.model import S3Object
from local_redshift.statements import CopyStatement
from local_redshift.testing import wait_until
from local_redshift.wire.errors import RedshiftError

COLUMNS = [Column("a", "integer"), Column("b", "character varying", 1000)]


class Objects:
    """Takes the place of S3."""

    def __init__(self, contents: Sequence[bytes]) -> None:
        self._contents = contents

    def resolve(self) -> list[S3Object]:
        return [S3Object("b", f"k{number}", len(content)) for number, content in enumerate(self._contents)]

    def contents(self, objects: Sequence[S3Object]) -> Iterator[tuple[S3Object, Iterator[bytes]]]:
        for item, content in zip(objects, self._contents, strict=True):
            yield item, iter([content[at : at + 100_000] for at in range(0, len(content), 100_000)])


class Threads:
    """Takes the place of the worker processes; the last blocks are done first."""

    depth = 4

    def __init__(self, broken: bool = False, ready: bool = False, can_start: bool = True) -> None:
        self.ready = ready
        self.started = False
        self._broken = broken
        self._can_start = can_start
        self._pool = ThreadPoolExecutor(2)
        self.submitted = 0

    def start(self) -> None:
        self.started = True
        self.ready = self.ready or self._can_start

    def submit(self, spec: ConversionSpec, blocks: Sequence[Block]) -> Future[Converted]:
        self.submitted += 1
        if self._broken:
            future: Future[Converted] = Future()
            future.set_exception(BrokenProcessPool("killed"))
            return future
        return self._pool.submit(convert_blocks, spec, [Block(block.uri, block.data, block.last) for block in blocks])


@pytest.fixture(params=["alone", "with workers", "with workers that die"])
def workers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Threads | None:
    monkeypatch.setattr(load, "_WORTH_STARTING", 1000)
    monkeypatch.setattr(load, "_WORTH_ASKING", 500)
    return None if request.param == "alone" else Threads(broken="die" in request.param)


@pytest.mark.parametrize(("ready", "asked"), [(False, 0), (True, 1)])
def test_little_is_given_only_to_workers_that_run_already(
    ready: bool, asked: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load, "_WORTH_ASKING", 1000)
    threads = Threads(ready=ready)
    made = make([lines(0, 10)], threads, monkeypatch)
    assert b"".join(made).count(b"\n") == 10
    assert (threads.submitted, threads.started) == (asked, False)


def test_lines_are_converted_while_workers_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "_WORTH_STARTING", 1000)
    threads = Threads(can_start=False)
    assert numbers(make([lines(0, 5000)], threads, monkeypatch)) == list(range(5000))
    assert (threads.submitted, threads.started) == (0, True)


@pytest.mark.parametrize("compressed", [False, True])
def test_the_sizes_of_objects_tell_whether_workers_are_worth_it(
    compressed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = gzip.compress(lines(0, 1)) if compressed else lines(0, 1)
    monkeypatch.setattr(load, "_WORTH_STARTING", len(content))
    threads = Threads()
    assert numbers(make([content], threads, monkeypatch, compression="gzip" if compressed else None)) == [0]
    assert threads.started == compressed


def make(contents: Sequence[bytes], workers: Any, monkeypatch: pytest.MonkeyPatch, **options: Any) -> CopyLoad:
    monkeypatch.setattr(load, "Bucket", lambda statement, s3: Objects(contents))
    statement = CopyStatement(None, "t", None, "s3://b/k", **({"format": "json"} | options))
    return CopyLoad(statement, COLUMNS, S3Settings(), workers)


def lines(first: int, count: int, indent: int | None = None) -> bytes:
    return b"\n".join(json.dumps({"a": n, "b": "x" * 500}, indent=indent).encode() for n in range(first, first + count))


def numbers(found: CopyLoad) -> list[int]:
    return [int(row.split(b"\t")[0]) for row in b"".join(found).splitlines()]


@pytest.mark.parametrize("indent", [None, 1])
def test_rows_come_in_the_order_of_objects_and_lines(
    workers: Threads | None, monkeypatch: pytest.MonkeyPatch, indent: int | None
) -> None:
    large = [lines(0, 3000, indent), b"", lines(3000, 3000, indent)]  # several blocks each
    small = [lines(6000 + number, 1, indent) for number in range(150)]
    copy = make([*large, *small], workers, monkeypatch)
    assert numbers(copy) == list(range(6150))
    assert copy.rows_loaded == 6150
    assert [file.lines for file in copy.files] == [content.count(b"\n") + bool(content) for content in [*large, *small]]
    assert workers is None or workers.submitted > 4


def test_errors_name_the_line_within_the_file(workers: Threads | None, monkeypatch: pytest.MonkeyPatch) -> None:
    content = lines(0, 1200) + b'\n{"a": "x"}\n' + lines(0, 1200) + b'\n{"a": 2147483648}'
    copy = make([b'{"a": "y"}', content], workers, monkeypatch, max_error=10)
    assert len(numbers(copy)) == 2400
    assert [(e.file, e.line_number) for e in copy.errors] == [
        ("s3://b/k0", 1),
        ("s3://b/k1", 1201),
        ("s3://b/k1", 2402),
    ]


def test_maxerror_ends_the_load(workers: Threads | None, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = make([lines(0, 700) + b"\n{}x" * 5 + b"\n" + lines(0, 9000)], workers, monkeypatch, max_error=3)
    with pytest.raises(RedshiftError, match="Load into table 't' failed"):
        numbers(copy)
    assert [error.line_number for error in copy.errors] == [701, 702, 703]


def test_a_header_may_be_longer_than_a_block(workers: Threads | None, monkeypatch: pytest.MonkeyPatch) -> None:
    header = b"header," + b"x" * (BLOCK_SIZE // 2) + b"\n"
    content = header * 3 + b"1,a\nbad,b\n"
    copy = make([content, content], workers, monkeypatch, format="csv", ignore_header=3, max_error=9)
    assert numbers(copy) == [1, 1]
    assert [(error.file, error.line_number) for error in copy.errors] == [("s3://b/k0", 5), ("s3://b/k1", 5)]


def test_noload_reads_and_checks_and_yields_nothing(workers: Threads | None, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = make([lines(0, 10)], workers, monkeypatch, no_load=True)
    assert list(copy) == []
    assert copy.rows_loaded == 10


def worker_processes() -> list[psutil.Process]:
    """Return the processes that convert: children of this one that multiprocessing has spawned to run work."""
    children = psutil.Process().children()
    return [child for child in children if any("spawn_main" in word for word in child.cmdline())]


def kill_workers() -> set[int]:
    """Kill all processes that convert, and return their ids."""
    found = worker_processes()
    for process in found:
        process.kill()
    return {process.pid for process in found}


def converts_again(workers: CopyWorkers, spec: ConversionSpec, blocks: Sequence[Block]) -> bool:
    """Return whether blocks are converted; work that the dead process had was lost, and fails."""
    with suppress(BrokenProcessPool):
        return workers.submit(spec, blocks).result(60).row_count == 2
    return False


def test_worker_processes_convert_and_are_replaced_when_one_is_killed() -> None:
    statement = CopyStatement(None, "t", None, "s3://b/k", format="json")
    spec, blocks = ConversionSpec.of(statement, COLUMNS, None), [Block("s3://b/k", b'{"a": 1}\n{"a": 2}', True)]
    workers = CopyWorkers(1)
    try:
        assert workers.submit(spec, blocks).result(60).rows == b"1\t\\N\n2\t\\N\n"
        killed = kill_workers()
        assert killed
        wait_until(lambda: converts_again(workers, spec, blocks), "the replacement of the worker that was killed")
        assert not killed & {process.pid for process in worker_processes()}
    finally:
        workers.stop()
