"""What PostgreSQL takes and Redshift does not.

https://docs.aws.amazon.com/redshift/latest/dg/c_unsupported-postgresql-features.html
https://docs.aws.amazon.com/redshift/latest/dg/c_unsupported-postgresql-functions.html
"""

from __future__ import annotations

import pytest

from local_redshift.statements.refusals.functions_not_here import FAMILIES
from support.planning import refusal, rewritten


@pytest.mark.parametrize(
    ("sql", "message", "hint"),
    [
        ("CREATE INDEX i ON t (a)", 'SQL command "CREATE INDEX" not supported', "SORTKEY"),
        ("CREATE UNIQUE INDEX i ON t (a)", 'SQL command "CREATE UNIQUE INDEX" not supported', "SORTKEY"),
        ("DROP INDEX i", 'SQL command "DROP INDEX" not supported', "SORTKEY"),
        ("CREATE SEQUENCE s", 'SQL command "CREATE SEQUENCE" not supported', "IDENTITY"),
        ("CREATE TRIGGER x AFTER INSERT ON t EXECUTE FUNCTION f()", '"CREATE TRIGGER" not supported', "trigger"),
        ("CREATE EXTENSION hstore", '"CREATE EXTENSION" not supported', "extensions"),
        ("CREATE TYPE mood AS ENUM ('sad')", '"CREATE TYPE" not supported', "VARCHAR"),
        ("CREATE DOMAIN d AS int", '"CREATE DOMAIN" not supported', "type"),
        ("CREATE UNLOGGED TABLE t (a int)", '"CREATE UNLOGGED" not supported', "temporary"),
        ("CREATE RULE r AS ON INSERT TO t DO NOTHING", '"CREATE RULE" not supported', None),
        ("CREATE TEMP VIEW v AS SELECT 1", 'near "VIEW"', "temporary table"),
        ("SAVEPOINT s", '"SAVEPOINT" not supported', "savepoints"),
        ("DO $$ BEGIN END $$", '"DO" not supported', "procedure"),
        ("LISTEN x", '"LISTEN" not supported', None),
        ("DISCARD ALL", '"DISCARD" not supported', None),
        ("VALUES (1)", '"VALUES" not supported', "SELECT"),
        ("TABLE t", '"TABLE" not supported', "SELECT"),
        ("INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING", "ON CONFLICT is not supported", "MERGE"),
        ("INSERT INTO t VALUES (1) RETURNING a", "RETURNING is not supported", "SELECT"),
        ("SELECT DISTINCT ON (a) a, b FROM t", "DISTINCT ON is not supported", "ROW_NUMBER"),
        ("SELECT COUNT(*) FILTER (WHERE a > 1) FROM t", "FILTER WHERE is not supported", "CASE"),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_LOCK.html
        ("LOCK t IN SHARE MODE", 'near "IN"', "ACCESS EXCLUSIVE"),
        ("SELECT * FROM t FOR UPDATE", "FOR UPDATE is not supported", "LOCK"),
        ("SELECT * FROM t WHERE a IS DISTINCT FROM b", "IS DISTINCT FROM is not supported", "IS NULL"),
        ("SELECT * FROM t, LATERAL (SELECT 1) AS x", "LATERAL is not supported", "subquery"),
        ("SELECT * FROM (VALUES (1)) AS v (a)", "FROM VALUES is not supported", "UNION ALL"),
        ("SELECT a FROM t EXCEPT ALL SELECT a FROM u", "EXCEPT ALL is not supported", None),
        ("SELECT a FROM t FETCH FIRST 1 ROW ONLY", "FETCH FIRST is not supported", "LIMIT"),
        ("SELECT ARRAY[1, 2]", "ARRAY is not supported", "SUPER"),
        ("SELECT a[1] FROM t", "Arrays are not supported", "SUPER"),
        ("SELECT * FROM t TABLESAMPLE SYSTEM (10)", "TABLESAMPLE is not supported", "RANDOM"),
        ("SELECT SUM(a) OVER w FROM t WINDOW w AS (PARTITION BY b)", "WINDOW clause is not supported", "OVER"),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_Window_function_synopsis.html
        ("SELECT SUM(a) OVER (ORDER BY b) FROM t", "require a frame clause", "ROWS UNBOUNDED PRECEDING"),
        ("SELECT LAST_VALUE(a) OVER (PARTITION BY c ORDER BY b) FROM t", "require a frame clause", "ROWS"),
        (
            "SELECT SUM(a) OVER (ORDER BY b RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) FROM t",
            "RANGE window frames are not supported",
            "ROWS",
        ),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_MERGE.html
        (
            "MERGE INTO t USING s ON t.id = s.id WHEN MATCHED AND s.a > 1 THEN DELETE WHEN NOT MATCHED THEN "
            "INSERT VALUES (s.id)",
            'near "AND"',
            "filter the source",
        ),
        (
            "MERGE INTO t USING (SELECT 1 AS id) AS s ON t.id = s.id WHEN MATCHED THEN DELETE "
            "WHEN NOT MATCHED THEN INSERT VALUES (s.id)",
            'near "("',
            "temporary table",
        ),
        ("MERGE INTO t AS x USING s ON x.id = s.id WHEN MATCHED THEN DELETE", 'near "AS"', "alias"),
        ("MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN DELETE", "needs both", "r_MERGE"),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_DELETE.html
        ("DELETE FROM t AS x WHERE x.a = 1", 'near "AS"', "alias"),
        ("DELETE FROM t x USING u WHERE x.a = u.a", 'near "x"', "alias"),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_TRUNCATE.html
        ("TRUNCATE a, b", 'near ","', "one table"),
        ("TRUNCATE t CASCADE", 'near "CASCADE"', "one table"),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_EXPLAIN.html
        ("EXPLAIN ANALYZE SELECT 1", 'near "ANALYZE"', "plans"),
        ("EXPLAIN (FORMAT JSON) SELECT 1", 'near "("', "plans"),
        ("VACUUM (ANALYZE) t", 'near "("', None),
        ("SELECT string_agg(a, ',') FROM t", "function string_agg() does not exist", "LISTAGG"),
        ("SELECT ARRAY_AGG(a) FROM t", "function array_agg() does not exist", "LISTAGG"),
        ("SELECT gen_random_uuid()", "function gen_random_uuid() does not exist", "MD5"),
        ("SELECT nextval('s')", "function nextval() does not exist", "IDENTITY"),
        ("SELECT to_json(a) FROM t", "function to_json() does not exist", "SUPER"),
        ("SELECT concat_ws(',', a, b) FROM t", "function concat_ws() does not exist", "CONCAT"),
        ("SELECT clock_timestamp()", "function clock_timestamp() does not exist", "GETDATE"),
        ("SELECT concat(a, b, c) FROM t", "concat() of 3 argument(s) does not exist", "||"),
        ("SELECT to_timestamp(1541105830.796)", "to_timestamp() of 1 argument(s) does not exist", "epoch"),
        ("SELECT log(2, 8)", "log() of 2 argument(s) does not exist", "LN"),
        ("SELECT MAX(a ORDER BY b) FROM t", 'near "ORDER"', "WITHIN GROUP"),
        ("SELECT encode(a, 'hex') FROM t", "function encode() does not exist", "TO_HEX"),
        ("SELECT sha256(a) FROM t", "function sha256() does not exist", "SHA2"),
        ("SELECT jsonb_pretty(a) FROM t", "function jsonb_pretty() does not exist", "no counterpart"),
        ("SELECT json_strip_nulls(a) FROM t", "function json_strip_nulls() does not exist", "no counterpart"),
        ("SELECT decode(a, 'hex') FROM t", "decode() of 2 argument(s) does not exist", "search"),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_WF_LAG.html, r_WF_LEAD.html: no default
        ("SELECT LAG(a, 1, 0) OVER (ORDER BY b) FROM t", "lag() of 3 argument(s) does not exist", "NVL"),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_WITH_clause.html
        ("WITH x AS MATERIALIZED (SELECT 1 AS a) SELECT a FROM x", "AS MATERIALIZED is not supported", "Leave"),
        ("CREATE TABLE u AS SELECT * FROM t WITH NO DATA", "WITH NO DATA is not supported", "WHERE false"),
        ("SELECT * FROM t WHERE a BETWEEN SYMMETRIC 2 AND 1", "BETWEEN SYMMETRIC is not supported", "LEAST"),
        ("SELECT * FROM t WHERE a LIKE ANY ('{x,y}')", "LIKE ANY is not supported", "OR"),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_UPDATE.html
        ("UPDATE t SET (a, b) = (1, 2)", 'near "("', "one column after the other"),
        # https://docs.aws.amazon.com/redshift/latest/dg/declare.html, fetch.html
        ("DECLARE c SCROLL CURSOR FOR SELECT 1", 'near "SCROLL"', "forward"),
        ("DECLARE c CURSOR WITH HOLD FOR SELECT 1", 'near "WITH"', "transaction"),
        ("FETCH PRIOR FROM c", 'near "PRIOR"', "forward"),
        # https://docs.aws.amazon.com/redshift/latest/dg/c_SQL_functions_leader_node_only.html
        ("SELECT a, NOW() FROM t", "not supported on Redshift tables", "GETDATE"),
        ("UPDATE t SET a = CURRENT_TIMESTAMP", "not supported on Redshift tables", "GETDATE"),
        ("CREATE TABLE u AS SELECT localtimestamp AS a FROM t", "not supported on Redshift tables", "GETDATE"),
        ("INSERT INTO t SELECT generate_series(1, 10)", "generate_series() does not exist", "RECURSIVE"),
    ],
)
def test_what_redshift_has_not_is_refused_with_what_it_has(sql: str, message: str, hint: str | None) -> None:
    error = refusal(sql)
    assert message in error.message
    assert hint is None or hint in (error.hint or "")
    assert error.sqlstate in ("0A000", "42601", "42883", "42P20")


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("UNLOAD ('SELECT 1') TO 's3://b/k' IAM_ROLE default ENCRYPTED", "UNLOAD with ENCRYPTED"),
        ("CREATE EXTERNAL SCHEMA s FROM DATA CATALOG", "CREATE EXTERNAL"),
        ("CREATE MODEL m FROM t", "CREATE MODEL"),
        ("CREATE DATABASE d", "CREATE DATABASE"),
        ("CREATE MATERIALIZED VIEW v AUTO REFRESH YES AS SELECT 1 AS a", "AUTO REFRESH YES"),
        ("SET enable_case_sensitive_identifier TO true", "enable_case_sensitive_identifier"),
        ("ANALYZE COMPRESSION t", "ANALYZE COMPRESSION"),
        ("SELECT a FROM t, u WHERE t.a = u.a(+)", "(+)"),
        ("SHOW DATASHARES LIKE 'a'", "SHOW DATASHARES"),
        ("SHOW DATASHARES", "SHOW DATASHARES"),
        ("SHOW TEMPLATE t", "SHOW TEMPLATE"),
        ("REFRESH MATERIALIZED VIEW v CASCADE", "REFRESH MATERIALIZED VIEW … CASCADE"),
        ("COPY t FROM 's3://b/k' IAM_ROLE default FORMAT PARQUET SERIALIZETOJSON", "COPY with SERIALIZETOJSON"),
        ("SELECT attnum FROM pg_statistic", "PG_STATISTIC"),
        ("CREATE OR REPLACE VIEW v AS SELECT array_to_string(stavalues1, '|') FROM pg_statistic", "PG_STATISTIC"),
        ("SELECT a FROM t JOIN u ON st_contains(t.a, u.b)", "st_contains()"),
        ("SELECT ARRAY(1, ARRAY(2))", "array()"),
        # https://docs.aws.amazon.com/redshift/latest/dg/query-super.html
        ("SELECT * FROM orders AS o, o.items AS i", "A SUPER value in FROM"),
        ("SELECT * FROM orders AS o, o.items AS i AT place", "A SUPER value in FROM"),
        ("SELECT * FROM orders AS o, UNPIVOT o.item AS value AT name", "A SUPER value in FROM"),
        ("SELECT * FROM lists AT place", "AT in FROM"),
        ("CREATE FUNCTION f(a int) RETURNS int STABLE AS $$ return a $$ LANGUAGE plpythonu", "plpythonu"),
    ],
)
def test_what_redshift_has_and_this_server_has_not_is_refused_by_name(sql: str, message: str) -> None:
    error = refusal(sql)
    assert error.sqlstate == "0A000"
    assert message in error.message
    assert "this local Redshift" in error.message


@pytest.mark.parametrize("name", [name for family in FAMILIES for name in sorted(family.names)])
def test_a_function_that_only_redshift_has_is_refused_by_name(name: str) -> None:
    error = refusal(f"SELECT {name.upper()}(a) FROM t")
    assert error.sqlstate == "0A000"
    assert error.message.startswith(f"{name}() is not supported by this local Redshift")
    assert error.hint


@pytest.mark.parametrize("sql", ["FROBNICATE t", "SELEC 1", "CREATE FLUX f", "= 1", "'x'"])
def test_an_unknown_beginning_is_a_syntax_error(sql: str) -> None:
    error = refusal(sql)
    assert error.sqlstate == "42601"
    assert error.message.startswith("syntax error at or near")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT pg_catalog.string_agg(a, ',') FROM t",
        "SELECT t.returning FROM t",
        "SELECT * FROM svl_qlog",
        "SELECT COUNT(*) OVER (PARTITION BY a) FROM t",
        "SELECT a FROM t WHERE a IN (SELECT b FROM u ORDER BY b LIMIT 1)",
        "SELECT (SELECT MAX(a) FROM t ORDER BY 1)",
        "SELECT NOW(), CURRENT_TIMESTAMP",
        "INSERT INTO t VALUES (CURRENT_TIMESTAMP)",
        "SELECT TRIM(LEADING 'a' FROM b), NOW()",
        "SELECT CURRENT_DATE - 1 FROM t",
        "SELECT ln(8), random()",
        "SELECT ROW_NUMBER() OVER (ORDER BY a) FROM t",
        "SELECT ROW_NUMBER() OVER (ORDER BY TRUE, 1) FROM t",
        "SELECT LAG(a) OVER (PARTITION BY b ORDER BY c) FROM t",
        "SELECT array_to_string(c.proacl, ',') FROM pg_catalog.pg_proc AS c",
        "CREATE VIEW grants AS SELECT array_to_string(c.relacl, ',') AS acl FROM pg_type AS c",
        "CREATE OR REPLACE VIEW readers AS SELECT has_table_privilege(rolname, 't', 'select') AS ok FROM pg_roles",
        "SELECT string_agg(typname, ',') FROM pg_type",
        "SELECT filter, lateral_id FROM t",
        "DELETE FROM s.t",
        "UPDATE t SET a = 1 WHERE b BETWEEN 1 AND 2",
        # names of tables and columns, and of new functions
        "INSERT INTO object (a) SELECT 1",
        "WITH format (a) AS (SELECT 1), mode (b) AS (SELECT 2) SELECT a, b FROM format, mode",
        "SELECT size, object FROM t AS array WHERE size > 1",
    ],
)
def test_what_only_looks_alike_passes(sql: str) -> None:
    assert rewritten(sql) == sql
