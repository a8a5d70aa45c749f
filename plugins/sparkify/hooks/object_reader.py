"""Streams the content of S3's objects, and checks that it is complete and of the version that was listed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import closing
from typing import TYPE_CHECKING

from sparkify.hooks.errors import SourceChangedError
from sparkify.hooks.s3_object import S3Object
from sparkify.hooks.store_access import StoreAccess
from sparkify.hooks.store_errors import StoreUnavailableError, error_code

if TYPE_CHECKING:
    from obstore.store import S3Store

#: Bytes taken from an object at a time.
CHUNK_BYTES = 1 << 20


class ObjectReader(StoreAccess):
    """Reads objects with obstore, or with boto3 where obstore cannot."""

    def iter_chunks(self, item: S3Object) -> Iterator[bytes]:
        """Iterate over an object's content.

        :raises SourceChangedError: when it is gone or no longer the version that was listed.
        :raises StoreUnavailableError: when the number of bytes that came is not its size, or S3 does not answer.
        :raises StoreError: when S3 refuses.
        """
        with self._translated("read", item.uri):
            store = self._store_for(item)
            yield from self._iter_by_boto3(item) if store is None else _iter_by_obstore(store, item)

    async def stream_chunks(self, item: S3Object, chunk_bytes: int = CHUNK_BYTES) -> AsyncGenerator[bytes]:
        """Iterate over an object's content as :meth:`iter_chunks` does, concurrently with other objects.

        :param chunk_bytes: the least number of bytes taken at a time when obstore reads.
        """
        with self._translated("read", item.uri):
            store = self._store_for(item)
            if store is None:
                chunks = self._iter_by_boto3(item)
                while (piece := await asyncio.to_thread(next, chunks, None)) is not None:
                    yield piece
                return
            async for chunk in _stream_by_obstore(store, item, chunk_bytes):
                yield chunk

    def _store_for(self, item: S3Object) -> S3Store | None:
        """Return obstore's client for an object; ``None`` when boto3 has to read it.

        obstore treats a key as a path: it refuses empty parts, and strips slashes at both ends.
        """
        return self.bucket_store(item.bucket) if all(item.key.split("/")) else None

    def _iter_by_boto3(self, item: S3Object) -> Iterator[bytes]:
        try:
            answer = self.client.get_object(Bucket=item.bucket, Key=item.key)
        except Exception as error:
            if error_code(error) == "NoSuchKey":
                raise FileNotFoundError(item.uri) from error
            raise
        _check_version(item, answer.get("ETag"))
        received = 0
        with closing(answer["Body"]) as body:
            for chunk in body.iter_chunks(CHUNK_BYTES):
                received += len(chunk)
                yield chunk
        _check_length(item, received)


def _iter_by_obstore(store: S3Store, item: S3Object) -> Iterator[bytes]:
    import obstore

    result, received = obstore.get(store, item.key), 0
    _check_version(item, result.meta["e_tag"])
    for chunk in result.stream(CHUNK_BYTES):
        received += len(chunk)
        yield bytes(chunk)
    _check_length(item, received)


async def _stream_by_obstore(store: S3Store, item: S3Object, chunk_bytes: int) -> AsyncGenerator[bytes]:
    import obstore

    result, received = await obstore.get_async(store, item.key), 0
    _check_version(item, result.meta["e_tag"])
    async for chunk in result.stream(chunk_bytes):
        received += len(chunk)
        yield bytes(chunk)
    _check_length(item, received)


def _check_version(item: S3Object, etag: str | None) -> None:
    found = (etag or "").strip('"')
    if found and found != item.etag:
        raise SourceChangedError(f"{item.uri} was replaced since it was listed (ETag {item.etag}, now {found}).")


def _check_length(item: S3Object, received: int) -> None:
    """Check that the object is complete: when a server or proxy cuts an answer short, a good file looks damaged."""
    if received != item.size:
        raise StoreUnavailableError(
            f"S3 sent {received:,} of {item.size:,} bytes of {item.uri}, and did not say why: it is tried again; if "
            "that does not help, see what lies between here and S3, or write the file again."
        )
