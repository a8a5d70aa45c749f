"""Which statements may have correlated subqueries, by their text."""

from __future__ import annotations

import pytest

from local_redshift.statements import plan_script


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT (SELECT MAX(y.v) FROM b y WHERE y.k = x.k) FROM a x",
        "SELECT 1 FROM a WHERE EXISTS (SELECT 1 FROM s.b WHERE b.k = a.k)",
        "SELECT 1 FROM a x WHERE x.v NOT IN (SELECT v FROM b WHERE k = x.k)",
        "SELECT (SELECT MAX(w) FROM c WHERE key = k) FROM a",
        "UPDATE a SET v = (SELECT MAX(v) FROM b WHERE b.k = a.k)",
        "DELETE FROM a WHERE ts < (SELECT MAX(b.ts) FROM b WHERE b.k = a.k)",
    ],
)
def test_a_subquery_that_refers_outside_is_found(sql: str) -> None:
    assert plan_script(sql)[0].is_correlated


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1",
        "SELECT (SELECT MAX(v) FROM b)",
        "DELETE FROM a WHERE k IN (SELECT y.k FROM s.b y JOIN c ON c.k = y.k WHERE y.v > 3)",
        "INSERT INTO a SELECT x.k FROM (SELECT y.k FROM b y) x JOIN (SELECT k FROM c) z ON z.k = x.k",
        "WITH q AS (SELECT k FROM b) SELECT q.k FROM q",
    ],
)
def test_other_subqueries_cost_no_round_trip(sql: str) -> None:
    assert not plan_script(sql)[0].is_correlated
