"""COPY from S3 in a client's own session: transactions, both protocols, errors that survive a rollback."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from local_redshift import RedshiftServer
from local_redshift.testing import ROLE, Bucket
from support.clients import CLIENTS, Client, ClientError, redshift_connection

Connection = psycopg.Connection[Any]

SIMPLE_AND_EXTENDED = pytest.mark.parametrize("prepare", [False, True], ids=["simple", "extended"])


def copy(table: str, source: str, *options: str) -> str:
    return f"COPY {table} FROM '{source}' IAM_ROLE '{ROLE}' FORMAT AS JSON 'auto' {' '.join(options)}"


def rows(connection: Connection, sql: str) -> list[tuple[Any, ...]]:
    return connection.execute(sql).fetchall()


@pytest.fixture
def good(bucket: Bucket) -> str:
    """Three rows of (a, b)."""
    return bucket.put_json("good/part.json", [{"a": number, "b": f"row {number}"} for number in range(3)])


@pytest.fixture
def bad(bucket: Bucket) -> str:
    """Three rows, the second of which is no integer."""
    return bucket.put_json("bad/part.json", [{"a": 1}, {"a": "one"}, {"a": 3}])


@pytest.fixture
def table(db: Connection) -> str:
    db.execute("CREATE TABLE t (a INTEGER, b VARCHAR(20))")
    return "t"


@pytest.mark.parametrize("client", CLIENTS.values(), ids=CLIENTS)
def test_every_client_loads_and_reads_back(redshift: RedshiftServer, schema: str, good: str, client: Client) -> None:
    loaded = client(
        redshift,
        [
            f"CREATE TABLE {schema}.t (a INTEGER, b VARCHAR(20))",
            copy(f"{schema}.t", good),
            f"SELECT count(*), pg_last_copy_count() FROM {schema}.t",
        ],
    )
    assert loaded == [(3, 3)]


@pytest.mark.parametrize("client", CLIENTS.values(), ids=CLIENTS)
def test_every_client_gets_redshifts_words_for_a_failed_load(
    redshift: RedshiftServer, schema: str, bad: str, client: Client
) -> None:
    expected = r"Load into table 't' failed\.  Check 'stl_load_errors' system table for details\."
    with pytest.raises(ClientError, match=expected):
        client(redshift, [f"CREATE TABLE {schema}.t (a INTEGER)", copy(f"{schema}.t", bad)])


@SIMPLE_AND_EXTENDED
def test_notice_and_tag_are_redshifts(db: Connection, table: str, good: str, prepare: bool) -> None:
    notices: list[tuple[str | None, str | None]] = []
    db.add_notice_handler(lambda diagnostic: notices.append((diagnostic.severity, diagnostic.message_primary)))
    cursor = db.execute(copy(table, good), prepare=prepare)
    assert cursor.statusmessage == "COPY"
    assert notices == [("INFO", "Load into table 't' completed, 3 record(s) loaded successfully.")]


@SIMPLE_AND_EXTENDED
def test_a_rollback_undoes_the_load_and_a_commit_keeps_it(db: Connection, table: str, good: str, prepare: bool) -> None:
    for end, expected in (("ROLLBACK", 0), ("COMMIT", 3)):
        db.execute("BEGIN")
        db.execute(copy(table, good), prepare=prepare)
        assert rows(db, "SELECT count(*) FROM t") == [(3,)]
        db.execute(end)
        assert rows(db, "SELECT count(*) FROM t") == [(expected,)]


@SIMPLE_AND_EXTENDED
def test_a_temporary_table_made_in_the_same_transaction_is_loaded(db: Connection, good: str, prepare: bool) -> None:
    db.execute("BEGIN")
    db.execute("CREATE TEMP TABLE fresh (a INTEGER, b VARCHAR(20))")
    db.execute(copy("fresh", good), prepare=prepare)
    assert rows(db, "SELECT a, b FROM fresh ORDER BY a")[1] == (1, "row 1")
    db.execute("ROLLBACK")


def test_the_table_is_found_by_the_sessions_search_path(db: Connection, schema: str, good: str) -> None:
    db.execute(f"CREATE TABLE {schema}.t (a INTEGER, b VARCHAR(20))")
    db.execute(copy("t", good))
    assert rows(db, f"SELECT count(*) FROM {schema}.t") == [(3,)]


@SIMPLE_AND_EXTENDED
def test_a_missing_table_is_named(db: Connection, good: str, prepare: bool) -> None:
    with pytest.raises(psycopg.errors.UndefinedTable, match="Cannot COPY into nonexistent table missing"):
        db.execute(copy("missing", good), prepare=prepare)
    assert rows(db, "SELECT 1") == [(1,)]


@SIMPLE_AND_EXTENDED
def test_a_column_the_table_lacks_is_named(db: Connection, table: str, good: str, prepare: bool) -> None:
    with pytest.raises(psycopg.errors.UndefinedColumn, match='column "nope"'):
        db.execute(copy("t (a, nope)", good), prepare=prepare)
    assert rows(db, "SELECT 1") == [(1,)]


@SIMPLE_AND_EXTENDED
def test_in_a_failed_transaction_it_is_refused_as_any_statement(
    db: Connection, table: str, good: str, prepare: bool
) -> None:
    db.execute("BEGIN")
    with pytest.raises(psycopg.Error):
        db.execute("SELECT 1 / 0")
    with pytest.raises(psycopg.errors.InFailedSqlTransaction):
        db.execute(copy(table, good), prepare=prepare)
    db.execute("ROLLBACK")
    db.execute(copy(table, good), prepare=prepare)


def test_several_statements_with_copy_in_the_middle_answer_in_order(db: Connection, table: str, good: str) -> None:
    counting = "SELECT count(*) FROM t"
    script = f"INSERT INTO t VALUES (9, 'before'); {copy(table, good)}; {counting}; DELETE FROM t; ANALYZE t"
    cursor = db.execute(script)
    tags, counts = [], []
    while True:
        tags.append(cursor.statusmessage)
        counts += cursor.fetchall() if cursor.description else []
        if not cursor.nextset():
            break
    assert tags == ["INSERT 0 1", "COPY", "SELECT 1", "DELETE 4", "ANALYZE"]
    assert counts == [(4,)]


@pytest.mark.parametrize(
    "script",
    ["INSERT INTO t VALUES (9, ''); {bad}; SELECT 1", "{good}; SELECT 1 / 0", "{good}; {bad}"],
    ids=["the COPY fails", "a later statement fails", "the second COPY fails"],
)
def test_a_script_with_copy_is_one_transaction(db: Connection, table: str, good: str, bad: str, script: str) -> None:
    with pytest.raises(psycopg.Error):
        db.execute(script.format(good=copy(table, good), bad=copy(table, bad)))
    assert rows(db, "SELECT count(*) FROM t") == [(0,)]
    assert rows(db, "SELECT 1") == [(1,)]


def test_a_script_may_hold_its_own_transaction(db: Connection, table: str, good: str) -> None:
    db.execute(f"BEGIN; {copy(table, good)}; ROLLBACK; BEGIN; {copy(table, good)}; COMMIT; SELECT 1")
    assert rows(db, "SELECT count(*) FROM t") == [(3,)]


def test_in_a_pipeline_it_keeps_its_place(db: Connection, table: str, good: str) -> None:
    with db.pipeline():
        before = db.execute("SELECT count(*) FROM t")
        db.execute(copy(table, good))
        after = db.execute("SELECT count(*) FROM t")
    assert (before.fetchall(), after.fetchall()) == ([(0,)], [(3,)])


def test_in_a_pipeline_its_failure_skips_the_rest_and_rolls_back(db: Connection, table: str, bad: str) -> None:
    def load_between_inserts() -> None:
        with db.pipeline():
            db.execute("INSERT INTO t VALUES (9, '')")
            db.execute(copy(table, bad))
            db.execute("INSERT INTO t VALUES (10, '')")

    with pytest.raises(psycopg.errors.InternalError_, match="Load into table"):
        load_between_inserts()
    assert rows(db, "SELECT count(*) FROM t") == [(0,)]


def test_a_prepared_copy_can_be_executed_again(redshift: RedshiftServer, schema: str, good: str) -> None:
    with redshift_connection(redshift) as connection:
        cursor = connection.cursor()
        cursor.execute(f"CREATE TABLE {schema}.t (a INTEGER, b VARCHAR(20))")
        for _ in range(3):
            cursor.execute(copy(f"{schema}.t", good))
        cursor.execute(f"SELECT count(*) FROM {schema}.t WHERE a < %s", (99,))
        assert cursor.fetchall() == ([9],)


@SIMPLE_AND_EXTENDED
def test_errors_survive_the_rollback_and_name_the_session(db: Connection, table: str, bad: str, prepare: bool) -> None:
    db.execute("BEGIN")
    with pytest.raises(psycopg.errors.InternalError_):
        db.execute(copy(table, bad), prepare=prepare)
    db.execute("ROLLBACK")
    found = rows(
        db,
        "SELECT trim(file_name), line_number, trim(column_name) FROM sys_load_error_detail "
        "WHERE session_id = pg_backend_pid() AND query_id = pg_last_copy_id()",
    )
    assert found == [(bad, 2, "a")]


@SIMPLE_AND_EXTENDED
def test_errors_are_seen_at_once_in_the_transaction_that_goes_on(
    db: Connection, table: str, bad: str, prepare: bool
) -> None:
    """The transaction's snapshot is older than the errors; Redshift's system views do not care."""
    db.execute("BEGIN")
    assert rows(db, "SELECT count(*) FROM t") == [(0,)]
    db.execute(copy(table, bad, "MAXERROR 2"), prepare=prepare)
    query = "SELECT count(*) FROM {} WHERE {} = pg_backend_pid() AND {} = pg_last_copy_id()"
    assert rows(db, query.format("stl_load_errors", "session", "query")) == [(1,)]
    assert rows(db, query.format("sys_load_error_detail", "session_id", "query_id")) == [(1,)]
    db.execute("COMMIT")
    assert rows(db, query.format("stl_load_errors", "session", "query")) == [(1,)]


@SIMPLE_AND_EXTENDED
def test_maxerror_is_the_number_of_errors_that_fails_a_load(
    db: Connection, table: str, bad: str, prepare: bool
) -> None:
    """https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-load.html#copy-maxerror"""
    for too_few in ("MAXERROR 0", "MAXERROR 1"):
        with pytest.raises(psycopg.errors.InternalError_):
            db.execute(copy(table, bad, too_few), prepare=prepare)
    notices: list[str | None] = []
    db.add_notice_handler(lambda diagnostic: notices.append(diagnostic.message_primary))
    db.execute(copy(table, bad, "MAXERROR 2"), prepare=prepare)
    assert rows(db, "SELECT a FROM t ORDER BY a") == [(1,), (3,)]
    assert notices == [
        "Load into table 't' completed, 2 record(s) loaded successfully.",
        "Load into table 't' completed, 1 record(s) could not be loaded.  "
        "Check 'stl_load_errors' system table for details.",
    ]


FACTS = "SELECT pg_last_copy_count(), pg_last_copy_id(), pg_last_query_id()"


@SIMPLE_AND_EXTENDED
def test_the_sessions_last_copy_is_known_to_it_alone(
    redshift: RedshiftServer, db: Connection, table: str, good: str, bad: str, prepare: bool
) -> None:
    db.execute(copy(table, good), prepare=prepare)
    count, copy_id, query_id = db.execute(FACTS, prepare=prepare).fetchall()[0]
    assert (count, copy_id) == (3, query_id)
    with psycopg.connect(**redshift.connection(), autocommit=True) as stranger:
        assert stranger.execute(FACTS, prepare=prepare).fetchall()[0][0] == 0
    db.execute("BEGIN")
    with pytest.raises(psycopg.errors.InternalError_):
        db.execute(copy(table, bad), prepare=prepare)
    db.execute("ROLLBACK")
    failed_count, failed_id, _ = db.execute(FACTS, prepare=prepare).fetchall()[0]
    assert failed_count == 0
    assert failed_id > copy_id


def test_last_queries_are_right_within_one_script(db: Connection, table: str, good: str) -> None:
    cursor = db.execute(f"SELECT 1; {copy(table, good)}; {FACTS}; {copy(table, good)}; {FACTS}")
    found = []
    while cursor.nextset():
        found += cursor.fetchall() if cursor.description else []
    (first_count, first_id, first_query), (count, copy_id, query_id) = found
    assert (first_count, count) == (3, 3)
    assert (first_id, copy_id) == (first_query, query_id)
    assert copy_id > first_id


def test_last_queries_stay_right_after_a_rollback_of_their_setting(db: Connection, table: str, good: str) -> None:
    db.execute("BEGIN")
    db.execute(copy(table, good))
    assert rows(db, "SELECT pg_last_copy_count()") == [(3,)]
    db.execute("ROLLBACK")
    assert rows(db, "SELECT pg_last_copy_count()") == [(3,)]


@SIMPLE_AND_EXTENDED
def test_a_source_without_objects_is_an_error_that_names_it(
    db: Connection, table: str, bucket: Bucket, prepare: bool
) -> None:
    with pytest.raises(psycopg.errors.InternalError_, match=bucket.name):
        db.execute(copy(table, f"s3://{bucket.name}/nothing/here/"), prepare=prepare)
    assert rows(db, "SELECT count(*) FROM t") == [(0,)]


def test_a_manifest_with_jsonpaths_gzip_and_times_is_loaded(db: Connection, bucket: Bucket) -> None:
    """The statement as the pipeline sends it."""
    db.execute("CREATE TABLE e (item_in_session INTEGER, \"at\" TIMESTAMP, part VARCHAR(9) DEFAULT 'x')")
    parts = [bucket.put_json(f"log/{n}.json.gz", [{"itemInSession": n, "ts": 1541106106796 + n}]) for n in range(2)]
    manifest = bucket.put_manifest("manifests/m.json", parts)
    paths = bucket.put("jsonpaths.json", '{"jsonpaths": ["$[\'itemInSession\']", "$[\'ts\']"]}')
    db.execute(
        f"COPY e (item_in_session, \"at\") FROM '{manifest}' IAM_ROLE default FORMAT AS JSON '{paths}' "
        "MANIFEST GZIP TIMEFORMAT 'epochmillisecs' COMPUPDATE OFF STATUPDATE OFF REGION 'us-east-1'"
    )
    loaded = rows(db, 'SELECT item_in_session, CAST("at" AS VARCHAR), part FROM e ORDER BY 1')
    assert loaded == [(0, "2018-11-01 21:01:46.796", "x"), (1, "2018-11-01 21:01:46.797", "x")]


def test_clients_cannot_copy_from_their_own_stream(db: Connection, table: str) -> None:
    with pytest.raises(psycopg.Error), db.cursor().copy("COPY t FROM STDIN"):
        pass
    assert rows(db, "SELECT 1") == [(1,)]


def test_wide_text_with_every_special_character_comes_back(db: Connection, bucket: Bucket) -> None:
    text = 'tab\t newline\n return\r backslash\\ quote" é 🎵 \\N \\.'
    db.execute("CREATE TABLE w (v VARCHAR(200))")
    db.execute(copy("w", bucket.put_json("wide.json", [{"v": text}])))
    assert rows(db, "SELECT v FROM w") == [(text,)]
