"""Reads a partition's files while COPY loads them: their compressions, their numbers of lines, their rows' keys."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sparkify.hooks.s3_object import S3Object
from sparkify.source.content import Compression
from sparkify.source.file_reading import count_lines

if TYPE_CHECKING:
    from sparkify.hooks.object_store import ObjectStore
    from sparkify.source.file_keys import FileKeys


@dataclass(frozen=True)
class Batch:
    """Files that one COPY reads.

    :param objects: the files.
    :param compression: theirs, all alike: COPY takes one kind at a time.
    :param name: its manifest's name, unique within the partition.
    :param is_single: whether it is one file, copied by itself so that its rows are known to be its own.
    """

    objects: tuple[S3Object, ...]
    compression: Compression
    name: str
    is_single: bool = False


@dataclass(frozen=True)
class Reading:
    """Files that are being read: by URI, how they are compressed, which is known soon, and their numbers of lines.

    :param compressions: by URI.
    :param lines: by URI.
    :param keys: the rows' keys, complete when the lines are counted; ``None`` when nobody wants them.
    """

    compressions: Future[dict[str, Compression]]
    lines: Future[dict[str, int]]
    keys: FileKeys | None = None

    def batches(self, objects: Sequence[S3Object]) -> list[Batch]:
        """Return the files that are not empty, by compression.

        :raises StoreError: when a file that was read so far cannot be loaded.
        """
        found = self.compressions.result()
        batches = [
            Batch(tuple(item for item in objects if item.size and found[item.uri] is kind), kind, kind.label)
            for kind in Compression
        ]
        return [batch for batch in batches if batch.objects]


@contextmanager
def read_files(
    store: ObjectStore, objects: Sequence[S3Object], given_up: threading.Event, keys: FileKeys | None
) -> Iterator[Reading]:
    """Read files while the block runs; a block that fails does not wait for their end.

    :param given_up: ends the reading early when it is set.
    :param keys: takes the rows' keys, if they are wanted.
    """
    ended = threading.Event()
    compressions: Future[dict[str, Compression]] = Future()

    def stopped() -> bool:
        return ended.is_set() or given_up.is_set()

    with ThreadPoolExecutor(1, thread_name_prefix="read") as pool:
        try:
            lines = pool.submit(count_lines, store, objects, stopped, compressions, keys)
            yield Reading(compressions, lines, keys)
        finally:
            ended.set()


def has_lines(objects: Sequence[S3Object]) -> bool:
    """Return whether there is anything in a partition's files to copy."""
    return any(item.size for item in objects)
