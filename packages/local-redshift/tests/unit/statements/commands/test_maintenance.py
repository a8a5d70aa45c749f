"""ANALYZE and VACUUM as PostgreSQL takes them."""

from __future__ import annotations

import pytest

from support.planning import refusal, rewritten


@pytest.mark.parametrize(
    ("sql", "sent"),
    [
        ("ANALYZE", "ANALYZE"),
        ("ANALYZE VERBOSE s.t", "ANALYZE s.t"),
        ("ANALYZE t (a, b)", "ANALYZE t (a, b)"),
        ("ANALYZE t PREDICATE COLUMNS", "ANALYZE t"),
        ("ANALYZE PREDICATE COLUMNS", "ANALYZE"),
        ("VACUUM", "VACUUM"),
        ("VACUUM FULL s.t TO 99 PERCENT BOOST", "VACUUM s.t"),
        ("VACUUM SORT ONLY t", "VACUUM t"),
        ("VACUUM REINDEX t", "VACUUM t"),
        ("VACUUM DELETE ONLY TO 75 PERCENT", "VACUUM"),
    ],
)
def test_redshifts_options_are_taken(sql: str, sent: str) -> None:
    assert rewritten(sql) == sent


@pytest.mark.parametrize("sql", ["VACUUM (FULL) t", "VACUUM ANALYZE t u", "VACUUM SORT t", "ANALYZE t u"])
def test_postgresqls_options_are_refused(sql: str) -> None:
    assert refusal(sql).sqlstate == "42601"


def test_analyze_compression_is_refused_by_name() -> None:
    assert refusal("ANALYZE COMPRESSION t").message == "ANALYZE COMPRESSION is not supported by this local Redshift."
