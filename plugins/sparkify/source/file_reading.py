"""Reads files of S3 once, many at the same time: how they are compressed, then how many lines they have.

COPY can begin when the compression of all files is known, so that is found out first. Tiny files are read as a whole.
So are as many of the others as can be read at once, whose first bytes come soon. Each further file is asked for its
first bytes beforehand, by a request of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, aclosing
from dataclasses import dataclass, field
from typing import Any

from sparkify.hooks.object_reader import CHUNK_BYTES
from sparkify.hooks.source_object import SourceObject
from sparkify.hooks.store_access import CountStoppedError
from sparkify.source.content import HEAD_BYTES, Compression, sniff_compression
from sparkify.source.file_keys import FileKeys
from sparkify.source.lines import FileLines

#: Files read at once: with the bytes taken from each at a time they bound the memory.
READERS = 32
#: To read no more than this takes hardly longer than to read the first bytes.
TINY_BYTES = 1 << 16

#: Gives an object's content from its beginning, so many bytes at a time.
Streamed = Callable[[SourceObject, int], AsyncGenerator[bytes]]
Translated = Callable[[str, str], AbstractContextManager[None]]


def read_files(
    objects: Sequence[SourceObject],
    streamed: Streamed,
    translated: Translated,
    stopped: Callable[[], bool],
    compressions: Future[dict[str, Compression]],
    keys: FileKeys | None = None,
) -> dict[str, int]:
    """Return the number of non-blank lines of each object, by its URI.

    :param objects: what to read; none is empty.
    :param streamed: gives an object's content, checked to be all of what was listed.
    :param translated: turns the errors of an action on a URI into the pipeline's own.
    :param stopped: called now and then; reading ends early when it returns true.
    :param compressions: receives the objects' compressions by URI when all are known, or the error that keeps them
        unknown.
    :param keys: receives the keys of the objects' lines, if they are wanted.
    :raises SourceChangedError: when an object is gone or no longer the version that was listed.
    :raises StoreError: when one is not text in UTF-8 or is damaged, or S3 refuses.
    """
    try:
        return asyncio.run(_Files(objects, streamed, translated, stopped, compressions, keys).read())
    except BaseException as error:
        if not compressions.done():
            compressions.set_exception(error)
        raise


@dataclass
class _Files:
    objects: Sequence[SourceObject]
    streamed: Streamed
    translated: Translated
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
            for do, item in jobs:  # shared: each reader takes the next one
                with self.translated("read", item.uri):
                    await do(item)

        await asyncio.gather(*(work() for _ in range(min(READERS, len(self.objects)))))
        return self.lines

    def _jobs(self) -> Iterator[tuple[Callable[[SourceObject], Any], SourceObject]]:
        tiny = [item for item in self.objects if item.size <= TINY_BYTES]
        others = [item for item in self.objects if item.size > TINY_BYTES]
        yield from ((self._peek, item) for item in others[READERS:])
        yield from ((self._read, item) for item in [*tiny, *others])

    async def _peek(self, item: SourceObject) -> None:
        self._check_stopped()
        async with aclosing(self.streamed(item, HEAD_BYTES)) as chunks:  # not a range: some stand-ins for S3 know none
            async for chunk in chunks:
                self._note(item, sniff_compression(chunk))
                break

    async def _read(self, item: SourceObject) -> None:
        self._check_stopped()
        lines = FileLines(self.keys.of_file() if self.keys else None)
        async with aclosing(self.streamed(item, CHUNK_BYTES)) as chunks:
            async for chunk in chunks:
                self._check_stopped()
                lines.feed(chunk)
                self._note(item, lines.compression)
        self.lines[item.uri] = lines.finish()
        if self.keys is not None and lines.keys is not None:
            self.keys.add(item.uri, lines.keys)
        self._note(item, lines.compression)

    def _check_stopped(self) -> None:
        if self.stopped():
            raise CountStoppedError

    def _note(self, item: SourceObject, compression: Compression | None) -> None:
        if compression is not None:
            self.found[item.uri] = compression
            if len(self.found) == len(self.objects) and not self.compressions.done():
                self.compressions.set_result(self.found)
