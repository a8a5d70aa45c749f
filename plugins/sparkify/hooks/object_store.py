"""S3 as the pipeline uses it: lists, streams, writes and removes objects, and does not interpret what they hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from typing import Any, TypeVar

from sparkify.hooks.listing_pages import objects_of
from sparkify.hooks.object_reader import ObjectReader
from sparkify.hooks.s3_object import S3Object

T = TypeVar("T")

#: Listings under way at once; a boto3 client keeps ten connections.
_LISTINGS = 8
#: Keys in one DeleteObjects request: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
_DELETES = 1000


@dataclass(frozen=True)
class Folder:
    """The objects and folders directly below a prefix.

    :param prefix: the prefix.
    :param objects: the objects whose keys have no slash after the prefix, or only one at their end.
    :param folders: the first parts of the other keys after the prefix, including the slash.
    :param is_complete: whether this is everything, or only the beginning.
    """

    prefix: str
    objects: list[S3Object]
    folders: list[str]
    is_complete: bool


class ObjectStore(ObjectReader):
    """S3 through an Airflow connection; see :class:`~sparkify.hooks.store_access.StoreAccess`."""

    def list_objects(self, bucket: str, prefix: str) -> list[S3Object]:
        """Return all objects whose keys begin with a prefix, sorted by key.

        :raises StoreError: when the bucket does not exist or refuses.
        """
        return sorted(self.iter_objects(bucket, prefix), key=lambda item: item.key)

    def iter_objects(self, bucket: str, prefix: str) -> Iterator[S3Object]:
        """Iterate over the objects whose keys begin with a prefix, in S3's order, page by page."""
        for page in self._pages(bucket, prefix):
            yield from objects_of(bucket, page)

    def list_prefixes(self, bucket: str, prefixes: Sequence[str]) -> list[list[S3Object]]:
        """Return the objects of each of several prefixes, in their order."""
        return self._at_once(lambda prefix: self.list_objects(bucket, prefix), prefixes)

    def list_folders(self, bucket: str, prefixes: Sequence[str], limit: int) -> list[Folder]:
        """Return what is directly below each of several prefixes, in their order.

        :param prefixes: each ends in ``/`` or is empty.
        :param limit: roughly the most objects and folders that are listed of each.
        :raises StoreError: when the bucket does not exist or refuses.
        """
        return self._at_once(lambda prefix: self._list_folder(bucket, prefix, limit), prefixes)

    def scan_folder(self, bucket: str, prefix: str, visit: Callable[[list[S3Object]], None]) -> None:
        """Pass on the objects below a folder, page by page and in no particular order.

        The folders directly below it are listed concurrently.

        :param prefix: a key prefix that ends in ``/``, or nothing.
        :param visit: called with each page, from several threads.
        :raises StoreError: when the bucket does not exist or refuses.
        """
        folders = []
        for page in self._pages(bucket, prefix, "/"):
            visit(objects_of(bucket, page))
            folders += [entry["Prefix"] for entry in page.get("CommonPrefixes", ())]

        def list_folder(folder: str) -> None:
            for page in self._pages(bucket, folder):
                visit(objects_of(bucket, page))

        self._at_once(list_folder, folders)

    def _list_folder(self, bucket: str, prefix: str, limit: int) -> Folder:
        found = Folder(prefix, [], [], is_complete=True)
        for page in self._pages(bucket, prefix, "/"):
            if len(found.objects) + len(found.folders) >= limit:
                return Folder(prefix, found.objects, found.folders, is_complete=False)
            found.objects.extend(objects_of(bucket, page))
            found.folders.extend(entry["Prefix"][len(prefix) :] for entry in page.get("CommonPrefixes", ()))
        return found

    def _pages(self, bucket: str, prefix: str, delimiter: str = "") -> Iterator[dict[str, Any]]:
        uri = f"s3://{bucket}/{prefix}"
        with self._translated("list", uri):
            paginator = self.client.get_paginator("list_objects_v2")
            options = {"Delimiter": delimiter} if delimiter else {}
            pages = iter(paginator.paginate(Bucket=bucket, Prefix=prefix, **options))
        while True:
            with self._translated("list", uri):  # but not the errors of what the caller does with the page
                page = next(pages, None)
            if page is None:
                return
            yield page

    def _at_once(self, work: Callable[[str], T], prefixes: Sequence[str]) -> list[T]:
        if not prefixes:
            return []
        first = work(prefixes[0])  # makes the client, which is then shared
        with ThreadPoolExecutor(_LISTINGS, thread_name_prefix="list") as pool:
            return [first, *pool.map(work, prefixes[1:])]

    def put(self, bucket: str, key: str, content: bytes) -> str:
        """Write a small object and return its URI."""
        uri = f"s3://{bucket}/{key}"
        with self._translated("write", uri):
            self.client.put_object(Bucket=bucket, Key=key, Body=content)
        return uri

    def delete(self, bucket: str, keys: Sequence[str]) -> None:
        """Remove objects; one that does not exist is not an error."""
        for first in range(0, len(keys), _DELETES):
            batch = keys[first : first + _DELETES]
            with self._translated("delete", f"s3://{bucket}/{batch[0]}"):
                self.client.delete_objects(
                    Bucket=bucket, Delete={"Objects": [{"Key": key} for key in batch], "Quiet": True}
                )

    def read_head(self, bucket: str, key: str, length: int) -> bytes:
        """Return the first bytes of an object, all of them when it has fewer.

        :param length: how many bytes.
        """
        with (
            self._translated("read", f"s3://{bucket}/{key}"),
            closing(self.client.get_object(Bucket=bucket, Key=key)["Body"]) as body,
        ):
            return bytes(body.read(length))
