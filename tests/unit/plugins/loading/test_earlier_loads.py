"""What earlier loads leave for a run to replace, to leave, or to refuse."""

from __future__ import annotations

from datetime import datetime
from hashlib import md5
from typing import Any

import pytest

from sparkify.hooks.refusal import RunRefusedError
from sparkify.hooks.sql_text import Ranges
from sparkify.loading.earlier_loads import EarlierLoads, EarlierQueries

DAY = "2018-11-05"
NOON = datetime(2018, 11, 6, 12)


def hour(number: int, **other: Any) -> dict[str, Any]:
    """Return a ledger row of an hour of a day's file, of this run's window unless it says otherwise."""
    return {
        "source_partition": f"{DAY}T{number:02}",
        "file_partition": f"{DAY}T{number:02}",
        "run_id": "other",
        "partition_ts": 1_541_376_000_000 + number * 3_600_000,
        "as_of": NOON,
        "fact_days": DAY,
        "is_of_run": True,
        "is_newer": False,
        "is_tied": False,
        "is_seen_later": False,
        "has_other_lines": False,
        "has_other_facts": False,
        **other,
    }


def song_file(name: str, **other: Any) -> dict[str, Any]:
    return {"object_uri": name, "run_id": "other", "is_newer": False, "is_tied": False, "is_same": False, **other}


def moments(first: str, last: str) -> tuple[datetime, datetime]:
    return datetime.fromisoformat(first), datetime.fromisoformat(last)


def values(*hours: dict[str, Any], days: Ranges = Ranges()) -> dict[str, Any]:  # noqa: B008 - it is immutable
    return EarlierLoads(hours).values(days)


def test_hours_that_were_never_loaded_have_nothing_to_replace() -> None:
    spans = Ranges((moments("2018-11-05T13:00:00", "2018-11-05T13:59:59"),))
    assert values(days=spans) == {
        "superseded": (),
        "seen_later": (),
        "earlier_days": Ranges(),
        "affected_days": spans,
        "earlier_partitions": Ranges(),
        "earlier_ts": Ranges(),
        "changed_ts": Ranges(),
        "known_files": (),
        "kept_files": ("",),
        "replaced_files": (),
        "kept_hours": ("",),
        "replaced_hours": (),
    }


def test_an_hour_whose_files_were_seen_later_is_left_with_the_run_that_loaded_it() -> None:
    loads = EarlierLoads([hour(1), hour(2, is_newer=True), hour(3, is_newer=True, is_of_run=False)])
    assert loads.superseded == {"2018-11-05T02": "other"}
    found = loads.values(Ranges())
    assert found["superseded"] == ("2018-11-05T02",)
    assert found["earlier_partitions"] == Ranges((("2018-11-05T01", "2018-11-05T01"),))
    assert [first for first, _ in found["earlier_ts"].spans] == [hour(1)["partition_ts"]]


@pytest.mark.parametrize(
    ("loads", "named"),
    [
        (EarlierLoads([hour(1), hour(2, is_tied=True)]), "2018-11-05T02"),
        (EarlierLoads([], [song_file("s3://b/a"), song_file("s3://b/c", is_tied=True)]), "s3://b/c"),
    ],
)
def test_a_tie_of_two_versions_is_refused_and_says_to_stage_again(loads: EarlierLoads, named: str) -> None:
    with pytest.raises(RunRefusedError, match=rf"^{named} was staged by another run at the very same moment.*stages"):
        loads.refuse_ties()


@pytest.mark.parametrize(
    "loads",
    [
        EarlierLoads(),
        EarlierLoads([hour(1), hour(2, is_newer=True)], [song_file("a", is_newer=True), song_file("b", is_same=True)]),
        # that hour's own load has to tell which is the later one
        EarlierLoads([hour(3, is_tied=True, is_of_run=False)]),
    ],
)
def test_what_has_an_order_is_not_refused(loads: EarlierLoads) -> None:
    loads.refuse_ties()


def test_song_files_that_are_loaded_in_this_version_or_a_later_one_are_settled() -> None:
    files = [song_file("a"), song_file("b", is_newer=True), song_file("c", is_same=True)]
    loads = EarlierLoads((), files)
    assert loads.known_files == ("b", "c")
    assert loads.values(Ranges())["known_files"] == tuple(md5(uri.encode()).hexdigest() for uri in ("b", "c"))


@pytest.mark.parametrize(
    ("fact_days", "spans"),
    [
        (None, ()),
        ("", ()),
        ("2018-11-05", (moments("2018-11-05T00:00:00", "2018-11-05T23:59:59.999999"),)),
        (
            "2001-01-01,2018-11-05",
            (
                moments("2001-01-01T00:00:00", "2001-01-01T23:59:59.999999"),
                moments("2018-11-05T00:00:00", "2018-11-05T23:59:59.999999"),
            ),
        ),
        (
            "2016-02,2018-12",
            (
                moments("2016-02-01T00:00:00", "2016-02-29T23:59:59.999999"),
                moments("2018-12-01T00:00:00", "2018-12-31T23:59:59.999999"),
            ),
        ),
    ],
)
def test_the_days_and_months_of_earlier_plays_are_bounds(fact_days: str | None, spans: tuple[Any, ...]) -> None:
    assert values(hour(1, fact_days=fact_days))["earlier_days"] == Ranges(spans)


def test_affected_days_are_those_of_the_run_and_of_what_it_replaces() -> None:
    mine = moments("2018-11-05T13:00:00", "2018-11-05T13:00:09")
    found = values(hour(1, fact_days="2018-11-04"), hour(2, fact_days="2018-11-04"), days=Ranges((mine,)))
    assert found["affected_days"] == Ranges((moments("2018-11-04T00:00:00", "2018-11-04T23:59:59.999999"), mine))


def test_earlier_partitions_of_two_days_are_two_ranges() -> None:
    other_day = hour(1) | {"source_partition": "2018-11-09T01"}
    assert values(hour(3), hour(1), other_day)["earlier_partitions"] == Ranges(
        (("2018-11-05T01", "2018-11-05T03"), ("2018-11-09T01", "2018-11-09T01"))
    )


@pytest.mark.parametrize(
    ("change", "kept", "replaced"),
    [
        ({}, True, False),
        ({"has_other_lines": True}, False, True),  # the file is another one
        ({"has_other_facts": True}, False, True),  # the rule is another one
        ({"is_newer": True, "has_other_lines": True}, False, False),  # left as it is
    ],
)
def test_the_plays_rejected_by_rule_of_an_hour_stay_or_are_replaced(
    change: dict[str, bool], kept: bool, replaced: bool
) -> None:
    found = values(hour(1, **change))
    assert ("2018-11-05T01" in found["kept_hours"], "2018-11-05T01" in found["replaced_hours"]) == (kept, replaced)


@pytest.mark.parametrize(
    ("change", "is_kept"),
    [
        ({}, True),
        ({"has_other_lines": True}, False),
        ({"has_other_lines": True, "is_newer": True}, True),
        ({"has_other_lines": True, "is_tied": True}, True),
    ],
)
def test_the_rejected_lines_of_a_file_stay_unless_it_is_replaced(change: dict[str, bool], is_kept: bool) -> None:
    found = values(hour(1, file_partition=DAY, **change))
    expected = ((DAY, ""), ()) if is_kept else (("",), (DAY,))
    assert (found["kept_files"], found["replaced_files"]) == expected


@pytest.mark.parametrize("turn", [1, -1])
@pytest.mark.parametrize(
    ("newest", "is_kept"),
    [
        ({"has_other_lines": False}, True),  # another hour was loaded from this very version
        ({"has_other_lines": True}, False),
        ({"has_other_lines": True, "is_newer": True}, True),
    ],
)
def test_of_a_days_hours_the_one_whose_file_was_seen_last_decides_about_its_rejects(
    turn: int, newest: dict[str, bool], is_kept: bool
) -> None:
    old = hour(1, file_partition=DAY, has_other_lines=True, as_of=datetime(2018, 11, 6))
    undated = hour(2, file_partition=DAY, has_other_lines=True, as_of=None)
    last = hour(3, file_partition=DAY, is_of_run=False, **newest)
    found = values(*[undated, old, last][::turn])
    assert (DAY in found["kept_files"], DAY in found["replaced_files"]) == (is_kept, not is_kept)


def test_of_two_hours_seen_at_the_same_moment_the_one_that_is_newer_than_the_run_decides() -> None:
    newer = hour(1, file_partition=DAY, has_other_lines=True, is_newer=True)
    other = hour(2, file_partition=DAY, has_other_lines=False)
    assert values(newer, other)["kept_files"] == values(other, newer)["kept_files"] == (DAY, "")


@pytest.mark.parametrize("name", ["hours", "fact_days"])
def test_queries_that_leave_something_out_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} of the queries for earlier loads is empty"):
        EarlierQueries(**{"hours": "SELECT 1", "fact_days": "days", name: ""})
