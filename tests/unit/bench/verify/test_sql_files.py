"""Which statements of sql/ the runs have sent."""

from __future__ import annotations

import pytest

from bench.verify.sql_files import is_within, parts_of

STATEMENT = "SELECT a\nFROM t\nWHERE b = :name AND c BETWEEN :days_from AND :days_to\nORDER BY a"


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("SELECT a FROM t WHERE b = 'x' AND c BETWEEN 1 AND 2 ORDER BY a", True),
        ("SELECT a FROM t WHERE b = 'x' AND (c BETWEEN 1 AND 2 OR c BETWEEN 4 AND 5) ORDER BY a", True),
        ("SELECT COUNT(*) FROM (SELECT a FROM t WHERE b = 1 AND FALSE ORDER BY a) AS n", True),
        ("SELECT a FROM t WHERE b = 'x' ORDER BY a", False),
        ("SELECT a FROM u WHERE b = 'x' AND c BETWEEN 1 AND 2 ORDER BY a", False),
    ],
)
def test_a_statement_is_found_with_values_in_its_places(sent: str, expected: bool) -> None:
    assert is_within(parts_of(STATEMENT), sent) is expected
