"""The SQL within a procedure's body is planned, statement by statement; the rest is PL/pgSQL and stays.

https://docs.aws.amazon.com/redshift/latest/dg/c_PLpgSQL-statements.html
"""

from __future__ import annotations

import pytest

from local_redshift.statements.ddl.procedure_body import rewrite_body
from local_redshift.wire.errors import RedshiftError


def rewrite(body: str) -> str:
    """Return a body in which each statement that is planned stands in brackets."""
    return rewrite_body(body, lambda sql: f"<{sql}>")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("BEGIN DELETE t; END", "BEGIN <DELETE t>; END"),
        ("BEGIN a := 1; NULL; END", "BEGIN a := 1; NULL; END"),
        (
            "BEGIN INSERT INTO t SELECT 1; UPDATE t SET a = 2; END;",
            "BEGIN <INSERT INTO t SELECT 1>; <UPDATE t SET a = 2>; END;",
        ),
        (
            "BEGIN IF a THEN DELETE t; ELSE LOCK t; END IF; END",
            "BEGIN IF a THEN <DELETE t>; ELSE <LOCK t>; END IF; END",
        ),
        # THEN and ELSE of an expression begin no statement
        (
            "BEGIN UPDATE t SET a = CASE WHEN b THEN 1 ELSE 2 END; END",
            "BEGIN <UPDATE t SET a = CASE WHEN b THEN 1 ELSE 2 END>; END",
        ),
        ("BEGIN LOOP CALL p(); END LOOP; END", "BEGIN LOOP <CALL p()>; END LOOP; END"),
        # a whole statement in one literal, and one that is put together
        ("BEGIN EXECUTE 'DELETE t'; END", "BEGIN EXECUTE E'<DELETE t>'; END"),
        ("BEGIN EXECUTE 'SELECT 1' INTO a; END", "BEGIN EXECUTE E'<SELECT 1>' INTO a; END"),
        ("BEGIN EXECUTE 'DELETE ' || t; END", "BEGIN EXECUTE 'DELETE ' || t; END"),
        ("DECLARE v VARCHAR(MAX); BEGIN NULL; END", "DECLARE v VARCHAR(65535); BEGIN NULL; END"),
        ("BEGIN a := NVL(b, 1); END", "BEGIN a := COALESCE(b, 1); END"),
        # what only looks like SQL
        ("BEGIN -- DELETE t;\n NULL; END", "BEGIN -- DELETE t;\n NULL; END"),
        ("BEGIN a := 'DELETE'; END", "BEGIN a := 'DELETE'; END"),
    ],
)
def test_statements_of_sql_are_planned(body: str, expected: str) -> None:
    assert rewrite(body) == expected


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("BEGIN COPY t FROM 's3://b/k'; END", "COPY in a stored procedure"),
        ("BEGIN VACUUM t; END", "VACUUM in a stored procedure"),
    ],
)
def test_what_cannot_be_in_a_procedure_is_refused(body: str, words: str) -> None:
    with pytest.raises(RedshiftError, match=words):
        rewrite(body)
