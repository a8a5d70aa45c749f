"""Work for worker processes in shared memory: what fits goes through it, what does not by message, nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from multiprocessing.shared_memory import SharedMemory
from typing import Any

import pytest

from local_redshift.copy import workers as copy_workers
from local_redshift.copy.conversion import Block, ConversionSpec, Converted, convert_blocks
from local_redshift.copy.model import Column
from local_redshift.copy.slots import SLOT_SIZE, Slots, convert_shared
from local_redshift.copy.workers import CopyWorkers
from local_redshift.statements import CopyStatement

STATEMENT = CopyStatement(None, "t", None, "s3://b/k", format="json")
SPEC = ConversionSpec.of(STATEMENT, [Column("a", "integer"), Column("b", "character varying", 1000)], None)
BLOCKS = [Block("s3://b/1", b'{"a": 1}\n{"a": 2}', True), Block("s3://b/2", b'{"a": 3}\n', True)]


@pytest.fixture
def slots() -> Iterator[Slots]:
    made = Slots(2)
    yield made
    made.remove()


def test_lines_and_rows_pass_through_a_slot(slots: Slots) -> None:
    shared = slots.put(BLOCKS)
    assert shared is not None
    assert [block.data for block in shared.blocks] == [b"", b""]
    found, length = convert_shared(SPEC, shared)
    assert (found.rows, found.row_count, found.lines) == (b"", 3, [2, 1])
    assert slots.take(shared, length) == b"1\t\\N\n2\t\\N\n3\t\\N\n"


def test_a_slot_is_used_again_when_it_is_free(slots: Slots) -> None:
    first, second = slots.put(BLOCKS), slots.put(BLOCKS)
    assert first is not None
    assert second is not None
    assert first.slot != second.slot
    assert slots.put(BLOCKS) is None
    slots.release(first)
    third = slots.put(BLOCKS)
    assert third is not None
    assert third.slot == first.slot


def test_what_is_longer_than_a_slot_has_none(slots: Slots) -> None:
    assert slots.put([Block("s3://b/1", b" " * (SLOT_SIZE + 1), True)]) is None


def test_rows_that_are_longer_than_a_slot_come_with_the_answer(slots: Slots) -> None:
    wide = ConversionSpec.of(STATEMENT, [Column(f"c{number}", "integer") for number in range(200)], None)
    lines = b"{}\n" * (SLOT_SIZE // 500)
    shared = slots.put([Block("s3://b/1", lines, True)])
    assert shared is not None
    found, length = convert_shared(wide, shared)
    assert length == 0
    assert found == convert_blocks(wide, [Block("s3://b/1", lines, True)])


@pytest.mark.parametrize("shared", [True, False])
def test_workers_give_the_same_with_and_without_shared_memory(shared: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*arguments: Any, **options: Any) -> SharedMemory:
        raise OSError("none here")

    if not shared:
        monkeypatch.setattr("local_redshift.copy.slots.SharedMemory", none)
    workers = CopyWorkers(1)
    try:
        futures = [workers.submit(SPEC, BLOCKS) for _ in range(3 * workers.depth)]
        expected: Converted = convert_blocks(SPEC, BLOCKS)
        assert [future.result(60) for future in futures] == [expected] * len(futures)
        assert workers.ready
    finally:
        workers.stop()


def test_an_error_of_the_conversion_frees_the_slot(monkeypatch: pytest.MonkeyPatch) -> None:
    workers = CopyWorkers(1)
    try:
        bad = ConversionSpec.of(STATEMENT, [Column("a", "integer")], b"")
        monkeypatch.setattr(copy_workers, "convert_shared", divmod)  # which takes no spec
        for _ in range(3 * workers.depth):
            with pytest.raises(TypeError):
                workers.submit(bad, BLOCKS).result(60)
        monkeypatch.undo()
        monkeypatch.setattr(copy_workers, "convert_blocks", divmod)  # which is what blocks without a slot would get
        assert workers.submit(SPEC, BLOCKS).result(60) == convert_blocks(SPEC, BLOCKS)
    finally:
        workers.stop()
