"""The files to load, generated or from a folder in the public sample's layout, and their upload to S3."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import obstore
from obstore.store import S3Store

from local.runner.errors import RunnerError
from local.runner.settings import RunnerSettings
from local.sample import Layout, Sample
from local_redshift.s3 import S3Server

_UPLOADS = 32
_DAILY = re.compile(r"^log_data/\d{4}/\d\d/(\d{4})-(\d\d)-(\d\d)-events\.json(?:\.gz)?$")
_HOURLY = re.compile(r"^log_data/(\d{4})/(\d\d)/(\d\d)/(\d\d)/[^/]+$")


@dataclass(frozen=True)
class SourceFile:
    """A file to upload: its key, and how to get its content."""

    key: str
    read: Callable[[], bytes]


class Source(Protocol):
    """Where the files come from."""

    @property
    def title(self) -> str:
        """What it is, for messages."""

    @property
    def layout(self) -> Layout:
        """How its event logs are laid out."""

    def files(self) -> Iterator[SourceFile]:
        """Return all files."""

    def hours(self) -> list[datetime]:
        """Return the hours that its event logs are of, in order."""


def open_source(settings: RunnerSettings) -> Source:
    """Return what a run is to load.

    :raises RunnerError: when the folder is not in a known layout.
    """
    return GeneratedSource(settings.sample) if settings.data is None else FolderSource(settings.data)


@dataclass(frozen=True)
class GeneratedSource:
    """The seeded sample, in hourly partitions."""

    sample: Sample

    @property
    def title(self) -> str:
        """What it is."""
        return f"{self.sample.hours} hours of generated events and {self.sample.songs:,} songs"

    @property
    def layout(self) -> Layout:
        """Hourly."""
        return Layout.HOURLY

    def files(self) -> Iterator[SourceFile]:
        """Generate the files."""
        for files in (self.sample.log_files(self.layout), self.sample.song_files()):
            for file in files:
                yield SourceFile(file.key, lambda body=file.body: body)  # type: ignore[misc]

    def hours(self) -> list[datetime]:
        """The sample's hours, including those without events."""
        return self.sample.hour_starts()


class FolderSource:
    """A folder with ``log_data/`` and ``song_data/``, laid out as the public Sparkify sample is.

    :param folder: the folder.
    :raises RunnerError: when it has no such files, with what is missing.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._keys = [
            path.relative_to(folder).as_posix()
            for part in ("log_data", "song_data")
            for path in sorted((folder / part).rglob("*"))
            if path.is_file() and not path.name.startswith(".")
        ]
        self._days = [_moment(match) for match in map(_DAILY.match, self._keys) if match]
        self._single_hours = {_moment(match) for match in map(_HOURLY.match, self._keys) if match}
        self._check()

    @property
    def title(self) -> str:
        """What it is."""
        return f"{len(self._keys):,} files of {self.folder}"

    @property
    def layout(self) -> Layout:
        """As found in the folder."""
        return Layout.DAILY if self._days else Layout.HOURLY

    def files(self) -> Iterator[SourceFile]:
        """Read the folder's files."""
        return (SourceFile(key, (self.folder / key).read_bytes) for key in self._keys)

    def hours(self) -> list[datetime]:
        """All hours of the days, or the hours, that there are files for."""
        by_day = {day + timedelta(hours=hour) for day in self._days for hour in range(24)}
        return sorted(by_day or self._single_hours)

    def _check(self) -> None:
        if not self.folder.is_dir():
            raise RunnerError(f"{self.folder} is not a folder: give one that has log_data/ and song_data/.")
        if not self._days and not self._single_hours:
            raise RunnerError(
                f"{self.folder}/log_data has no event logs: they must be named as in "
                "log_data/2018/11/2018-11-05-events.json, or be in folders such as log_data/2018/11/05/13/."
            )
        if self._days and self._single_hours:
            raise RunnerError(f"{self.folder}/log_data has daily files and hourly folders: leave only one of them.")
        if not any(key.startswith("song_data/") for key in self._keys):
            raise RunnerError(f"{self.folder}/song_data has no files: give a folder with song_data/A/B/C/TR….json.")


@dataclass(frozen=True)
class Uploaded:
    """The outcome of an upload: how many files there are, and the keys of those that were new or changed."""

    files: int
    changed: frozenset[str]


def upload(source: Source, server: S3Server, bucket: str, advance: Callable[[int], None]) -> Uploaded:
    """Upload a source's files to a bucket, except those that are already there.

    :param source: the files.
    :param server: the S3 server.
    :param bucket: the bucket; created when missing.
    :param advance: called with the number of files that are done.
    """
    server.create_bucket(bucket)
    store = S3Store(
        bucket,
        endpoint=server.endpoint,
        region="us-east-1",
        access_key_id=server.access_key_id,
        secret_access_key=server.secret_access_key,
        client_options={"allow_http": True},
    )
    present = {
        entry["path"]: (entry["e_tag"] or "").strip('"')
        for prefix in ("log_data", "song_data")
        for page in obstore.list(store, prefix=prefix, chunk_size=1000)
        for entry in page
    }
    return asyncio.run(_upload(store, source.files(), present, advance))


async def _upload(
    store: S3Store, files: Iterable[SourceFile], present: dict[str, str], advance: Callable[[int], None]
) -> Uploaded:
    changed: set[str] = set()
    slots = asyncio.Semaphore(_UPLOADS)
    count = 0

    async def put(key: str, body: bytes) -> None:
        try:
            await obstore.put_async(store, key, body)
        finally:
            slots.release()

    async with asyncio.TaskGroup() as tasks:
        for file in files:
            count += 1
            body = file.read()
            if present.get(file.key) != hashlib.md5(body, usedforsecurity=False).hexdigest():
                changed.add(file.key)
                await slots.acquire()
                tasks.create_task(put(file.key, body))
            if count % 100 == 0:
                advance(count)
    advance(count)
    return Uploaded(count, frozenset(changed))


def changed_hours(keys: Iterable[str]) -> set[datetime]:
    """Return the hours whose event logs are among the keys."""
    hours: set[datetime] = set()
    for key in keys:
        if match := _DAILY.match(key):
            hours |= {_moment(match) + timedelta(hours=hour) for hour in range(24)}
        elif match := _HOURLY.match(key):
            hours.add(_moment(match))
    return hours


def _moment(match: re.Match[str]) -> datetime:
    year, month, day, hour = (int(part) for part in (*match.groups(), "0")[:4])
    return datetime(year, month, day, hour, tzinfo=UTC)
