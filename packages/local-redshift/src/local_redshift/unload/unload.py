"""Distributes an UNLOAD's rows over files and puts these into S3.

Contract: blocking; used from one thread at a time. Files are written to a temporary folder and put one by one, so
memory stays bounded. What S3 refuses is a RedshiftError.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import obstore

from local_redshift.object_store.bucket import Bucket, split_uri
from local_redshift.object_store.errors import translated_errors
from local_redshift.settings import S3Settings
from local_redshift.statements.model import UnloadStatement
from local_redshift.unload.manifest import manifest
from local_redshift.unload.model import ResultColumn, Row, WrittenFile
from local_redshift.unload.naming import file_name, partition_folder
from local_redshift.unload.text_files import TextFile
from local_redshift.wire.errors import RedshiftError

if TYPE_CHECKING:
    from local_redshift.unload.parquet_files import ParquetFile

#: As many as the smallest warehouse has.
_SLICES = 2

#: Rows of text after which a file's size is checked.
_STEP = 500

_NOT_EMPTY = (
    "Specified unload destination on S3 is not empty. Consider using a different bucket / prefix, manually removing "
    "the target files in S3, or using the ALLOWOVERWRITE option."
)


class _Output:
    """The files that one slice writes to one folder."""

    def __init__(self, folder: str, slice_number: int) -> None:
        self.folder = folder
        self.slice_number = slice_number
        self.part = 0
        self.rows = 0
        self.path: Path | None = None
        self.file: TextFile | ParquetFile | None = None


class Unload:
    """One UNLOAD.

    :param statement: what to write where.
    :param columns: of the query's result.
    :param settings: how the server reaches S3.
    """

    def __init__(self, statement: UnloadStatement, columns: Sequence[ResultColumn], settings: S3Settings) -> None:
        self._statement = statement
        self._columns = columns
        bucket, self._prefix = split_uri(statement.access.source)
        if statement.partition_by and not self._prefix.endswith("/"):  # "is automatically added … if needed"
            self._prefix += "/"
        self._bucket = bucket
        self._store = Bucket(statement.access, settings).store(bucket)
        self._partitions = [_place(columns, name) for name in statement.partition_by]
        kept = range(len(columns))
        self._kept = [i for i in kept if i not in self._partitions or statement.include]
        self._check_columns()
        self._folder = tempfile.TemporaryDirectory(prefix="redshift-unload-")
        self._outputs: dict[tuple[str, int], _Output] = {}
        self._batches = 0
        self.files: list[WrittenFile] = []

    @property
    def rows(self) -> int:
        """How many rows were written."""
        return sum(file.rows for file in self.files)

    def begin(self) -> None:
        """Check that the destination is empty, or empty it.

        :raises RedshiftError: when it is not empty, or S3 refuses.
        """
        statement = self._statement
        if statement.allow_overwrite or (statement.clean_path and statement.partition_by):
            return
        found = self._existing(self._prefix)
        if found and not statement.clean_path:
            raise RedshiftError("XX000", _NOT_EMPTY)
        self._remove(found)

    def write(self, rows: Sequence[Row]) -> None:
        """Write a batch of rows; each batch goes to one slice."""
        slice_number = self._batches % _SLICES if self._statement.parallel else 0
        self._batches += 1
        if not self._partitions:
            self._append("", slice_number, rows)
            return
        by_folder: dict[str, list[Row]] = {}
        for row in rows:
            values = [row[place] for place in self._partitions]
            by_folder.setdefault(partition_folder(self._statement.partition_by, values), []).append(row)
        for folder, some in by_folder.items():
            self._append(folder, slice_number, [[row[place] for place in self._kept] for row in some])

    def end(self) -> None:
        """Put all files that are not complete yet, and the manifest."""
        statement = self._statement
        if not self._partitions and statement.format not in ("parquet", "json"):
            for slice_number in range(_SLICES if statement.parallel else 1):
                if ("", slice_number) not in self._outputs:
                    self._append("", slice_number, [])  # a slice without rows writes an empty file
        for output in self._outputs.values():
            self._put(output)
        if statement.manifest is not None:
            text = manifest(self.files, self._file_columns(), verbose=statement.manifest == "verbose")
            key = f"{self._prefix}manifest"
            with translated_errors(f"s3://{self._bucket}/{key}"):
                obstore.put(self._store, key, text)
        self.close()

    def close(self) -> None:
        """Remove the temporary files."""
        self._folder.cleanup()

    def _check_columns(self) -> None:
        """Refuse results that the format cannot hold.

        https://docs.aws.amazon.com/redshift/latest/dg/r_UNLOAD.html#unload-usage-notes
        """
        names = [column.name for column in self._columns]
        if self._statement.format == "json" and len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            text = f'To unload as JSON, the name of each column must be unique: "{twice}" is not.'
            raise RedshiftError("42701", text, hint="Give one of them another name with AS.")
        if not self._kept:
            text = "At least one column has to be left that is not in PARTITION BY."
            raise RedshiftError("42601", text, hint="Write INCLUDE after PARTITION BY, or select another column.")

    def _append(self, folder: str, slice_number: int, rows: Sequence[Row]) -> None:
        step = len(rows) if self._statement.format == "parquet" else _STEP
        for start in range(0, len(rows) or 1, step or 1):
            self._append_some(folder, slice_number, rows[start : start + step])

    def _append_some(self, folder: str, slice_number: int, rows: Sequence[Row]) -> None:
        output = self._outputs.get((folder, slice_number))
        if output is None:
            output = self._outputs[folder, slice_number] = _Output(folder, slice_number)
            if folder and self._statement.clean_path:
                self._remove(self._existing(self._prefix + folder))
        if output.file is None:
            output.path = Path(self._folder.name) / f"{len(self.files)}-{len(self._outputs)}-{slice_number}"
            make = self._file_type()
            output.file = make(output.path, self._statement, self._file_columns())
        before = output.file.written
        output.file.write(rows)
        output.rows += len(rows)
        if 2 * output.file.written - before > self._statement.max_file_size:  # the next rows would be too many
            self._put(output)

    def _file_type(self) -> type[TextFile] | type[ParquetFile]:
        if self._statement.format != "parquet":
            return TextFile
        # PyArrow is large: a server that writes no Parquet does without it.
        from local_redshift.unload.parquet_files import ParquetFile

        return ParquetFile

    def _put(self, output: _Output) -> None:
        """Put an output's file into S3; the next rows begin another."""
        if output.file is None or output.path is None:
            return
        output.file.close()
        name = file_name(self._statement, output.slice_number, output.part)
        key = f"{self._prefix}{output.folder}{name}"
        uri = f"s3://{self._bucket}/{key}"
        with translated_errors(uri):
            obstore.put(self._store, key, output.path)
        self.files.append(WrittenFile(uri, output.rows, output.path.stat().st_size))
        output.path.unlink()
        output.file, output.path, output.rows, output.part = None, None, 0, output.part + 1

    def _file_columns(self) -> list[ResultColumn]:
        return [self._columns[place] for place in self._kept]

    def _existing(self, prefix: str) -> list[str]:
        """Return the keys that begin with a prefix; obstore lists whole folders."""
        with translated_errors(f"s3://{self._bucket}/{prefix}"):
            pages = obstore.list(self._store, prefix=prefix.rpartition("/")[0] or None)
            return [item["path"] for page in pages for item in page if item["path"].startswith(prefix)]

    def _remove(self, keys: list[str]) -> None:
        if keys:
            with translated_errors(f"s3://{self._bucket}/{keys[0]}"):
                obstore.delete(self._store, keys)


def _place(columns: Sequence[ResultColumn], name: str) -> int:
    for place, column in enumerate(columns):
        if column.name == name:
            return place
    text = f'column "{name}" of PARTITION BY does not exist in the query'
    raise RedshiftError("42703", text, hint=f"Its columns are {', '.join(column.name for column in columns)}.")
