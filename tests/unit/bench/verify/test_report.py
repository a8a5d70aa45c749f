"""The report as people read it."""

from __future__ import annotations

from datetime import datetime

from bench.verify.model import Asked, Costs, Difference, ScanCost, Settled, StatementCost, Verdict
from bench.verify.report import Report

REPORT = Report(
    versions=("Redshift 1.0.2", "Redshift 1.0.100000"),
    asked=12,
    found=(Difference(Asked("documented results", "dates 1, page: SELECT `a`"), "rows", "1\n2", "3"),),
    undocumented=(("dates 1", "It failed."),),
    settled=(
        Settled("It is so.", "docs/scale.md", Verdict.VERIFIED, "a | b"),
        Settled("It may be.", "docs/scale.md", Verdict.NOT_TRIED, "it takes a week"),
    ),
    costs=Costs(
        (StatementCost("sparkify_hourly/publish/verify__hour", "INSERT", 3, 1.5, 0.9, 0.25, 0.5, 1, 0.0),),
        (ScanCost("sparkify_hourly/publish/verify__hour", "songplays", 4, 3, 100),),
        {"SYS_QUERY_DETAIL": "permission denied"},
    ),
    not_tried=(("statements of sql/, a.sql", "no run sent it"),),
    left=("Still there: the database verify_0.",),
)


def test_every_part_is_in_the_report() -> None:
    lines = REPORT.text(datetime(2026, 12, 1, 10, 30)).splitlines()
    for line in (
        "# Redshift and the local Redshift, 2026-12-01 10:30 UTC",
        "12 things were asked of both; 1 differ.",
        "**Still there: the database verify_0.**",
        "- **rows** of `dates 1, page: SELECT 'a'`",
        "      2",
        "- dates 1: It failed.",
        "1 verified, 0 differs, 1 not tried.",
        "| It is so. | docs/scale.md | verified | a \\| b |",
        "SYS_QUERY_DETAIL was not read: permission denied",
        "| sparkify_hourly/publish/verify__hour | INSERT | 3 | 1.50 | 0.90 | 0.25 | 0.50 | 1 | 0.00 |",
        "| sparkify_hourly/publish/verify__hour | songplays | 4 | 3 | 100 |",
        "- statements of sql/, a.sql: no run sent it",
    ):
        assert line in lines
