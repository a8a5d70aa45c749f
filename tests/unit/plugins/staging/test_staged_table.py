"""Staging tables: what makes no sense cannot be made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sparkify.source.file_keys import RowKey
from sparkify.staging.staged_table import KeyedTable, PartitionedTable, StagedTable

COLUMNS = {"id": "$['Id']", "place": "$['where']['place']"}


def test_a_keyed_table_knows_the_key_of_its_rows() -> None:
    assert KeyedTable("t", COLUMNS, "id").key == RowKey("id", "Id", "object_uri")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: StagedTable("", COLUMNS), "name of the staging table is empty"),
        (lambda: StagedTable("t", {}), "columns of t is {}: give column → JSONPath"),
        (lambda: StagedTable("t", "auto"), "columns of t is 'auto': give column → JSONPath"),  # type: ignore[arg-type]
        (lambda: PartitionedTable("t", COLUMNS, ""), "partition_column of t is ''"),
        (lambda: PartitionedTable("t", COLUMNS, "place"), "partition_column of t is 'place'"),
        (lambda: KeyedTable("t", COLUMNS, "place"), "row_key of t is 'place': name a column whose path is one key"),
        (lambda: KeyedTable("t", COLUMNS, "no"), "row_key of t is 'no'"),
    ],
)
def test_a_table_that_makes_no_sense_is_refused_with_its_value(make: Callable[[], Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        make()
