"""What the server does with a statement, and which statements are left as they are."""

from __future__ import annotations

import pytest

from local_redshift.statements import StatementKind, plan_script
from support.planning import refusal, rewritten, without_comment


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("SELECT 1", StatementKind.PASS),
        ("BEGIN", StatementKind.PASS),
        ("TRUNCATE t", StatementKind.TRUNCATE),  # https://docs.aws.amazon.com/redshift/latest/dg/r_TRUNCATE.html
        ("truncate table s.t", StatementKind.TRUNCATE),
        ("VACUUM", StatementKind.NOT_IN_TRANSACTION),
        ("COPY t FROM 's3://b/k' IAM_ROLE default FORMAT AS JSON 'auto'", StatementKind.COPY),
    ],
)
def test_each_statement_has_its_kind(sql: str, kind: StatementKind) -> None:
    assert plan_script(sql)[0].kind is kind


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT a, b AS c FROM s.t WHERE x = 'y' ORDER BY 1 LIMIT 10",
        "select\n  *\nfrom t -- all of it\nwhere a <> $1",
        "WITH x AS (SELECT 1 AS a) SELECT a FROM x",
        "INSERT INTO t (a, b) VALUES (1, 'x'), (2, 'y')",
        "UPDATE t SET a = s.a FROM s WHERE s.id = t.id",
        "DELETE FROM t USING x WHERE t.id = x.id",
        "BEGIN TRANSACTION READ WRITE",
        "START TRANSACTION",
        "END",
        "ROLLBACK",
        "LOCK etl.load_mutex",
        "LOCK TABLE a, b",
        "SET search_path TO run_1, public, etl",
        "SET timezone TO 'UTC'",
        "CREATE SCHEMA IF NOT EXISTS etl",
        "DROP SCHEMA IF EXISTS x CASCADE",
        "DROP TABLE IF EXISTS a, b CASCADE",
        "CREATE OR REPLACE VIEW v AS SELECT 1 AS a",
        "CREATE TABLE t (a INTEGER, b VARCHAR(10) NOT NULL, c DECIMAL(10, 2) DEFAULT 0)",
        "CREATE TEMP TABLE x AS SELECT * FROM t",
        "COMMENT ON TABLE t IS 'of mine'",
        "GRANT SELECT ON ALL TABLES IN SCHEMA s TO GROUP readers",
        "CREATE USER u PASSWORD 'Secret-1'",
        "DECLARE c CURSOR FOR SELECT 1",
        "FETCH FORWARD 10 FROM c",
        "CLOSE c",
        "PREPARE p AS SELECT $1",
        "EXECUTE p (1)",
        "DEALLOCATE p",
        "EXPLAIN SELECT 1",
        "EXPLAIN VERBOSE SELECT 1",
        "ANALYZE",
        "SHOW search_path",
        "SELECT pg_last_copy_count(), pg_backend_pid()",
        "SELECT TIMESTAMP 'epoch' + ts * INTERVAL '0.001 second' FROM t",
        "SELECT ROW_NUMBER() OVER (PARTITION BY a ORDER BY b) FROM t",
        "SELECT SUM(a) OVER (PARTITION BY b ORDER BY c ROWS UNBOUNDED PRECEDING) FROM t",
        "SELECT COALESCE(a, b), MD5(a || '|' || b), CAST(a AS VARCHAR), b::bigint FROM t",
        "SELECT TO_CHAR(ts, 'YYYY-MM-DD\"T\"HH24') FROM t",
        "SELECT c.typname FROM pg_catalog.pg_type AS c WHERE c.oid = ANY (ARRAY[1, 2])",
        "SELECT * FROM svv_tables",
        "(SELECT 1) UNION ALL (SELECT 2)",
        "MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN UPDATE SET a = s.a "
        "WHEN NOT MATCHED THEN INSERT (id, a) VALUES (s.id, s.a)",
    ],
)
def test_what_both_know_keeps_every_byte(sql: str) -> None:
    (statement,) = plan_script(sql)
    assert statement.sql == statement.original == sql


@pytest.mark.parametrize(
    ("sql", "sent"),
    [
        # https://docs.aws.amazon.com/redshift/latest/dg/r_DELETE.html: FROM may be left out
        ("DELETE t WHERE a = 1", "DELETE FROM t WHERE a = 1"),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_ANALYZE.html
        ("ANALYZE VERBOSE", "ANALYZE VERBOSE"),
        ("ANALYZE VERBOSE s.t", "ANALYZE s.t"),
        ("ANALYZE t (a, b)", "ANALYZE t (a, b)"),
        ("ANALYZE t PREDICATE COLUMNS", "ANALYZE t"),
        ("ANALYZE ALL COLUMNS", "ANALYZE"),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_VACUUM_command.html
        ("VACUUM FULL s.t TO 95 PERCENT BOOST", "VACUUM s.t"),
        ("VACUUM SORT ONLY t", "VACUUM t"),
        ("VACUUM DELETE ONLY", "VACUUM"),
        ("VACUUM RECLUSTER t", "VACUUM t"),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_CANCEL.html
        ("CANCEL 18764 'too long'", "SELECT pg_catalog.pg_cancel_backend(18764)"),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_query_group.html and the pages beside it
        ("SET query_group TO 'a'", "SET redshift.query_group TO 'a'"),
        ("SET LOCAL wlm_query_slot_count TO 3", "SET LOCAL redshift.wlm_query_slot_count TO 3"),
        ("RESET query_group", "RESET redshift.query_group"),
        (
            "SHOW enable_result_cache_for_session",
            "SELECT current_setting('redshift.enable_result_cache_for_session') AS enable_result_cache_for_session",
        ),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_SCHEMA.html
        ("CREATE SCHEMA s AUTHORIZATION u QUOTA 50 GB", "CREATE SCHEMA s AUTHORIZATION u"),
        # https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-create-sql-command.html
        (
            "CREATE MATERIALIZED VIEW v BACKUP NO DISTSTYLE ALL SORTKEY (a) AUTO REFRESH NO AS SELECT 1 AS a",
            "CREATE MATERIALIZED VIEW v AS SELECT 1 AS a",
        ),
    ],
)
def test_redshifts_words_become_postgresqls(sql: str, sent: str) -> None:
    assert without_comment(sql) == sent


@pytest.mark.parametrize(
    ("sql", "sent"),
    [
        # https://docs.aws.amazon.com/redshift/latest/dg/r_names.html
        ('SELECT "MyColumn" AS "Total É" FROM "S"."T"', 'SELECT "mycolumn" AS "total É" FROM "s"."t"'),
        ('CREATE TABLE "T" ("A b" INT)', 'CREATE TABLE "t" ("a b" INT)'),
        ("SELECT 'MyColumn' AS MyColumn", "SELECT 'MyColumn' AS MyColumn"),
    ],
)
def test_quoted_names_fold_to_lower_case(sql: str, sent: str) -> None:
    assert rewritten(sql) == sent
    assert plan_script(sql)[0].original == sql


def test_a_name_that_postgresql_would_cut_off_is_refused() -> None:
    assert "of 64 bytes is not supported" in refusal(f"CREATE TABLE {'a' * 64} (a INT)").message
    assert "of 64 bytes is not supported" in refusal(f'SELECT 1 AS "{"é" * 32}"').message
    assert rewritten(f"SELECT 1 AS {'a' * 63}") == f"SELECT 1 AS {'a' * 63}"


def test_an_error_tells_its_place_in_the_whole_script() -> None:
    script = "SELECT 1;\nSELECT string_agg(a, ',') FROM t"
    position = refusal(script).position
    assert position is not None
    assert script[position - 1 :].startswith("string_agg")
