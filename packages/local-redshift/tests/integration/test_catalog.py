"""PostgreSQL's catalog as Redshift has it: what tools read of keys, storage and columns.

https://docs.aws.amazon.com/redshift/latest/dg/c_intro_catalog_views.html
"""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from local_redshift import RedshiftServer

Connection = psycopg.Connection[Any]


@pytest.fixture
def tables(db: Connection) -> Connection:
    db.execute("CREATE TABLE parent (id INT PRIMARY KEY, code VARCHAR(10) UNIQUE)")
    db.execute(
        "CREATE TABLE child (a INT ENCODE zstd, b INT, p INT REFERENCES parent, CONSTRAINT twice UNIQUE (a, b),"
        " FOREIGN KEY (b) REFERENCES parent (id)) DISTKEY (p) INTERLEAVED SORTKEY (a, b)"
    )
    return db


def rows(db: Connection, sql: str, *values: object) -> list[tuple[Any, ...]]:
    return db.execute(sql, values).fetchall()


def constraints(db: Connection) -> list[tuple[Any, ...]]:
    return rows(
        db,
        "SELECT c.relname, t.conname, t.contype, pg_get_constraintdef(t.oid) FROM pg_constraint t"
        " JOIN pg_catalog.pg_class c ON c.oid = t.conrelid ORDER BY 1, 2",
    )


def test_keys_are_constraints_with_names_and_definitions(tables: Connection, schema: str) -> None:
    found = [row for row in constraints(tables) if row[0] in ("parent", "child")]
    assert found == [
        ("child", "child_b_fkey", "f", "FOREIGN KEY (b) REFERENCES parent(id)"),
        ("child", "child_p_fkey", "f", "FOREIGN KEY (p) REFERENCES parent(id)"),
        ("child", "twice", "u", "UNIQUE (a, b)"),
        ("parent", "parent_code_key", "u", "UNIQUE (code)"),
        ("parent", "parent_pkey", "p", "PRIMARY KEY (id)"),
    ]


def test_keys_are_dropped_by_name_and_with_what_they_need(tables: Connection) -> None:
    tables.execute("ALTER TABLE child DROP CONSTRAINT twice")
    tables.execute("ALTER TABLE child DROP COLUMN b")
    assert [row[1] for row in constraints(tables) if row[0] == "child"] == ["child_p_fkey"]
    with pytest.raises(psycopg.Error, match='constraint "twice" of relation "child" does not exist'):
        tables.execute("ALTER TABLE child DROP CONSTRAINT twice")
    with pytest.raises(psycopg.Error, match='constraint "parent_pkey" for relation "parent" already exists|multiple'):
        tables.execute("ALTER TABLE parent ADD PRIMARY KEY (code)")
    tables.execute("DROP TABLE parent CASCADE")
    assert [row for row in constraints(tables) if row[0] == "child"] == []


def test_keys_follow_a_renamed_column(tables: Connection) -> None:
    tables.execute("ALTER TABLE parent RENAME COLUMN id TO number")
    assert "PRIMARY KEY (number)" in [row[3] for row in constraints(tables)]


def test_columns_tell_of_distribution_sorting_and_encoding(tables: Connection) -> None:
    found = rows(
        tables,
        "SELECT attname, attisdistkey, attsortkeyord, format_encoding(attencodingtype::integer) FROM pg_attribute"
        " WHERE attrelid = 'child'::regclass AND attnum > 0 ORDER BY attnum",
    )
    assert found == [("a", False, 1, "zstd"), ("b", False, -2, "none"), ("p", True, 0, "az64")]
    styles = "SELECT relname, reldiststyle, relhaspkey FROM pg_class WHERE relname IN ('parent', 'child') ORDER BY 1"
    assert rows(tables, styles) == [("child", 1, False), ("parent", 10, True)]


def test_information_schema_tells_of_keys(tables: Connection, schema: str) -> None:
    keys = rows(
        tables,
        "SELECT t.constraint_type, k.column_name, k.ordinal_position, u.table_name, u.column_name"
        " FROM information_schema.table_constraints t"
        " JOIN information_schema.key_column_usage k USING (constraint_schema, constraint_name)"
        " JOIN information_schema.constraint_column_usage u USING (constraint_schema, constraint_name)"
        " WHERE t.table_schema = %s AND t.table_name = 'child' AND t.constraint_type = 'FOREIGN KEY' ORDER BY 2",
        schema,
    )
    assert keys == [("FOREIGN KEY", "b", 1, "parent", "id"), ("FOREIGN KEY", "p", 1, "parent", "id")]
    referred = rows(
        tables,
        "SELECT unique_constraint_name FROM information_schema.referential_constraints WHERE constraint_schema = %s",
        schema,
    )
    assert referred == [("parent_pkey",), ("parent_pkey",)]


def test_a_primary_key_has_an_index_in_name_only(tables: Connection) -> None:
    found = rows(
        tables,
        "SELECT c.relname, i.indisprimary, pg_get_indexdef(i.indexrelid, 1, true) FROM pg_index i"
        " JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = 'parent'::regclass ORDER BY 1",
    )
    assert found == [("parent_code_key", False, "code"), ("parent_pkey", True, "id")]


def test_what_the_server_makes_for_itself_is_not_there(tables: Connection) -> None:
    assert rows(tables, "SELECT 1 FROM pg_class WHERE relname LIKE 'redshift%%'") == []
    assert rows(tables, "SELECT 1 FROM pg_namespace WHERE nspname = 'redshift_catalog'") == []
    assert rows(tables, "SELECT 1 FROM information_schema.schemata WHERE schema_name = 'redshift_catalog'") == []
    for view in ("information_schema.tables", "information_schema.columns", "information_schema.views"):
        assert rows(tables, f"SELECT 1 FROM {view} WHERE table_schema = 'redshift_catalog'") == []
    for view in ("pg_tables", "pg_views", "pg_catalog.pg_views"):
        assert rows(tables, f"SELECT 1 FROM {view} WHERE schemaname = 'redshift_catalog'") == []


def test_an_identity_column_has_the_default_that_says_so(db: Connection) -> None:
    db.execute("CREATE TABLE t (a INT IDENTITY(1, 3), b INT DEFAULT 5)")
    found = rows(
        db,
        "SELECT d.adsrc, pg_catalog.pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d"
        " WHERE d.adrelid = 't'::regclass ORDER BY d.adnum",
    )
    table = rows(db, "SELECT 't'::regclass::oid::int")[0][0]
    assert found == [(f"\"identity\"({table}, 0, '1,3'::text)",) * 2, ("5", "5")]
    assert rows(db, "SELECT column_default FROM svv_columns WHERE table_name = 't' AND column_name = 'a'")


def test_a_late_binding_view_is_told_by_its_statement(tables: Connection, schema: str) -> None:
    whole = f"CREATE VIEW late AS SELECT id FROM {schema}.parent WITH NO SCHEMA BINDING"
    tables.execute(whole)
    for query in (
        "SELECT definition FROM pg_views WHERE viewname = 'late'",
        "SELECT pg_get_viewdef('late'::regclass, true)",
        "SHOW VIEW late",
    ):
        ((told,),) = rows(tables, query)
        assert told.replace(" . ", ".") == whole


def test_the_administrator_counts_as_a_superuser(db: Connection) -> None:
    assert rows(db, "SELECT usesuper, usecatupd FROM pg_user WHERE usename = current_user") == [(True, False)]
    assert rows(db, "SHOW server_version") == [("8.0.2",)]


def test_sessions_and_locks_have_the_columns_of_redshifts_catalog(tables: Connection) -> None:
    """AWS's v_check_transaction_locks joins them so."""
    with tables.transaction():
        tables.execute("LOCK child")
        found = rows(
            tables,
            "SELECT a.procpid, a.usename, a.current_query LIKE '%%pg_locks%%', l.granted FROM pg_catalog.pg_locks l"
            " JOIN pg_class c ON c.oid = l.relation JOIN pg_stat_activity a ON a.procpid = l.pid"
            " WHERE c.relname = 'child' AND l.mode = 'AccessExclusiveLock' AND l.transaction IS NULL",
        )
        [(process, user)] = rows(tables, "SELECT pg_backend_pid(), current_user")
    assert found == [(process, user, True, True)]


def test_a_view_over_the_catalog_has_the_leader_nodes_functions(tables: Connection) -> None:
    """As AWS's v_get_tbl_priv_by_user; a view over tables may not call them."""
    tables.execute(
        "CREATE VIEW readers AS SELECT u.usename, t.tablename, HAS_TABLE_PRIVILEGE(u.usename, t.n, 'select') AS may"
        " FROM (SELECT tablename, schemaname || '.' || tablename AS n FROM pg_tables WHERE tablename = 'parent') AS t"
        " CROSS JOIN pg_user AS u"
    )
    assert ("awsuser", "parent", True) in rows(tables, "SELECT * FROM readers")
    with pytest.raises(psycopg.errors.FeatureNotSupported, match="not supported on Redshift tables"):
        tables.execute("CREATE VIEW own AS SELECT HAS_TABLE_PRIVILEGE('parent', 'select') AS may FROM parent")


def test_datepart_is_date_part(db: Connection) -> None:
    """As AWS's v_query_type_duration_summary calls it."""
    found = rows(db, "SELECT DATEPART(hour, TIMESTAMP '2019-08-13 17:08:09'), DATEPART('qtr', DATE '2019-08-13')")
    assert found == [(17.0, 3.0)]


def test_groups_are_those_that_somebody_created_with_the_users_in_them(db: Connection) -> None:
    db.execute("CREATE GROUP readers_of_catalog")
    db.execute("CREATE USER reader_of_catalog PASSWORD 'Reader-of-catalog-1' IN GROUP readers_of_catalog")
    try:
        found = rows(
            db,
            "SELECT g.groname, u.usename FROM pg_group g LEFT JOIN pg_user u ON u.usesysid = ANY (g.grolist)"
            " WHERE g.groname = 'readers_of_catalog' OR g.groname LIKE 'pg%%'",
        )
        assert found == [("readers_of_catalog", "reader_of_catalog")]
        db.execute("ALTER GROUP readers_of_catalog DROP USER reader_of_catalog")
        assert rows(db, "SELECT grolist FROM pg_catalog.pg_group WHERE groname = 'readers_of_catalog'") == [([],)]
    finally:
        db.execute("DROP USER reader_of_catalog")
        db.execute("DROP GROUP readers_of_catalog")


def test_tables_are_listed_beside_those_of_other_sessions(redshift: RedshiftServer, db: Connection) -> None:
    with psycopg.connect(**redshift.connection()) as other:
        other.execute("CREATE TEMP TABLE of_the_other (a INT)")
        db.execute("CREATE TABLE listed (a INT PRIMARY KEY)")
        assert rows(db, "SELECT hasindexes FROM pg_tables WHERE tablename = 'listed'") == [(True,)]
        assert rows(db, "SELECT COUNT(*) > 1 FROM pg_tables") == [(True,)]
