"""Stored procedures and SQL functions.

https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_PROCEDURE.html
https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_FUNCTION.html
"""

from __future__ import annotations

import pytest

from support.planning import refusal, rewritten, without_comment


def procedure(body: str, head: str = "p()") -> str:
    return f"CREATE PROCEDURE {head} AS $$ {body} $$ LANGUAGE plpgsql"


@pytest.mark.parametrize(
    ("head", "sent"),
    [
        ("p(a int, IN b VARCHAR, c INOUT decimal)", "p(IN a int, IN b varchar(256), INOUT c decimal(18,0))"),
        # what CALL is not given comes last
        ("p(x OUT int, a int)", "p(IN a int, INOUT x int DEFAULT NULL)"),
        ("p(r INOUT refcursor)", "p(INOUT r refcursor)"),
        ("p(int, double precision)", "p(IN int, IN double precision)"),
        ("p() NONATOMIC", "p()"),
    ],
)
def test_arguments_become_postgresqls(head: str, sent: str) -> None:
    assert rewritten(procedure("BEGIN NULL; END", head)) == procedure("BEGIN NULL; END", sent)


@pytest.mark.parametrize(
    ("body", "sent"),
    [
        (
            "DECLARE v VARCHAR(MAX); BEGIN SELECT INTO v NVL(a, b) FROM t; END;",
            "DECLARE v VARCHAR(65535); BEGIN SELECT INTO v COALESCE(a, b) FROM t; END;",
        ),
        (
            "BEGIN IF NVL(a, 0) > 1 THEN DELETE t; ELSE CREATE TEMP TABLE x (a INT) DISTSTYLE ALL; END IF; END;",
            "BEGIN IF COALESCE(a, 0) > 1 THEN DELETE FROM t; ELSE CREATE TEMP TABLE x (a INT); END IF; END;",
        ),
        (
            "BEGIN UPDATE t SET a = CASE WHEN b THEN DATEDIFF(day, c, d) ELSE 0 END; END;",
            "BEGIN UPDATE t SET a = CASE WHEN b THEN date_diff('day', c, d) ELSE 0 END; END;",
        ),
        (
            "BEGIN FOR r IN SELECT NVL(a, 0) AS a FROM t LOOP EXECUTE 'DELETE t'; END LOOP; END;",
            "BEGIN FOR r IN SELECT COALESCE(a, 0) AS a FROM t LOOP EXECUTE E'DELETE FROM t'; END LOOP; END;",
        ),
        # SQL that is put together: what is whole in its brackets and quotes
        (
            "BEGIN s := 'SELECT NVL(a, SYSDATE) FROM ' || t || ' WHERE b = \\'' || c || '\\''; EXECUTE s; END;",
            "BEGIN s := E'SELECT COALESCE(a, pg_catalog.sysdate()) FROM ' || t || ' WHERE b = \\'' || c || '\\''; "
            "EXECUTE s; END;",
        ),
    ],
)
def test_the_sql_of_a_body_is_redshifts(body: str, sent: str) -> None:
    assert without_comment(procedure(body)) == procedure(sent)


def test_a_body_in_single_quotes_is_a_body_too() -> None:
    sql = "CREATE PROCEDURE p() LANGUAGE plpgsql AS 'BEGIN DELETE t WHERE a = ''x''; END;'"
    assert "$redshift_body$BEGIN DELETE FROM t WHERE a = 'x'; END;$redshift_body$" in rewritten(sql)


def test_a_functions_types_and_body_are_rewritten() -> None:
    sql = "CREATE FUNCTION f(varchar(max), float) RETURNS varchar STABLE AS $$ SELECT NVL($1, LEN($2)) $$ LANGUAGE sql"
    assert rewritten(sql) == (
        "CREATE FUNCTION f(varchar(65535), float) RETURNS varchar(256) STABLE AS $$SELECT COALESCE($1, LEN($2))$$ "
        "LANGUAGE sql"
    )


@pytest.mark.parametrize(
    ("sql", "message", "hint"),
    [
        (procedure("BEGIN CREATE INDEX i ON t (a); END"), '"CREATE INDEX" not supported', "SORTKEY"),
        (procedure("BEGIN COPY t FROM 's3://b/k' IAM_ROLE default; END"), "COPY in a stored procedure", "by itself"),
        (procedure("BEGIN a := 1; EXCEPTION WHEN division_by_zero THEN NULL; END"), "division_by_zero", "OTHERS"),
        ("CREATE FUNCTION f(a int) RETURNS int STABLE AS $$ SELECT a $$ LANGUAGE sql", 'near "a"', "no names"),
        ("CREATE FUNCTION f(int) RETURNS int STABLE AS $$ SELECT a FROM t $$ LANGUAGE sql", 'near "FROM"', "no FROM"),
        ("CREATE FUNCTION f(int) RETURNS int AS $$ BEGIN END $$ LANGUAGE plpgsql", "near", "procedure"),
        ("CREATE FUNCTION f(a int) RETURNS int STABLE AS $$ return a $$ LANGUAGE plpythonu", "plpythonu", "SQL"),
        ("CREATE PROCEDURE p(a uuid) AS $$ BEGIN END $$ LANGUAGE plpgsql", 'unsupported type "uuid"', "types"),
    ],
)
def test_what_redshift_or_this_server_has_not_is_refused(sql: str, message: str, hint: str) -> None:
    error = refusal(sql)
    assert message in error.message
    assert hint in (error.hint or "")
