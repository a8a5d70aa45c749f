"""What one COPY did: the rows that it adds to the tables behind the system views of loads."""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass, field
from typing import Any

import psycopg

from local_redshift.copy import CopyLoad, LoadedFile, LoadError
from local_redshift.copy.target import CopyTarget
from local_redshift.wire import server_messages

_ERROR_COLUMNS = (
    "query_id",
    "session_id",
    "database_name",
    "table_id",
    "start_time",
    "file_name",
    "line_number",
    "column_name",
    "column_type",
    "column_length",
    "position",
    "raw_line",
    "raw_field_value",
    "error_code",
    "error_message",
    "transaction_id",
    "user_id",
)
_ADD_LOAD = """
INSERT INTO redshift_catalog.loads (
    query_id, session_id, database_name, table_id, table_name, query_text, status, start_time, end_time,
    loaded_rows, loaded_bytes, source_file_count, error_count, data_source, error_message, user_id, file_format
) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_FILE_COLUMNS = "query_id, session_id, file_name, lines_scanned, byte_count, loaded_at, user_id"


@dataclass
class CopyRecord:
    """One COPY, as it ended.

    :param query_id: its query id.
    :param session_id: the back end's process id, which is pg_backend_pid() for the client.
    :param database: the session's database.
    :param text: the statement, without secrets.
    :param source: the address it read from.
    :param target: the table.
    :param file_format: ``JSON``, ``PARQUET`` or ``TEXT``.
    :param load: what was read and rejected; None when it could not begin.
    :param failure: the error the client gets, if any.
    """

    query_id: int
    session_id: int
    database: str
    text: str
    source: str
    target: CopyTarget
    file_format: str = "TEXT"
    load: CopyLoad | None = None
    failure: bytes | None = None
    started: datetime.datetime = field(default_factory=lambda: _now())

    @property
    def errors(self) -> list[LoadError]:
        """The rows that could not be loaded."""
        return self.load.errors if self.load else []

    @property
    def files(self) -> list[LoadedFile]:
        """The objects that were read."""
        return self.load.files if self.load else []

    @property
    def rows_loaded(self) -> int:
        """How many rows the table got."""
        return self.load.rows_loaded if self.load and self.failure is None else 0

    @property
    def message(self) -> str | None:
        """The text of the error."""
        return server_messages.parse_fields(self.failure).get("M") if self.failure else None

    async def add_to(self, cursor: psycopg.AsyncCursor[Any]) -> None:
        """Write the record."""
        await _write(cursor, self)

    def error_rows(self) -> list[tuple[Any, ...]]:
        """Return the load errors as rows of the catalog's table."""
        return [self._row(error) for error in self.errors]

    def errors_json(self) -> str:
        """Return the load errors as text for the catalog's function."""
        rows = [dict(zip(_ERROR_COLUMNS, row, strict=True)) for row in self.error_rows()]
        return json.dumps(rows, default=str)

    def _row(self, error: LoadError) -> tuple[Any, ...]:
        return (
            self.query_id,
            self.session_id,
            self.database,
            self.target.oid,
            self.started,
            error.file,
            error.line_number,
            _text(error.column_name),
            _text(error.column_type),
            _text(error.column_length),
            error.position,
            _text(error.raw_line),
            _text(error.raw_field_value),
            error.error_code,
            _text(error.error_reason),
            self.target.transaction_id,
            self.target.user_id,
        )


async def _write(cursor: psycopg.AsyncCursor[Any], record: CopyRecord) -> None:
    ended = _now()
    values = (
        record.query_id,
        record.session_id,
        record.database,
        record.target.oid,
        record.target.table,
        _text(record.text),
        "completed" if record.failure is None else "failed",
        record.started,
        ended,
        record.rows_loaded,
        sum(file.byte_count for file in record.files),
        len(record.files),
        len(record.errors),
        record.source,
        _text(record.message),
        record.target.user_id,
        record.file_format,
    )
    await cursor.execute(_ADD_LOAD, values)
    if record.failure is None and record.files:
        ids = (record.query_id, record.session_id)
        async with cursor.copy(f"COPY redshift_catalog.load_files ({_FILE_COLUMNS}) FROM STDIN") as copy:
            for file in record.files:
                await copy.write_row((*ids, file.uri, file.lines, file.byte_count, ended, record.target.user_id))
    if record.errors:
        columns = ", ".join(_ERROR_COLUMNS)
        async with cursor.copy(f"COPY redshift_catalog.load_errors ({columns}) FROM STDIN") as copy:
            for row in record.error_rows():
                await copy.write_row(row)


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC).replace(tzinfo=None)


def _text(value: object) -> str | None:
    """Return text that PostgreSQL can hold."""
    if value is None:
        return None
    return str(value).replace("\0", "").encode("utf-8", "replace").decode("utf-8")
