"""Which runs load which hours."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from local.runner import loading
from local.runner.loading import spans

START = datetime(2018, 11, 1, tzinfo=UTC)


def hours(*numbers: int) -> list[datetime]:
    return [START + timedelta(hours=number) for number in numbers]


@pytest.mark.parametrize(
    ("numbers", "longest", "expected"),
    [
        ((), None, []),
        ((5,), None, [(5, 5)]),
        ((0, 1, 2), None, [(0, 2)]),
        ((0, 1, 4, 5, 9), None, [(0, 1), (4, 5), (9, 9)]),
        ((22, 23, 24, 25), None, [(22, 25)]),
        ((0, 1, 2, 3, 4), 2, [(0, 1), (2, 3), (4, 4)]),
        ((0, 1, 2, 7, 8), 3, [(0, 2), (7, 8)]),
    ],
)
def test_unbroken_spans_are_found(
    numbers: tuple[int, ...], longest: int | None, expected: list[tuple[int, int]]
) -> None:
    assert list(spans(hours(*numbers), longest)) == [tuple(hours(*pair)) for pair in expected]


def test_the_ledger_is_asked_for_the_sources_hours_only(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, dict[str, Any]]] = []

    class Connection:
        def execute(self, sql: bytes, values: dict[str, Any]) -> Any:
            asked.append((sql.decode() % {name: repr(value) for name, value in values.items()}, values))
            return SimpleNamespace(fetchall=lambda: [(int(START.timestamp()) * 1000,)])

    monkeypatch.setattr(loading.psycopg, "connect", lambda dsn, autocommit: nullcontext(Connection()))
    stack: Any = SimpleNamespace(
        redshift=SimpleNamespace(dsn=lambda: "postgresql://"), api=SimpleNamespace(runs=lambda *args, **kwargs: [])
    )
    assert loading.pending_hours(stack, hours(0, 1, 2), set(hours(2))) == hours(1, 2)
    [(sql, _)] = asked
    assert "target_table = 'songplays'" in sql
    assert "source_partition BETWEEN '2018-11-01T00' AND '2018-11-01T02'" in sql
    assert "partition_ts BETWEEN 1541030400000 AND 1541037600000" in sql
