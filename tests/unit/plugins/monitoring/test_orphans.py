"""Rows that nothing delivers are counted by kind, each with what to do about it."""

from __future__ import annotations

import re
from pathlib import Path

from sparkify.monitoring.orphans import STEPS, describe_orphans

SQL = Path(__file__).parents[4] / "sql"


def test_nothing_is_said_of_kinds_without_rows() -> None:
    assert describe_orphans([]) == ("", "")
    assert describe_orphans([("times without a play", 0, None)]) == ("", "")


def test_each_kind_is_counted_with_an_example_and_each_step_named_once() -> None:
    rows = [
        ("users without an observation", 1200, "7 "),
        ("songs without a file", 1, "SO1"),
        ("plays without a delivery", 0, None),
        ("song files that the ledger does not have", 2, "s3://b/a.json"),
    ]
    seen, step = describe_orphans(rows)
    assert seen == (
        "users without an observation: 1,200 (for instance 7); songs without a file: 1 (for instance SO1); "
        "song files that the ledger does not have: 2 (for instance s3://b/a.json)."
    )
    assert step == (
        "trigger sparkify_maintenance with remove_orphans; then run sparkify_hourly once with accept_removed: it loads "
        "all song files, and removes what has none."
    )


def test_every_kind_that_the_query_counts_has_a_step() -> None:
    [path] = SQL.rglob("orphans.sql")
    kinds = set(re.findall(r"SELECT\s+'([^']+)'", path.read_text(encoding="utf-8")))
    assert kinds == set(STEPS)
