"""The rows by which a run's staging is accounted for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from sparkify.hooks.s3_object import S3Object
from sparkify.source.partitions import Partition
from sparkify.staging.bookkeeping import StagedPartition, earlier_records, record, remove_records
from sparkify.staging.load_errors import LoadError, Reject

PARTITION = Partition(
    "2018-11-05T13", datetime(2018, 11, 5, 13, tzinfo=UTC), datetime(2018, 11, 5, 14, tzinfo=UTC), "p/"
)


AS_OF = datetime(2018, 11, 5, 14)


def objects(count: int) -> tuple[S3Object, ...]:
    modified = datetime(2018, 11, 5, 16, tzinfo=timezone(timedelta(hours=2)))
    return tuple(S3Object("b", f"p/{number}.json", "e", 10, modified) for number in range(count))


def test_many_files_are_recorded_with_few_statements():
    staged = StagedPartition(PARTITION, AS_OF, objects(2500), {}, staged=0)
    statements = list(record("t", [staged]))
    assert len(statements) == 4
    recorded = [value for _, parameters in statements for value in parameters]
    assert {item.uri for item in objects(2500)} <= {*recorded}


def test_every_statement_has_as_many_values_as_marks():
    reject = Reject(LoadError(objects(1)[0], 3, "ts", "int8", 1207, "r"), b"raw")
    staged = StagedPartition(
        PARTITION,
        AS_OF,
        objects(3),
        {"s3://b/p/0.json": 4},
        staged=3,
        rejects=(reject,),
        removed=("s3://b/p/gone.json",),
    )
    for sql, parameters in [
        *remove_records("t", ["a", "b"]),
        *record("t", [staged]),
        earlier_records("t"),
        earlier_records("t", "a"),
    ]:
        assert sql.count("%s") == len(parameters)


def test_times_are_recorded_as_utc():
    [_, (_, parameters)] = record("t", [StagedPartition(PARTITION, AS_OF, objects(1))])
    assert parameters[5] == datetime(2018, 11, 5, 14)


@pytest.mark.parametrize(
    ("lines", "staged", "rejected", "adds_up"),
    [(0, 0, 0, True), (3, 2, 1, True), (3, 3, 1, False), (3, 2, 0, False)],
)
def test_source_lines_are_staged_or_rejected(lines, staged, rejected, adds_up):
    reject = Reject(LoadError(objects(1)[0], 1, "", "", 0, ""), b"")
    item = StagedPartition(PARTITION, AS_OF, objects(1), {"x": lines}, staged=staged, rejects=(reject,) * rejected)
    assert (item.conservation_problem() is None) is adds_up
