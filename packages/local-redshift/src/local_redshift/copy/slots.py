"""Memory that the server shares with the processes that convert COPY's lines.

Contract: lines go into a slot, and their rows come back in the same one, so that neither passes through a pipe, which
copies them several times: twice as much work for a worker as converting them. A slot is free, or of one piece of work.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate
from multiprocessing.shared_memory import SharedMemory
from queue import Empty, SimpleQueue

from local_redshift.copy.conversion import Converted, Piece, Recipe, convert_pieces
from local_redshift.copy.source.lines import BLOCK

#: Bytes of a slot: a block of lines, whose last one may be long, or its rows.
SLOT = 2 * BLOCK


@dataclass(frozen=True)
class Parcel:
    """Pieces whose lines are in a slot.

    :param memory: the name of the shared memory.
    :param slot: number of the slot.
    :param pieces: the pieces without their lines.
    :param sizes: the length of each one's lines.
    """

    memory: str
    slot: int
    pieces: tuple[Piece, ...]
    sizes: tuple[int, ...]


class Slots:
    """Shared memory in slots of one size.

    :param count: how many slots.
    :raises OSError: when there is no such memory here.
    """

    def __init__(self, count: int) -> None:
        self._memory = SharedMemory(create=True, size=count * SLOT)
        self._free: SimpleQueue[int] = SimpleQueue()
        for slot in range(count):
            self._free.put(slot)

    def put(self, pieces: Sequence[Piece]) -> Parcel | None:
        """Return pieces with their lines in a slot; None when they do not fit, or no slot is free."""
        sizes = tuple(len(piece.data) for piece in pieces)
        if sum(sizes) > SLOT:
            return None
        try:
            slot = self._free.get_nowait()
        except Empty:
            return None
        _write(self._memory, slot, [piece.data for piece in pieces])
        return Parcel(self._memory.name, slot, tuple(replace(piece, data=b"") for piece in pieces), sizes)

    def take(self, parcel: Parcel, length: int) -> bytes:
        """Return the rows of so many bytes that are in a parcel's slot."""
        start = parcel.slot * SLOT
        return bytes(_buffer(self._memory)[start : start + length])

    def release(self, parcel: Parcel) -> None:
        """Make a parcel's slot free again; nobody may be at work in it."""
        self._free.put(parcel.slot)

    def remove(self) -> None:
        """Remove the memory, once those have left it who have it still."""
        self._memory.unlink()


def convert_parcel(recipe: Recipe, parcel: Parcel) -> tuple[Converted, int]:
    """Convert what is in a slot: the work of a worker process.

    :returns: what it became, and how many bytes of rows are in the slot; they are in the former if they do not fit.
    """
    memory = _attached(parcel.memory)
    buffer = _buffer(memory)
    at = parcel.slot * SLOT
    pieces = [
        replace(piece, data=bytes(buffer[at + end - size : at + end]))
        for piece, size, end in zip(parcel.pieces, parcel.sizes, accumulate(parcel.sizes), strict=True)
    ]
    found = convert_pieces(recipe, pieces)
    if len(found.rows) > SLOT:
        return found, 0
    _write(memory, parcel.slot, [found.rows])
    return replace(found, rows=b""), len(found.rows)


def _write(memory: SharedMemory, slot: int, parts: Sequence[bytes]) -> None:
    buffer, at = _buffer(memory), slot * SLOT
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
