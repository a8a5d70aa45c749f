"""What tools read of the catalog: system views for every user, and queries like those of BI tools.

https://docs.aws.amazon.com/redshift/latest/dg/cm_chap_system-tables.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from local_redshift import RedshiftServer

Connection = psycopg.Connection[Any]

#: With their first and last documented columns.
VIEWS = {
    "pg_external_schema": ("esoid", "esoptions"),
    "pg_library": ("name", "owner"),
    "pg_table_def": ("schemaname", "notnull"),
    "pg_user_info": ("usename", "useconnlimit"),
    "stl_query": ("userid", "concurrency_scaling_status"),
    "stl_wlm_query": ("userid", "service_class_name"),
    "stv_locks": ("table_id", "lock_owner"),
    "stv_mv_info": ("db_name", "autorefresh"),
    "stv_recents": ("userid", "pid"),
    "stv_slices": ("node", "type"),
    "stv_tbl_perm": ("slice", "backup"),
    "stv_wlm_query_state": ("xid", "query_priority"),
    "svv_all_columns": ("database_name", "remarks"),
    "svv_all_schemas": ("database_name", "schema_option"),
    "svv_alter_table_recommendations": ("type", "auto_eligible"),
    "svv_columns": ("table_catalog", "remarks"),
    "svv_database_privileges": ("database_name", "privilege_scope"),
    "svv_datashares": ("share_name", "managed_by"),
    "svv_default_privileges": ("schema_name", "admin_option"),
    "svv_external_columns": ("redshift_database_name", "is_nullable"),
    "svv_external_databases": ("eskind", "parameters"),
    "svv_external_partitions": ("schemaname", "parameters"),
    "svv_function_privileges": ("namespace_name", "admin_option"),
    "svv_mv_info": ("database_name", "autorewrite"),
    "svv_query_inflight": ("userid", "sequence"),
    "svv_redshift_columns": ("database_name", "remarks"),
    "svv_redshift_databases": ("database_name", "database_isolation_level"),
    "svv_redshift_functions": ("database_name", "result_type"),
    "svv_relation_privileges": ("namespace_name", "admin_option"),
    "svv_role_grants": ("role_id", "granted_role_name"),
    "svv_roles": ("role_id", "external_id"),
    "svv_schema_privileges": ("namespace_name", "privilege_scope"),
    "svv_table_info": ("database", "create_time"),
    "svv_tables": ("table_catalog", "remarks"),
    "svv_transactions": ("txn_owner", "granted"),
    "svv_user_grants": ("user_id", "admin_option"),
    "svv_user_info": ("user_name", "external_user_id"),
    "sys_query_history": ("user_id", "result_cache_query_id"),
}

#: Queries in the manner of tools, on the tables below; each has a row for what it is about.
CATALOGUE_QUERIES = {
    "Metabase's tables": """
        SELECT NULLIF(schema_name, '') AS schema, table_name AS name, table_type AS type, remarks AS description
        FROM svv_all_tables WHERE schema_name = %(schema)s AND table_type IN ('TABLE', 'VIEW') ORDER BY 1, 2
    """,
    "Metabase's fields": """
        SELECT c.column_name AS name, c.data_type AS "database-type", c.ordinal_position - 1 AS "database-position",
            c.schema_name AS "table-schema", c.table_name AS "table-name", pk.column_name IS NOT NULL AS "pk?",
            CASE WHEN c.remarks <> '' THEN c.remarks END AS "field-comment"
        FROM svv_all_columns AS c
        LEFT JOIN (
            SELECT tc.table_schema, tc.table_name, kc.column_name
            FROM information_schema.table_constraints AS tc
            INNER JOIN information_schema.key_column_usage AS kc
                ON tc.constraint_name = kc.constraint_name AND tc.table_schema = kc.table_schema
            WHERE tc.constraint_type = 'PRIMARY KEY'
        ) AS pk ON c.schema_name = pk.table_schema AND c.table_name = pk.table_name AND c.column_name = pk.column_name
        WHERE c.schema_name = %(schema)s ORDER BY 4, 5, 3
    """,
    "Metabase's privileges": """
        WITH table_privileges AS (
            SELECT NULL AS role, t.schemaname AS schema, t.objectname AS table,
                pg_catalog.has_table_privilege(
                    current_user, '"' || t.schemaname || '"."' || t.objectname || '"', 'SELECT'
                ) AS "select"
            FROM (
                SELECT schemaname, tablename AS objectname FROM pg_catalog.pg_tables
                UNION SELECT schemaname, viewname FROM pg_catalog.pg_views
            ) AS t
            WHERE t.schemaname = %(schema)s AND pg_catalog.has_schema_privilege(current_user, t.schemaname, 'USAGE')
        )
        SELECT * FROM table_privileges WHERE "select"
    """,
    "DBeaver's tables": """
        SELECT c.oid, c.*, d.description, c.reldiststyle, pg_catalog.pg_get_userbyid(c.relowner) AS owner
        FROM pg_catalog.pg_class c
        LEFT OUTER JOIN pg_catalog.pg_description d
            ON d.objoid = c.oid AND d.objsubid = 0 AND d.classoid = 'pg_class'::regclass
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = %(schema)s AND c.relkind NOT IN ('i', 'I', 'c')
    """,
    "DBeaver's columns": """
        SELECT c.relname, a.*, pg_catalog.pg_get_expr(ad.adbin, ad.adrelid, true) AS def_value, dsc.description
        FROM pg_catalog.pg_attribute a
        INNER JOIN pg_catalog.pg_class c ON a.attrelid = c.oid
        LEFT OUTER JOIN pg_catalog.pg_attrdef ad ON a.attrelid = ad.adrelid AND a.attnum = ad.adnum
        LEFT OUTER JOIN pg_catalog.pg_description dsc ON c.oid = dsc.objoid AND a.attnum = dsc.objsubid
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE NOT a.attisdropped AND n.nspname = %(schema)s AND c.relkind NOT IN ('i', 'I', 'c') ORDER BY a.attnum
    """,
    "Tableau's tables": """
        SELECT n.nspname AS table_schem, c.relname AS table_name,
            CASE c.relkind WHEN 'r' THEN 'TABLE' WHEN 'v' THEN 'VIEW' END AS table_type, d.description AS remarks
        FROM pg_catalog.pg_namespace n, pg_catalog.pg_class c
        LEFT JOIN pg_catalog.pg_description d ON c.oid = d.objoid AND d.objsubid = 0
        WHERE c.relnamespace = n.oid AND n.nspname LIKE %(schema)s AND c.relkind IN ('r', 'v') ORDER BY 1, 2
    """,
    "Looker's sizes": """
        SELECT "schema" || '.' || "table" AS name, diststyle, sortkey1, size, tbl_rows, unsorted, stats_off
        FROM svv_table_info WHERE "schema" = %(schema)s
    """,
    "dbt's catalog": """
        SELECT tbl.relname, col.attname, col.attnum, pg_catalog.format_type(col.atttypid, col.atttypmod) AS type,
            tbl_desc.description, col_desc.description
        FROM pg_catalog.pg_namespace sch
        JOIN pg_catalog.pg_class tbl ON tbl.relnamespace = sch.oid
        JOIN pg_catalog.pg_attribute col ON col.attrelid = tbl.oid
        LEFT OUTER JOIN pg_catalog.pg_description tbl_desc ON tbl_desc.objoid = tbl.oid AND tbl_desc.objsubid = 0
        LEFT OUTER JOIN pg_catalog.pg_description col_desc
            ON col_desc.objoid = tbl.oid AND col_desc.objsubid = col.attnum
        WHERE UPPER(sch.nspname) = UPPER(%(schema)s) AND tbl.relkind IN ('r', 'v', 'f', 'p') AND col.attnum > 0
            AND NOT col.attisdropped
        ORDER BY 1, 3
    """,
    "the administrator's DDL": """
        SELECT n.nspname AS schemaname, c.relname AS tablename, a.attnum AS seq, QUOTE_IDENT(a.attname) AS col_name,
            CASE WHEN STRPOS(UPPER(format_type(a.atttypid, a.atttypmod)), 'CHARACTER VARYING') > 0
                THEN REPLACE(UPPER(format_type(a.atttypid, a.atttypmod)), 'CHARACTER VARYING', 'VARCHAR')
                ELSE UPPER(format_type(a.atttypid, a.atttypmod)) END AS col_datatype,
            CASE WHEN format_encoding((a.attencodingtype)::integer) = 'none' THEN 'ENCODE RAW'
                ELSE 'ENCODE ' || format_encoding((a.attencodingtype)::integer) END AS col_encoding,
            CASE WHEN a.atthasdef IS TRUE THEN 'DEFAULT ' || adef.adsrc ELSE '' END AS col_default,
            a.attisdistkey, a.attsortkeyord
        FROM pg_namespace AS n
        INNER JOIN pg_class AS c ON n.oid = c.relnamespace
        INNER JOIN pg_attribute AS a ON c.oid = a.attrelid
        LEFT OUTER JOIN pg_attrdef AS adef ON a.attrelid = adef.adrelid AND a.attnum = adef.adnum
        WHERE c.relkind = 'r' AND a.attnum > 0 AND n.nspname = %(schema)s ORDER BY a.attnum
    """,
    "the administrator's sizes": """
        SELECT TRIM(p.name) AS name, SUM(p.rows) AS rows
        FROM stv_tbl_perm AS p
        JOIN pg_class AS c ON c.oid = p.id
        JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE p.slice < 6400 AND n.nspname = %(schema)s GROUP BY p.name
    """,
    "the Airflow provider's primary key": """
        SELECT kcu.column_name
        FROM information_schema.table_constraints tco
        JOIN information_schema.key_column_usage kcu
            ON kcu.constraint_name = tco.constraint_name AND kcu.constraint_schema = tco.constraint_schema
        WHERE tco.constraint_type = 'PRIMARY KEY' AND kcu.table_schema = %(schema)s AND kcu.table_name = 'songs'
    """,
}


@pytest.fixture(scope="module")
def reader(redshift: RedshiftServer) -> Iterator[Connection]:
    """A connection of a user without any rights."""
    with psycopg.connect(**redshift.connection(), autocommit=True) as administrator:
        administrator.execute("CREATE USER view_reader PASSWORD 'Abcdefg1'")
        given = redshift.connection() | {"user": "view_reader", "password": "Abcdefg1"}
        with psycopg.connect(**given, autocommit=True) as connection:
            yield connection
        administrator.execute("DROP USER view_reader")


@pytest.mark.parametrize("view", VIEWS)
def test_system_views_answer_every_user(reader: Connection, view: str) -> None:
    cursor = reader.execute(f"SELECT * FROM {view} LIMIT 1")
    assert cursor.description is not None
    assert (cursor.description[0].name, cursor.description[-1].name) == VIEWS[view]


@pytest.mark.parametrize("name", CATALOGUE_QUERIES)
def test_catalogue_queries_of_tools_are_answered(db: Connection, schema: str, name: str) -> None:
    db.execute(
        "CREATE TABLE songs (song_id INT PRIMARY KEY, title VARCHAR(20) ENCODE lzo DEFAULT 'x') SORTKEY (song_id)"
    )
    db.execute("COMMENT ON TABLE songs IS 'Songs.'")
    db.execute("INSERT INTO songs VALUES (1, 'Yellow')")
    db.execute("ANALYZE songs")
    found = db.execute(CATALOGUE_QUERIES[name], {"schema": schema}).fetchall()
    assert any("song" in str(row) for row in found), found


def test_privileges_are_told_as_granted(db: Connection, schema: str) -> None:
    db.execute("CREATE GROUP view_readers")
    try:
        db.execute("CREATE TABLE t (a INT)")
        db.execute("GRANT SELECT ON t TO GROUP view_readers")
        db.execute(f"GRANT USAGE ON SCHEMA {schema} TO GROUP view_readers")
        relation = (
            "SELECT privilege_type, identity_type FROM svv_relation_privileges WHERE identity_name = 'view_readers'"
        )
        assert db.execute(relation).fetchall() == [("SELECT", "group")]
        schemas = (
            "SELECT namespace_name, privilege_type FROM svv_schema_privileges WHERE identity_name = 'view_readers'"
        )
        assert db.execute(schemas).fetchall() == [(schema, "USAGE")]
        assert db.execute("SELECT superuser FROM svv_user_info WHERE user_name = 'awsuser'").fetchall() == [(True,)]
    finally:
        db.execute("DROP TABLE IF EXISTS t")
        db.execute(f"REVOKE USAGE ON SCHEMA {schema} FROM GROUP view_readers")
        db.execute("DROP GROUP view_readers")


def test_table_info_reads_no_view_whatever_the_plan(db: Connection) -> None:
    """As AWS's v_check_data_distribution joins it: one of PostgreSQL's views that cannot be read here ended it."""
    found = db.execute(
        "SELECT count(*) FROM pg_class WHERE relkind = 'v' AND redshift_catalog.has_rows(oid)"
    ).fetchone()
    assert found == (0,)
