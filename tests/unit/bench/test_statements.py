"""What statements cost, counted from their texts; and rows that were written again as they were."""

from __future__ import annotations

import pytest

from bench.rewrites import count_rewritten, read_versions
from bench.statements import Counts, Sent, StatementCounter, total
from local_redshift.scans import Catalog, Kind, Table

CATALOG = Catalog({"public.plays": Table({"at": Kind.TIME, "id": Kind.TEXT}, ["at"])})


def count(*texts: str, counter: StatementCounter | None = None) -> Counts:
    sent = [Sent("a task", 1, text) for text in texts]
    return (counter or StatementCounter()).count(sent, CATALOG, {"public.plays"})


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["SET query_group TO 'x'", "RESET statement_timeout"], {"control": 2}),
        (["SELECT pg_backend_pid()"], {"control": 1}),
        (["SELECT pg_backend_pid() FROM plays WHERE FALSE"], {"statements": 1, "reads": 1}),
        (["SELECT 1; SELECT 2"], {"statements": 2, "reads": 2}),
        (["DELETE FROM staged"], {"statements": 1, "commits": 1}),
        (["CREATE TEMP TABLE t (LIKE plays)"], {"statements": 1, "commits": 1, "tables": 1}),
        (["CREATE TABLE IF NOT EXISTS x.t (a INT)"], {"statements": 1, "commits": 1, "tables": 1}),
        (["CREATE TEMPORARY TABLE t AS SELECT 1 AS a"], {"statements": 1, "commits": 1, "tables": 1}),
        (["SELECT 1 AS a INTO #t"], {"statements": 1, "commits": 1, "tables": 1}),
        (["WITH c AS (SELECT 1 AS a) SELECT a INTO TEMP t FROM c"], {"statements": 1, "commits": 1, "tables": 1}),
        (["CREATE OR REPLACE VIEW v AS SELECT 1 AS a"], {"statements": 1, "commits": 1, "views": 1}),
        (["COPY staged FROM 's3://b/x' IAM_ROLE default"], {"statements": 1, "commits": 1}),
        (
            ["BEGIN", "SET timeout TO 5", "LOCK etl.m", "RESET timeout", "DELETE FROM staged", "COMMIT"],
            {"statements": 2, "control": 4, "under_lock": 2, "commits": 1, "commits_under_lock": 1},
        ),
        (
            ["BEGIN", "LOCK etl.m", "ROLLBACK", "SELECT 1", "START TRANSACTION", "DELETE FROM staged", "END"],
            {"statements": 3, "control": 4, "under_lock": 1, "commits": 1, "reads": 1},
        ),
        (["BEGIN", "SELECT 1", "COMMIT"], {"statements": 1, "control": 2, "commits": 1}),
        (["BEGIN", "TRUNCATE staged", "DELETE FROM staged"], {"statements": 2, "control": 1, "commits": 2}),
    ],
)  # fmt: skip
def test_what_statements_count_as(texts, expected):
    found = count(*texts)
    assert {name: value for name, value in vars(found).items() if value and name != "texts"} == expected


def test_a_session_is_known_by_its_connection():
    counter = StatementCounter()
    sent = [
        Sent("t", 1, "BEGIN"),
        Sent("t", 1, "LOCK etl.m"),
        Sent("t", 2, "DELETE FROM staged"),
        Sent("t", 1, "COMMIT"),
    ]
    found = counter.count(sent, CATALOG, set())
    assert (found.under_lock, found.commits, found.commits_under_lock) == (1, 2, 1)


def test_scans_of_growing_tables_are_told_by_their_bounds():
    bounded = "SELECT id FROM plays WHERE at BETWEEN '2018-11-05' AND '2018-11-06'"
    found = count(bounded, "SELECT id FROM plays WHERE at > (SELECT MIN(at) FROM staged)")
    assert [(scan.table, scan.column, len(scan.spans)) for scan in found.bounded] == [("public.plays", "at", 1)]
    assert [scan.table for scan in found.unbounded] == ["public.plays"]


def test_search_path_and_temporary_tables_are_followed():
    assert len(count("SET search_path TO \"run_1\", 'public'", "SELECT id FROM plays").unbounded) == 1
    assert not count("SET search_path TO run_1, etl", "SELECT id FROM plays").unbounded
    made = ["CREATE TEMP TABLE plays (id INT)", "CREATE TEMP TABLE IF NOT EXISTS Plays AS SELECT 1 AS id"]
    for statement in [*made, "SELECT 1 AS id INTO TEMPORARY TABLE plays"]:
        assert not count(statement, "SELECT id FROM plays").unbounded
        assert len(count(statement, "SELECT id FROM public.plays").unbounded) == 1


def test_the_total_is_the_sum_over_the_tasks():
    one = count("SELECT id FROM plays")
    one.rewritten["public.users"] = 2
    found = total({"a": one, "b": one})
    assert (found.statements, len(found.unbounded), found.rewritten) == (2, 2, {"public.users": 4})


def test_rows_are_rewritten_when_a_new_version_says_the_same():
    before = {"t": {("(0,1)", "7"): ("a",), ("(0,2)", "7"): ("b",), ("(0,3)", "7"): ("c",), ("(0,4)", "7"): ("c",)}}
    after = {"t": {("(0,1)", "7"): ("a",), ("(0,5)", "9"): ("b",), ("(0,6)", "9"): ("d",), ("(0,7)", "9"): ("c",)}}
    assert count_rewritten(before, after) == {"t": 2}
    assert count_rewritten(after, after) == {}


def test_what_tells_runs_apart_is_no_content():
    asked = []
    read_versions(lambda sql: asked.append(sql) or [], {"etl.rejects": ["reason", "run_id"], "etl.load_ledger": ["a"]})
    assert asked == ['SELECT ctid::text, xmin::text, "reason" FROM etl."rejects"']
