"""What a SELECT's list must not hold: https://docs.aws.amazon.com/redshift/latest/dg/r_MEDIAN.html and others."""

from __future__ import annotations

import pytest

from local_redshift.statements.planner import plan_script
from local_redshift.wire.errors import RedshiftError


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        # https://docs.aws.amazon.com/redshift/latest/dg/r_Boolean_type.html
        ("SELECT a, b IS TRUE AS c FROM t", "Not implemented"),
        ("SELECT a > 1 IS NOT UNKNOWN FROM t", "Not implemented"),
        ("INSERT INTO u SELECT b IS FALSE FROM t", "Not implemented"),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_MEDIAN.html
        ("SELECT MEDIAN(a), MEDIAN(b) FROM t", "ORDER BY clauses"),
        ("SELECT MEDIAN(a), PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY b) FROM t", "ORDER BY clauses"),
        (
            "SELECT LISTAGG(a) WITHIN GROUP (ORDER BY a), LISTAGG(a) WITHIN GROUP (ORDER BY a DESC) FROM t",
            "ORDER BY clauses",
        ),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_LISTAGG.html: on the compute nodes only
        ("SELECT LISTAGG(a) FROM (SELECT 1 AS a)", "user created tables"),
        ("SELECT MEDIAN(1)", "user created tables"),
    ],
)
def test_lists_that_redshift_does_not_take_are_refused(sql: str, message: str) -> None:
    with pytest.raises(RedshiftError, match=message) as raised:
        plan_script(sql)
    assert raised.value.sqlstate == "0A000"
    assert raised.value.hint


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT a FROM t WHERE b IS TRUE",
        "SELECT CASE WHEN b IS TRUE THEN 1 END, (SELECT MAX(a) FROM t WHERE b IS NOT FALSE) FROM t",
        "SELECT a IS NULL FROM t",
        "SELECT MEDIAN(a), PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY A ASC), LISTAGG(b) FROM t",
        "SELECT MEDIAN(a), MEDIAN(b) OVER () FROM t",
        "SELECT (SELECT MEDIAN(a) FROM t), (SELECT MEDIAN(b) FROM t) FROM t",
        "SELECT MEDIAN(a) FROM t UNION ALL SELECT MEDIAN(b) FROM t",
    ],
)
def test_other_lists_are_taken(sql: str) -> None:
    assert plan_script(sql)
