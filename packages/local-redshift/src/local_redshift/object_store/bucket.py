"""S3 as a statement sees it: which objects it names, and their bytes.

Contract: what S3 refuses becomes a RedshiftError in Redshift's words; nothing here knows what is in an object.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import obstore
import orjson
from obstore.exceptions import InvalidPathError
from obstore.store import S3Store

from local_redshift.object_store.errors import error_block, translated_errors
from local_redshift.object_store.exact_keys import ExactKeys, is_path
from local_redshift.object_store.model import S3Object
from local_redshift.settings import S3Settings
from local_redshift.statements import CopyStatement
from local_redshift.wire.errors import RedshiftError

if TYPE_CHECKING:
    from obstore.store import ClientConfig

#: An object and its content; without that if it is large, and nothing if there need not be one.
_Fetched = tuple[S3Object | None, bytes | None]

_ROLE = re.compile(r"arn:aws[\w-]*:iam::\d{12}:role/[\w+=,.@/-]+")

#: Objects at most this long are fetched whole, several in parallel, ahead of their turn.
_SMALL = 1024 * 1024
_AHEAD = 32
_FETCHERS = 8


class Bucket:
    """The objects of one bucket, read with a statement's credentials.

    :param copy: the statement.
    :param settings: how the server reaches S3.
    """

    def __init__(self, copy: CopyStatement, settings: S3Settings) -> None:
        _check_role(copy, settings)
        self._copy = copy
        self._settings = settings
        self._store = cache(self._make_store)
        self._exact = cache(self._make_exact)

    def store(self, bucket: str) -> S3Store:
        """Return the store of a bucket, for UNLOAD to write to."""
        return self._store(bucket)

    def resolve(self) -> list[S3Object]:
        """Return the objects that the statement's source names, in order of their keys.

        A source is a key prefix, or a manifest whose entries are exact keys:
        https://docs.aws.amazon.com/redshift/latest/dg/loading-data-files-using-manifest.html

        :raises RedshiftError: when there is none, or a mandatory one is missing.
        """
        bucket, key = split_uri(self._copy.source)
        if self._copy.manifest:
            return self._from_manifest(bucket, key)
        with translated_errors(self._copy.source):
            found = [S3Object(bucket, name, size) for name, size in self._list(bucket, key)]
        if not found:
            raise RedshiftError("XX000", f"The specified S3 prefix '{key}' does not exist", detail=_detail(self._copy))
        return sorted(found, key=lambda item: item.key)

    def read(self, uri: str) -> bytes:
        """Return an object's bytes, for manifests and JSONPaths files."""
        bucket, key = split_uri(uri)
        with translated_errors(uri):
            if not is_path(key):
                return b"".join(self._exact(bucket).stream(key, _SMALL))
            return bytes(obstore.get(self._store(bucket), key).bytes())

    def contents(self, objects: Sequence[S3Object]) -> Iterator[tuple[S3Object, Iterator[bytes]]]:
        """Yield each object that there is with its bytes in chunks.

        Small ones are fetched ahead, several in parallel.

        :raises RedshiftError: when a mandatory one is missing, or there is none.
        """
        with ThreadPoolExecutor(min(_FETCHERS, len(objects) or 1), thread_name_prefix="copy-s3") as threads:
            ahead: deque[Future[_Fetched]] = deque()
            found = 0
            try:
                following = iter(objects)
                while True:
                    ahead.extend(threads.submit(self._fetch, item) for item in islice(following, _AHEAD - len(ahead)))
                    if not ahead:
                        break
                    item, content = ahead.popleft().result()
                    if item is not None:
                        found += 1
                        yield item, self._stream(item) if content is None else iter((content,))
            finally:
                threads.shutdown(wait=False, cancel_futures=True)
        if not found:
            raise RedshiftError("XX000", f"None of the files that the manifest {self._copy.source} names exists.")

    def _fetch(self, item: S3Object) -> _Fetched:
        """Return an object with its content, or without that if it is large; nothing if there need not be one."""
        if item.size is not None and item.size > _SMALL:
            return item, None
        try:
            with translated_errors(item.uri):
                if not is_path(item.key):
                    return replace(item, size=self._exact(item.bucket).size(item.key)), None
                result = obstore.get(self._store(item.bucket), item.key)
                known = replace(item, size=result.meta["size"])
                return known, bytes(result.bytes()) if result.meta["size"] <= _SMALL else None
        except RedshiftError as error:
            if item.mandatory or "NoSuchKey" not in error.message:
                raise
            return None, None

    def _stream(self, item: S3Object) -> Iterator[bytes]:
        with translated_errors(item.uri):
            if not is_path(item.key):
                yield from self._exact(item.bucket).stream(item.key, _SMALL)
                return
            for chunk in obstore.get(self._store(item.bucket), item.key).stream(min_chunk_size=_SMALL):
                yield bytes(chunk)

    def _list(self, bucket: str, prefix: str) -> list[tuple[str, int]]:
        try:
            return [
                (item["path"], item["size"])
                for page in obstore.list(self._store(bucket), prefix=_folder(prefix))
                for item in page
                if item["path"].startswith(prefix)
            ]
        except InvalidPathError:
            return list(self._exact(bucket).list(prefix))

    def _from_manifest(self, bucket: str, key: str) -> list[S3Object]:
        uri = f"s3://{bucket}/{key}"
        try:
            entries = orjson.loads(self.read(uri))["entries"]
            return [_manifest_entry(entry) for entry in entries]
        except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
            raise RedshiftError(
                "XX000",
                f"The manifest file {uri} is malformed: {error!r}",
                hint='It has to be {"entries": [{"url": "s3://…", "mandatory": true}, …]}.',
            ) from None

    def _make_store(self, bucket: str) -> S3Store:
        options = self._access()
        client_options: ClientConfig = {"allow_http": options.get("endpoint", "").startswith("http://")}
        # a client's COPY should say soon what is wrong
        return S3Store(bucket, retry_config={"max_retries": 3}, client_options=client_options, **options)

    def _make_exact(self, bucket: str) -> ExactKeys:
        return ExactKeys(bucket, self._access())

    def _access(self) -> dict[str, Any]:
        """Return address, region and credentials, as obstore calls them."""
        copy, settings = self._copy, self._settings
        options: dict[str, Any] = {"region": copy.region or settings.region}
        if settings.endpoint:
            options["endpoint"] = settings.endpoint
        key = copy.access_key_id or settings.access_key_id
        if key:
            secret = copy.secret_access_key if copy.access_key_id else settings.secret_access_key
            options |= {"access_key_id": key, "secret_access_key": secret}
        if copy.session_token:
            options["session_token"] = copy.session_token
        return options


def _manifest_entry(entry: dict[str, Any]) -> S3Object:
    size = entry.get("meta", {}).get("content_length")
    bucket, key = split_uri(str(entry["url"]))
    # A file that may be absent is asked for to see whether it is, whatever its size is said to be.
    mandatory = bool(entry.get("mandatory", False))
    return S3Object(bucket, key, int(size) if size is not None and mandatory else None, mandatory)


def split_uri(uri: str) -> tuple[str, str]:
    """Return bucket and key of ``s3://bucket/key``.

    :raises RedshiftError: when it is not such an address.
    """
    parts = urlsplit(uri)
    if parts.scheme != "s3" or not parts.netloc:
        raise RedshiftError("XX000", f"'{uri}' is not an S3 address.", hint="Write s3://bucket/key.")
    return parts.netloc, uri.removeprefix(f"s3://{parts.netloc}").removeprefix("/")


def _check_role(copy: CopyStatement, settings: S3Settings) -> None:
    """https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-authorization.html"""
    role = copy.iam_role
    if role is None or role == "default":
        return
    if any(not _ROLE.fullmatch(part) for part in role.split(",")):
        raise RedshiftError(
            "XX000",
            f"Invalid IAM role: '{role}'",
            hint="Write IAM_ROLE default or IAM_ROLE 'arn:aws:iam::<account>:role/<name>'.",
        )
    if settings.allowed_roles and role not in settings.allowed_roles:
        text = f"Not authorized to get credentials of role {role}"
        raise RedshiftError("XX000", text, detail=error_block(30000, text, ""))


def _folder(key: str) -> str | None:
    """obstore lists whole path segments; the rest of a key prefix is compared by hand."""
    return key.rpartition("/")[0] or None


def _detail(copy: CopyStatement) -> str:
    bucket, key = split_uri(copy.source)
    return error_block(8001, "", f"s3://{bucket}/{key}")
