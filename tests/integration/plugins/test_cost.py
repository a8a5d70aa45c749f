"""What an hour costs at Redshift's prices: its statements counted, and literals around every scan of a growing table.

The counts are those of ``python -m bench.cost``. A bound that comes from a subquery or a parameter is none:
https://docs.aws.amazon.com/redshift/latest/dg/t_Sorting_data.html
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest

from bench.cost import reach_of
from bench.cost_cases import Case, Size, cases, open_pipeline, outlying
from bench.counted import Result

#: The same hour of the day, with 25 times the history.
SMALL = Size(history=2, songs=100, events=60, window=3)
LARGE = Size(history=50, songs=600, events=60, window=3)
CASES = cases(SMALL.window)
HOURS = [case for case in CASES if case.hours == 1]
DAY = timedelta(days=1)
#: A table without a changed row is not written, so two hours may differ by this many statements.
MORE_WRITES = 4
#: More ids than a range may span.
USERS = 100_000

pytestmark = pytest.mark.timeout(900)


Costs = dict[str, Result]


def measure(folder, size: Size, change=list) -> Costs:
    with (
        pytest.MonkeyPatch.context() as patch,
        open_pipeline(folder, size, 5, change=change, set_variable=patch.setenv) as pipeline,
    ):
        return {case.name: pipeline.run(case) for case in CASES}


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> Costs:
    return measure(tmp_path_factory.mktemp("small"), SMALL)


@pytest.fixture(scope="module")
def large(tmp_path_factory) -> Costs:
    """A large warehouse. Each hour that is loaded by itself has a play of 2001 by a user with an outlying id."""
    return measure(tmp_path_factory.mktemp("large"), LARGE, outlying)


def by_name(chosen: list[Case]):
    return pytest.mark.parametrize("case", chosen, ids=[case.name for case in chosen])


@by_name(HOURS)
@pytest.mark.parametrize("size", ["small", "large"])
def test_an_hour_stays_within_its_budget(request, size, case: Case) -> None:
    counts = request.getfixturevalue(size)[case.name].total
    found = {
        "statements": counts.statements,
        "under the lock": counts.under_lock,
        "tables created": counts.tables,
        "commits": counts.commits,
    }
    assert all(found.values()), f"Nothing was counted: {found}"
    reach = {name: reach_of(name, case) for name in found}
    assert {name: (count, reach[name]) for name, count in found.items() if count > reach[name]} == {}


@by_name(CASES)
def test_a_run_commits_once_under_the_lock(small: Costs, case: Case) -> None:
    locked = {task: counts.commits_under_lock for task, counts in small[case.name].tasks.items()}
    assert sum(locked.values()) == 1, locked


@by_name(CASES)
@pytest.mark.parametrize("size", ["small", "large"])
def test_literals_bound_every_scan_of_a_growing_table_but_the_two_that_cannot_be(request, size, case: Case) -> None:
    allowed = {"etl.play_deliveries"} if case.new_songs else set()
    if case.withdraws:
        allowed.add("etl.user_observations")
    found = request.getfixturevalue(size)[case.name].total.unbounded
    scans = Counter(scan.table for scan in found)
    refused = [scan for scan in found if scan.table not in allowed or scans[scan.table] > 1]
    assert not refused, "\n\n".join(f"{scan.task} scans {scan.table}:\n{scan.statement}" for scan in refused)


@by_name(CASES)
def test_no_row_is_rewritten_unchanged(small: Costs, case: Case) -> None:
    rewritten = {task: counts.rewritten for task, counts in small[case.name].tasks.items() if counts.rewritten}
    assert rewritten == {}


@by_name(CASES)
def test_a_long_history_and_an_outlying_play_make_no_hour_dearer(small: Costs, large: Costs, case: Case) -> None:
    one, other = small[case.name].total, large[case.name].total
    assert (other.tables, other.commits) == (one.tables, one.commits)
    assert other.statements - one.statements <= MORE_WRITES
    assert other.under_lock - one.under_lock <= MORE_WRITES


@by_name(CASES)
def test_the_literal_ranges_are_as_narrow_as_what_is_sought(large: Costs, case: Case) -> None:
    wide = [scan for scan in large[case.name].total.bounded if any(is_wide(scan.column, *span) for span in scan.spans)]
    assert not wide, "\n\n".join(f"{scan.task} seeks {scan.spans} in {scan.table}:\n{scan.statement}" for scan in wide)


def is_wide(column: str, first, last) -> bool:
    """Return whether a range is longer than a day, or than what a block holds.

    A block of 1 MB has 262,144 values of an INTEGER that is not compressed; a sort key of ids is read by whole ones.
    """
    if isinstance(first, datetime):
        return last - first > DAY
    if column == "partition_ts":
        return last - first > DAY.total_seconds() * 1000
    if column == "user_id":
        return last - first > USERS
    return column == "source_partition" and first[:10] != last[:10]


@pytest.mark.parametrize(
    ("column", "first", "last", "wide"),
    [
        ("start_time", datetime(2001, 9, 9), datetime(2018, 11, 5), True),
        ("start_time", datetime(2018, 11, 5), datetime(2018, 11, 5, 23, 59, 59), False),
        ("source_partition", "2018-11-05T01", "2018-11-06T01", True),
        ("source_partition", "2018-11-05T01", "2018-11-05T23", False),
        ("partition_ts", 0, 86_400_001, True),
        ("user_id", 3, 9_000_000, True),
        ("user_id", 3, 300, False),
    ],
)
def test_what_is_a_wide_range(column, first, last, wide) -> None:
    assert is_wide(column, first, last) is wide
