"""Stages a folder's files so that each row with a key names the file that it came from.

The files whose keys no other file of the load has are copied at once, by a COPY for each compression, and the rows are
given their files by a table of the keys. All others are copied one at a time, and their rows are given the one file.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sparkify.hooks.s3_object import S3Object, name_files, split_uri
from sparkify.hooks.sql_text import quote_identifier, quote_literal
from sparkify.source.data_files import MAX_URI_BYTES
from sparkify.source.file_keys import KEY_BYTES, FileKeys
from sparkify.source.partitions import Partition
from sparkify.staging.copy_errors import Copied, StagingError
from sparkify.staging.manifest import changed_objects
from sparkify.staging.reading import Batch, Reading
from sparkify.staging.source_files import Listing
from sparkify.staging.staged_table import KeyedTable
from sparkify.staging.stager import Stager, refuse_changes

if TYPE_CHECKING:
    from sparkify.hooks.warehouse import WarehouseSession

log = logging.getLogger(__name__)

#: Keys in one INSERT: with two values each below the 32,767 parameters that redshift_connector can send, and with the
#: longest keys and addresses below Redshift's 16 MB a statement.
_KEYS = 10_000
#: Up to this number, files are listed one by one to see whether they changed; of more, the whole folder is listed.
_LISTED_SINGLY = 100


@dataclass(frozen=True)
class KeyedStager(Stager):
    """Stages the one partition of a source, straight into its table, with the address of each row's file."""

    table: KeyedTable

    def _collect_keys(self) -> FileKeys:
        return FileKeys(self.table.key.name)

    def _batches(self, objects: Sequence[S3Object], reading: Reading) -> list[Batch]:
        """Return the files that are copied one at a time, then those that are copied together."""
        reading.lines.result()  # the keys are known when all lines were read
        together, single = _keys(reading).split(item for item in objects if item.size)
        if len(single) > 1:
            log.info(
                "%s of %s files share a %s with another one, or have one that is not plain text: they are copied one "
                "at a time, the first is %s.",
                f"{len(single):,}",
                f"{len(objects):,}",
                self.table.key.name,
                single[0].uri,
            )
        one_by_one = [
            replace(batch, name=f"{batch.name}-{number}", is_single=True)
            for number, item in enumerate(single, start=1)
            for batch in reading.batches([item])
        ]
        return [*one_by_one, *reading.batches(together)]

    def _copy(
        self,
        session: WarehouseSession,
        partition: Partition,
        target: str,
        batches: Sequence[Batch],
        reading: Reading,
    ) -> list[Copied]:
        copies = []
        for batch in batches:
            copies.append(self._copy_batch(session, partition, target, batch))
            if batch.is_single:
                self._name_file(session, batch.objects[0])
        together = [item for batch in batches if not batch.is_single for item in batch.objects]
        if together:
            self._name_files(session, list(_keys(reading).owners(together)))
        self._check_files(session, sum(copy.rows for copy in copies), together)
        return copies

    def _prepare_target(self, session: WarehouseSession, partitions: Sequence[Partition], *, is_retry: bool) -> str:
        if is_retry:
            self._remove_rows(session, partitions)
        return self.table.name

    def _put_rows(self, session: WarehouseSession, partition: Partition, target: str, copies: Sequence[Copied]) -> int:
        return sum(copy.rows for copy in copies)  # COPY has put them there

    def _remove_rows(self, session: WarehouseSession, partitions: Sequence[Partition]) -> None:
        session.run(f"DELETE FROM {self._table}")

    def _remove_earlier(self, session: WarehouseSession, partitions: Sequence[Partition]) -> None:
        self._remove_records(session, partitions)  # the rows were removed before COPY

    def _check_unchanged(self, listing: Listing) -> None:
        """Compare with the files as they are now; a new one is left to the next run."""
        for partition, objects in listing.items():
            found = partition.files(self._list_again(partition, objects))
            changes = changed_objects(objects, found)
            changes += [f"{uri} is back" for uri in sorted({item.uri for item in found} & set(self.removed))]
            refuse_changes(changes)

    def _list_again(self, partition: Partition, objects: Sequence[S3Object]) -> Sequence[S3Object]:
        """Return the files as they are now: of a few, only theirs; of many, those of their whole folder."""
        keys = [*(item.key for item in objects), *(split_uri(uri)[1] for uri in self.removed)]
        prefixes = keys if len(keys) <= _LISTED_SINGLY else [partition.prefix]
        return [item for found in self.store.list_prefixes(self.bucket, prefixes) for item in found]

    def _name_file(self, session: WarehouseSession, item: S3Object) -> None:
        """Write the address of the file into the rows that were just copied from it."""
        session.run(f"UPDATE {self._table} SET {self._uri} = {quote_literal(item.uri)} WHERE {self._unnamed}")

    def _name_files(self, session: WarehouseSession, owners: Sequence[tuple[str, str]]) -> None:
        """Write the addresses of their files into the rows that were just copied, by the rows' keys."""
        session.run(
            f"CREATE TEMP TABLE file_keys (row_key VARCHAR({KEY_BYTES}) NOT NULL,"
            f" object_uri VARCHAR({MAX_URI_BYTES}) NOT NULL)"
        )
        for first in range(0, len(owners), _KEYS):
            batch = owners[first : first + _KEYS]
            marks = ", ".join(["(%s, %s)"] * len(batch))
            values: list[Any] = [value for owner in batch for value in owner]
            session.run(f"INSERT INTO file_keys (row_key, object_uri) VALUES {marks}", values)
        session.run(
            f"UPDATE {self._table} SET {self._uri} = file_keys.object_uri FROM file_keys"
            f" WHERE RTRIM({self._key}) = file_keys.row_key AND {self._unnamed}"
        )

    def _check_files(self, session: WarehouseSession, copied: int, together: Sequence[S3Object]) -> None:
        """Check that the table holds the copied rows, and that each row with a key has a file.

        :raises StagingError: when it does not; a retry would not help.
        """
        rows, keyed, named = session.one(f"SELECT COUNT(*), COUNT({self._key}), COUNT({self._uri}) FROM {self._table}")
        if rows != copied:
            raise StagingError(f"{self.table.name} holds {rows} rows, where COPY loaded {copied}: nothing was staged.")
        if keyed != named:
            raise StagingError(
                f"Of {keyed} rows with a {self.table.row_key} the file of {keyed - named} is unknown: COPY loaded "
                f"another {self.table.row_key} than the lines of the files say. Nothing was staged. See how "
                f"{self.table.key.name!r} is written in {name_files(together)}: it should be a JSON text without "
                "escapes."
            )

    @property
    def _table(self) -> str:
        return quote_identifier(self.table.name)

    @property
    def _key(self) -> str:
        return f"{self._table}.{quote_identifier(self.table.row_key)}"

    @property
    def _uri(self) -> str:
        return quote_identifier(self.table.object_column)

    @property
    def _unnamed(self) -> str:
        return f"{self._key} IS NOT NULL AND {self._table}.{self._uri} IS NULL"


def _keys(reading: Reading) -> FileKeys:
    if reading.keys is None:
        raise LookupError("The files were read without their keys.")
    return reading.keys
