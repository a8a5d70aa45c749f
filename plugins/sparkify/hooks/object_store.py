"""S3 as the pipeline uses it: listings, small files written and removed, lines counted and read.

Listing and writing go through the client of Airflow's own S3Hook. Content is read with obstore, which fetches many
small objects several times faster than boto3, with the credentials, region and endpoint of the same connection:
static keys, assumed roles and the roles of containers and instances alike.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sparkify.errors import SourceChangedError
from sparkify.lines import DamagedGzipError, GzipBytes, LineCounter, PlainBytes, enumerate_lines, pick_lines
from sparkify.manifest import SourceObject
from sparkify.store_errors import StoreError, StoreUnavailableError, translate

if TYPE_CHECKING:
    from obstore import ObjectMeta
    from obstore.store import S3Config, S3Store

log = logging.getLogger(__name__)

#: Listings under way at once; a boto3 client keeps ten connections.
_LISTINGS = 8
#: Keys in one page of a listing.
_PAGE = 1000
#: Objects read at once, and bytes taken from each at a time: together they bound the memory.
_READERS = 32
_CHUNK_BYTES = 1 << 20
#: Keys in one DeleteObjects request: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
_DELETES = 1000


class CountStoppedError(Exception):
    """Counting was given up because the load that it belongs to had failed."""


class ObjectStore:
    """S3 through an Airflow connection.

    :param aws_conn_id: connection of type ``aws``; its extra may name an ``endpoint_url``. ``None`` uses what the
        machine provides.
    """

    def __init__(self, aws_conn_id: str | None) -> None:
        self.aws_conn_id = aws_conn_id
        self._stores: dict[str, S3Store] = {}
        self._stores_lock = threading.Lock()

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
        self, objects: Sequence[SourceObject], stopped: Callable[[], bool] = lambda: False
    ) -> dict[str, int]:
        """Return the number of non-blank lines of each object, by its URI.

        :param objects: what to read; those named ``.gz`` are decompressed.
        :param stopped: asked now and then; the count ends early when it is true.
        :raises SourceChangedError: when an object is gone or no longer the version that was listed.
        :raises StoreError: when one is no proper gzip file, or S3 refuses.
        """
        filled = [item for item in objects if item.size]
        stores = {item.bucket: self._store(item.bucket) for item in filled}
        counts = dict.fromkeys((item.uri for item in objects), 0)
        if filled:
            counts |= asyncio.run(self._count_all(filled, stores, stopped))
        return counts

    def read_lines(self, item: SourceObject, numbers: Iterable[int]) -> dict[int, bytes]:
        """Return some lines of an object as they are, decompressed, by their number.

        :param numbers: from 1, blank lines counted, as COPY reports them.
        """
        import obstore

        store = self._store(item.bucket)
        decoder = GzipBytes() if item.is_gzip else PlainBytes()
        with self._translated("read", item.uri):
            chunks = obstore.get(store, item.key).stream(_CHUNK_BYTES)
            return pick_lines((piece for chunk in chunks for piece in decoder.feed(bytes(chunk))), numbers)

    def iter_lines(self, item: SourceObject) -> Iterator[tuple[int, bytes]]:
        """Iterate over an object's lines with their numbers, decompressed, in bounded memory."""
        import obstore

        if not item.size:
            return
        decoder = GzipBytes() if item.is_gzip else PlainBytes()
        with self._translated("read", item.uri):
            chunks = obstore.get(self._store(item.bucket), item.key).stream(_CHUNK_BYTES)
            yield from enumerate_lines(piece for chunk in chunks for piece in decoder.feed(bytes(chunk)))

    def read_line(self, item: SourceObject, number: int) -> bytes:
        """Return one line of an object, empty when it has no line of that number."""
        return self.read_lines(item, [number]).get(number, b"")

    async def _count_all(
        self, objects: Sequence[SourceObject], stores: dict[str, S3Store], stopped: Callable[[], bool]
    ) -> dict[str, int]:
        pending = iter(objects)
        counts: dict[str, int] = {}

        async def count_pending() -> None:
            for item in pending:  # shared: each reader takes the next one
                with self._translated("read", item.uri):
                    counts[item.uri] = await _count_one(stores[item.bucket], item, stopped)

        await asyncio.gather(*(count_pending() for _ in range(min(_READERS, len(objects)))))
        return counts

    @contextmanager
    def _translated(self, action: str, uri: str) -> Iterator[None]:
        try:
            yield
        except (SourceChangedError, CountStoppedError, StoreError, StoreUnavailableError):
            raise
        except FileNotFoundError as error:
            raise SourceChangedError(f"{uri} is gone since it was listed.") from error
        except DamagedGzipError as error:
            raise StoreError(f"{uri} {error}: write it again, then rerun.") from error
        except Exception as error:
            endpoint = self.endpoint if "client" in self.__dict__ else "S3"
            raise translate(error, action=action, uri=uri, conn_id=str(self.aws_conn_id), endpoint=endpoint) from error

    @cached_property
    def _hook(self) -> Any:
        from airflow.providers.amazon.aws.hooks.s3 import S3Hook
        from airflow.sdk import BaseHook
        from airflow.sdk.exceptions import AirflowNotFoundException

        if self.aws_conn_id is not None:
            try:  # the hook itself would go on without the connection
                BaseHook.get_connection(self.aws_conn_id)
            except AirflowNotFoundException as error:
                raise StoreError(
                    f"There is no Airflow connection {self.aws_conn_id!r}: create it, with type 'aws'."
                ) from error
        return S3Hook(aws_conn_id=self.aws_conn_id)

    @cached_property
    def client(self) -> Any:
        """The boto3 client of S3; its clients may be shared by threads."""
        return self._hook.get_conn()

    @property
    def endpoint(self) -> str:
        """The server's address."""
        return str(self.client.meta.endpoint_url)

    @property
    def wants_static_keys(self) -> bool:
        """Whether the connection's extra says that COPY is to be given this connection's keys."""
        extra = self._hook.conn_config.extra_config if self.aws_conn_id else {}
        return str(extra.get("copy_with_static_keys", "")).lower() in ("true", "1")

    def frozen_credentials(self) -> tuple[str, str, str | None]:
        """Return access key, secret key and session token; Airflow's logs mask them from now on."""
        from airflow.sdk.log import mask_secret

        credentials = self._hook.get_session().get_credentials().get_frozen_credentials()
        for secret in (credentials.access_key, credentials.secret_key, credentials.token):
            if secret:
                mask_secret(secret)
        return credentials.access_key, credentials.secret_key, credentials.token

    def _store(self, bucket: str) -> S3Store:
        with self._stores_lock:
            if bucket not in self._stores:
                with self._translated("read", f"s3://{bucket}"):
                    self._stores[bucket] = self._make_store(bucket)
            return self._stores[bucket]

    def _make_store(self, bucket: str) -> S3Store:
        from obstore.auth.boto3 import Boto3CredentialProvider
        from obstore.store import S3Store

        is_aws = self.endpoint.endswith(".amazonaws.com")
        config: S3Config = {} if is_aws else {"endpoint": self.endpoint}
        region = self._bucket_region(bucket) if is_aws else self.client.meta.region_name
        if region:
            config["region"] = region
        return S3Store(
            bucket,
            config=config,
            # Short-lived, so that a role's credentials are renewed before they end.
            credential_provider=Boto3CredentialProvider(self._hook.get_session(), ttl=timedelta(minutes=5)),
            client_options={
                "allow_http": self.endpoint.startswith("http://"),
                "connect_timeout": timedelta(seconds=10),
                "read_timeout": timedelta(seconds=60),
                "timeout": timedelta(hours=1),  # of a whole object, however large
            },
            retry_config={"max_retries": 5, "retry_timeout": timedelta(seconds=60)},
        )

    def _bucket_region(self, bucket: str) -> str | None:
        """Boto3 follows a bucket to its region by itself; obstore has to be told."""
        headers = self.client.head_bucket(Bucket=bucket)["ResponseMetadata"]["HTTPHeaders"]
        region: str | None = headers.get("x-amz-bucket-region")
        return region or self.client.meta.region_name


async def _count_one(store: S3Store, item: SourceObject, stopped: Callable[[], bool]) -> int:
    import obstore

    result = await obstore.get_async(store, item.key)
    etag = (result.meta["e_tag"] or "").strip('"')
    if etag and etag != item.etag:
        raise SourceChangedError(f"{item.uri} was replaced since it was listed (ETag {item.etag}, now {etag}).")
    decoder = GzipBytes() if item.is_gzip else PlainBytes()
    counter = LineCounter()
    async for chunk in result.stream(_CHUNK_BYTES):
        if stopped():
            raise CountStoppedError
        for piece in decoder.feed(bytes(chunk)):
            counter.feed(piece)
    decoder.finish()
    return counter.finish()


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
