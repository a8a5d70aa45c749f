"""Audits a run's staging: data quality checks that can show what the source's lines look like.

The query of the staged files is put together here around that of a check: this room is generic, and ``sql/`` is the
project's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from sparkify.hooks.errors import describe
from sparkify.hooks.s3_object import S3Object, split_uri
from sparkify.loading.quality import Severity
from sparkify.operators.data_quality import DataQualityOperator
from sparkify.source.source_keys import ExpectedKeys, find_drifted

if TYPE_CHECKING:
    from sparkify.hooks.warehouse import WarehouseSession
    from sparkify.loading.quality import Check, Result

#: How many files are searched for a line that lacks keys, how many lines of each, and how many files are named.
_FILES, _LINES, _NAMED = 100, 1000, 3


class AuditStagingOperator(DataQualityOperator):
    """Runs checks like :class:`DataQualityOperator`, and explains those of a source that has drifted.

    When such a check finds partitions (its rows have the column ``source_partition``), the first lines of their files
    are read, and the result names files with the keys that were found and those that were expected. An audit that
    passes reads no file.

    :param expected_keys: check's name → what the lines of its source are expected to have.
    :param otherwise: what to do when the source cannot be corrected, as half a sentence.
    """

    def __init__(
        self,
        *,
        expected_keys: Mapping[str, ExpectedKeys],
        otherwise: str = "make the check a warning",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.expected_keys = expected_keys
        self.otherwise = otherwise

    def _look_closer(self, session: WarehouseSession, check: Check, failures: int) -> Result:
        result = super()._look_closer(session, check, failures)
        expected = self.expected_keys.get(check.name)
        if not failures or expected is None:
            return result
        return replace(result, sample=(*result.sample, *self._find_keys(session, check, expected)))

    def _find_keys(self, session: WarehouseSession, check: Check, expected: ExpectedKeys) -> list[str]:
        sql = (
            "SELECT object_uri, etag, byte_count FROM staged_objects WHERE table_name = %s AND byte_count > 0"
            f" AND source_partition IN (SELECT source_partition FROM ({check.sql.strip().rstrip(';')}) AS drifted)"
            f" ORDER BY object_uri LIMIT {_FILES}"
        )
        try:
            found = list(islice(self._drifted(session.rows(sql, (expected.table,)), expected), _NAMED))
        except Exception as error:  # the check has failed, and that is what matters
            return [f"its files could not be read again: {describe(error)}"]
        if not found:
            return ["its lines have the expected keys, as far as they were read: the values are null or empty"]
        step = "have the source write the expected keys"
        return [*found, f"{step}, or {self.otherwise}" if check.severity is Severity.ERROR else step]

    def _drifted(self, rows: list[tuple[Any, ...]], expected: ExpectedKeys) -> Iterator[str]:
        from sparkify.hooks.object_store import ObjectStore
        from sparkify.source.file_reading import iter_lines

        store = ObjectStore(self.aws_conn_id)
        for uri, etag, size in rows:
            lines = iter_lines(store, S3Object(*split_uri(uri), etag, int(size)))
            line = find_drifted(islice(lines, _LINES), expected)
            if line is not None:
                yield line.describe(uri)
