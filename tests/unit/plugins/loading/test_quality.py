"""Checks are queries for offending rows; severity decides what becomes of them."""

import pytest

from sparkify.loading import quality
from sparkify.loading.quality import Check, Result, Severity


def test_checks_are_named_by_their_files() -> None:
    checks = quality.checks_from({"error": ["quality/a.sql"], "warn": ["audit/b.sql"]})
    assert [(c.name, c.sql, c.severity) for c in checks] == [
        ("a", "quality/a.sql", Severity.ERROR),
        ("b", "audit/b.sql", Severity.WARN),
    ]


def test_many_checks_run_in_one_query() -> None:
    query = quality.count_query([Check("a", "SELECT 1;\n"), Check("it's", "SELECT 2")])
    assert query == (
        "SELECT 'a' AS check_name, COUNT(*) AS failures FROM (\nSELECT 1\n) AS offending"
        "\nUNION ALL\n"
        "SELECT 'it''s' AS check_name, COUNT(*) AS failures FROM (\nSELECT 2\n) AS offending"
    )


@pytest.mark.parametrize(
    ("severity", "failures", "status"),
    [("error", 0, "passed"), ("error", 2, "failed"), ("warn", 0, "passed"), ("warn", 2, "warned")],
)
def test_status_follows_severity(severity: str, failures: int, status: str) -> None:
    assert Result(Check("a", "", Severity(severity)), failures).status == status


def test_a_failed_check_is_described_with_a_sample() -> None:
    result = Result(Check("songs_unique", ""), 3, (quality.sample_text({"song_id": "SO1", "title": None, "found": 2}),))
    assert result.describe() == "songs_unique: 3 offending row(s), for example song_id SO1, title NULL, found 2"
