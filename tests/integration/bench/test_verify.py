"""A verification against a second local server that stands for Redshift and was made to differ."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from bench.verify.scratch import ScratchError, Target, open_scratch
from bench.verify.verify import local_target, verify
from local_redshift.documented import Case
from local_redshift.postgres import PostgresCluster

pytestmark = [pytest.mark.integration, pytest.mark.timeout(1200)]

CASES = [
    Case("planted", "CREATE TABLE t (a INTEGER)", "same", "SELECT a FROM t", rows=()),
    Case("planted", "", "result", "SELECT CHARINDEX('b', 'abc')", rows=(("2",),)),
    Case("planted", "", "type", "SELECT TEXTLEN('abc')", rows=(("3",),)),
    Case("planted", "", "error", "SELECT STRTOL('x', 10)", error="invalid"),
    Case("planted", "", "missing", "SELECT SOUNDEX('abc')", rows=(("A120",),)),
    Case("planted", "", "refused", "SELECT JSON_PARSE('1')", rows=(("1",),), refused=True),
    Case("planted", "", "cluster", "CREATE USER someone PASSWORD 'Abcd1234'"),
]
#: What the server that stands for Redshift does in another way.
PLANTED = """
CREATE OR REPLACE FUNCTION pg_catalog.charindex(part text, value text) RETURNS integer
LANGUAGE sql IMMUTABLE AS 'SELECT 42';
ALTER FUNCTION pg_catalog.textlen(text) RENAME TO planted_textlen;
CREATE FUNCTION pg_catalog.textlen(value text) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT 3::bigint';
CREATE OR REPLACE FUNCTION pg_catalog.strtol(value text, base integer) RETURNS bigint
LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''The input is planted.'' USING ERRCODE = ''22023''; END';
ALTER FUNCTION pg_catalog.soundex(text) RENAME TO planted_soundex;
CREATE FUNCTION public.planted() RETURNS trigger
LANGUAGE plpgsql AS 'BEGIN NEW.name := NEW.name || '' planted''; RETURN NEW; END';
CREATE FUNCTION public.plant() RETURNS event_trigger LANGUAGE plpgsql AS '
BEGIN
    IF to_regclass(''public.artists'') IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM pg_trigger WHERE tgrelid = to_regclass(''public.artists'') AND tgname = ''planted''
    ) THEN
        CREATE TRIGGER planted BEFORE INSERT ON public.artists FOR EACH ROW EXECUTE FUNCTION public.planted();
    END IF;
END';
CREATE EVENT TRIGGER plant ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION public.plant();
"""


@pytest.mark.slow
def test_the_report_names_each_planted_difference_and_nothing_else(tmp_path: Path) -> None:
    with (
        local_target(tmp_path / "real", "Redshift") as (real, server),
        local_target(tmp_path / "local", "local") as (local, _),
    ):
        with psycopg.connect(server.postgres_dsn(), autocommit=True) as superuser:
            superuser.execute(PLANTED.encode())
        report = verify(real, local, CASES, lambda text: None)
    assert not report.left
    text = report.text(datetime(2026, 12, 1))
    found = {(item.asked.section, item.asked.name.partition(":")[0], item.kind) for item in report.found}
    loads = ("an hour", "the same hour again", "the hour's file corrected", "a window of 3 hours", "migrate the tables")
    in_stories = {item for item in found if item[0] == "statements of sql/"}
    assert found - in_stories == {
        ("documented results", "planted 2, result", "rows"),
        ("documented results", "planted 3, type", "types"),
        ("documented results", "planted 4, error", "error"),
        ("documented results", "planted 5, missing", "error"),
        *((f"rows after: {step}", "public.artists", "rows") for step in loads),
    }
    assert {name for _, name, _ in in_stories} <= {"analytics/top_artists.sql", "analytics/top_songs.sql"}
    assert "The input is planted." in text
    assert "it would change more than the scratch database" in text
    for secret in (server.settings.password, real.bucket):
        assert secret not in text


def tables(dsn: str) -> list[tuple[str, ...]]:
    with psycopg.connect(dsn) as connection:
        return connection.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()


def fail_half_way(target: Target, left: list[str]) -> None:
    with open_scratch(target, left.append) as scratch:
        with scratch.asker() as asker:
            asker.rows("CREATE SCHEMA etl; CREATE TABLE etl.a (a INT); CREATE TABLE public.b (b INT); SELECT 1")
        scratch.put("log_data/x.json", b"{}")
        raise RuntimeError("half-way")


def test_nothing_is_left_after_a_failure_and_what_was_there_is_kept(tmp_path: Path) -> None:
    left: list[str] = []
    with local_target(tmp_path) as (target, server):
        kept = tmp_path / "s3" / target.bucket / "kept.txt"
        kept.write_text("kept")
        with pytest.raises(RuntimeError, match="half-way"):
            fail_half_way(target, left)
        assert not left
        assert not tables(server.dsn())
        assert [path for path in kept.parent.rglob("*") if path.is_file()] == [kept]


def test_a_database_is_made_and_dropped(tmp_path: Path) -> None:
    names = "SELECT datname FROM pg_database WHERE datname LIKE 'verify%'"
    left: list[str] = []
    with local_target(tmp_path / "local") as (target, _), PostgresCluster(tmp_path / "cluster") as cluster:
        dsn = conninfo_to_dict(cluster.dsn())
        connection = {
            "conn_type": "postgres",
            "host": dsn["host"],
            "port": 5432,
            "login": dsn["user"],
            "password": dsn["password"],
            "schema": "postgres",
            "extra": {"sslmode": "disable"},
        }
        variables = {**(target.variables or {}), "AIRFLOW_CONN_SPARKIFY_REDSHIFT": json.dumps(connection)}
        with open_scratch(Target("real", target.bucket, variables=variables), left.append) as scratch:
            with scratch.asker() as asker:
                assert asker.rows("SELECT current_database()") == [(scratch.name,)]
            with psycopg.connect(cluster.dsn()) as superuser:
                assert superuser.execute(names).fetchall() == [(scratch.name,)]
        with psycopg.connect(cluster.dsn()) as superuser:
            assert not superuser.execute(names).fetchall()
    assert not left


def test_a_database_that_holds_something_is_refused_and_kept(tmp_path: Path) -> None:
    with local_target(tmp_path) as (target, server):
        with psycopg.connect(server.dsn(), autocommit=True) as connection:
            connection.execute("CREATE TABLE public.mine (a INT)")
        with pytest.raises(ScratchError, match=r"holds 1 tables and views, public\.mine"), open_scratch(target, print):
            pytest.fail("It must not begin.")
        assert tables(server.dsn()) == [("public", "mine")]
