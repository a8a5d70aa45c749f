"""Stand-ins for the warehouse and S3: they keep what is sent to them and give prepared answers."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from sparkify.hooks.object_store import Folder
from sparkify.hooks.s3_object import S3Object, split_uri
from sparkify.hooks.store_errors import StoreError

TWO_HOURS = "2018-11-05T13:00Z to 2018-11-05T15:00Z"
#: The time of the stand-in for the warehouse.
AS_OF = datetime(2018, 11, 5, 14, 0, 0, 123456)
CONTEXT = {"ti": SimpleNamespace(dag_id="d", run_id="manual__2018-11-05T13:00:00+00:00", task_id="t", try_number=1)}


class FakeStore:
    """S3 in memory."""

    def __init__(self, files: dict[str, bytes], bucket: str = "source") -> None:
        self.files = {f"s3://{bucket}/{key}": content for key, content in files.items()}
        self.deleted: list[str] = []
        self.wants_static_keys = False
        self.buckets = {bucket, "manifests"}

    def list_prefixes(self, bucket: str, prefixes: Sequence[str]) -> list[list[S3Object]]:
        if bucket not in self.buckets:
            raise StoreError(f"There is no bucket {bucket!r}: correct it.")
        return [
            [self.object(uri) for uri in sorted(self.files) if uri.startswith(f"s3://{bucket}/{prefix}")]
            for prefix in prefixes
        ]

    def list_folders(self, bucket: str, prefixes: Sequence[str], limit: int) -> list[Folder]:
        return [
            self._folder(prefix, objects)
            for prefix, objects in zip(prefixes, self.list_prefixes(bucket, prefixes), strict=True)
        ]

    def iter_objects(self, bucket: str, prefix: str) -> Iterator[S3Object]:
        yield from self.list_prefixes(bucket, [prefix])[0]

    @staticmethod
    def _folder(prefix: str, objects: Sequence[S3Object]) -> Folder:
        rest = [item.key[len(prefix) :] for item in objects]
        folders = sorted({f"{name.partition('/')[0]}/" for name in rest if "/" in name})
        return Folder(
            prefix, [item for item, name in zip(objects, rest, strict=True) if "/" not in name], folders, True
        )

    def scan_folder(self, bucket: str, prefix: str, visit: Callable[[list[S3Object]], None]) -> None:
        visit(self.list_prefixes(bucket, [prefix])[0])

    def object(self, uri: str) -> S3Object:
        bucket, key = split_uri(uri)
        content = self.files[uri]
        etag = hashlib.md5(content).hexdigest()
        return S3Object(bucket, key, etag, len(content), datetime(2018, 11, 5, 14, tzinfo=UTC))

    def put(self, bucket: str, key: str, content: bytes) -> str:
        uri = f"s3://{bucket}/{key}"
        self.files[uri] = content
        return uri

    def delete(self, bucket: str, keys: Sequence[str]) -> None:
        self.deleted += [f"s3://{bucket}/{key}" for key in keys]

    def iter_chunks(self, item: S3Object) -> Iterator[bytes]:
        yield self.files[item.uri]

    async def stream_chunks(self, item: S3Object, chunk_bytes: int = 0) -> AsyncGenerator[bytes]:
        yield self.files[item.uri]

    def content(self, uri: str) -> bytes:
        content = self.files[uri]
        return gzip.decompress(content) if uri.endswith(".gz") else content

    def frozen_credentials(self) -> tuple[str, str, str | None]:
        return "AKIDEXAMPLE", "verysecret", None


class FakeSession:
    """A session that keeps its statements. COPY loads every line of its manifest's files that parses as JSON."""

    pid = 7

    def __init__(self, store: FakeStore) -> None:
        self.store = store
        self.statements: list[str] = []
        self.secret_statements: list[str] = []
        self.inserted: dict[str, list[tuple[Any, ...]]] = {}
        self.ledger: list[tuple[Any, ...]] = []
        self.load_errors: list[tuple[Any, ...]] = []
        #: Labels of partitions that an earlier try staged.
        self.staged_before: set[str] = set()
        self.copy_error: Exception | None = None
        self.during_copy: Callable[[], None] = lambda: None
        self.cancelled = 0
        self._landed = self._copied = 0

    def run(self, sql: str, parameters: Sequence[Any] | None = None, *, secret: bool = False) -> int:
        (self.secret_statements if secret else self.statements).append(sql)
        if sql.startswith("COPY"):
            self._copy(sql)
        elif sql.startswith("INSERT") and "FROM copied_rows_" in sql:
            landed, self._landed = self._landed, 0
            return landed
        elif sql.startswith("INSERT INTO staged_"):
            name = sql.split()[2]
            width = sql.split(")")[0].count(",") + 1
            rows = [tuple(parameters[at : at + width]) for at in range(0, len(parameters), width)]
            self.inserted.setdefault(name, []).extend(rows)
        return 0

    def one(self, sql: str, parameters: Sequence[Any] | None = None) -> tuple[Any, ...]:
        if "SYSDATE" in sql:
            return AS_OF, len(self.staged_before.intersection((parameters or ())[1:] or self.staged_before))
        if sql.startswith("SELECT COUNT(*), COUNT("):  # rows, with a key, with a file
            return (self._landed,) * 3
        assert "pg_last_copy_count" in sql
        return self._copied, 1000 + len([text for text in self.statements if text.startswith("COPY")])

    def rows(self, sql: str, parameters: Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
        if "sys_load_error_detail" in sql:
            return self.load_errors
        if "folder_listings" in sql:
            return []
        assert "etl.source_objects" in sql.replace('"', "")
        return self.ledger

    @contextmanager
    def transaction(self, lock: str | None = None) -> Iterator[None]:
        self.statements.append("BEGIN")
        try:
            yield
        except BaseException:
            self.statements.append("ROLLBACK")
            self.inserted.clear()
            raise
        self.statements.append("COMMIT")

    def cancel(self) -> None:
        self.cancelled += 1

    def _copy(self, sql: str) -> None:
        self.during_copy()
        if self.copy_error is not None:
            raise self.copy_error
        manifest = json.loads(self.store.files[sql.split("'")[1]])
        lines = [line for entry in manifest["entries"] for line in self.store.content(entry["url"]).split(b"\n")]
        self._copied = sum(1 for line in lines if line.strip() and _is_json(line))
        self._landed += self._copied


class FakeHook:
    """Opens the one fake session, however often it is asked."""

    def __init__(self, session: FakeSession) -> None:
        self._session = session

    @contextmanager
    def session(self, **_: Any) -> Iterator[FakeSession]:
        yield self._session


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True
