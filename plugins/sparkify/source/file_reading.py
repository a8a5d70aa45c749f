"""Reads files of S3: their compressions, their numbers of lines, and single lines.

Every file of a load is read once, and many are read concurrently. COPY can start when the compression of all files is
known, so this comes first. Tiny files are simply read, and so are as many of the others as are read concurrently: their
first bytes arrive soon. For the remaining files, the first bytes are requested beforehand.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sparkify.hooks.object_reader import CHUNK_BYTES, ObjectReader
from sparkify.hooks.s3_object import S3Object
from sparkify.hooks.store_errors import StoreError
from sparkify.source.content import HEAD_BYTES, Compression, UnreadableFileError, sniff_compression
from sparkify.source.decompression import decompressed
from sparkify.source.file_keys import FileKeys
from sparkify.source.lines import FileLines, enumerate_lines, pick_lines

if TYPE_CHECKING:
    from sparkify.hooks.object_store import ObjectStore

#: Files read concurrently. Together with the size of a chunk, this limits the memory.
READERS = 32
#: Reading this much takes hardly longer than reading the first bytes.
TINY_BYTES = 1 << 16


class CountStoppedError(Exception):
    """Counting was stopped because its load has failed."""


def count_lines(
    store: ObjectReader,
    objects: Sequence[S3Object],
    stopped: Callable[[], bool] = lambda: False,
    compressions: Future[dict[str, Compression]] | None = None,
    keys: FileKeys | None = None,
) -> dict[str, int]:
    """Return the number of non-blank lines of each object, by its URI.

    :param store: S3.
    :param objects: what to read; it is decompressed.
    :param stopped: called now and then; the count ends early when it returns true.
    :param compressions: receives the compressions of the objects that are not empty, by URI, as soon as all are known,
        which is long before all objects are read; or the error because of which they are not.
    :param keys: receives the keys of the objects' lines, if they are wanted.
    :raises CountStoppedError: when it ended early.
    :raises SourceChangedError: when an object is gone or no longer the version that was listed.
    :raises StoreUnavailableError: when S3 sent less than an object has.
    :raises StoreError: when one is not text in UTF-8 or is damaged, or S3 refuses.
    """
    filled = [item for item in objects if item.size]
    known = compressions or Future()
    try:
        counts = asyncio.run(_Files(store, filled, stopped, known, keys).read())
    except BaseException as error:
        if not known.done():
            known.set_exception(error)
        raise
    return dict.fromkeys((item.uri for item in objects), 0) | counts


def find_compression(store: ObjectStore, bucket: str, key: str) -> Compression:
    """Return how an object is compressed, by its first bytes."""
    return sniff_compression(store.read_head(bucket, key, HEAD_BYTES))


def read_lines(store: ObjectReader, item: S3Object, numbers: Iterable[int]) -> dict[int, bytes]:
    """Return some lines of an object, decompressed, by their numbers.

    :param store: S3.
    :param item: the object.
    :param numbers: from 1, blank lines counted, as COPY reports them.
    """
    with _named(item):
        return pick_lines(decompressed(store.iter_chunks(item)), numbers)


def iter_lines(store: ObjectReader, item: S3Object) -> Iterator[tuple[int, bytes]]:
    """Iterate over an object's lines with their numbers, decompressed, in bounded memory."""
    if not item.size:
        return
    with _named(item):
        yield from enumerate_lines(decompressed(store.iter_chunks(item)))


@contextmanager
def _named(item: S3Object) -> Iterator[None]:
    """Name the object in the error of one that cannot be read."""
    try:
        yield
    except UnreadableFileError as error:
        raise StoreError(f"{item.uri} {error}") from error


@dataclass
class _Files:
    store: ObjectReader
    objects: Sequence[S3Object]
    stopped: Callable[[], bool]
    compressions: Future[dict[str, Compression]]
    keys: FileKeys | None
    found: dict[str, Compression] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)

    async def read(self) -> dict[str, int]:
        jobs = self._jobs()
        if not self.objects:
            self.compressions.set_result({})

        async def work() -> None:
            for do, item in jobs:  # shared by all readers: each takes the next job
                with _named(item):
                    await do(item)

        await asyncio.gather(*(work() for _ in range(min(READERS, len(self.objects)))))
        return self.lines

    def _jobs(self) -> Iterator[tuple[Callable[[S3Object], Any], S3Object]]:
        tiny = [item for item in self.objects if item.size <= TINY_BYTES]
        others = [item for item in self.objects if item.size > TINY_BYTES]
        yield from ((self._peek, item) for item in others[READERS:])
        yield from ((self._read, item) for item in [*tiny, *others])

    async def _peek(self, item: S3Object) -> None:
        self._check_stopped()
        async with aclosing(
            self.store.stream_chunks(item, HEAD_BYTES)
        ) as chunks:  # not a range: some stand-ins for S3 know none
            async for chunk in chunks:
                self._set_compression(item, sniff_compression(chunk))
                break

    async def _read(self, item: S3Object) -> None:
        self._check_stopped()
        lines = FileLines(self.keys.of_file() if self.keys else None)
        async with aclosing(self.store.stream_chunks(item, CHUNK_BYTES)) as chunks:
            async for chunk in chunks:
                self._check_stopped()
                lines.feed(chunk)
                self._set_compression(item, lines.compression)
        self.lines[item.uri] = lines.finish()
        if self.keys is not None and lines.keys is not None:
            self.keys.add(item.uri, lines.keys)
        self._set_compression(item, lines.compression)

    def _check_stopped(self) -> None:
        if self.stopped():
            raise CountStoppedError

    def _set_compression(self, item: S3Object, compression: Compression | None) -> None:
        if compression is not None:
            self.found[item.uri] = compression
            if len(self.found) == len(self.objects) and not self.compressions.done():
                self.compressions.set_result(self.found)
