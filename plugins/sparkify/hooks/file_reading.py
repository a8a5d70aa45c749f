"""Reads files of S3 once, many at the same time: how they are compressed, then how many lines they have.

COPY can begin when the compression of all files is known, so that is found out first. A tiny file is simply read; of
as many others as are read at once the first bytes come at once; only of those whose turn comes later the first bytes
are asked for by a request of their own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sparkify.content import HEAD_BYTES, Compression, sniff_compression
from sparkify.errors import SourceChangedError
from sparkify.hooks.store_access import CountStoppedError
from sparkify.lines import FileLines
from sparkify.manifest import SourceObject

if TYPE_CHECKING:
    from obstore.store import S3Store

#: Files read at once, and bytes taken from each at a time: together they bound the memory.
READERS = 32
CHUNK_BYTES = 1 << 20
#: To read no more than this takes hardly longer than to read the first bytes.
TINY_BYTES = 1 << 16

Translated = Callable[[str, str], AbstractContextManager[None]]


def read_files(
    objects: Sequence[SourceObject],
    stores: Mapping[str, S3Store],
    translated: Translated,
    stopped: Callable[[], bool],
    compressions: Future[dict[str, Compression]],
) -> dict[str, int]:
    """Return the number of non-blank lines of each object, by its URI.

    :param objects: what to read; none is empty.
    :param stores: the stores of their buckets.
    :param translated: turns the errors of an action on a URI into the pipeline's own.
    :param stopped: asked now and then; reading ends early when it is true.
    :param compressions: is given the objects' compressions by URI when all are known, or why they are not.
    :raises SourceChangedError: when an object is gone or no longer the version that was listed.
    :raises StoreError: when one is no text in UTF-8 or is damaged, or S3 refuses.
    """
    try:
        return asyncio.run(_Files(objects, stores, translated, stopped, compressions).read())
    except BaseException as error:
        if not compressions.done():
            compressions.set_exception(error)
        raise


@dataclass
class _Files:
    objects: Sequence[SourceObject]
    stores: Mapping[str, S3Store]
    translated: Translated
    stopped: Callable[[], bool]
    compressions: Future[dict[str, Compression]]
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
        result = await self._get(item)
        async for chunk in result.stream(HEAD_BYTES):  # not a range: some stand-ins for S3 know none
            self._note(item, sniff_compression(bytes(chunk)))
            break

    async def _read(self, item: SourceObject) -> None:
        result = await self._get(item)
        lines = FileLines()
        async for chunk in result.stream(CHUNK_BYTES):
            self._check_stopped()
            lines.feed(bytes(chunk))
            self._note(item, lines.compression)
        self.lines[item.uri] = lines.finish()
        self._note(item, lines.compression)

    async def _get(self, item: SourceObject) -> Any:
        import obstore

        self._check_stopped()
        result = await obstore.get_async(self.stores[item.bucket], item.key)
        etag = (result.meta["e_tag"] or "").strip('"')
        if etag and etag != item.etag:
            raise SourceChangedError(f"{item.uri} was replaced since it was listed (ETag {item.etag}, now {etag}).")
        return result

    def _check_stopped(self) -> None:
        if self.stopped():
            raise CountStoppedError

    def _note(self, item: SourceObject, compression: Compression | None) -> None:
        if compression is not None:
            self.found[item.uri] = compression
            if len(self.found) == len(self.objects) and not self.compressions.done():
                self.compressions.set_result(self.found)
