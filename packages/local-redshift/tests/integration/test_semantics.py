"""Fifteen behaviours of Redshift that must not be wrong, each with the rule and its page of the documentation.

Pages are those of https://docs.aws.amazon.com/redshift/latest/dg/. Other tests go into each matter further; here is one
place that shows all of them through a real client.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import psycopg2
import pytest

from local_redshift import Isolation, RedshiftServer, Settings
from local_redshift.s3 import S3Server
from local_redshift.testing import Bucket

Db = psycopg.Connection[Any]


def rows(db: Db, sql: str) -> list[tuple[Any, ...]]:
    return db.execute(sql.encode()).fetchall()


def make(db: Db, *statements: str) -> None:
    for statement in statements:
        db.execute(statement.encode())


def fails(db: Db, sql: str, message: str) -> None:
    with pytest.raises(psycopg.Error, match=message):
        db.execute(sql.encode())


def copy(table: str, source: str, options: str) -> str:
    return f"COPY {table} FROM '{source}' IAM_ROLE default {options}"


def test_1_keys_are_informational_and_not_null_is_enforced(db: Db) -> None:
    """t_Defining_constraints.html: uniqueness, primary key and foreign key constraints are informational only."""
    make(
        db,
        "CREATE TABLE u (id INT PRIMARY KEY)",
        "CREATE TABLE t (id INT PRIMARY KEY, u_id INT REFERENCES u, b INT UNIQUE, n INT NOT NULL)",
        "INSERT INTO t VALUES (1, 99, 5, 1), (1, 98, 5, 1)",
    )
    fails(db, "INSERT INTO t VALUES (2, 1, 1, NULL)", "null value")


def test_2_lengths_are_of_bytes_and_trailing_blanks_do_not_count(db: Db) -> None:
    """r_Character_types.html: lengths in bytes; excess blanks are cut; trailing ones do not count in comparisons."""
    make(db, "CREATE TABLE t (v VARCHAR(4), c CHAR(2), x TEXT, y VARCHAR, z VARCHAR(MAX))")
    make(db, "INSERT INTO t (v) VALUES ('éé'), ('ab     ')")
    fails(db, "INSERT INTO t (v) VALUES ('ééé')", r"value too long for type character varying\(4\)")
    types = rows(db, "SELECT type FROM pg_table_def WHERE tablename = 't' AND \"column\" IN ('x', 'y', 'z')")
    assert [kind for (kind,) in types] == [f"character varying({size})" for size in (256, 256, 65535)]
    make(db, "CREATE TABLE w (a VARCHAR(9) SORTKEY)", "INSERT INTO w VALUES ('x'), ('x  '), (' x')")
    assert rows(db, "SELECT COUNT(*), COUNT(DISTINCT a) FROM w WHERE a = 'x '") == [(2, 1)]
    assert rows(db, "SELECT COUNT(*) FROM w AS a JOIN w AS b ON a.a = b.a") == [(5,)]
    assert rows(db, "SELECT 'x ' LIKE 'x', LEN('x ')") == [(False, 2)]


def test_3_a_path_is_a_prefix_and_a_manifest_names_keys(db: Db, bucket: Bucket) -> None:
    """loading-data-files-using-manifest.html: a prefix loads all that begins so; manifest entries are exact."""
    make(db, "CREATE TABLE t (a INT)")
    address = bucket.put("day-1", "1\n")
    bucket.put("day-10", "10\n")
    make(db, copy("t", address, ""))
    assert rows(db, "SELECT a FROM t ORDER BY a") == [(1,), (10,)]
    entries = [{"url": address, "mandatory": True}, {"url": f"{address}-absent"}]
    manifest = bucket.put("manifest", json.dumps({"entries": entries}))
    make(db, "DELETE t", copy("t", manifest, "MANIFEST"))
    assert rows(db, "SELECT a FROM t") == [(1,)]


def test_4_a_prefix_without_objects_is_an_error(db: Db, bucket: Bucket) -> None:
    """copy-parameters-data-source-s3.html"""
    make(db, "CREATE TABLE t (a INT)")
    fails(db, copy("t", f"s3://{bucket.name}/none", ""), "The specified S3 prefix 'none' does not exist")


def test_5_json_auto_matches_lower_case_names_of_outer_fields(db: Db, bucket: Bucket) -> None:
    """copy-usage_notes-copy-from-json.html"""
    make(db, "CREATE TABLE t (name VARCHAR(9), city VARCHAR(9))")
    address = bucket.put_json("a.json", [{"Name": "x", "city": "y", "in": {"name": "z"}}])
    paths = bucket.put("paths", json.dumps({"jsonpaths": ["$.in.name", "$.Name"]}))
    make(db, copy("t", address, "JSON 'auto'"), copy("t", address, "JSON 'auto ignorecase'"))
    make(db, copy("t (city, name)", address, f"JSON '{paths}'"))
    assert set(rows(db, "SELECT * FROM t")) == {(None, "y"), ("x", "y"), ("x", "z")}


def test_6_load_errors_are_counted_and_outlive_the_rollback(db: Db, bucket: Bucket) -> None:
    """copy-parameters-data-load.html: MAXERROR is 0 by default, 100,000 at most; r_STL_LOAD_ERRORS.html"""
    make(db, "CREATE TABLE t (a INT)")
    address = bucket.put("data", "1\nx\n2\n")
    make(db, "BEGIN")
    fails(db, copy("t", address, ""), "stl_load_errors")
    make(db, "ROLLBACK")
    found = "SELECT line_number, TRIM(raw_field_value) FROM stl_load_errors WHERE session = pg_backend_pid()"
    assert rows(db, found) == [(2, "x")]
    make(db, copy("t", address, "MAXERROR 2"))
    assert rows(db, "SELECT COUNT(*) FROM t") == [(2,)]
    fails(db, copy("t", address, "MAXERROR 100001"), "MAXERROR 100001 is out of range")


def test_7_blanks_and_times_are_read_as_documented(db: Db, bucket: Bucket) -> None:
    """copy-parameters-data-conversion.html: blanks of other types are NULL; EMPTYASNULL; TRUNCATECOLUMNS; TIMEFORMAT"""
    make(db, "CREATE TABLE t (n INT, s VARCHAR(3), at TIMESTAMP)")
    address = bucket.put("data", "||1541105830796\n")
    make(db, copy("t", address, "TIMEFORMAT 'epochmillisecs'"))
    make(db, copy("t", address, "TIMEFORMAT 'epochmillisecs' EMPTYASNULL"))
    assert rows(db, "SELECT n, s, at::VARCHAR FROM t ORDER BY s") == [
        (None, "", "2018-11-01 20:57:10.796"),
        (None, None, "2018-11-01 20:57:10.796"),
    ]
    make(db, copy("t (s)", bucket.put("long", "abcdef\n"), "TRUNCATECOLUMNS"))
    assert rows(db, "SELECT s FROM t WHERE at IS NULL") == [("abc",)]


def test_8_truncate_commits_and_vacuum_and_append_stand_alone(db: Db) -> None:
    """r_TRUNCATE.html, r_VACUUM_command.html, r_ALTER_TABLE_APPEND.html"""
    make(db, "CREATE TABLE t (a INT)", "CREATE TABLE u (a INT)", "INSERT INTO t VALUES (1)")
    make(db, "BEGIN", "INSERT INTO u VALUES (1)", "TRUNCATE t", "ROLLBACK")
    assert rows(db, "SELECT (SELECT COUNT(*) FROM t), (SELECT COUNT(*) FROM u)") == [(0, 1)]
    for statement in ("VACUUM t", "ALTER TABLE t APPEND FROM u"):
        make(db, "BEGIN")
        fails(db, statement, "cannot run inside a transaction block")
        make(db, "ROLLBACK")


def test_9_identity_has_gaps_and_takes_no_values(db: Db, redshift: RedshiftServer, schema: str, bucket: Bucket) -> None:
    """r_CREATE_TABLE_NEW.html: values are unique, not consecutive; EXPLICIT_IDS or BY DEFAULT take them."""
    make(db, "CREATE TABLE t (id BIGINT IDENTITY(1, 1), d INT GENERATED BY DEFAULT AS IDENTITY(1, 1), a INT)")
    make(db, "INSERT INTO t (a) VALUES (1)")
    with psycopg.connect(**redshift.connection(), autocommit=True) as other:
        make(other, f"INSERT INTO {schema}.t (a) VALUES (2)")
    numbers = [number for (number,) in rows(db, "SELECT id FROM t ORDER BY a")]
    assert numbers[0] == 1
    assert numbers[1] > 2
    fails(db, "INSERT INTO t (id, a) VALUES (1, 1)", "cannot")
    make(db, "INSERT INTO t (d, a) VALUES (77, 3)", copy("t", bucket.put("ids", "5000|6|7\n"), "EXPLICIT_IDS"))
    assert rows(db, "SELECT id, d FROM t WHERE a = 7 OR d = 77 ORDER BY a")[1] == (5000, 6)


def test_10_merge_and_what_only_postgresql_has(db: Db) -> None:
    """r_MERGE.html, c_unsupported-postgresql-features.html"""
    make(db, "CREATE TABLE t (id INT, v INT)", "CREATE TABLE s (id INT, v INT)", "INSERT INTO t VALUES (1, 1)")
    make(db, "INSERT INTO s VALUES (1, 10), (2, 20)")
    merge = (
        "MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN UPDATE SET v = s.v "
        "WHEN NOT MATCHED THEN INSERT VALUES (s.id, s.v)"
    )
    make(db, merge)
    assert rows(db, "SELECT * FROM t ORDER BY id") == [(1, 10), (2, 20)]
    make(db, "INSERT INTO s VALUES (1, 11)")
    fails(db, merge, "Found multiple matches to update the same tuple")
    fails(db, merge.replace("WHEN MATCHED", "WHEN MATCHED AND t.v > 1"), "syntax error")
    fails(db, merge.replace("USING s", "USING (SELECT * FROM s) AS s"), "syntax error")
    for statement, message in (
        ("INSERT INTO t VALUES (1, 1) ON CONFLICT DO NOTHING", "ON CONFLICT"),
        ("INSERT INTO t VALUES (1, 1) RETURNING id", "RETURNING"),
        ("CREATE INDEX i ON t (id)", "CREATE INDEX"),
        ("CREATE TABLE x (id SERIAL)", "serial"),
        ("CREATE SEQUENCE q", "CREATE SEQUENCE"),
        ("SELECT STRING_AGG(v, ',') FROM t", "string_agg"),
        ("CREATE TRIGGER g AFTER INSERT ON t EXECUTE FUNCTION f()", "CREATE TRIGGER"),
        ("CREATE TABLE x (a INT[])", "Arrays are not supported"),
        ("CREATE TABLE x (a JSONB)", "unsupported type"),
    ):
        fails(db, statement, message)


def test_11_snapshot_isolation_is_the_default(db: Db, redshift: RedshiftServer, schema: str) -> None:
    """c_serial_isolation.html: one snapshot a transaction; two that read what the other writes both commit."""
    make(db, "CREATE TABLE a (n INT)", "CREATE TABLE b (n INT)")
    with psycopg.connect(**redshift.connection(), autocommit=True) as other:
        make(other, f"SET search_path TO {schema}", "BEGIN", "SELECT COUNT(*) FROM a", "INSERT INTO b VALUES (1)")
        make(db, "BEGIN", "SELECT COUNT(*) FROM b", "INSERT INTO a VALUES (1)", "COMMIT")
        assert rows(other, "SELECT COUNT(*) FROM a") == [(0,)]
        make(other, "COMMIT")
    assert rows(db, "SELECT (SELECT COUNT(*) FROM a), (SELECT COUNT(*) FROM b)") == [(1, 1)]


@pytest.fixture(scope="module")
def serializable(tmp_path_factory: pytest.TempPathFactory, s3: S3Server) -> Iterator[RedshiftServer]:
    """A server of the other isolation level."""
    folder: Path = tmp_path_factory.mktemp("serializable") / "state"
    with RedshiftServer(Settings(folder, port=0, s3=s3.settings, isolation=Isolation.SERIALIZABLE)) as server:
        yield server


@pytest.mark.parametrize("reads", ["COUNT(*) FROM tab WHERE id = 1", "COUNT(*) FROM tab"], ids=["one row", "all rows"])
def test_11_conflicting_writers_under_serializable_end_with_1023(serializable: RedshiftServer, reads: str) -> None:
    """c_serial_isolation-serializable-isolation-troubleshooting.html: conflicts are of tables, not of rows."""
    with (
        psycopg.connect(**serializable.connection(), autocommit=True) as one,
        psycopg.connect(**serializable.connection(), autocommit=True) as two,
    ):
        make(one, "DROP TABLE IF EXISTS tab", "CREATE TABLE tab (id INT SORTKEY, v INT)")
        make(
            one,
            "INSERT INTO tab WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) "
            "SELECT i, 0 FROM n",
            "ANALYZE tab",
        )
        for connection, row in ((one, 1), (two, 4000)):
            make(connection, "BEGIN", f"SELECT {reads}", f"UPDATE tab SET v = v + 1 WHERE id = {row}")
        make(one, "COMMIT")
        with pytest.raises(psycopg.errors.InternalError_) as caught:
            make(two, "COMMIT")
    assert caught.value.diag.message_primary == "1023"
    assert str(caught.value.diag.message_detail).startswith("Serializable isolation violation on table")


def test_11_writers_of_different_tables_do_not_conflict(serializable: RedshiftServer) -> None:
    """c_serial_isolation.html"""
    with (
        psycopg.connect(**serializable.connection(), autocommit=True) as one,
        psycopg.connect(**serializable.connection(), autocommit=True) as two,
    ):
        make(one, "DROP TABLE IF EXISTS x, y", "CREATE TABLE x (a INT)", "CREATE TABLE y (a INT)")
        for connection, table in ((one, "x"), (two, "y")):
            make(connection, "BEGIN", f"SELECT COUNT(*) FROM {table}", f"INSERT INTO {table} VALUES (1)")
        make(one, "COMMIT")
        make(two, "COMMIT")


def test_12_there_is_no_copy_from_stdin_and_rows_are_counted_apart(
    redshift: RedshiftServer, schema: str, bucket: Bucket
) -> None:
    """r_COPY.html, PG_LAST_COPY_COUNT.html"""
    address = bucket.put("data", "1\n2\n3\n")
    with closing(psycopg2.connect(**redshift.connection())) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute(f"CREATE TABLE {schema}.t (a INT)")
        with pytest.raises(psycopg2.Error, match="COPY FROM STDIN is not supported"):
            cursor.execute(f"COPY {schema}.t FROM STDIN")
        cursor.execute(copy(f"{schema}.t", address, ""))
        assert cursor.rowcount != 3
        cursor.execute("SELECT pg_last_copy_count()")
        assert cursor.fetchone() == (3,)


def test_13_dates_expressions_and_names_are_redshifts(db: Db) -> None:
    """r_DATEDIFF_function.html, REGEXP_REPLACE.html, r_GETDATE.html, r_names.html"""
    assert rows(db, "SELECT DATEDIFF(year, '2018-12-31', '2019-01-01'), REGEXP_REPLACE('a1b2', '[0-9]')") == [(1, "ab")]
    moment = rows(db, "SELECT GETDATE()")[0][0]
    assert moment.tzinfo is None
    assert moment.microsecond == 0
    make(db, 'CREATE TABLE "MyTable" ("MyColumn" INT)')
    assert rows(db, "SELECT tablename, \"column\" FROM pg_table_def WHERE tablename = 'mytable'") == [
        ("mytable", "mycolumn")
    ]


def test_14_compupdate_is_accepted_and_one_column_added_at_a_time(db: Db, bucket: Bucket) -> None:
    """copy-parameters-data-load.html, r_ALTER_TABLE.html"""
    make(db, "CREATE TABLE t (a INT)")
    make(db, copy("t", bucket.put("data", "1\n"), "COMPUPDATE OFF STATUPDATE ON"))
    fails(db, "ALTER TABLE t ADD COLUMN b INT, ADD COLUMN c INT", "syntax error")
    make(db, "ALTER TABLE t ADD COLUMN b INT")


@pytest.mark.parametrize("word", ["TAG", "TOP", "SNAPSHOT", "PERCENT", "SYSDATE"])
def test_15_reserved_words_are_redshifts(db: Db, word: str) -> None:
    """r_pg_keywords.html. TIMESTAMP is on the list too, and is taken bare as public projects write it."""
    fails(db, f"CREATE TABLE t ({word} INT)", "syntax error")
    make(db, f'CREATE TABLE t ("{word}" INT, timestamp TIMESTAMP)')
