"""No statement waits for another client's transaction unless it would on Redshift: where both use the same table.

https://docs.aws.amazon.com/redshift/latest/dg/r_LOCK.html
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import psycopg
import pytest

from local_redshift import RedshiftServer
from local_redshift.testing import wait_until

Db = psycopg.Connection[Any]

#: What both clients find. Each has tables and views of its own; ``missing`` reads a table that there is not.
SETUP = """
CREATE TABLE a_own (a INT, b VARCHAR(10)); CREATE TABLE b_own (a INT, b VARCHAR(10));
CREATE TABLE a_spare (a INT); CREATE TABLE b_spare (a INT);
CREATE VIEW missing AS SELECT a FROM {schema}.nothing WITH NO SCHEMA BINDING;
CREATE VIEW joined AS SELECT x.*, y.a AS c FROM {schema}.a_own x JOIN {schema}.b_own y ON y.a = x.a
WITH NO SCHEMA BINDING;
CREATE VIEW a_late AS SELECT * FROM {schema}.a_own WITH NO SCHEMA BINDING;
CREATE VIEW b_late AS SELECT * FROM {schema}.b_own WITH NO SCHEMA BINDING;
CREATE VIEW later AS SELECT * FROM {schema}.missing WITH NO SCHEMA BINDING;
CREATE VIEW a_plain AS SELECT a FROM a_own; CREATE VIEW b_plain AS SELECT a FROM b_own;
CREATE MATERIALIZED VIEW a_kept AS SELECT a FROM a_own; CREATE MATERIALIZED VIEW b_kept AS SELECT a FROM b_own;
INSERT INTO a_own VALUES (1, 'x'); INSERT INTO b_own VALUES (1, 'y');
"""

#: Statements of one client, about things that only it has: {x} is its letter.
DDL = {
    "temporary table": "CREATE TEMP TABLE passing (a INT)",
    "temporary table as": "CREATE TEMP TABLE passing AS SELECT * FROM {x}_own",
    "table": "CREATE TABLE {x}_new (a INT PRIMARY KEY, b VARCHAR(9)) DISTKEY (a) SORTKEY (a, b)",
    "table like": "CREATE TABLE {x}_new (LIKE {x}_own)",
    "table with a foreign key": "CREATE TABLE {x}_one (a INT PRIMARY KEY) ;; "
    "CREATE TABLE {x}_new (a INT REFERENCES {x}_one (a))",
    "table as": "CREATE TABLE {x}_new AS SELECT * FROM {x}_own",
    "select into": "SELECT * INTO {x}_new FROM {x}_own",
    "drop": "DROP TABLE {x}_spare",
    "drop what late-binding views read": "DROP TABLE {x}_own CASCADE",
    "add a column": "ALTER TABLE {x}_own ADD COLUMN c INT",
    "rename a column": "ALTER TABLE {x}_own RENAME COLUMN b TO d",
    "rename": "ALTER TABLE {x}_own RENAME TO {x}_older",
    "swap": "ALTER TABLE {x}_own RENAME TO {x}_older ;; ALTER TABLE {x}_spare RENAME TO {x}_own",
    "change the owner": "ALTER TABLE {x}_spare OWNER TO CURRENT_USER",
    "view": "CREATE VIEW {x}_view AS SELECT a FROM {x}_own",
    "replace a view": "CREATE OR REPLACE VIEW {x}_plain AS SELECT a + 0 AS a FROM {x}_own",
    "late-binding view": "CREATE VIEW {x}_view AS SELECT a FROM {schema}.{x}_own WITH NO SCHEMA BINDING",
    "unbound view": "CREATE VIEW {x}_view AS SELECT a FROM {schema}.{x}_nothing WITH NO SCHEMA BINDING",
    "replace a late-binding view": "CREATE OR REPLACE VIEW {x}_late AS SELECT 1 AS one, * FROM {schema}.{x}_own "
    "WITH NO SCHEMA BINDING",
    "drop a view": "DROP VIEW {x}_late",
    "materialized view": "CREATE MATERIALIZED VIEW {x}_view AS SELECT COUNT(*) AS n FROM {x}_own",
    "refresh": "REFRESH MATERIALIZED VIEW {x}_kept",
    "schema": "CREATE SCHEMA {schema}_{x} ;; CREATE TABLE {schema}_{x}.t (a INT)",
    "comment": "COMMENT ON TABLE {x}_own IS 'text' ;; COMMENT ON VIEW {x}_late IS 'text'",
    "grant": "GRANT SELECT ON {x}_own TO PUBLIC ;; GRANT SELECT ON {x}_late TO PUBLIC",
    "procedure": "CREATE PROCEDURE {x}_do() AS $$ BEGIN INSERT INTO {x}_own VALUES (2, 'z'); END $$ LANGUAGE plpgsql",
    "rows": "INSERT INTO {x}_own VALUES (3, 'z') ;; DELETE FROM {x}_own WHERE a = 3",
    "lock": "LOCK {x}_own",
}

#: What reads the catalog, and what no transaction of the other client concerns.
READS = {
    "catalog of tables": "SELECT * FROM svv_table_info ;; SELECT * FROM stv_tbl_perm ;; SELECT * FROM svv_tables ;; "
    "SELECT * FROM svv_all_tables ;; SELECT * FROM pg_tables ;; SELECT * FROM information_schema.tables",
    "catalog of columns": "SELECT * FROM pg_table_def ;; SELECT * FROM svv_columns ;; SELECT * FROM svv_all_columns ;; "
    "SELECT * FROM information_schema.columns ;; SELECT * FROM pg_attribute",
    "catalog of views": "SELECT * FROM pg_views ;; SELECT * FROM information_schema.views ;; SELECT * FROM svv_mv_info",
    "late-binding columns": "SELECT * FROM pg_get_late_binding_view_cols() "
    "c (s NAME, v NAME, n NAME, t VARCHAR, i INT)",
    "privileges and keys": "SELECT * FROM svv_relation_privileges ;; "
    "SELECT * FROM information_schema.table_constraints ;; "
    "SELECT * FROM pg_constraint ;; SELECT * FROM pg_index",
    "history": "SELECT * FROM stl_query ;; SELECT * FROM sys_query_history",
}


class Client:
    """A session that can be asked whether it waits for a lock."""

    def __init__(self, connection: Db) -> None:
        self.connection = connection
        self.pid = connection.info.backend_pid

    def run(self, script: str) -> None:
        for statement in script.split(" ;; "):
            self.connection.execute(statement.encode())


@pytest.fixture
def scene(db: Db, schema: str) -> str:
    """The schema, with what both clients find there."""
    for statement in SETUP.format(schema=schema).split(";"):
        if statement.strip():
            db.execute(statement.encode())
    return schema


@pytest.fixture
def clients(redshift: RedshiftServer, scene: str) -> Iterator[tuple[Client, Client]]:
    with redshift_session(redshift, scene) as a, redshift_session(redshift, scene) as b:
        yield a, b


@contextmanager
def redshift_session(redshift: RedshiftServer, schema: str) -> Iterator[Client]:
    with psycopg.connect(redshift.dsn(), autocommit=True) as connection:
        connection.execute(f"SET search_path TO {schema}".encode())
        yield Client(connection)


def waits_beside(db: Db, client: Client, work: Callable[[], object]) -> bool:
    """Run something in a client's session, and return whether it waits for another session's lock."""
    problems: list[BaseException] = []
    done = threading.Event()

    def run() -> None:
        try:
            work()
        except BaseException as error:
            problems.append(error)
        finally:
            done.set()

    def waits() -> bool:
        waiting = "SELECT COUNT(*) FROM pg_locks WHERE pid = %s AND NOT granted"
        return bool((db.execute(waiting, [client.pid]).fetchone() or [False])[0])

    thread = threading.Thread(target=run)
    thread.start()
    waited = False

    def ended() -> bool:
        nonlocal waited
        if done.is_set():
            return True
        waited = waits()
        return waited

    wait_until(ended, "the statement to end or to wait")
    if waited and not done.wait(5):  # the server's own waits end after 0.2 s
        client.connection.cancel()
        thread.join()
        return True
    thread.join()
    if problems:
        raise problems[0]
    return False


@pytest.mark.parametrize("first", DDL)
def test_ddl_waits_for_no_transaction_about_other_things(
    db: Db, clients: tuple[Client, Client], scene: str, first: str
) -> None:
    a, b = clients
    a.run("BEGIN")
    a.run(DDL[first].format(x="a", schema=scene))
    assert waiting_beside(db, b, {name: script.format(x="b", schema=scene) for name, script in DDL.items()}) == []
    a.run("ROLLBACK")


def test_nobody_who_reads_the_catalog_waits(db: Db, clients: tuple[Client, Client], scene: str) -> None:
    a, b = clients
    a.run("BEGIN")
    for name in ("table with a foreign key", "swap", "add a column", "replace a view", "replace a late-binding view"):
        a.run(DDL[name].format(x="a", schema=scene))
    a.run(
        "ALTER TABLE b_own RENAME COLUMN b TO d ;; DROP VIEW b_late ;; REFRESH MATERIALIZED VIEW b_kept ;; LOCK b_own"
    )
    assert waiting_beside(db, b, READS) == []
    a.run("ROLLBACK")


def test_an_unbound_view_is_an_error_at_once_though_another_session_makes_its_table(
    db: Db, clients: tuple[Client, Client]
) -> None:
    a, b = clients
    a.run("BEGIN ;; CREATE TABLE nothing AS SELECT 7 AS a")
    assert a.connection.execute("SELECT a FROM later").fetchall() == [(7,)]
    with pytest.raises(psycopg.errors.UndefinedTable, match="nothing"):
        waits_beside(db, b, partial(b.run, "SELECT a FROM missing"))
    a.run("COMMIT")
    assert b.connection.execute("SELECT a FROM later").fetchall() == [(7,)]


def waiting_beside(db: Db, client: Client, scripts: dict[str, str]) -> list[str]:
    """Return which scripts, each in a transaction that is rolled back, wait for another session."""
    waiting = []
    for name, script in scripts.items():
        client.run("BEGIN")
        if waits_beside(db, client, partial(client.run, script)):
            waiting.append(name)
        client.run("ROLLBACK")
    return waiting
