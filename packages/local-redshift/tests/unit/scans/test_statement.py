"""Which tables a statement scans, and within which literals.

Zone maps are used for predicates on the sort key that the statement's text bounds:
https://docs.aws.amazon.com/redshift/latest/dg/t_Sorting_data.html
https://docs.aws.amazon.com/redshift/latest/dg/c_designing-queries-best-practices.html (functions in predicates)
"""

from __future__ import annotations

from datetime import datetime

import pytest

from local_redshift.scans import Catalog, Scan, Table, UnreadableStatementError, find_scans
from local_redshift.scans.model import Kind

CATALOG = Catalog(
    tables={
        "public.plays": Table(
            {"id": Kind.TEXT, "at": Kind.TIME, "user_id": Kind.NUMBER, "timestamp": Kind.TIME}, ["at", "user_id"]
        ),
        "public.users": Table({"user_id": Kind.NUMBER, "name": Kind.TEXT}, ["user_id"]),
        "etl.hours": Table({"hour": Kind.TEXT, "target": Kind.TEXT}, ["hour", "target"]),
        "etl.songs": Table({"song_id": Kind.TEXT, "title": Kind.TEXT, "year": Kind.NUMBER}, ["song_id", "title"], True),
        "etl.lone": Table({"user_id": Kind.NUMBER}),
        "run_1.staged": Table({"user_id": Kind.NUMBER, "ts": Kind.NUMBER}),
    },
    views={
        "public.all_plays": "SELECT plays.at, plays.user_id, (plays.id)::text AS id FROM public.plays",
        "public.busy": "SELECT plays.user_id, count(*) AS n FROM public.plays GROUP BY plays.user_id",
        "etl.late": "CREATE VIEW etl.late AS SELECT at FROM public.plays WITH NO SCHEMA BINDING",
        "public.near": "WITH u AS ( SELECT plays.user_id FROM plays ) SELECT u.user_id FROM u",
        "public.named": "SELECT s.song_id FROM etl.songs s WHERE ((s.title)::text = 'x'::text)",
    },
)
SEARCH_PATH = ("run_1", "public", "etl")
#: The 5th and the 6th of November.
DAY = "at['2018-11-05 00:00:00'..'2018-11-06 00:00:00']"


def show(scan: Scan) -> str:
    if scan.spans is None:
        return f"{scan.table} whole"
    spans = ", ".join("..".join(_text(end) for end in span) for span in scan.spans)
    return f"{scan.table} {scan.column}[{spans}]"


def _text(end) -> str:
    return "" if end is None else repr(str(end)) if isinstance(end, str | datetime) else str(end)


def scans(sql: str, temporary=()) -> list[str]:
    return [show(scan) for scan in find_scans(sql, CATALOG, SEARCH_PATH, temporary)]


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        # what bounds a column
        ("at = '2018-11-05'", "at['2018-11-05 00:00:00'..'2018-11-05 00:00:00']"),
        ("at BETWEEN '2018-11-05' AND '2018-11-06'", DAY),
        ("at >= '2018-11-05' AND at < '2018-11-06'", DAY),
        ("'2018-11-05' <= at AND '2018-11-06' >= at", DAY),
        ("(at > '2018-11-05') AND user_id = 3 AND (at <= '2018-11-06')", DAY),
        ("p.at BETWEEN '2018-11-05' AND '2018-11-06'", DAY),
        ('"p"."AT" BETWEEN \'2018-11-05\' AND \'2018-11-06\'', DAY),
        ("at IN ('2018-11-05', '2018-11-06')",
         "at['2018-11-05 00:00:00'..'2018-11-05 00:00:00', '2018-11-06 00:00:00'..'2018-11-06 00:00:00']"),
        ("(at BETWEEN '2018-11-05' AND '2018-11-06' OR at = '2001-01-01')",
         f"{DAY[:-1]}, '2001-01-01 00:00:00'..'2001-01-01 00:00:00']"),
        ("(at = '2018-11-05' OR FALSE)", "at['2018-11-05 00:00:00'..'2018-11-05 00:00:00']"),
        ("(at = '2018-11-05' AND id = 'a' OR at = '2018-11-05' AND id = 'b')",
         "at['2018-11-05 00:00:00'..'2018-11-05 00:00:00']"),
        ("at BETWEEN '2018-11-01' AND '2018-11-30' AND at BETWEEN '2018-11-05' AND '2018-11-06'", DAY),
        ("at BETWEEN '2018-11-01' AND '2018-11-02' AND at BETWEEN '2018-11-05' AND '2018-11-06'", "at[]"),
        # literals in their forms
        ("at BETWEEN '2018-11-05'::timestamp AND TIMESTAMP '2018-11-06 00:00:00'", DAY),
        ("at BETWEEN CAST('2018-11-05' AS TIMESTAMP) AND DATE '2018-11-05' + 1", DAY),
        ("at BETWEEN '2018-11-06'::date - INTERVAL '1 day' AND DATE '2018-11-05' + INTERVAL '23 hours 60 minutes'",
         DAY),
        ("at BETWEEN '2018-11-05T00:00:00' AND '2018-11-06 00:00:00+00'", DAY),
        ("at BETWEEN '2018-11-05 02:00:00+02'::timestamptz AND '2018-11-06'", DAY),
        # what bounds one end only
        ("at >= '2018-11-05'", "at['2018-11-05 00:00:00'..]"),
        ("at BETWEEN '2018-11-05' AND (SELECT MAX(ts) FROM staged)", "at['2018-11-05 00:00:00'..]"),
        ("(at = '2018-11-05' OR at > '2018-11-06')",
         "at['2018-11-05 00:00:00'..'2018-11-05 00:00:00', '2018-11-06 00:00:00'..]"),
        # what bounds nothing
        ("TRUE", None),
        ("TRUNC(at) = '2018-11-05'", None),
        ("at::date = '2018-11-05'", None),
        ("DATE_TRUNC('day', at) BETWEEN '2018-11-05' AND '2018-11-06'", None),
        ("at + INTERVAL '1 day' BETWEEN '2018-11-05' AND '2018-11-06'", None),
        ("at > GETDATE() - INTERVAL '1 day' AND at < SYSDATE", None),
        ("at BETWEEN DATEADD(day, -1, '2018-11-06') AND TO_DATE('2018', 'YYYY')", None),
        ("at = 'today'", None),
        ("at >= 'yesterday'::timestamp", None),
        ("at BETWEEN $1 AND $2", None),
        ("at BETWEEN (SELECT MIN(ts) FROM staged) AND (SELECT MAX(ts) FROM staged)", None),
        ("at IN (SELECT ts FROM staged)", None),
        ("at IN ('2018-11-05', (SELECT MAX(ts) FROM staged))", None),
        ("(at = '2018-11-05' OR id = 'a')", None),
        ("(at BETWEEN '2018-11-05' AND '2018-11-06' OR TRUE)", None),
        ("NOT (at < '2018-11-05' OR at > '2018-11-06')", None),
        ("at <> '2018-11-05'", None),
        ("at IS NULL", None),
        ("at = NULL", None),
        ("at NOT BETWEEN '2018-11-05' AND '2018-11-06'", None),
        ("at NOT IN ('2018-11-05')", None),
        ("CASE WHEN at = '2018-11-05' THEN TRUE END", None),
        ("COALESCE(at, '2018-11-05') = '2018-11-05'", None),
        ("(at, user_id) IN (('2018-11-05', 1))", None),
        # the second column of a compound key, and a column that only looks like it
        ("user_id = 3", None),
        ("\"timestamp\" BETWEEN '2018-11-05' AND '2018-11-06'", None),
    ],
)  # fmt: skip
def test_what_a_condition_bounds(condition: str, found: str | None) -> None:
    plays = f"public.plays {found}" if found else "public.plays whole"
    more = ["run_1.staged whole"] * condition.count("FROM staged")
    assert scans(f"SELECT id FROM plays AS p WHERE {condition}") == [plays, *more]


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("user_id = -5", "user_id[-5..-5]"),
        ("user_id BETWEEN - 5 AND 2 * 3 + 1", "user_id[-5..7]"),
        ("user_id BETWEEN '5' AND 6::bigint", "user_id[5..6]"),
        ("user_id > 1.5 AND user_id < 9", "user_id[1.5..9]"),
        ("user_id = 'five'", None),
        ("user_id BETWEEN ABS(-5) AND 6", "user_id[..6]"),
        ("user_id % 2 = 0", None),
        ("user_id BETWEEN 7 AND 6", "user_id[]"),
    ],
)
def test_numbers(condition: str, found: str | None) -> None:
    assert scans(f"DELETE FROM users WHERE {condition}") == [f"public.users {found or 'whole'}"]


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("title = 'It''s'", 'title["It\'s".."It\'s"]'),
        ("song_id BETWEEN 'A' AND 'B' AND title >= 'C'", "song_id['A'..'B']"),
        ("song_id > 'A' AND title IN ('C')", "title['C'..'C']"),
        ("song_id IN ('A') OR title IN ('C')", None),
        ("year = 2000", None),
        ("title LIKE 'A%'", None),
        ("title = 5", None),
        ("title || '' = 'A'", None),
    ],
)
def test_each_column_of_an_interleaved_key_counts(condition: str, found: str | None) -> None:
    """https://docs.aws.amazon.com/redshift/latest/dg/t_Sorting_data.html, interleaved sort key"""
    assert scans(f"SELECT 1 FROM etl.songs WHERE {condition}") == [f"etl.songs {found or 'whole'}"]


WITHIN = "BETWEEN '2018-11-05' AND '2018-11-06'"
PLAYS, WHOLE, USERS = f"public.plays {DAY}", "public.plays whole", "public.users whole"
ONE_USER = "public.users user_id[7..7]"


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        # joins
        (f"SELECT 1 FROM plays p JOIN users u ON p.user_id = u.user_id AND p.at {WITHIN}",
         [PLAYS, USERS]),
        (f"SELECT 1 FROM plays p, users u WHERE p.at {WITHIN} AND u.user_id = 7", [PLAYS, ONE_USER]),
        ("SELECT 1 FROM plays p JOIN users u ON p.user_id = u.user_id AND at = '2018-11-05' AND name = 'x'",
         ["public.plays at['2018-11-05 00:00:00'..'2018-11-05 00:00:00']", USERS]),
        (f"SELECT 1 FROM users u LEFT JOIN plays p ON p.at {WITHIN} AND u.user_id = 7", [USERS, PLAYS]),
        (f"SELECT 1 FROM plays p RIGHT JOIN users u ON p.at {WITHIN} AND u.user_id = 7", [PLAYS, USERS]),
        (f"SELECT 1 FROM plays p LEFT JOIN users u ON p.at {WITHIN}", [WHOLE, USERS]),
        (f"SELECT 1 FROM plays p FULL JOIN users u ON p.at {WITHIN} AND u.user_id = 7", [WHOLE, USERS]),
        ("SELECT 1 FROM users u "
         f"LEFT JOIN (plays p JOIN etl.hours h ON p.id = h.hour AND p.at {WITHIN}) ON p.user_id = 1 "
         "WHERE h.hour = '2018'", [USERS, PLAYS, "etl.hours hour['2018'..'2018']"]),
        # a join's equality hands no bound on: the text bounds each table by itself
        ("SELECT 1 FROM users u JOIN etl.lone l ON u.user_id = l.user_id WHERE l.user_id = 7",
         [USERS, "etl.lone whole"]),
        (f"SELECT 1 FROM plays a JOIN plays b ON a.id = b.id WHERE a.at {WITHIN}", [PLAYS, WHOLE]),
        ("SELECT 1 FROM plays JOIN users USING (user_id) WHERE user_id = 7", [WHOLE, USERS]),
        ("SELECT 1 FROM users JOIN etl.lone USING (user_id) WHERE user_id = 7",
         [ONE_USER, "etl.lone whole"]),
        (f"SELECT 1 FROM public.plays, elsewhere.plays WHERE public.plays.at {WITHIN}",
         [WHOLE, "elsewhere.plays whole"]),
        # no row: no scan
        ("SELECT 1 FROM plays WHERE FALSE", []),
        ("SELECT 1 FROM plays p JOIN users u ON p.id = u.name WHERE (FALSE) AND p.id = 'a'", []),
        ("SELECT 1 FROM plays WHERE (FALSE OR FALSE)", []),
        ("SELECT 1 FROM plays WHERE 1 = 0", []),
        ("SELECT 1 FROM users u LEFT JOIN plays p ON FALSE", [USERS]),
        ("DELETE FROM plays WHERE FALSE AND id IN (SELECT id FROM plays)", []),
        ("SELECT (SELECT MAX(at) FROM plays) AS m FROM users WHERE FALSE", [WHOLE]),
        # subqueries
        (f"SELECT 1 FROM users WHERE EXISTS (SELECT 1 FROM plays p WHERE p.user_id = users.user_id AND p.at {WITHIN})",
         [USERS, PLAYS]),
        (f"SELECT 1 FROM plays p WHERE EXISTS (SELECT 1 FROM users u WHERE u.user_id = 1 AND p.at {WITHIN})",
         [WHOLE, "public.users user_id[1..1]"]),
        ("SELECT (SELECT COUNT(*) FROM plays) AS n", [WHOLE]),
        (f"SELECT 1 FROM (SELECT id FROM plays WHERE at {WITHIN}) AS p", [PLAYS]),
        (f"SELECT 1 FROM (SELECT id, at AS moment FROM plays) AS p WHERE p.moment {WITHIN}", [PLAYS]),
        (f"SELECT 1 FROM (SELECT * FROM plays) AS p WHERE at {WITHIN}", [PLAYS]),
        (f"SELECT 1 FROM (SELECT id, at FROM plays) AS p (a, b) WHERE b {WITHIN}", [PLAYS]),
        (f"SELECT 1 FROM (SELECT id, TRUNC(at) AS at FROM plays) AS p WHERE at {WITHIN}", [WHOLE]),
        (f"SELECT 1 FROM (SELECT at FROM plays LIMIT 5) AS p WHERE at {WITHIN}", [WHOLE]),
        (f"SELECT 1 FROM (SELECT at, RANK() OVER (ORDER BY id) AS r FROM plays) AS p WHERE at {WITHIN}", [WHOLE]),
        (f"SELECT 1 FROM users LEFT JOIN (SELECT id, at FROM plays) AS p ON p.at {WITHIN}", [USERS, PLAYS]),
        (f"SELECT 1 FROM (SELECT id, at FROM plays UNION ALL SELECT id, \"timestamp\" FROM plays) p WHERE at {WITHIN}",
         [PLAYS, WHOLE]),
        (f"SELECT id FROM plays WHERE at {WITHIN} UNION SELECT id FROM plays", [PLAYS, WHOLE]),
        ("SELECT id FROM plays EXCEPT SELECT name FROM users WHERE user_id = 1", [WHOLE, "public.users user_id[1..1]"]),
        ("SELECT COUNT(*) FROM users HAVING COUNT(*) > (SELECT COUNT(*) FROM plays)", [USERS, WHOLE]),
        # common tables
        (f"WITH p AS (SELECT id, at FROM plays) SELECT 1 FROM p WHERE at {WITHIN}", [PLAYS]),
        (f"WITH p AS (SELECT id, at FROM plays) SELECT 1 FROM p JOIN p q ON p.id = q.id WHERE p.at {WITHIN}", [WHOLE]),
        ("WITH plays AS (SELECT 1 AS id) SELECT id FROM plays", []),
        (f"WITH plays AS (SELECT id FROM plays WHERE at {WITHIN}) SELECT id FROM plays", [PLAYS]),
        ("WITH plays AS (SELECT 1 AS id) SELECT 1 FROM plays JOIN public.plays AS p ON plays.id = p.id", [WHOLE]),
        ("SELECT 1 FROM plays WHERE id IN (WITH plays AS (SELECT 'a' AS id) SELECT id FROM plays)", [WHOLE]),
        ("WITH unread AS (SELECT id FROM plays) SELECT 1 AS one", [WHOLE]),
        ("WITH RECURSIVE r (n) AS ("
         "SELECT user_id FROM users WHERE user_id = 1 UNION ALL SELECT n + 1 FROM r WHERE n < 9) "
         "SELECT n FROM r", ["public.users user_id[1..1]"]),
        # what changes tables
        (f"DELETE FROM plays WHERE at {WITHIN}", [PLAYS]),
        ("DELETE FROM public.plays", [WHOLE]),
        (f"DELETE FROM plays USING staged s JOIN users u ON s.user_id = u.user_id AND u.user_id = 4 "
         f"WHERE plays.user_id = u.user_id AND plays.at {WITHIN}",
         [PLAYS, "run_1.staged whole", "public.users user_id[4..4]"]),
        (f"DELETE FROM plays USING (SELECT user_id FROM users WHERE user_id IN (1)) AS u WHERE plays.at {WITHIN}",
         [PLAYS, "public.users user_id[1..1]"]),
        (f"UPDATE plays SET id = 'a' FROM plays AS old JOIN users u ON old.user_id = u.user_id "
         f"WHERE plays.id = old.id AND old.at {WITHIN}", [WHOLE, PLAYS, USERS]),
        ("UPDATE users SET name = (SELECT MAX(hour) FROM etl.hours) WHERE user_id = 1",
         ["public.users user_id[1..1]", "etl.hours whole"]),
        (f"INSERT INTO plays (id) SELECT id FROM plays WHERE at {WITHIN}", [PLAYS]),
        ("INSERT INTO plays (id) VALUES ('a')", []),
        ("INSERT INTO plays (id) WITH c AS (SELECT id FROM plays) SELECT id FROM c", [WHOLE]),
        ("MERGE INTO users USING staged s ON users.user_id = s.user_id AND users.user_id BETWEEN 1 AND 2 "
         "WHEN MATCHED THEN UPDATE SET name = 'x' WHEN NOT MATCHED THEN INSERT VALUES (1, 'x')",
         ["public.users user_id[1..2]", "run_1.staged whole"]),
        (f"CREATE TEMP TABLE t DISTKEY (id) AS SELECT id FROM plays WHERE at {WITHIN}", [PLAYS]),
        ("SELECT id INTO TEMP t FROM plays", [WHOLE]),
        ("CREATE TEMP TABLE t (LIKE public.plays)", []),
        ("CREATE VIEW v AS SELECT id FROM plays", []),
        ("UNLOAD ('SELECT id FROM plays WHERE at >= \\'2018-11-05\\' AND at < ''2018-11-06''') TO 's3://b/x' "
         "IAM_ROLE default", [PLAYS]),
        (f"DECLARE c CURSOR FOR SELECT id FROM plays WHERE at {WITHIN}", [PLAYS]),
        # views
        (f"SELECT id FROM all_plays WHERE at {WITHIN}", [PLAYS]),
        ("SELECT id FROM public.all_plays AS a", [WHOLE]),
        ("SELECT n FROM busy WHERE user_id = 1", [WHOLE]),
        ("SELECT song_id FROM named", ["etl.songs title['x'..'x']"]),
        (f"SELECT at FROM late WHERE at {WITHIN}", [PLAYS]),
        ("SELECT user_id FROM near", [WHOLE]),
        # what scans nothing
        ("SET query_group TO 'SELECT 1 FROM plays'; LOCK etl.hours; COMMIT", []),
        ("COPY plays FROM 's3://b/x' IAM_ROLE default JSON 'auto'", []),
        ("TRUNCATE plays; DROP TABLE IF EXISTS plays; ALTER TABLE plays APPEND FROM staged", []),
        ("SELECT pg_backend_pid()", []),
        # several statements, comments
        (f"/* FROM users */ SELECT 1 FROM plays -- WHERE at {WITHIN}\n; SELECT 1 FROM users", [WHOLE, USERS]),
    ],
)  # fmt: skip
def test_scans_of_statements(sql: str, found: list[str]) -> None:
    assert sorted(scans(sql)) == sorted(found)


def test_a_name_is_sought_along_the_search_path_behind_temporary_tables() -> None:
    assert scans("SELECT 1 FROM staged JOIN hours ON TRUE") == ["run_1.staged whole", "etl.hours whole"]
    assert scans("SELECT 1 FROM plays", temporary={"plays"}) == ["pg_temp.plays whole"]
    assert scans("SELECT 1 FROM public.plays", temporary={"plays"}) == [WHOLE]
    assert scans("SELECT 1 FROM elsewhere.plays") == ["elsewhere.plays whole"]


@pytest.mark.parametrize(
    "sql", ["SELEC 1 FROM plays", "SELECT FROM WHERE plays", "REFRESH MATERIALIZED VIEW busy", "INSERT plays"]
)
def test_a_statement_that_cannot_be_read_is_no_statement_without_scans(sql: str) -> None:
    with pytest.raises(UnreadableStatementError):
        find_scans(sql, CATALOG, SEARCH_PATH)


def test_a_scan_is_bounded_only_at_both_ends() -> None:
    (half,) = find_scans("SELECT 1 FROM plays WHERE at > '2018-11-05'", CATALOG)
    (none,) = find_scans("SELECT 1 FROM plays WHERE at > '2018-11-06' AND at < '2018-11-05'", CATALOG)
    assert (half.is_restricted, half.is_bounded) == (True, False)
    assert (none.is_restricted, none.is_bounded, none.spans) == (True, True, ())
