"""What is recorded of a COPY."""

from __future__ import annotations

import json
from collections.abc import Iterator

from local_redshift import S3Settings
from local_redshift.copy import CopyLoad, LoadedFile, LoadError
from local_redshift.copy.target import CopyTarget
from local_redshift.history.loads import CopyRecord
from local_redshift.statements import CopyStatement
from local_redshift.wire import server_messages


class Load(CopyLoad):
    """A load that has read two files and rejected a row."""

    def __init__(self) -> None:
        super().__init__(CopyStatement(None, "t", None, "s3://b/k"), [], S3Settings())
        self.rows_loaded = 5
        self.files = [LoadedFile("s3://b/1", 10, 3), LoadedFile("s3://b/2", 10, 3)]
        self.errors = [LoadError("s3://b/2", 3, "a", "int4", "", 0, "x\0y", "x\0y", 1207, "Invalid digit")]

    def __iter__(self) -> Iterator[bytes]:
        yield from ()


def record() -> CopyRecord:
    target = CopyTarget(17, "public", "t", (), "", 900, 10)
    return CopyRecord(7, 1, "dev", "COPY t", "s3://b/k", target, load=Load())


def test_rows_count_only_if_the_copy_succeeded() -> None:
    tested = record()
    assert (tested.rows_loaded, len(tested.files), tested.message) == (5, 2, None)
    tested.failure = server_messages.error_of_fields({"M": "no"})
    assert (tested.rows_loaded, tested.message) == (0, "no")


def test_a_copy_that_could_not_begin_has_read_nothing() -> None:
    tested = record()
    tested.load = None
    assert (tested.rows_loaded, tested.files, tested.errors) == (0, [], [])


def test_load_errors_are_rows_that_postgresql_can_hold() -> None:
    (row,) = json.loads(record().errors_json())
    assert (row["query_id"], row["table_id"], row["transaction_id"], row["user_id"]) == (7, 17, 900, 10)
    assert (row["file_name"], row["line_number"], row["error_code"]) == ("s3://b/2", 3, 1207)
    assert row["raw_line"] == "xy"
