"""Where two servers' answers differ."""

from __future__ import annotations

import pytest

from bench.verify.compare import differences
from bench.verify.model import Asked, Findings
from local_redshift.documented import Answer

ASKED = Asked("section", "name")
ONE = Answer((("1",),), ("integer",))
REFUSED = Answer(error="x is not supported by this local Redshift.", sqlstate="0A000")


def kinds(real: Answer, local: Answer, **options: object) -> list[str]:
    found = differences(Findings({ASKED: real}), Findings({ASKED: local}), **options)  # type: ignore[arg-type]
    return [item.kind for item in found]


@pytest.mark.parametrize(
    ("real", "local", "expected"),
    [
        (ONE, ONE, []),
        (ONE, Answer((("2",),), ("integer",)), ["rows"]),
        (ONE, Answer((("1",),), ("bigint",)), ["types"]),
        (ONE, Answer((("1",),), None), []),
        (ONE, Answer((("2",),), ("bigint",)), ["rows", "types"]),
        (ONE, Answer(error="no", sqlstate="42601"), ["error"]),
        (Answer(error="no", sqlstate="42601"), Answer(error="no", sqlstate="42601"), []),
        (Answer(error="no", sqlstate="42601"), Answer(error="no", sqlstate="42883"), ["error"]),
        (Answer(error="query 12345 failed"), Answer(error="query  99999 failed"), []),
        (Answer(error="value 12 failed"), Answer(error="value 13 failed"), ["error"]),
        (Answer((("1",), ("2",))), Answer((("2",), ("1",))), ["rows"]),
    ],
)
def test_answers_differ_in_rows_types_or_error(real: Answer, local: Answer, expected: list[str]) -> None:
    assert kinds(real, local) == expected


def test_what_is_to_be_refused_by_name_may_be() -> None:
    assert kinds(ONE, REFUSED) == ["error"]
    assert kinds(ONE, REFUSED, refused={ASKED}) == []
    assert kinds(ONE, Answer(error="function x does not exist", sqlstate="42883"), refused={ASKED}) == ["error"]


def test_plans_are_not_compared() -> None:
    assert kinds(ONE, Answer(()), unlike={ASKED}) == []


def test_what_only_one_server_was_asked_is_told() -> None:
    (found,) = differences(Findings({ASKED: ONE}), Findings(not_tried={ASKED: "it has no tables"}))
    assert (found.kind, found.real, found.local) == ("asked", "asked", "it has no tables")


def test_only_the_rows_that_differ_are_shown() -> None:
    real, local = Answer((("1",), ("2",), ("2",))), Answer((("1",), ("2",), (None,)))
    (found,) = differences(Findings({ASKED: real}), Findings({ASKED: local}))
    assert (found.real, found.local) == ("2", "NULL")
