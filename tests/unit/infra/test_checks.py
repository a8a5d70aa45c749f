"""What ``make checks`` concludes: something found, nothing found, or not checked."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from infra.checks import LOCKS, ROOT, Outcome, judge_audit, main, worst

_CLEAN = {"name": "click", "version": "8.1", "vulns": []}
#: pip-audit's answer for a package that its source does not have.
_UNKNOWN = {"name": "rich", "skip_reason": "Dependency not found on PyPI and could not be audited: rich (14.0)"}
_VULNERABLE = {
    "name": "jinja2",
    "version": "3.0",
    "vulns": [{"id": "PYSEC-1", "fix_versions": ["3.1"]}, {"id": "PYSEC-2", "fix_versions": []}],
}


@pytest.mark.parametrize(
    ("packages", "outcome", "message"),
    [
        pytest.param([_CLEAN], Outcome.CLEAN, "1 of 1 packages looked up, none has", id="all known, none vulnerable"),
        pytest.param([_VULNERABLE], Outcome.FOUND, "jinja2 3.0 has PYSEC-1, fixed in 3.1\n", id="fixed"),
        pytest.param([_VULNERABLE], Outcome.FOUND, "PYSEC-2, fixed in no version yet", id="not fixed"),
        pytest.param([_UNKNOWN, _VULNERABLE], Outcome.FOUND, "1 of 2 packages looked up", id="vulnerable and unknown"),
        pytest.param([_CLEAN, _UNKNOWN], Outcome.NOT_CHECKED, "1 of 2 packages looked up; .*rich", id="one unknown"),
        pytest.param([_UNKNOWN], Outcome.NOT_CHECKED, "0 of 1", id="all unknown"),
        pytest.param([], Outcome.NOT_CHECKED, "0 of 0", id="nothing looked up"),
    ],
)
def test_outcome_of_an_audit(packages: list[dict[str, Any]], outcome: Outcome, message: str) -> None:
    found, text = judge_audit(json.dumps({"dependencies": packages, "fixes": []}), "")
    assert found is outcome
    assert re.search(message, text)


@pytest.mark.parametrize("answer", ["", "<html>", "[]", "{}"])
def test_audit_without_an_answer_is_not_checked(answer: str) -> None:
    outcome, text = judge_audit(answer, "Traceback …\nConnectionError: pypi.org")
    assert outcome is Outcome.NOT_CHECKED
    assert "ConnectionError: pypi.org" in text


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ([Outcome.CLEAN, Outcome.CLEAN], Outcome.CLEAN),
        ([Outcome.CLEAN, Outcome.NOT_CHECKED], Outcome.NOT_CHECKED),
        ([Outcome.NOT_CHECKED, Outcome.FOUND, Outcome.CLEAN], Outcome.FOUND),
    ],
)
def test_worst_outcome_is_the_exit_code(outcomes: list[Outcome], expected: Outcome) -> None:
    assert worst(outcomes) is expected
    assert main([lambda outcome=outcome: outcome for outcome in outcomes]) == expected


def test_every_lock_is_looked_at() -> None:
    folders = (ROOT, ROOT / "requirements", *(ROOT / "packages").iterdir())
    locks = {path for folder in folders for path in folder.glob("*.txt")}
    assert {ROOT / lock for lock in LOCKS} == locks
