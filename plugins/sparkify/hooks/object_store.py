"""S3 as the pipeline uses it: listings, small files written and removed, lines counted and read.

Listing and writing go through boto3, content is read with obstore, which fetches many small objects several times
faster.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC
from typing import TYPE_CHECKING, Any

from sparkify.content import HEAD_BYTES, Compression, sniff_compression
from sparkify.decompression import decompressed
from sparkify.errors import SourceChangedError
from sparkify.hooks.file_reading import CHUNK_BYTES, read_files
from sparkify.hooks.store_access import StoreAccess
from sparkify.lines import enumerate_lines, pick_lines
from sparkify.manifest import SourceObject
from sparkify.store_errors import StoreError, StoreUnavailableError

if TYPE_CHECKING:
    from obstore import ObjectMeta

log = logging.getLogger(__name__)

#: Listings under way at once; a boto3 client keeps ten connections.
_LISTINGS = 8
#: Keys in one page of a listing.
_PAGE = 1000
#: Keys in one DeleteObjects request: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
_DELETES = 1000


class ObjectStore(StoreAccess):
    """S3 through an Airflow connection; see :class:`~sparkify.hooks.store_access.StoreAccess`."""

    def list_objects(self, bucket: str, prefix: str) -> list[SourceObject]:
        """Return the objects below a prefix, sorted by key.

        Left out are markers of folders (no bytes, a key that ends in ``/``) and objects whose name begins with
        ``_`` or ``.``, by which other tools mark what is not data.

        :raises StoreError: when the bucket does not exist or refuses.
        """
        objects: list[SourceObject] = []
        if prefix.endswith("/"):
            self.scan_folder(bucket, prefix, objects.extend)
            return sorted(objects, key=lambda item: item.key)
        with self._translated("list", f"s3://{bucket}/{prefix}"):
            pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
            for page in pages:
                objects += [
                    _to_object(bucket, entry)
                    for entry in page.get("Contents", ())
                    if _is_data(entry["Key"], entry["Size"])
                ]
        return sorted(objects, key=lambda item: item.key)

    def first_keys(self, bucket: str, prefix: str, count: int = 20) -> list[str]:
        """Return the first keys below a prefix, with one request.

        :raises StoreError: when the bucket does not exist or refuses.
        """
        with self._translated("list", f"s3://{bucket}/{prefix}"):
            page = self.client.list_objects_v2(Bucket=bucket, Prefix=prefix, MaxKeys=count)
        return [entry["Key"] for entry in page.get("Contents", ()) if _is_data(entry["Key"], entry["Size"])]

    def list_prefixes(self, bucket: str, prefixes: Sequence[str]) -> list[list[SourceObject]]:
        """Return the objects below each of several prefixes, in their order."""
        if not prefixes:
            return []
        first = self.list_objects(bucket, prefixes[0])  # makes the client, which is then shared
        with ThreadPoolExecutor(_LISTINGS, thread_name_prefix="list") as pool:
            return [first, *pool.map(lambda prefix: self.list_objects(bucket, prefix), prefixes[1:])]

    def scan_folder(self, bucket: str, prefix: str, visit: Callable[[list[SourceObject]], None]) -> None:
        """Hand over the objects below a folder, page by page and in no order, as :meth:`list_objects` would list them.

        The folders right below it are listed at once, with obstore: boto3 takes ten times the time to read a page.

        :param prefix: a key prefix that ends in ``/``, or nothing.
        :param visit: called with each page, from several threads.
        :raises StoreError: when the bucket does not exist or refuses.
        """
        import obstore

        store = self._store(bucket)

        def scan(folder: str) -> None:
            with self._listed(bucket, folder):
                for page in obstore.list(store, folder or None, chunk_size=_PAGE):
                    visit([_from_meta(bucket, meta) for meta in page if _is_data(meta["path"], meta["size"])])

        with self._listed(bucket, prefix):
            top = obstore.list_with_delimiter(store, prefix or None)
        visit([_from_meta(bucket, meta) for meta in top["objects"] if _is_data(meta["path"], meta["size"])])
        with ThreadPoolExecutor(_LISTINGS, thread_name_prefix="scan") as pool:
            list(pool.map(scan, [f"{folder}/" for folder in top["common_prefixes"]]))

    @contextmanager
    def _listed(self, bucket: str, prefix: str) -> Iterator[None]:
        """Have boto3 say what is wrong when obstore cannot list: it names S3's reason."""
        try:
            yield
        except (SourceChangedError, StoreError):
            raise
        except Exception as error:
            uri = f"s3://{bucket}/{prefix}"
            with self._translated("list", uri):
                self.client.list_objects_v2(Bucket=bucket, Prefix=prefix, MaxKeys=1)
                raise StoreUnavailableError(f"Listing {uri} broke off: {_first_line(error)}") from error

    def put(self, bucket: str, key: str, content: bytes) -> str:
        """Write a small object and return its URI."""
        uri = f"s3://{bucket}/{key}"
        with self._translated("write", uri):
            self.client.put_object(Bucket=bucket, Key=key, Body=content)
        return uri

    def delete(self, bucket: str, keys: Sequence[str]) -> None:
        """Remove objects; it is no error when one is gone already."""
        for first in range(0, len(keys), _DELETES):
            batch = keys[first : first + _DELETES]
            with self._translated("delete", f"s3://{bucket}/{batch[0]}"):
                self.client.delete_objects(
                    Bucket=bucket, Delete={"Objects": [{"Key": key} for key in batch], "Quiet": True}
                )

    def count_lines(
        self,
        objects: Sequence[SourceObject],
        stopped: Callable[[], bool] = lambda: False,
        compressions: Future[dict[str, Compression]] | None = None,
    ) -> dict[str, int]:
        """Return the number of non-blank lines of each object, by its URI.

        :param objects: what to read, decompressed as their first bytes say.
        :param stopped: asked now and then; the count ends early when it is true.
        :param compressions: is given how each object that is not empty is compressed, by its URI, as soon as that is
            known of all of them, which is long before they are read; or why it cannot be known.
        :raises SourceChangedError: when an object is gone or no longer the version that was listed.
        :raises StoreError: when one is no text in UTF-8 or is damaged, or S3 refuses.
        """
        filled = [item for item in objects if item.size]
        stores = {item.bucket: self._store(item.bucket) for item in filled}
        counts = dict.fromkeys((item.uri for item in objects), 0)
        return counts | read_files(filled, stores, self._translated, stopped, compressions or Future())

    def find_compression(self, bucket: str, key: str) -> Compression:
        """Return how an object is compressed, by its first bytes."""
        import obstore

        with self._translated("read", f"s3://{bucket}/{key}"):
            chunks = obstore.get(self._store(bucket), key).stream(HEAD_BYTES)
            return sniff_compression(next(map(bytes, chunks), b""))

    def read_lines(self, item: SourceObject, numbers: Iterable[int]) -> dict[int, bytes]:
        """Return some lines of an object as they are, decompressed, by their number.

        :param numbers: from 1, blank lines counted, as COPY reports them.
        """
        import obstore

        with self._translated("read", item.uri):
            chunks = obstore.get(self._store(item.bucket), item.key).stream(CHUNK_BYTES)
            return pick_lines(decompressed(map(bytes, chunks)), numbers)

    def iter_lines(self, item: SourceObject) -> Iterator[tuple[int, bytes]]:
        """Iterate over an object's lines with their numbers, decompressed, in bounded memory."""
        import obstore

        if not item.size:
            return
        with self._translated("read", item.uri):
            chunks = obstore.get(self._store(item.bucket), item.key).stream(CHUNK_BYTES)
            yield from enumerate_lines(decompressed(map(bytes, chunks)))

    def read_line(self, item: SourceObject, number: int) -> bytes:
        """Return one line of an object, empty when it has no line of that number."""
        return self.read_lines(item, [number]).get(number, b"")


def _is_data(key: str, size: int) -> bool:
    return not (key.endswith("/") and size == 0) and not key.rpartition("/")[2].startswith(("_", "."))


def _from_meta(bucket: str, meta: ObjectMeta) -> SourceObject:
    etag = (meta["e_tag"] or "").strip('"')
    return SourceObject(bucket, meta["path"], etag, meta["size"], meta["last_modified"].astimezone(UTC))


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def _to_object(bucket: str, entry: dict[str, Any]) -> SourceObject:
    return SourceObject(
        bucket=bucket,
        key=entry["Key"],
        etag=entry["ETag"].strip('"'),
        size=int(entry["Size"]),
        last_modified=entry["LastModified"].astimezone(UTC),
    )
