"""Spans of values, and the names of tables."""

from __future__ import annotations

import pytest

from local_redshift.scans.model import Catalog, Kind, Scan, Spans, Table, intersect


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (((1, 5),), ((3, 9),), ((3, 5),)),
        (((1, 2),), ((3, 9),), ()),
        (((1, None),), ((None, 9),), ((1, 9),)),
        (((1, 2), (8, 9)), ((2, 8),), ((2, 2), (8, 8))),
    ],
)
def test_spans_intersect(one: Spans, other: Spans, expected: Spans) -> None:
    assert intersect(one, other) == expected


def test_of_a_compound_sort_key_the_first_column_restricts_and_of_an_interleaved_one_each() -> None:
    columns = {"a": Kind.NUMBER, "b": Kind.TIME}
    assert list(Table(columns, ("a", "b")).restricting) == ["a"]
    assert list(Table(columns, ("a", "b"), interleaved=True).restricting) == ["a", "b"]


def test_a_name_is_looked_for_along_the_search_path() -> None:
    catalog = Catalog({"b.t": Table({}), "c.t": Table({})}, {"a.v": "SELECT 1"})
    assert catalog.find("", "t", ("a", "b", "c")) == "b.t"
    assert catalog.find("c", "t", ("a", "b")) == "c.t"
    assert catalog.find("", "v", ("a",)) == "a.v"
    assert catalog.find("", "missing", ("a",)) == "missing"


@pytest.mark.parametrize(
    ("spans", "restricted", "bounded"),
    [(None, False, False), (((1, None),), True, False), (((1, 2),), True, True), ((), True, True)],
)
def test_a_scan_is_bounded_if_literals_bound_it_at_both_ends(
    spans: Spans | None, restricted: bool, bounded: bool
) -> None:
    scan = Scan("s.t", "t", "a", spans)
    assert (scan.is_restricted, scan.is_bounded) == (restricted, bounded)
