"""What becomes of assumptions."""

from __future__ import annotations

import pytest

from bench.verify.costs import read_costs
from bench.verify.model import Asked, Costs, Findings, ScanCost, StatementCost, Verdict
from bench.verify.settle import RULES, Assumption, load_assumptions, settle, settle_features
from local.runner.settings import ROOT
from local_redshift.documented import Answer, Case

ASSUMPTION = Assumption("It is so.", "a page", probe="SELECT 1", rows=(("1",),))


def verdict(assumption: Assumption, answer: Answer) -> Verdict:
    (settled,) = settle([assumption], Findings({assumption.asked: answer}))
    return settled.verdict


def test_every_assumption_can_be_settled_or_says_why_not() -> None:
    for assumption in load_assumptions():
        ways = [bool(assumption.probe), bool(assumption.cost), bool(assumption.not_tried)]
        assert sum(ways) == 1, assumption.says
        expected = [assumption.rows is not None, bool(assumption.error), bool(assumption.contains)]
        assert sum(expected) == bool(assumption.probe), assumption.says
        assert not assumption.cost or assumption.cost in RULES
        assert (ROOT / assumption.where).exists(), assumption.where


def test_a_probe_verifies_or_refutes() -> None:
    assert verdict(ASSUMPTION, Answer((("1",),))) is Verdict.VERIFIED
    assert verdict(ASSUMPTION, Answer((("2",),))) is Verdict.DIFFERS
    assert verdict(ASSUMPTION, Answer(error="no")) is Verdict.DIFFERS
    fails = Assumption("It fails.", "a page", probe="SELECT x", error="cancel")
    assert verdict(fails, Answer(error="Query CANCELLED")) is Verdict.VERIFIED
    assert verdict(fails, Answer((("1",),))) is Verdict.DIFFERS


def test_what_was_not_asked_is_not_tried() -> None:
    (settled,) = settle([ASSUMPTION], Findings())
    assert settled.verdict is Verdict.NOT_TRIED


def statement(label: str, kind: str, seconds: float, compilations: int = 0) -> StatementCost:
    return StatementCost(f"sparkify_hourly/{label}", kind, 2, seconds, seconds, 0, 0, compilations, 0)


SLOW = Costs(
    (
        statement("publish/verify__hour", "INSERT", 0.4, 2),
        statement("publish/verify__rerun", "INSERT", 0.2, 0),
        statement("publish/verify__hour", "DDL", 0.8),
    ),
    (ScanCost("sparkify_hourly/publish/verify__hour", "play_deliveries", 4, 4, 100),),
)
FAST = Costs(
    (
        statement("publish/verify__hour", "INSERT", 0.004, 2),
        statement("publish/verify__rerun", "INSERT", 0.004, 2),
        statement("publish/verify__hour", "DDL", 0.002),
    ),
    (ScanCost("sparkify_hourly/publish/verify__hour", "play_deliveries", 4, 3, 100),),
)


@pytest.mark.parametrize("rule", [name for name in RULES if name != "seconds_of_publish"])
def test_costs_verify_refute_or_tell_nothing(rule: str) -> None:
    assert RULES[rule](SLOW)[0] is Verdict.VERIFIED
    assert RULES[rule](FAST)[0] is Verdict.DIFFERS
    assert RULES[rule](Costs())[0] is Verdict.NOT_TRIED


def test_the_publish_is_told_in_hours_an_hour() -> None:
    assert RULES["seconds_of_publish"](SLOW) == (Verdict.VERIFIED, "1.2 s, so at most 3000 hours an hour")


def test_a_scan_that_is_not_restricted_is_named() -> None:
    assert "not all of play_deliveries in publish" in RULES["scans_are_restricted"](FAST)[1]


def test_costs_are_read_in_seconds_and_what_is_not_told_is_named() -> None:
    row = ("sparkify_hourly/publish/verify__hour", "INSERT", "3", "3000000", "2000000", "500000", "1000000", "1", None)

    def ask(sql: str) -> Answer:
        return Answer((row,)) if "sys_query_detail" not in sql else Answer(error="permission denied")

    costs = read_costs(ask, "verify_0123")
    assert costs.statements == (StatementCost(row[0], "INSERT", 3, 3.0, 2.0, 0.5, 1.0, 1, 0.0),)
    assert costs.problems == {"SYS_QUERY_DETAIL": "permission denied"}


def test_a_feature_is_settled_by_the_documented_results_of_its_page() -> None:
    case = Case("dates", "", "r_GETDATE", "SELECT 1", rows=(("1",),))
    asked = Asked("documented results", "one")
    right, wrong = Findings({asked: Answer((("1",),))}), Findings({asked: Answer((("2",),))})

    def of(real: Findings, local: Findings) -> Verdict:
        return next(
            item.verdict for item in settle_features({asked: case}, real, local) if "GETDATE" in item.assumption
        )

    assert of(right, right) is Verdict.VERIFIED
    assert of(wrong, right) is Verdict.DIFFERS
    assert of(right, wrong) is Verdict.DIFFERS
    assert of(Findings(), Findings()) is Verdict.NOT_TRIED
