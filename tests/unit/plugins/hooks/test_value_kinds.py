"""Values of settings and of connections' extras: read as they are meant, or refused by a ValueError."""

from __future__ import annotations

from typing import Any

import pytest

from sparkify.hooks.value_kinds import Kind, boolean, choice, flag, mapping, secret, text, texts, whole

READ: list[tuple[Kind, Any, Any]] = [
    # Airflow's own words for booleans: conf.getboolean
    *[(boolean(), value, True) for value in (True, 1, "1", "t", "TRUE", " true ")],
    *[(boolean(), value, False) for value in (False, 0, "0", "f", "False")],
    (flag(), "true", 1),
    (flag(), False, 0),
    (whole(1, 10), 1, 1),
    (whole(1, 10), " 10 ", 10),
    (whole(-5, 5), "-5", -5),
    (whole(0, 5), "+3", 3),
    (text(), " a ", " a "),
    (choice("verify-full", "verify-ca"), "VERIFY-CA", "verify-ca"),
    (choice("TLSv1.2"), "tlsv1.2", "TLSv1.2"),
    (texts(), "a, b", ["a", "b"]),
    (texts(), ["a", " b "], ["a", "b"]),
    (mapping(), {"a": 1}, {"a": 1}),
]
REFUSED: list[tuple[Kind, Any]] = [
    *[(boolean(), value) for value in ("yes", "", "2", 2, None, 1.0, [], {})],
    *[(whole(1, 10), value) for value in (0, 11, "11", "1.0", 1.0, True, "", "ten", "1_0", "٦", "9" * 30, None, [1])],
    *[(text(), value) for value in ("", "  ", "a\0b", 5, None, ["a"])],
    *[(choice("a", "b"), value) for value in ("c", "", 1, True, None, ["a"])],
    *[(texts(), value) for value in ("", "a,,b", [], ["a", ""], [1], 5, None)],
    *[(mapping(), value) for value in ("{}", [], None)],
]


@pytest.mark.parametrize(("kind", "value", "wanted"), READ)
def test_a_value_is_read(kind: Kind, value: Any, wanted: Any) -> None:
    found = kind.read(value)
    assert found == wanted
    assert type(found) is type(wanted)


@pytest.mark.parametrize(("kind", "value"), REFUSED)
def test_a_value_of_another_kind_is_refused(kind: Kind, value: Any) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the caller says what is wrong
        kind.read(value)


@pytest.mark.parametrize(
    ("kind", "right"),
    [
        (boolean(), "true or false"),
        (flag(), "1 or 0"),
        (whole(1, 10), "a whole number from 1 to 10"),
        (choice("a", "b"), "one of a, b"),
        (choice("a"), "a"),
    ],
)
def test_a_kind_says_what_would_be_right(kind: Kind, right: str) -> None:
    assert kind.right == right


def test_only_a_secret_is_not_shown() -> None:
    assert secret().is_secret
    assert not text().is_secret
