"""Materialized views in the catalogue, as the guide and the queries of tools have them."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

Db = psycopg.Connection[Any]

SQL = "SELECT id, kind || 'x' AS marked FROM base"
STATEMENT = f"CREATE MATERIALIZED VIEW kept BACKUP NO DISTKEY (id) SORTKEY (id, marked) AUTO REFRESH NO AS ({SQL})"


def rows(db: Db, sql: str) -> list[tuple[Any, ...]]:
    return [
        tuple(value.strip() if isinstance(value, str) else value for value in row)
        for row in db.execute(sql.encode()).fetchall()
    ]


@pytest.fixture
def views(db: Db) -> Db:
    """A materialized view, and another that reads it."""
    for statement in (
        "CREATE TABLE base (id INT, kind VARCHAR(9))",
        "INSERT INTO base VALUES (1, 'a'), (2, 'b')",
        STATEMENT,
        "CREATE MATERIALIZED VIEW over AS SELECT COUNT(*) AS n FROM kept",
    ):
        db.execute(statement.encode())
    return db


def test_it_is_a_view_whose_definition_is_its_statement(views: Db, schema: str) -> None:
    # dbt-redshift tells materialized views by the definition, and cuts the query out of it.
    told = "SELECT definition FROM pg_views WHERE viewname = 'kept' AND definition ILIKE '%create materialized view%'"
    assert rows(views, told) == [(f"{STATEMENT};",)]
    whole = f"FROM information_schema.views WHERE table_schema = '{schema}' AND table_name = 'kept'"
    assert rows(views, f"SELECT view_definition {whole}") == [(f"{STATEMENT};",)]
    assert rows(views, "SHOW VIEW kept") == [(f"{STATEMENT};",)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT table_type FROM information_schema.tables WHERE table_name = 'kept'", [("VIEW",)]),
        ("SELECT table_type FROM svv_tables WHERE table_name = 'kept'", [("VIEW",)]),
        ("SELECT table_type FROM svv_all_tables WHERE table_name = 'kept'", [("VIEW",)]),
        ("SELECT table_type FROM svv_redshift_tables WHERE table_name = 'kept'", [("VIEW",)]),
        ("SELECT relkind FROM pg_class WHERE relname = 'kept'", [("v",)]),
        ("SELECT tablename FROM pg_tables WHERE tablename = 'kept'", []),
        (
            "SELECT column_name, data_type, character_maximum_length FROM information_schema.columns "
            "WHERE table_name = 'kept' ORDER BY ordinal_position",
            [("id", "integer", None), ("marked", "character varying", 10)],
        ),
        (
            "SELECT column_name FROM svv_columns WHERE table_name = 'kept' ORDER BY ordinal_position",
            [("id",), ("marked",)],
        ),
        ("SELECT column_name FROM svv_all_columns WHERE table_name = 'over'", [("n",)]),
        ("SELECT \"column\" FROM pg_table_def WHERE tablename = 'over'", [("n",)]),
        (
            "SELECT attname, attisdistkey, attsortkeyord FROM pg_attribute "
            "WHERE attrelid = 'kept'::regclass AND attnum > 0 ORDER BY attnum",
            [("id", True, 1), ("marked", False, 2)],
        ),
        # https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-create-sql-command.html: EVEN by default
        (
            "SELECT \"table\", diststyle, sortkey1, tbl_rows FROM svv_table_info WHERE \"table\" IN ('kept', 'over') "
            "ORDER BY 1",
            [("kept", "KEY(id)", "id", 2), ("over", "EVEN", "AUTO(SORTKEY)", 1)],
        ),
        ("SELECT indexname FROM pg_indexes WHERE tablename = 'kept'", []),
    ],
)
def test_catalogue_views_tell_of_it(views: Db, query: str, expected: list[tuple[Any, ...]]) -> None:
    assert rows(views, query) == expected


def test_state_dependencies_and_refreshes(views: Db, schema: str) -> None:
    info = f"SELECT name, state, autorefresh FROM svv_mv_info WHERE schema_name = '{schema}' ORDER BY 1"
    assert rows(views, info) == [("kept", 0, "f"), ("over", 0, "f")]
    assert rows(views, f"SELECT name FROM stv_mv_info WHERE schema = '{schema}' ORDER BY 1") == [("kept",), ("over",)]
    # https://docs.aws.amazon.com/redshift/latest/dg/r_STV_MV_DEPS.html
    assert rows(views, f"SELECT name, ref_name FROM stv_mv_deps WHERE schema = '{schema}'") == [("over", "kept")]
    views.execute("REFRESH MATERIALIZED VIEW kept")
    # https://docs.aws.amazon.com/redshift/latest/dg/r_SVL_MV_REFRESH_STATUS.html
    status = f"SELECT name, status FROM svl_mv_refresh_status WHERE schema = '{schema}'"
    assert rows(views, status) == [("kept", "Refresh successfully recomputed MV from scratch")]


def test_keys_have_indexes_and_the_servers_own_are_not_shown(db: Db, schema: str) -> None:
    db.execute("CREATE TABLE keyed (a INT PRIMARY KEY, b INT UNIQUE) SORTKEY (b)")
    db.execute("CREATE TABLE sorted (a INT) SORTKEY (a)")
    told = f"SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = '{schema}' ORDER BY 1"
    assert rows(db, told) == [
        ("keyed_b_key", f"CREATE UNIQUE INDEX keyed_b_key ON {schema}.keyed USING btree (b)"),
        ("keyed_pkey", f"CREATE UNIQUE INDEX keyed_pkey ON {schema}.keyed USING btree (a)"),
    ]
    flags = f"SELECT tablename, hasindexes FROM pg_tables WHERE schemaname = '{schema}' ORDER BY 1"
    assert rows(db, flags) == [("keyed", True), ("sorted", False)]


def test_columns_of_late_binding_views_are_where_redshift_has_them(db: Db, schema: str) -> None:
    # https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_COLUMNS.html: "including late-binding views"
    db.execute("CREATE TABLE t (a INT, b VARCHAR(3))")
    db.execute(f"CREATE VIEW late AS SELECT * FROM {schema}.t WITH NO SCHEMA BINDING".encode())
    assert rows(db, "SELECT column_name FROM svv_columns WHERE table_name = 'late' ORDER BY 1") == [("a",), ("b",)]
    assert rows(db, "SELECT column_name FROM information_schema.columns WHERE table_name = 'late'") == []
    assert rows(db, "SELECT attname FROM pg_attribute WHERE attrelid = 'late'::regclass AND attnum > 0") == []
