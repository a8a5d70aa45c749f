"""One COPY: objects to rows in PostgreSQL's text format.

Contract: blocking, used from one thread at a time, memory bounded by a few blocks. The bytes are read here and
converted here or, when there are many, in worker processes, which are this server's slices. Rows
come out in the order of the objects and their lines. A row either comes out or is an error with file and line; MAXERROR
errors end the load.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import BrokenExecutor, Future
from dataclasses import dataclass, replace
from typing import Protocol

from local_redshift.copy.conversion import Block, ConversionSpec, Converted, convert_blocks
from local_redshift.copy.model import Column, LoadedFile, LoadError, RowError
from local_redshift.copy.records.rows import RowBuilder, describe_error
from local_redshift.copy.source.lines import BLOCK_SIZE, read_blocks, without_lines
from local_redshift.copy.times.readers import check_formats
from local_redshift.object_store.bucket import Bucket
from local_redshift.object_store.model import S3Object
from local_redshift.settings import S3Settings
from local_redshift.statements import CopyStatement
from local_redshift.wire.errors import RedshiftError

#: Bytes from which it pays to start workers, and from which it pays to use workers that are running.
_WORTH_STARTING, _WORTH_ASKING = 16 * 1024 * 1024, 1024 * 1024

#: How many times longer lines are than their compressed objects; for events it is about eight.
_EXPANSION = 8

_PARQUET_ROWS = 1000

#: Small objects that are converted together.
_TOGETHER = 64


class Workers(Protocol):
    """Processes that convert."""

    #: How many batches to have under way.
    depth: int

    @property
    def ready(self) -> bool:
        """Whether they can begin at once."""

    def start(self) -> None:
        """Start them, unless they have been started; returns at once."""

    def submit(self, spec: ConversionSpec, blocks: Sequence[Block]) -> Future[Converted]:
        """Have blocks converted."""


@dataclass
class _Batch:
    """Blocks that are converted together, and the files that they are of."""

    blocks: list[Block]
    files: list[LoadedFile]
    future: Future[Converted] | None = None

    @property
    def size(self) -> int:
        return sum(len(block.data) for block in self.blocks)


class CopyLoad:
    """The rows of one COPY; iterate over it once for its chunks.

    :param statement: what to load.
    :param columns: the columns, in the order of the fields.
    :param s3: how to reach S3.
    :param workers: convert large loads; None to convert everything here.
    """

    def __init__(
        self, statement: CopyStatement, columns: Sequence[Column], s3: S3Settings, workers: Workers | None = None
    ) -> None:
        self._statement = statement
        self._columns = columns
        self._bucket = Bucket(statement, s3)
        self._workers = workers
        self._converted_bytes = 0
        self.files: list[LoadedFile] = []
        self.errors: list[LoadError] = []
        self.rows_loaded = 0

    def __iter__(self) -> Iterator[bytes]:
        """Yield the rows in chunks.

        :raises RedshiftError: when a source is missing or unreadable, a format is invalid, or there are too many
            errors.
        """
        check_formats(self._statement.date_format, self._statement.time_format)
        chunks = self._parquet() if self._statement.format == "parquet" else self._lines()
        for chunk in chunks:
            if chunk and not self._statement.no_load:
                yield chunk

    def _lines(self) -> Iterator[bytes]:
        statement = self._statement
        objects = self._bucket.resolve()
        self._start_workers(sum(item.size or 0 for item in objects) * (_EXPANSION if statement.compression else 1))
        has_paths = statement.format == "json" and statement.json_option.startswith("s3://")
        paths = self._bucket.read(statement.json_option) if has_paths else None
        spec = ConversionSpec.of(statement, self._columns, paths)
        under_way: deque[_Batch] = deque()
        rest = b""
        try:
            for batch in self._batches(self._blocks(objects)):
                if rest:
                    batch.blocks[0].data, rest = rest + batch.blocks[0].data, b""
                self._submit(batch, spec)
                under_way.append(batch)
                while under_way and len(under_way) >= self._depth:
                    chunk, rest = self._finish(under_way, spec)
                    yield chunk
            while under_way:
                chunk, rest = self._finish(under_way, spec)
                yield chunk
        finally:
            for batch in under_way:
                if batch.future is not None:
                    batch.future.cancel()

    def _blocks(self, objects: Sequence[S3Object]) -> Iterator[tuple[LoadedFile, Block]]:
        statement = self._statement
        for item, chunks in self._bucket.contents(objects):
            file = LoadedFile(item.uri, item.size or 0)
            self.files.append(file)
            header = statement.ignore_header
            for data, last in read_blocks(item.uri, chunks, statement.compression):
                block = data
                if header:
                    block, skipped = without_lines(data, header)
                    header -= skipped
                    file.lines += skipped
                yield file, Block(item.uri, block, last)

    def _parquet(self) -> Iterator[bytes]:
        # PyArrow is large, and only Parquet needs it.
        from local_redshift.copy.records.parquet_rows import ParquetRows

        reader, build = ParquetRows(self._statement, self._columns), RowBuilder(self._statement, self._columns).build
        limit = ConversionSpec.of(self._statement, self._columns, None).error_limit
        rows: list[str] = []
        for item, chunks in self._bucket.contents(self._bucket.resolve()):
            file = LoadedFile(item.uri, item.size or 0)
            self.files.append(file)
            for record, values in reader.read(file, chunks):
                try:
                    rows.append(build(values))
                except RowError as error:
                    self._add_error(describe_error(error, file.uri, file.lines, record), limit)
                if len(rows) >= _PARQUET_ROWS:
                    yield self._chunk(rows)
                    rows = []
        yield self._chunk(rows)

    def _chunk(self, rows: Sequence[str]) -> bytes:
        self.rows_loaded += len(rows)
        return "".join(rows).encode()

    def _batches(self, blocks: Iterator[tuple[LoadedFile, Block]]) -> Iterator[_Batch]:
        """Put small objects together; only the last block of a batch may end before its object does."""
        batch = _Batch([], [])
        for file, block in blocks:
            batch.blocks.append(block)
            batch.files.append(file)
            if not block.last or len(batch.blocks) >= _TOGETHER or batch.size >= BLOCK_SIZE:
                yield batch
                batch = _Batch([], [])
        if batch.blocks:
            yield batch

    def _start_workers(self, size: int) -> None:
        if self._workers is not None and size > _WORTH_STARTING:
            self._workers.start()

    @property
    def _uses_workers(self) -> bool:
        """Whether workers convert; while they start, lines are converted here."""
        return self._workers is not None and self._converted_bytes > _WORTH_ASKING and self._workers.ready

    @property
    def _depth(self) -> int:
        return self._workers.depth if self._workers is not None and self._uses_workers else 1

    def _submit(self, batch: _Batch, spec: ConversionSpec) -> None:
        self._converted_bytes += batch.size
        self._start_workers(self._converted_bytes)
        if self._workers is not None and self._uses_workers:
            batch.future = self._workers.submit(spec, batch.blocks)

    def _finish(self, under_way: deque[_Batch], spec: ConversionSpec) -> tuple[bytes, bytes]:
        """Return the rows of the oldest batch, and its rest, which belongs to a batch that is not under way yet."""
        batch = under_way.popleft()
        found = _result(batch, spec)
        for number, error in found.errors:
            self._add_error(replace(error, line_number=batch.files[number].lines + error.line_number), spec.error_limit)
        for file, lines in zip(batch.files, found.lines, strict=False):
            file.lines += lines
        self.rows_loaded += found.row_count
        if found.rest and under_way:
            # The next batch was converted without its beginning, and has to be converted again.
            following = under_way[0]
            following.blocks[0].data = found.rest + following.blocks[0].data
            if following.future is not None:
                following.future.cancel()
                following.future = None
                self._submit(following, spec)
            return found.rows, b""
        return found.rows, found.rest

    def _add_error(self, error: LoadError, limit: int) -> None:
        self.errors.append(error)
        if len(self.errors) >= limit:
            raise RedshiftError(
                "XX000",
                f"Load into table '{self._statement.table}' failed.  Check 'stl_load_errors' system table for details.",
            )


def _result(batch: _Batch, spec: ConversionSpec) -> Converted:
    if batch.future is not None:
        try:
            return batch.future.result()
        except BrokenExecutor:  # a worker was killed, perhaps because memory was short
            pass
    return convert_blocks(spec, batch.blocks)
