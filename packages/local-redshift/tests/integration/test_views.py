"""Late-binding and materialized views.

https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_VIEW.html
"""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from local_redshift import RedshiftServer

Db = psycopg.Connection[Any]


def rows(db: Db, sql: str) -> list[tuple[Any, ...]]:
    return db.execute(sql.encode()).fetchall()


def make(db: Db, sql: str) -> None:
    db.execute(sql.encode())


@pytest.mark.parametrize("prepare", [False, True], ids=["simple", "extended"])
def test_a_late_binding_view_may_come_before_its_table_and_outlive_it(db: Db, schema: str, prepare: bool) -> None:
    view = f"CREATE VIEW v (a, twice) AS SELECT a, NVL(a, 0) * 2 FROM {schema}.t WITH NO SCHEMA BINDING"
    assert db.execute(view.encode(), prepare=prepare).statusmessage == "CREATE VIEW"
    with pytest.raises(psycopg.errors.UndefinedTable, match=r'\.t" does not exist'):
        rows(db, "SELECT * FROM v")
    make(db, "CREATE TABLE t (a INT)")
    make(db, "INSERT INTO t VALUES (4)")
    assert rows(db, "SELECT * FROM v") == [(4, 8)]
    make(db, "DROP TABLE t")
    with pytest.raises(psycopg.errors.UndefinedTable):
        rows(db, "SELECT * FROM v")
    make(db, "CREATE TABLE t AS SELECT 5 AS a")
    assert rows(db, "SELECT twice FROM v") == [(10,)]


def test_its_definition_is_shown_as_it_was_written(db: Db, schema: str) -> None:
    query = f"SELECT t.a, 'a  b'||t.b::varchar AS c, - -1 AS one FROM {schema}.t"
    make(
        db,
        f"CREATE VIEW v AS /* note */ {query.replace(' FROM', ' -- note' + chr(10) + 'FROM')} WITH NO SCHEMA BINDING",
    )
    [(definition,)] = rows(db, f"SELECT definition FROM pg_views WHERE schemaname = '{schema}' AND viewname = 'v'")
    assert definition.partition(" AS ")[2] == f"{query} WITH NO SCHEMA BINDING"


def test_it_sees_changes_of_its_table_and_is_read_by_other_views(db: Db, schema: str) -> None:
    make(db, "CREATE TABLE t (a INT)")
    make(db, "INSERT INTO t VALUES (1)")
    make(db, f"CREATE VIEW v AS SELECT *, a + 1 AS b, b + 1 AS c FROM {schema}.t WITH NO SCHEMA BINDING")
    make(db, f"CREATE OR REPLACE VIEW w AS SELECT * FROM {schema}.v WITH NO SCHEMA BINDING")
    make(db, "GRANT SELECT ON w TO PUBLIC")
    assert rows(db, "SELECT * FROM w") == [(1, 2, 3)]
    make(db, "ALTER TABLE t ADD COLUMN more INT DEFAULT 7")
    assert rows(db, "SELECT * FROM w") == [(1, 7, 2, 3)]
    assert rows(db, "SELECT has_table_privilege('public', 'w', 'select')") == [(True,)]
    make(db, "DROP TABLE t")
    with pytest.raises(psycopg.errors.UndefinedTable, match=r'\.t" does not exist'):
        rows(db, "SELECT * FROM w")


def test_it_reads_the_table_that_has_the_name_now(db: Db, schema: str) -> None:
    make(db, "CREATE TABLE t AS SELECT 1 AS a")
    make(db, "CREATE TABLE next AS SELECT 2 AS a")
    make(db, f"CREATE VIEW v AS SELECT a FROM {schema}.t WITH NO SCHEMA BINDING")
    assert db.execute("SELECT a FROM v", prepare=True).fetchall() == [(1,)]
    with db.transaction():
        make(db, "ALTER TABLE t RENAME TO older")
        make(db, "ALTER TABLE next RENAME TO t")
        assert rows(db, "SELECT a FROM v") == [(2,)]
    assert db.execute("SELECT a FROM v", prepare=True).fetchall() == [(2,)]


@pytest.mark.parametrize(
    "change", ["DROP TABLE t; CREATE TABLE t (b VARCHAR(9), a BIGINT)", "ALTER TABLE t ADD COLUMN b INT"]
)
def test_it_keeps_owner_grants_and_comment_when_its_columns_change(
    redshift: RedshiftServer, db: Db, schema: str, change: str
) -> None:
    make(db, "CREATE USER reader PASSWORD 'Reader-Pass-1'")
    try:
        make(db, f"GRANT USAGE ON SCHEMA {schema} TO reader")
        make(db, "CREATE TABLE t (a INT)")
        make(db, f"CREATE VIEW v AS SELECT * FROM {schema}.t WITH NO SCHEMA BINDING")
        make(db, "GRANT SELECT ON v TO reader")
        make(db, "COMMENT ON VIEW v IS 'kept'")
        for statement in change.split("; "):
            make(db, statement)
        given = redshift.connection() | {"user": "reader", "password": "Reader-Pass-1"}
        with psycopg.connect(**given, autocommit=True) as reader:
            # its owner's privileges count: https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_VIEW.html
            assert reader.execute(f"SELECT COUNT(b) FROM {schema}.v".encode()).fetchall() == [(0,)]
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                reader.execute(f"SELECT * FROM {schema}.t".encode())
        told = f"SELECT viewowner, obj_description('v'::regclass) FROM pg_views WHERE schemaname = '{schema}'"
        assert rows(db, told) == [("awsuser", "kept")]
    finally:
        make(db, "DROP VIEW IF EXISTS v")
        make(db, f"REVOKE USAGE ON SCHEMA {schema} FROM reader")
        make(db, "DROP USER reader")


def test_replacing_it_keeps_its_grants_and_may_change_its_columns(db: Db, schema: str) -> None:
    make(db, "CREATE TABLE t (a INT)")
    make(db, f"CREATE VIEW v AS SELECT a FROM {schema}.t WITH NO SCHEMA BINDING")
    make(db, "GRANT SELECT ON v TO PUBLIC")
    make(db, f"CREATE OR REPLACE VIEW v AS SELECT 'x' AS b, a FROM {schema}.t WITH NO SCHEMA BINDING")
    assert rows(db, "SELECT b FROM v") == []
    assert rows(db, "SELECT has_table_privilege('public', 'v', 'select')") == [(True,)]


def test_what_reads_it_in_a_procedure_or_another_view_sees_changes(db: Db, schema: str) -> None:
    make(db, f"CREATE VIEW v AS SELECT * FROM {schema}.t WITH NO SCHEMA BINDING")
    make(db, "CREATE TABLE t (a INT)")
    make(db, "CREATE TABLE copied (a INT, b INT)")
    make(db, "CREATE PROCEDURE fill() AS $$ BEGIN INSERT INTO copied SELECT * FROM v; END $$ LANGUAGE plpgsql")
    make(db, "ALTER TABLE t ADD COLUMN b INT DEFAULT 3")
    make(db, "INSERT INTO t VALUES (1)")
    make(db, "CALL fill()")
    assert rows(db, "SELECT * FROM copied") == [(1, 3)]
    make(db, "CREATE VIEW plain AS SELECT a + b AS c FROM v")
    make(db, "DROP TABLE t")
    make(db, "CREATE TABLE t AS SELECT 5 AS a, 6 AS b")
    assert rows(db, "SELECT c FROM plain") == [(11,)]


def test_a_filter_on_it_reaches_the_sort_key_of_its_table(db: Db, schema: str) -> None:
    make(db, "CREATE TABLE t (a INT) SORTKEY (a)")
    make(db, f"CREATE VIEW v AS SELECT a FROM {schema}.t WITH NO SCHEMA BINDING")
    plan = " ".join(row[0] for row in rows(db, "EXPLAIN SELECT a FROM v WHERE a = 3"))
    assert "a = 3" in plan
    assert "Function Scan" not in plan


def test_its_columns_are_listed(db: Db, schema: str) -> None:
    # https://docs.aws.amazon.com/redshift/latest/dg/PG_GET_LATE_BINDING_VIEW_COLS.html
    make(db, "CREATE VIEW v AS SELECT tablename FROM pg_catalog.pg_tables WITH NO SCHEMA BINDING")
    columns = "(view_schema NAME, view_name NAME, col_name NAME, col_type VARCHAR, col_num INT)"
    listed = rows(db, f"SELECT view_name, col_name, col_num FROM pg_get_late_binding_view_cols() c {columns} "
                      f"WHERE view_schema = '{schema}'")  # fmt: skip
    assert listed == [("v", "tablename", 1)]


def test_what_is_kept_of_it_is_one_statement(db: Db, schema: str) -> None:
    make(
        db, f"CREATE VIEW v AS SELECT 'a;--' AS a, 'it\\'s' AS b /* not; kept */ FROM {schema}.t WITH NO SCHEMA BINDING"
    )
    make(db, "CREATE TABLE t AS SELECT 1 AS one")
    assert rows(db, "SELECT * FROM v") == [("a;--", "it's")]
    for text in (
        "SELECT 1; DROP TABLE t",
        "SELECT 1 /* '' */ ; DROP TABLE t -- ''",
        "SELECT $a$ '' $a$; DROP TABLE t --''",
    ):
        with pytest.raises(psycopg.Error):
            make(db, f"CALL redshift_catalog.create_late_binding_view('{schema}.w', false, '', E'{text}')")


def test_its_tables_are_named_with_their_schemas(db: Db) -> None:
    with pytest.raises(psycopg.Error, match="All the relation names inside should be qualified"):
        make(db, "CREATE VIEW v AS SELECT a FROM t WITH NO SCHEMA BINDING")


def test_a_plain_view_keeps_its_table(db: Db) -> None:
    make(db, "CREATE TABLE t (a INT)")
    make(db, "CREATE VIEW v AS SELECT a FROM t")
    with pytest.raises(psycopg.errors.DependentObjectsStillExist):
        make(db, "DROP TABLE t")


def test_a_materialized_view_is_as_old_as_its_last_refresh(db: Db) -> None:
    # https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-refresh-sql-command.html
    make(db, "CREATE TABLE t (a INT)")
    make(db, "CREATE MATERIALIZED VIEW m BACKUP NO DISTSTYLE ALL AS SELECT COUNT(*) AS n FROM t")
    make(db, "INSERT INTO t VALUES (1)")
    assert rows(db, "SELECT n FROM m") == [(0,)]
    make(db, "REFRESH MATERIALIZED VIEW m")
    assert rows(db, "SELECT n FROM m") == [(1,)]


#: The columns of a view, their types as Redshift has them, and the values of a row with price 10.00, sold 3, name 'ab'.
#: https://docs.aws.amazon.com/redshift/latest/dg/r_numeric_computations201.html
COMPUTED = """
price / sold AS quotient, UPPER(name) || 'x' AS text, SUM(price) OVER () AS total,
CASE WHEN sold > 3 THEN 1.5 ELSE price END AS mixed, NULL AS nothing, name
"""
TYPES = [
    "numeric(19,13)", "character varying(11)", "numeric(38,2)", "numeric(8,2)", "character varying(1)",
    "character varying(10)",
]  # fmt: skip
VALUES = ("3.3333333333333", "ABx", "10.00", "10.00", None, "ab")


def type_texts(db: Db, relation: str) -> list[str]:
    listed = "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attnum > 0 AND attrelid = '{}'::regclass"
    return [text for (text,) in rows(db, listed.format(relation) + " ORDER BY attnum")]


def computed_view(db: Db, schema: str) -> None:
    make(db, "CREATE TABLE t (price DECIMAL(8,2), sold INT, name VARCHAR(10))")
    make(db, "INSERT INTO t VALUES (10, 3, 'ab')")
    make(db, f"CREATE VIEW v AS SELECT {COMPUTED} FROM {schema}.t WITH NO SCHEMA BINDING")


def told_by_late_binding_view_cols(db: Db, schema: str, view: str) -> list[str]:
    columns = "(view_schema NAME, view_name NAME, col_name NAME, col_type VARCHAR, col_num INT)"
    told = f"SELECT col_type FROM pg_get_late_binding_view_cols() c {columns} WHERE view_schema = '{schema}'"
    return [text for (text,) in rows(db, f"{told} AND view_name = '{view}' ORDER BY col_num")]


def test_its_computed_columns_have_the_types_and_scales_of_redshift(db: Db, schema: str) -> None:
    computed_view(db, schema)
    cursor = db.execute("SELECT * FROM v")
    assert [value if value is None else str(value) for value in cursor.fetchall()[0]] == list(VALUES)
    quotient, text = (cursor.description or ())[:2]
    assert (quotient.precision, quotient.scale, text.internal_size or text.display_size) == (19, 13, 11)
    make(db, "CREATE TABLE copied AS SELECT * FROM v")
    assert type_texts(db, "copied") == TYPES
    assert told_by_late_binding_view_cols(db, schema, "v") == TYPES
    described = (
        "SELECT numeric_precision, numeric_scale FROM svv_columns WHERE table_schema = '{}' AND table_name = 'v'"
    )
    assert rows(db, described.format(schema) + " AND column_name = 'quotient'") == [(19, 13)]


def test_its_types_follow_those_of_the_table_and_of_views_that_it_reads(db: Db, schema: str) -> None:
    computed_view(db, schema)
    make(db, f"CREATE VIEW w (a, b) AS SELECT quotient / 3, text || text FROM {schema}.v WITH NO SCHEMA BINDING")
    assert rows(db, "SELECT a::VARCHAR, b FROM w") == [("1.111111111111100000000000", "ABxABx")]
    make(db, "DROP TABLE t")
    make(db, "CREATE TABLE t (price DECIMAL(4,1), sold INT, name VARCHAR(4))")
    make(db, "INSERT INTO t VALUES (2, 3, 'cd')")
    assert rows(db, "SELECT quotient::VARCHAR FROM v") == [("0.666666666666",)]
    assert told_by_late_binding_view_cols(db, schema, "w") == ["numeric(26,23)", "character varying(10)"]


def test_its_types_are_those_of_a_transaction_that_has_not_committed(db: Db, schema: str) -> None:
    with db.transaction(force_rollback=True):
        computed_view(db, schema)
        make(db, "CREATE TABLE copied AS SELECT * FROM v")
        assert type_texts(db, "copied") == TYPES
        make(db, "DROP TABLE t")
        make(db, "CREATE TABLE t AS SELECT 1.25 AS price, 3 AS sold, 'é'::VARCHAR(3) AS name")
        make(db, "CREATE TABLE again AS SELECT quotient, text FROM v")
        assert type_texts(db, "again") == ["numeric(14,13)", "character varying(4)"]
    computed_view(db, schema)
    assert rows(db, "SELECT quotient::VARCHAR FROM v") == [("3.3333333333333",)]


def test_its_definition_is_as_written(db: Db, schema: str) -> None:
    computed_view(db, schema)
    rows(db, "SELECT * FROM v")
    (told,) = rows(db, f"SELECT definition FROM pg_views WHERE schemaname = '{schema}' AND viewname = 'v'")
    assert "price / sold AS quotient" in told[0]
    assert "redshift_" not in told[0].replace(schema, "")


def test_only_who_may_replace_it_gives_its_query_another_form(redshift: RedshiftServer, db: Db, schema: str) -> None:
    computed_view(db, schema)
    make(db, "CREATE USER stranger PASSWORD 'Stranger-Pass-1'")
    try:
        given = redshift.connection() | {"user": "stranger", "password": "Stranger-Pass-1"}
        (view,) = rows(db, "SELECT 'v'::regclass::oid")[0]
        with psycopg.connect(**given, autocommit=True) as stranger:
            call = "SELECT redshift_catalog.bind_here({}, 'SELECT 1 AS a', NULL, '{{}}', '{{}}')"
            stranger.execute(call.format(view).encode())
        assert rows(db, "SELECT sold FROM t, v WHERE v.name = 'ab'") == [(3,)]
    finally:
        make(db, "DROP USER stranger")


def test_the_definition_of_a_view_with_a_list_of_columns_has_their_names_and_no_casts(db: Db, schema: str) -> None:
    make(db, "CREATE TABLE t (price DECIMAL(8,2), sold INT, name VARCHAR(10))")
    make(db, "INSERT INTO t VALUES (10, 3, 'ab')")
    make(db, "CREATE VIEW v (a, name) AS SELECT price / sold AS q, UPPER(name) || 'x' FROM t WHERE name > 'a'")
    assert rows(db, "SELECT a::VARCHAR, name FROM v") == [("3.3333333333333", "ABx")]
    (told,) = rows(db, "SELECT pg_get_viewdef('v'::regclass)")
    assert "AS a," in told[0]
    assert "AS name" in told[0]
    assert "redshift_" not in told[0]


@pytest.mark.parametrize(
    ("query", "first"),
    [("SELECT sold AS q, price / 4 FROM t ORDER BY q", 2), ("SELECT sold, price / 4 AS q FROM t ORDER BY a", 4)],
)
def test_names_in_a_list_of_columns_mean_nothing_in_the_query(db: Db, schema: str, query: str, first: int) -> None:
    make(db, "CREATE TABLE t (price DECIMAL(8,2), sold INT, a INT)")
    make(db, "INSERT INTO t VALUES (1, 2, 9), (3, 4, 8)")
    make(db, f"CREATE VIEW v (b, a) AS {query} LIMIT 1")
    assert rows(db, "SELECT b FROM v") == [(first,)]
