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


@pytest.mark.parametrize(
    ("check", "name"),
    [
        (quality.has_rows("public.users"), "users_has_rows"),
        (quality.not_null("users", ["user_id"]), "users_user_id_not_null"),
        (quality.unique("t", ["a", "b"]), "t_a_b_unique"),
        (quality.references("plays", "user_id", "users", "user_id"), "plays_user_id_references_users"),
        (quality.accepted_values("users", "level", ["free", "paid"]), "users_level_accepted"),
        (quality.fresh("plays", "timestamp", 3), "plays_timestamp_fresh"),
    ],
)
def test_every_kind_of_check_has_a_name_that_says_what_it_holds(check: Check, name: str) -> None:
    assert check.name == name
    assert check.severity is Severity.ERROR


def test_values_of_a_check_cannot_break_out_of_it() -> None:
    assert "('fr''ee')" in quality.accepted_values("users", "level", ["fr'ee"]).sql
    with pytest.raises(ValueError, match="not a Redshift identifier"):
        quality.unique("users; DROP TABLE users", ["a"])
