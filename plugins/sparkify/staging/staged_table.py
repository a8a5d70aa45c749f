"""The staging tables that COPY fills: their columns, and how a row's partition or file is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sparkify.source.file_keys import RowKey
from sparkify.templated import Templated


@dataclass(frozen=True)
class StagedTable(Templated):
    """A staging table, found by the session's search path.

    :param name: its name.
    :param columns: column → JSONPath in a line.
    :raises ValueError: when one of them is empty.
    """

    template_fields = ("name", "columns")

    name: str
    columns: Mapping[str, str]

    def __post_init__(self) -> None:
        if not self.name:
            raise ValueError("name of the staging table is empty: name the table to fill.")
        if not self.columns or not isinstance(self.columns, Mapping):
            raise ValueError(f"columns of {self.name} is {self.columns!r}: give column → JSONPath.")


@dataclass(frozen=True)
class PartitionedTable(StagedTable):
    """A staging table that holds several partitions.

    :param partition_column: the column that gets the name of a row's partition. COPY leaves it NULL.
    :raises ValueError: when it is empty, or is a column that COPY fills.
    """

    partition_column: str = "source_partition"

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.partition_column or self.partition_column in self.columns:
            raise ValueError(
                f"partition_column of {self.name} is {self.partition_column!r}: name a column that COPY does not fill."
            )


@dataclass(frozen=True)
class KeyedTable(StagedTable):
    """A staging table whose rows have a key, by which each is given the file that it came from.

    :param row_key: the column of the key, such as an id.
    :param object_column: the column that gets the file's address; a row without a key has none.
    :raises ValueError: when the path of ``row_key`` is not one key.
    """

    row_key: str
    object_column: str = "object_uri"

    def __post_init__(self) -> None:
        super().__post_init__()
        _ = self.key

    @property
    def key(self) -> RowKey:
        """How a row's file is found."""
        key = RowKey.of(self.row_key, self.columns, self.object_column)
        if key is None:
            raise ValueError(
                f"row_key of {self.name} is {self.row_key!r}: name a column whose path is one key, as in $['song_id']."
            )
        return key
