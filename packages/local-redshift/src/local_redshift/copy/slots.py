"""Memory that the server shares with the processes that convert COPY's lines.

Contract: lines go into a slot, and their rows come back in the same one, so that neither passes through a pipe, which
copies them several times: twice as much work for a worker as converting them. A slot is free, or holds what is
converted together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate
from multiprocessing.shared_memory import SharedMemory
from queue import Empty, SimpleQueue

from local_redshift.copy.conversion import Block, ConversionSpec, Converted, convert_blocks
from local_redshift.copy.source.lines import BLOCK_SIZE

#: Bytes of a slot: a block of lines, whose last one may be long, or its rows.
SLOT_SIZE = 2 * BLOCK_SIZE


@dataclass(frozen=True)
class SharedBlocks:
    """Blocks whose lines are in a slot.

    :param memory: the name of the shared memory.
    :param slot: number of the slot.
    :param blocks: the blocks without their lines.
    :param sizes: the length of each one's lines.
    """

    memory: str
    slot: int
    blocks: tuple[Block, ...]
    sizes: tuple[int, ...]


class Slots:
    """Shared memory in slots of one size.

    :param count: how many slots.
    :raises OSError: when the machine has no shared memory.
    """

    def __init__(self, count: int) -> None:
        self._memory = SharedMemory(create=True, size=count * SLOT_SIZE)
        self._free: SimpleQueue[int] = SimpleQueue()
        for slot in range(count):
            self._free.put(slot)

    def put(self, blocks: Sequence[Block]) -> SharedBlocks | None:
        """Return blocks with their lines in a slot; None when they do not fit, or no slot is free."""
        sizes = tuple(len(block.data) for block in blocks)
        if sum(sizes) > SLOT_SIZE:
            return None
        try:
            slot = self._free.get_nowait()
        except Empty:
            return None
        _write(self._memory, slot, [block.data for block in blocks])
        return SharedBlocks(self._memory.name, slot, tuple(replace(block, data=b"") for block in blocks), sizes)

    def take(self, shared: SharedBlocks, length: int) -> bytes:
        """Return the rows in the blocks' slot, which have this many bytes."""
        start = shared.slot * SLOT_SIZE
        return bytes(_buffer(self._memory)[start : start + length])

    def release(self, shared: SharedBlocks) -> None:
        """Make the blocks' slot free again; nobody may be using it."""
        self._free.put(shared.slot)

    def remove(self) -> None:
        """Remove the memory; it goes when the last process that uses it closes it."""
        self._memory.unlink()


def convert_shared(spec: ConversionSpec, shared: SharedBlocks) -> tuple[Converted, int]:
    """Convert what is in a slot: the work of a worker process.

    :returns: what the blocks became, and how many bytes of rows are in the slot: 0 when they do not fit, and are
        returned.
    """
    memory = _attached(shared.memory)
    buffer = _buffer(memory)
    at = shared.slot * SLOT_SIZE
    blocks = [
        replace(block, data=bytes(buffer[at + end - size : at + end]))
        for block, size, end in zip(shared.blocks, shared.sizes, accumulate(shared.sizes), strict=True)
    ]
    found = convert_blocks(spec, blocks)
    if len(found.rows) > SLOT_SIZE:
        return found, 0
    _write(memory, shared.slot, [found.rows])
    return replace(found, rows=b""), len(found.rows)


def _write(memory: SharedMemory, slot: int, parts: Sequence[bytes]) -> None:
    buffer, at = _buffer(memory), slot * SLOT_SIZE
    for part in parts:
        buffer[at : at + len(part)] = part
        at += len(part)


def _buffer(memory: SharedMemory) -> memoryview:
    if memory.buf is None:
        raise ValueError("The shared memory was closed.")
    return memory.buf


@lru_cache(maxsize=1)
def _attached(name: str) -> SharedMemory:
    return SharedMemory(name)
