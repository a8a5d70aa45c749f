"""One COPY: objects to rows in PostgreSQL's text format.

Contract: blocking, used from one thread at a time, memory bounded by a few objects or chunks. A row either comes out
or is an error with file and line; MAXERROR errors end the load.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from local.redshift.copy.convert import NULL, Converter, converter
from local.redshift.copy.delimited_rows import DelimitedRows
from local.redshift.copy.json_rows import JsonRows
from local.redshift.copy.jsonpaths import extractor
from local.redshift.copy.lines import read_lines
from local.redshift.copy.model import Column, LoadedFile, LoadError, Record, RowError, S3Settings
from local.redshift.copy.objects import Bucket
from local.redshift.errors import RedshiftError
from local.redshift.statements import CopyStatement

_CHUNK = 128 * 1024
_RAW_LINE, _RAW_VALUE = 1024, 1024


class CopyLoad:
    """The rows of one COPY; iterate over it once for its chunks.

    :param statement: what to load.
    :param columns: the columns, in the order of the fields.
    :param s3: how to reach S3.
    """

    def __init__(self, statement: CopyStatement, columns: Sequence[Column], s3: S3Settings) -> None:
        self._statement = statement
        self._columns = columns
        self._bucket = Bucket(statement, s3)
        self._converters: list[Converter] = [converter(column, statement) for column in columns]
        self._required = [not column.nullable for column in columns]
        self.files: list[LoadedFile] = []
        self.errors: list[LoadError] = []
        self.rows_loaded = 0
        self.lines_scanned = 0

    def __iter__(self) -> Iterator[bytes]:
        """Yield the rows in chunks.

        :raises RedshiftError: when a source is missing or unreadable, or there are more errors than allowed.
        """
        objects = self._bucket.resolve()
        read = self._reader()
        rows: list[str] = []
        size = 0
        for item, chunks in self._bucket.contents(objects):
            file = LoadedFile(item.uri, item.size)
            self.files.append(file)
            for record, values in read(file, chunks):
                row = self._row(file, record, values)
                if row is None:
                    continue
                rows.append(row)
                size += len(row)
                if size >= _CHUNK:
                    yield self._chunk(rows)
                    rows, size = [], 0
            self.lines_scanned += file.lines
        if rows:
            yield self._chunk(rows)

    def _reader(self) -> Callable[[LoadedFile, Iterator[bytes]], Iterator[Record]]:
        copy = self._statement
        if copy.format == "parquet":
            # PyArrow is large: a server that loads no Parquet does without it.
            from local.redshift.copy.parquet_rows import ParquetRows

            return ParquetRows(copy, self._columns).read
        rows = self._json() if copy.format == "json" else DelimitedRows(copy, self._columns)
        return lambda file, chunks: rows.read(file, read_lines(file.uri, chunks, copy.compression))

    def _json(self) -> JsonRows:
        option = self._statement.json_option
        has_paths = option.startswith("s3://")
        extract = extractor(option, self._columns, self._bucket.read(option) if has_paths else None)
        return JsonRows(extract, arrays=has_paths, replacement=self._statement.accept_inv_chars)

    def _chunk(self, rows: list[str]) -> bytes:
        self.rows_loaded += len(rows)
        if self._statement.no_load:
            return b""
        return "".join(rows).encode()

    def _row(self, file: LoadedFile, record: bytes, values: list[Any] | RowError) -> str | None:
        """Return a record's row, None when it is an error."""
        try:
            if isinstance(values, RowError):
                raise values
            return self._convert(values)
        except RowError as error:
            self._note(file, record, error)
            return None

    def _convert(self, values: list[Any]) -> str:
        fields = []
        for value, convert, required, column in zip(
            values, self._converters, self._required, self._columns, strict=True
        ):
            field = None if value is None else convert(value)
            if field is None:
                if required:
                    raise RowError(1213, "Missing data for not-null field", column)
                field = NULL
            fields.append(field)
        return "\t".join(fields) + "\n"

    def _note(self, file: LoadedFile, line: bytes, error: RowError) -> None:
        column = error.column
        raw = line.decode(errors="replace")
        found = raw.find(error.value) if error.value else -1
        self.errors.append(
            LoadError(
                file=file.uri,
                line_number=file.lines,
                column_name=column.name if column else "",
                column_type=_short_type(column) if column else "",
                column_length=str(column.max_bytes or "") if column else "",
                position=max(found, 0),
                raw_line=raw[:_RAW_LINE],
                raw_field_value=error.value[:_RAW_VALUE],
                error_code=error.code,
                error_reason=error.reason,
            )
        )
        # "If the load returns the error_count number of errors or greater, the load fails"; 0 is as 1:
        # https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-load.html#copy-maxerror
        if len(self.errors) >= max(self._statement.max_error, 1):
            raise RedshiftError(
                "XX000",
                f"Load into table '{self._statement.table}' failed.  Check 'stl_load_errors' system table for details.",
            )


def _short_type(column: Column) -> str:
    """Return a type as STL_LOAD_ERRORS names it."""
    short = {
        "character varying": "varchar",
        "character": "char",
        "smallint": "int2",
        "integer": "int4",
        "bigint": "int8",
        "real": "float4",
        "double precision": "float8",
        "boolean": "bool",
        "timestamp without time zone": "timestamp",
        "timestamp with time zone": "timestamptz",
    }
    return short.get(column.type_name, column.type_name)
