"""Finds out what went wrong in a COPY: which lines it rejected, or why it failed."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sparkify.hooks.errors import SourceChangedError, describe, is_transient
from sparkify.hooks.s3_object import S3Object, name_files
from sparkify.hooks.store_errors import StoreUnavailableError
from sparkify.source.file_reading import count_lines, read_lines
from sparkify.source.partitions import Partition
from sparkify.staging.load_errors import (
    LOAD_ERRORS_QUERY,
    LoadError,
    Reject,
    describe_load_errors,
    errors_of_last_copy,
    explain_copy_failure,
    is_missing_object,
)

if TYPE_CHECKING:
    from sparkify.hooks.object_store import ObjectStore
    from sparkify.hooks.warehouse import WarehouseSession
    from sparkify.staging.copy_settings import RejectLimit
    from sparkify.staging.copy_statement import CopyOptions
    from sparkify.staging.staged_table import StagedTable

log = logging.getLogger(__name__)

#: The load-error view may lag behind the COPY for a moment.
_READS = 5
_WAIT_SECONDS = 1.0


class StagingError(Exception):
    """A partition cannot be staged, and a retry would not help."""


class CopyError(Exception):
    """A COPY failed; its cause is the driver's error.

    :param objects: what it was to read.
    :param manifest_uri: the manifest that names them.
    """

    def __init__(self, objects: Sequence[S3Object], manifest_uri: str) -> None:
        super().__init__(f"COPY FROM {manifest_uri} failed.")
        self.objects = objects
        self.manifest_uri = manifest_uri


@dataclass(frozen=True)
class Copied:
    """One COPY that succeeded.

    :param objects: what it read.
    :param rows: how many rows it loaded.
    :param query_id: its id in the warehouse's history.
    """

    objects: tuple[S3Object, ...]
    rows: int
    query_id: int


@dataclass(frozen=True)
class CopyErrors:
    """Finds the errors of a session's COPYs.

    :param table: the staging table.
    :param options: what all COPYs have in common.
    :param limit: how many lines of a partition may be rejected.
    :param store: where the files are.
    :param open_session: opens a further session.
    :param pid: the session's process id.
    :param since: a moment before the COPYs, by the warehouse's clock: process ids are used again.
    """

    table: StagedTable
    options: CopyOptions
    limit: RejectLimit
    store: ObjectStore
    open_session: Callable[[], AbstractContextManager[WarehouseSession]]
    pid: int
    since: datetime

    def find_rejects(
        self, partition: Partition, copies: Sequence[Copied], lines: Mapping[str, int]
    ) -> tuple[Reject, ...]:
        """Return the lines that COPYs within an open transaction put aside.

        :param partition: what was copied.
        :param copies: how.
        :param lines: source lines by object URI.
        :raises StagingError: when there are not as many addresses as lines missing, or more than allowed.
        """
        limit = self.limit.max_rejected
        errors: list[LoadError] = []
        for copy in copies:
            missing = sum(lines[item.uri] for item in copy.objects) - copy.rows
            if missing > 0 and limit:
                errors += self._locate(partition, copy, missing)
        rejects = self._read_raw(errors)
        if len(rejects) > limit:
            raise StagingError(self._describe(partition, rejects))
        share, allowed = len(rejects) / (sum(lines.values()) or 1), self.limit.max_rejected_share
        if share > allowed:
            raise StagingError(
                f"{share:.1%} of the lines are bad, where max_rejected_share allows {allowed:.1%}. "
                f"{self._describe(partition, rejects)}"
            )
        return tuple(rejects)

    def explain(self, session: WarehouseSession, partition: Partition, failure: CopyError) -> Exception:
        """Return the exception to raise for a failed COPY, whose transaction is rolled back by now."""
        cause = failure.__cause__
        if not isinstance(cause, Exception):
            return failure
        if is_transient(cause):
            return cause
        passing = self._read_again(failure.objects)
        if passing is not None:
            return passing
        errors: list[LoadError] = []
        with suppress(Exception):  # the COPY's own error is the one to tell
            rows = session.rows(LOAD_ERRORS_QUERY, (self.pid, self.since))
            errors = errors_of_last_copy(rows, failure.objects)
        if errors:
            return StagingError(self._describe(partition, self._read_raw(errors)))
        text = describe(cause)
        if is_missing_object(text):
            return SourceChangedError(f"A file of {failure.manifest_uri} is gone since it was listed: {text}")
        return StagingError(
            explain_copy_failure(
                cause,
                role="the connection's keys" if self.options.keys else f"the role {self.options.role}",
                source_bucket=failure.objects[0].bucket,
                manifest_uri=failure.manifest_uri,
            )
        )

    def _read_again(self, objects: Sequence[S3Object]) -> Exception | None:
        """Return why the next try may find other files: one was replaced, or S3 does not send all of it.

        COPY takes a file that S3 cut short for a damaged one.
        """
        try:
            count_lines(self.store, [item for item in objects if item.size])
        except (SourceChangedError, StoreUnavailableError) as error:
            return error
        except Exception:  # the COPY's own error is the one to tell
            log.debug("The files of a failed COPY cannot be read either.", exc_info=True)
        return None

    def _locate(self, partition: Partition, copy: Copied, missing: int) -> list[LoadError]:
        """Read the load errors in a session of their own: the open transaction may not see them yet."""
        with self.open_session() as other:
            for left in reversed(range(_READS)):
                errors = errors_of_last_copy(other.rows(LOAD_ERRORS_QUERY, (self.pid, self.since)), copy.objects)
                if len(errors) >= missing or not left:
                    break
                time.sleep(_WAIT_SECONDS)
        if len(errors) != missing:
            raise StagingError(
                f"COPY {copy.query_id} of {partition.label or self.table.name} left out {missing} line(s), and "
                f"the warehouse names {len(errors)} of them in sys_load_error_detail. Nothing of it was staged: "
                f"see whether {name_files(copy.objects)} has one JSON object a line."
            )
        return errors

    def _read_raw(self, errors: Sequence[LoadError]) -> list[Reject]:
        """Fetch the lines that the load errors point at; the error view has none."""
        rejects = []
        for source in dict.fromkeys(error.source for error in errors):
            of_source = [error for error in errors if error.source == source]
            lines = read_lines(self.store, source, [error.line_number for error in of_source])
            rejects += [Reject(error, lines.get(error.line_number, b"")) for error in of_source]
        return rejects

    def _describe(self, partition: Partition, rejects: Sequence[Reject]) -> str:
        return describe_load_errors(
            self.table.name, partition.label, rejects, self.table.columns, self.limit.max_rejected
        )
