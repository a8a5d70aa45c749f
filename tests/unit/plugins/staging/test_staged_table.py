"""Staging tables and COPY's settings: what makes no sense cannot be made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sparkify.source.file_keys import RowKey
from sparkify.staging.absent_files import OnAbsent, Wait
from sparkify.staging.copy_settings import CopySettings, RejectLimit
from sparkify.staging.source_files import PartitionedSource, Source
from sparkify.staging.staged_table import KeyedTable, PartitionedTable, StagedTable
from sparkify.windows import Window

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
        (lambda: Source("", "p"), "bucket of the source 'p' is empty"),
        (lambda: PartitionedSource("b", "p", layout="weekly"), "no layout 'weekly'"),
        (lambda: CopySettings(parallel_copies=0), "parallel_copies is 0: set it to 1 or more"),
        (lambda: RejectLimit(-1), "max_rejected is -1; COPY can put aside 0 to 99,999 rows"),
        (lambda: RejectLimit(100_000), "max_rejected is 100000"),
        (lambda: RejectLimit(max_rejected_share=-0.1), "max_rejected_share is -0.1; set it to a number from 0 to 1"),
        (lambda: Wait(timeout=0), "timeout of the wait is 0: give seconds above 0"),
        (lambda: Wait(poll_interval=-1), "poll_interval of the wait is -1"),
        (lambda: OnAbsent("shrug"), "on_absent is 'shrug'; set it to one of load_empty, skip, fail, or to a Wait"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_name_and_value(make: Callable[[], Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        make()


def test_a_source_with_partitions_has_those_of_a_window_and_one_without_is_its_folder() -> None:
    window = Window.parse("2018-11-05T23:00Z to 2018-11-06T01:00Z")
    labels = [partition.label for partition in PartitionedSource("b", "logs", layout="daily").partitions(window)]
    assert labels == ["2018-11-05", "2018-11-06"]
    assert Source("b", "/songs/").folder.prefix == "songs/"
