"""The lines that COPY could not load, and why a COPY failed, as sentences with the next step. Pure.

SYS_LOAD_ERROR_DETAIL, which clusters and Serverless both have, holds no raw line: the line comes from S3 by its
address. https://docs.aws.amazon.com/redshift/latest/dg/SYS_LOAD_ERROR_DETAIL.html
The query of the view stands here, and not in a file: this room is generic, and ``sql/`` is the project's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sparkify.hooks.errors import describe, next_step, rule_of
from sparkify.hooks.s3_object import S3Object, split_uri
from sparkify.source.content import printable
from sparkify.source.jsonpaths import find_field

#: Parameters: the session's process id, and the time since which that id belongs to this session.
LOAD_ERRORS_QUERY = """SELECT
    query_id, TRIM(file_name), line_number, TRIM(column_name), TRIM(column_type), error_code, TRIM(error_message)
FROM sys_load_error_detail
WHERE session_id = %s AND start_time >= %s
ORDER BY query_id, file_name, line_number"""

#: The view cuts names off here.
_FILE_NAME_LENGTH = 256
_SHOWN = 3
_REASON_CHARACTERS = 1000


@dataclass(frozen=True)
class LoadError:
    """A source line that COPY did not load.

    :param source: the object that holds it.
    :param line_number: its number in the object, from 1, counting blank lines.
    :param column_name: the column at which loading stopped, empty when the line is not JSON.
    :param column_type: the column's type.
    :param error_code: Redshift's error number.
    :param reason: Redshift's error message.
    """

    source: S3Object
    line_number: int
    column_name: str
    column_type: str
    error_code: int
    reason: str

    @property
    def address(self) -> tuple[str, int]:
        """Where the line is."""
        return self.source.uri, self.line_number


@dataclass(frozen=True)
class Reject:
    """A rejected line with its content."""

    error: LoadError
    raw_line: bytes


def errors_of_last_copy(rows: Sequence[Sequence[Any]], objects: Sequence[S3Object]) -> list[LoadError]:
    """Return the errors of the newest COPY that read some of the objects, one for each line.

    :param rows: the result of :data:`LOAD_ERRORS_QUERY`; it holds the session's other COPYs as well.
    :param objects: what the COPY read.
    """
    by_name = {item.uri[:_FILE_NAME_LENGTH]: item for item in objects}
    of_objects = [row for row in rows if row[1] in by_name]
    newest = max((row[0] for row in of_objects), default=None)
    errors: dict[tuple[str, int], LoadError] = {}
    for query_id, name, line_number, column, column_type, code, reason in of_objects:
        if query_id == newest:
            error = LoadError(
                by_name[name], int(line_number or 0), column or "", column_type or "", int(code or 0), reason or ""
            )
            errors.setdefault(error.address, error)
    return list(errors.values())


def describe_load_errors(
    table: str, label: str, rejects: Sequence[Reject], columns: Mapping[str, str], max_rejected: int
) -> str:
    """Return the message for a COPY that stopped at bad lines: a line for each of the first few.

    :param table: the table being loaded.
    :param label: the partition's name.
    :param rejects: the bad lines.
    :param columns: column → JSONPath, by which a field's value is found.
    :param max_rejected: how many lines may be rejected.
    """
    partition = f"partition {label}" if label else "the source"
    lines = [
        f"COPY of {partition} into {table} stopped after {len(rejects)} bad line(s), where max_rejected allows "
        f"{max_rejected}.",
        *(_describe(reject, columns) for reject in rejects[:_SHOWN]),
        *([f"And {len(rejects) - _SHOWN} more."] if len(rejects) > _SHOWN else []),
        "Nothing of it was staged: correct the file and rerun, or raise max_rejected to have bad lines put aside.",
    ]
    return "\n".join(lines)


def _describe(reject: Reject, columns: Mapping[str, str]) -> str:
    error = reject.error
    where = f"{error.source.uri}, line {error.line_number}"
    if error.column_name:
        value = _field_text(reject.raw_line, columns.get(error.column_name, f"$['{error.column_name}']"))
        if value is not None:
            where += f", column {error.column_name} ({error.column_type}), value {printable(value)}"
        else:
            where += f", column {error.column_name} ({error.column_type}), in {printable(reject.raw_line)}"
    else:
        where += f", {printable(reject.raw_line)}"
    return f"{where}: {printable(error.reason.rstrip('.'), _REASON_CHARACTERS)} (error {error.error_code})."


def _field_text(raw_line: bytes, path: str) -> str | None:
    try:
        return json.dumps(find_field(raw_line, path), ensure_ascii=False)
    except LookupError:
        return None


def explain_copy_failure(error: Exception, *, role: str, source_bucket: str, manifest_uri: str) -> str:
    """Return the message for a COPY that failed before it read any line.

    :param error: what the driver raised.
    :param role: the role, or other credentials, that the warehouse uses to read S3.
    :param source_bucket: the bucket of the objects.
    :param manifest_uri: the manifest.
    """
    buckets = " and ".join(sorted({source_bucket, split_uri(manifest_uri)[0]}))
    step = "correct the cause, then rerun; the manifest is left where it is"
    if rule_of(error) is not None:
        step = next_step(error, role=role, buckets=buckets)
    said = printable(describe(error).rstrip("."), _REASON_CHARACTERS)
    return f"COPY FROM {manifest_uri} failed: {said}. {step[0].upper()}{step[1:]}."


def is_missing_object(text: str) -> bool:
    """Return whether a COPY failed because an object of its manifest is gone."""
    message = text.lower()
    return any(part in message for part in ("nosuchkey", "key does not exist", "mandatory"))
