"""The two kinds of objects that the contenders of ``bench.copy`` load, and the servers that they share."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import psycopg
from obstore.store import S3Store

from local_redshift import RedshiftServer, S3Settings, Settings
from local_redshift.s3 import S3Server

BUCKET = "bench"


@dataclass(frozen=True)
class Source:
    """Objects of one kind.

    :param name: table and key prefix.
    :param columns: columns, with their keys in the objects and their types.
    :param gzip: whether the objects are compressed.
    """

    name: str
    columns: tuple[tuple[str, str, str], ...]
    gzip: bool

    def ddl(self, table: str) -> str:
        """Return the statement that creates a table for the rows."""
        return f"CREATE TABLE {table} ({', '.join(f'{name} {kind}' for name, _, kind in self.columns)})"

    @property
    def jsonpaths(self) -> bytes:
        """The JSONPaths file."""
        return json.dumps({"jsonpaths": [f"$['{key}']" for _, key, _ in self.columns]}).encode()


def _columns(text: str) -> tuple[tuple[str, str, str], ...]:
    return tuple((name, key, kind.replace("_", " ")) for name, key, kind in map(str.split, text.splitlines()))


EVENTS = Source(
    "events",
    _columns(
        """artist artist VARCHAR(1024)
auth auth VARCHAR(64)
first_name firstName VARCHAR(256)
gender gender VARCHAR(16)
item_in_session itemInSession INTEGER
last_name lastName VARCHAR(256)
length length DOUBLE_PRECISION
level level VARCHAR(16)
location location VARCHAR(512)
method method VARCHAR(16)
page page VARCHAR(64)
registration registration DOUBLE_PRECISION
session_id sessionId INTEGER
song song VARCHAR(1024)
status status INTEGER
ts ts BIGINT
user_agent userAgent VARCHAR(1024)
user_id userId INTEGER"""
    ),
    gzip=True,
)
SONGS = Source(
    "songs",
    _columns(
        """num_songs num_songs INTEGER
artist_id artist_id VARCHAR(32)
artist_latitude artist_latitude DOUBLE_PRECISION
artist_longitude artist_longitude DOUBLE_PRECISION
artist_location artist_location VARCHAR(512)
artist_name artist_name VARCHAR(1024)
song_id song_id VARCHAR(32)
title title VARCHAR(1024)
duration duration DOUBLE_PRECISION
year year INTEGER"""
    ),
    gzip=False,
)


class Bench:
    """The servers that the contenders share.

    :param folder: the folder for all data.
    """

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder = folder
        self.s3 = stack.enter_context(S3Server(folder / "s3"))
        access = S3Settings(self.s3.endpoint, "us-east-1", self.s3.access_key_id, self.s3.secret_access_key)
        settings = Settings(folder=folder / "redshift", port=0, s3=access)
        self.redshift = stack.enter_context(RedshiftServer(settings))
        #: Connects directly to the embedded PostgreSQL, not through the local Redshift.
        self.postgres = self.redshift.postgres_dsn()
        self.s3.create_bucket(BUCKET)
        self.store = S3Store(
            BUCKET,
            endpoint=self.s3.endpoint,
            access_key_id=self.s3.access_key_id,
            secret_access_key=self.s3.secret_access_key,
            region="us-east-1",
            client_options={"allow_http": True},
        )

    def execute(self, statement: str) -> list[tuple[Any, ...]]:
        """Run a statement on PostgreSQL."""
        with psycopg.connect(self.postgres, autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def fingerprint(self, source: Source, table: str) -> tuple[Any, ...]:
        """Return a row count and a hash of a table's rows that do not depend on their order."""
        row = ", ".join(f"{name}::{kind}" for name, _, kind in source.columns)
        sql = f"SELECT count(*), sum(hashtextextended(ROW({row})::text, 0)::numeric) FROM {table}"
        return self.execute(sql)[0]

    def peak_memory(self, work: Callable[[], object]) -> float:
        """Run something and return the peak memory (PSS) of the server and PostgreSQL during it, in MB."""
        peak, ended = 0, threading.Event()

        def watch() -> None:
            nonlocal peak
            while not ended.wait(0.2):
                peak = max(peak, _pss(self.redshift.pid))

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            work()
        finally:
            ended.set()
            watcher.join()
        return peak / 1e6


def _pss(pid: int | None) -> int:
    total = 0
    for process in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]:
        try:
            total += process.memory_full_info().pss
        except psutil.Error:
            continue
    return total
