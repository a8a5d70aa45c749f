"""The checks of a run: each once, and drift as severe as the setting says."""

from __future__ import annotations

import pytest

from sparkify.checks import AUDIT_CHECKS, DRIFT_CHECKS, QUALITY_CHECKS, audit_checks


@pytest.mark.parametrize(("on_drift", "severity", "other"), [("fail", "error", "warn"), ("warn", "warn", "error")])
def test_drift_is_as_severe_as_the_setting_says(on_drift: str, severity: str, other: str) -> None:
    checks = audit_checks(on_drift)
    assert tuple(checks[severity][-2:]) == tuple(DRIFT_CHECKS)
    assert checks[other] == AUDIT_CHECKS[other]


def test_no_check_is_there_twice() -> None:
    names = [name for checks in (audit_checks("fail"), QUALITY_CHECKS) for files in checks.values() for name in files]
    assert len(names) == len(set(names))
