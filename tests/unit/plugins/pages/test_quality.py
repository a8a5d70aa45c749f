"""The Quality page's answers: what is wrong first, each check with its meaning and its history."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

import pytest

from sparkify.pages.quality import Quality, meaning_of


class Queries:
    """Stands in for the pages' queries."""

    def page(self, name: str, values: Any = None) -> list[dict[str, Any]]:
        severities = [("a_passed", "error", 0), ("b_warned", "warn", 2), ("c_failed", "error", 1)]
        checks = [
            {"check_name": check, "severity": severity, "open_windows": windows}
            for check, severity, windows in severities
        ]
        histories = [{"check_name": "b_warned", "status": status} for status in ("passed", "warned")]
        answers = {"checks": checks, "check_histories": histories, "check_results": []}
        return answers.get(name, [{"checked_at": datetime(2026, 1, 1)}])

    def text(self, folder: str, name: str) -> str | None:
        return f"-- Finds {name},\n-- wherever.\nSELECT 1 -- not this\n" if folder == "audit" else None


def test_errors_come_before_warnings_and_passes_each_with_its_meaning_and_history() -> None:
    checks = Quality(cast(Any, Queries())).overview()["checks"]
    assert [check["check_name"] for check in checks] == ["c_failed", "b_warned", "a_passed"]
    assert checks[0]["meaning"] == "Finds c_failed, wherever."
    assert [row["status"] for row in checks[1]["history"]] == ["passed", "warned"]
    assert checks[2]["history"] == []


def test_a_name_that_is_none_is_told() -> None:
    with pytest.raises(ValueError, match="is not the name of a check"):
        Quality(cast(Any, Queries())).check("x; DROP TABLE y")


@pytest.mark.parametrize(
    ("sql", "meaning"), [(None, None), ("SELECT 1", None), ("-- One.\n-- Reads: t\n--     u\nSELECT 1", "One.")]
)
def test_the_meaning_is_the_comment_that_the_query_begins_with(sql: str | None, meaning: str | None) -> None:
    assert meaning_of(sql) == meaning
