"""Blocks of objects into rows: column by column where the result is the same, else record by record.

Contract: pure, and the same in any process: a ``ConversionSpec`` holds everything that matters, and can be sent to a
worker process. What a block begins and does not end (an object or a quoted field over several
lines) is left for the next one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import chain

from local_redshift.copy.columnwise.lines import Columnwise, delimited_splitter, json_splitter
from local_redshift.copy.columnwise.typed_objects import typed_objects
from local_redshift.copy.columnwise.vectors import Uncertain
from local_redshift.copy.model import Column, LoadedFile, LoadError, RowError
from local_redshift.copy.records.delimited_rows import DelimitedRows
from local_redshift.copy.records.json_rows import JsonRows
from local_redshift.copy.records.jsonpaths import effective_option, extractor, plain_keys
from local_redshift.copy.records.rows import RowBuilder, describe_error
from local_redshift.copy.source.lines import count_lines, split_lines
from local_redshift.copy.values.numbers import FLOATS
from local_redshift.statements import CopyStatement


@dataclass(frozen=True)
class ConversionSpec:
    """How a load's lines are converted.

    :param statement: the options, without credentials.
    :param columns: the columns, in the order of the fields.
    :param paths: the JSONPaths file.
    """

    statement: CopyStatement
    columns: tuple[Column, ...]
    paths: bytes | None = None

    @classmethod
    def of(cls, statement: CopyStatement, columns: Sequence[Column], paths: bytes | None) -> ConversionSpec:
        """Return the spec of a statement, without its secrets."""
        public = replace(statement, access_key_id=None, secret_access_key=None, session_token=None)
        return cls(public, tuple(columns), paths)

    @property
    def error_limit(self) -> int:
        """The number of errors that fails the load.

        "If the load returns the error_count number of errors or greater, the load fails"; 0 is as 1:
        https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-load.html#copy-maxerror
        """
        return max(self.statement.max_error, 1)


@dataclass
class Block:
    """Lines of an object that follow each other.

    :param uri: the object's address.
    :param data: the lines.
    :param last: whether the object ends with them.
    """

    uri: str
    data: bytes
    last: bool


@dataclass
class Converted:
    """The result of converting blocks.

    :param rows: rows in PostgreSQL's text format.
    :param row_count: how many.
    :param lines: lines that were read, for each block.
    :param errors: what could not be loaded, with the block's number and the line's number within it.
    :param rest: what the last block begins and does not end.
    """

    rows: bytes = b""
    row_count: int = 0
    lines: list[int] = field(default_factory=list)
    errors: list[tuple[int, LoadError]] = field(default_factory=list)
    rest: bytes = b""


class Conversion:
    """Converts blocks by a spec.

    :param spec: the spec.
    """

    def __init__(self, spec: ConversionSpec) -> None:
        self._spec = spec
        self._build = RowBuilder(spec.statement, spec.columns).build
        self._reader, self._columnwise = _readers(spec)

    def convert(self, blocks: Sequence[Block]) -> Converted:
        """Return the rows of blocks; only the last block may end before its object does."""
        if self._columnwise is not None:
            try:
                rows, row_count = self._columnwise.rows(_together(blocks))
            except (Uncertain, RowError):
                return self.convert_exactly(blocks)
            return Converted(rows, row_count, [count_lines(block.data) for block in blocks])
        return self.convert_exactly(blocks)

    def convert_exactly(self, blocks: Sequence[Block]) -> Converted:
        """Return the same, converted record by record."""
        found = Converted()
        rows: list[str] = []
        for number, block in enumerate(blocks):
            self._convert_block(number, block, found, rows)
        found.rows = "".join(rows).encode()
        found.row_count = len(rows)
        return found

    def _convert_block(self, number: int, block: Block, found: Converted, rows: list[str]) -> None:
        file = LoadedFile(block.uri, 0)
        lines = split_lines(block.data)
        for record, values in self._reader.read(file, lines, last=block.last):
            try:
                rows.append(self._build(values))
            except RowError as error:
                found.errors.append((number, describe_error(error, block.uri, file.lines, record)))
                if len(found.errors) >= self._spec.error_limit:
                    break
        else:
            ended = lines[: file.lines]
            found.rest = block.data[sum(map(len, ended)) + len(ended) :]
        found.lines.append(file.lines)


def _together(blocks: Sequence[Block]) -> bytes:
    """Return the lines of blocks joined, each with its end of line."""
    if len(blocks) == 1:
        return blocks[0].data
    return b"".join(chain.from_iterable((block.data, b"" if _is_ended(block) else b"\n") for block in blocks))


def _is_ended(block: Block) -> bool:
    return not block.data or block.data.endswith(b"\n")


def _readers(spec: ConversionSpec) -> tuple[JsonRows | DelimitedRows, Columnwise | None]:
    copy, columns = spec.statement, spec.columns
    if copy.format != "json":
        split = delimited_splitter(copy, len(columns))
        return DelimitedRows(copy, columns), split and Columnwise(split, copy, columns)
    option = effective_option(copy.json_option, spec.paths)
    extract = extractor(option, columns, spec.paths)
    has_paths = option.startswith("s3://")
    verbatim = [place for place, column in enumerate(columns) if column.type_name not in FLOATS]
    rows = JsonRows(extract, arrays=has_paths, replacement=copy.accept_inv_chars, verbatim=verbatim)
    keys = plain_keys(option, columns, spec.paths)
    typed = typed_objects(keys, columns, copy)
    return rows, Columnwise(json_splitter(extract, keys), copy, columns, typed) if columns else None


@lru_cache(maxsize=16)
def conversion(spec: ConversionSpec) -> Conversion:
    """Return the conversion by a spec; it is made once and kept for the next call."""
    return Conversion(spec)


def convert_blocks(spec: ConversionSpec, blocks: Sequence[Block]) -> Converted:
    """Convert blocks: the work of a worker process."""
    return conversion(spec).convert(blocks)
