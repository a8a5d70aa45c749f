"""Functions, casts and words of Redshift inside statements."""

from __future__ import annotations

import pytest

from local_redshift.statements import plan_script
from local_redshift.statements.queries.dateparts import DATEPARTS
from support.planning import refusal, rewritten

PART = "redshift_catalog.date_part"


@pytest.mark.parametrize(
    ("sql", "sent"),
    [
        # https://docs.aws.amazon.com/redshift/latest/dg/r_DATEADD_function.html
        ("DATEADD(day, 1, d)", "date_add('day', 1, d)"),
        ("dateadd(mons, -1, d)", "date_add('month', -1, d)"),
        ("DATEADD('hr', 1, d)", "date_add('hour', 1, d)"),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_DATEDIFF_function.html
        ("DATEDIFF(week, a, b)", "date_diff('week', a, b)"),
        ("DATEDIFF(qtr, a, DATEADD(w, 1, b))", "date_diff('quarter', a, date_add('week', 1, b))"),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_DATE_PART_function.html
        ("DATE_PART(dow, d)", "pgdate_part('dow', d)"),
        ("DATE_PART('w', d)", "pgdate_part('week', d)"),
        ("PGDATE_PART('day', d)", "PGDATE_PART('day', d)"),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_DATE_TRUNC.html
        ("DATE_TRUNC('month', d)", "DATE_TRUNC('month', d)"),
        ("DATE_TRUNC('mon', d)", "DATE_TRUNC('month', d)"),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_EXTRACT_function.html
        ("EXTRACT(weekday FROM d)", f"{PART}('dow', d)"),
        ("EXTRACT(EPOCH FROM d)", f"{PART}('epoch', d)"),
        ("extract('yr' from nvl(a, b))", f"{PART}('year', COALESCE(a, b))"),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_GETDATE.html, r_SYSDATE.html
        ("GETDATE()", "GETDATE()"),
        ("SYSDATE", 'redshift_catalog."timestamp"()'),
        ("SYSDATE - 1", "pg_catalog.sysdate() - 1"),
        ("NVL(a, SYSDATE)", "COALESCE(a, pg_catalog.sysdate())"),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_CURRENT_DATE_function.html
        ("CURRENT_DATE", "redshift_catalog.date()"),
        ("CURRENT_DATE - 1", "CURRENT_DATE - 1"),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_Datetime_types.html
        ("TIMESTAMP WITH TIME ZONE '31.12.1997 07:37'", "TIMESTAMP WITH TIME ZONE E'1997-12-31 07:37'"),
        ("CAST('31.12.1997' AS DATE)", "CAST(E'1997-12-31' AS DATE)"),
        ("'31.12.1997'::timestamp(3)", "E'1997-12-31'::timestamp(3)"),
        ("DATE '12.11.1997'", "DATE '12.11.1997'"),
        ("'31.12.1997'", "'31.12.1997'"),
        ("'31.12.1997' AS date", "'31.12.1997' AS date"),
        ("('31.12.1997') AS timestamp", "('31.12.1997') AS timestamp"),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_interval_data_types.html
        ("d + INTERVAL '1' DAY", "d + INTERVAL '1' DAY"),
        ("INTERVAL '1 day'", "INTERVAL '1 day'"),
        ("t.sysdate", "t.sysdate"),
        ("current_user_id", "pg_catalog.current_user_id()"),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_NVL_function.html, r_NVL2.html
        ("NVL(a, NVL(b, 0))", "COALESCE(a, COALESCE(b, 0))"),
        ("NVL2(a, NVL(b, 1), 2)", "CASE WHEN (a) IS NOT NULL THEN COALESCE(b, 1) ELSE 2 END"),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_DECODE_expression.html
        (
            "DECODE(a, 1, 'x', NULL, 'y', 'z')",
            "CASE WHEN (a) IS NOT DISTINCT FROM (1) THEN 'x' WHEN (a) IS NOT DISTINCT FROM (NULL) THEN 'y' "
            "ELSE 'z' END",
        ),
        ("DECODE(a, 1, 'x')", "CASE WHEN (a) IS NOT DISTINCT FROM (1) THEN 'x' END"),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_compound_expressions.html
        ("@ -5 + 2", "(@ -5) + 2"),
        ("|/ 25 * 2, ||/ f(x) - 1, @ a.b::int * 2 - c", "(|/ 25) * 2, (||/ f(x)) - 1, (@ a.b::int * 2) - c"),
        ("@ a, 'x' || b - 1, |/ 4 ^ 2", "@ a, 'x' || b - 1, |/ 4 ^ 2"),
        # https://docs.aws.amazon.com/redshift/latest/dg/c_Window_functions.html
        (
            "SUM(a) OVER (ORDER BY b ROWS UNBOUNDED FOLLOWING)",
            "SUM(a) OVER (ORDER BY b ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)",
        ),
        ("NTILE(4) OVER (ORDER BY NVL(b, 0)) + 1", "NTILE(4) OVER (ORDER BY COALESCE(b, 0))::bigint + 1"),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_STRTOL.html
        ("strtol('\\0', 2)", "strtol('', 2)"),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_LISTAGG.html
        ("LISTAGG(a)", "redshift_catalog.listagg(a, '')"),
        (
            "listagg(distinct a, ', ') within group (order by a desc)",
            "redshift_catalog.listagg(redshift_catalog.distinct_values((a)::text order by a desc), ', ')",
        ),
        (
            "LISTAGG(a, ',') WITHIN GROUP (ORDER BY NVL(b, 0))",
            "redshift_catalog.listagg(a, ',' ORDER BY COALESCE(b, 0))",
        ),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_WF_LISTAGG.html
        (
            "LISTAGG(a, ',') WITHIN GROUP (ORDER BY b) OVER (PARTITION BY c)",
            "redshift_catalog.listagg(a, ',') OVER (PARTITION BY c ORDER BY b "
            "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)",
        ),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_WF_RATIO_TO_REPORT.html
        (
            "RATIO_TO_REPORT(a) OVER (PARTITION BY b)",
            "redshift_catalog.ratio_to_report(a, SUM(a) OVER (PARTITION BY b))",
        ),
        # https://docs.aws.amazon.com/redshift/latest/dg/JSON_EXTRACT_PATH_TEXT.html
        (
            "JSON_EXTRACT_PATH_TEXT(a, 'x', 'y', TRUE)",
            "redshift_catalog.json_extract_path_text(TRUE, a, 'x', 'y')",
        ),
        ("JSON_EXTRACT_PATH_TEXT(a, 'x')", "redshift_catalog.json_extract_path_text(false, a, 'x')"),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_CURRENT_SETTING.html
        ("CURRENT_SETTING('query_group')", "CURRENT_SETTING('redshift.query_group')"),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_MEDIAN.html
        ("MEDIAN(a + 1)", "redshift_catalog.median(a + 1)"),
        ("MEDIAN(a) OVER (PARTITION BY b)", "redshift_catalog.median(a) OVER (PARTITION BY b)"),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_WF_PERCENTILE_CONT.html, r_WF_PERCENTILE_DISC.html
        (
            "PERCENTILE_CONT(0.6) WITHIN GROUP (ORDER BY a) OVER (PARTITION BY b)",
            "redshift_catalog.percentile_cont(0.6, false, redshift_catalog.sorted_values(a) OVER (PARTITION BY b))",
        ),
        (
            "percentile_disc(0.6) within group (order by nvl(a, 0) desc) over ()",
            "redshift_catalog.percentile_disc(0.6, true, redshift_catalog.sorted_values(COALESCE(a, 0)) OVER ())",
        ),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_WF_LAG.html, r_WF_LEAD.html
        ("LAG(a) RESPECT NULLS OVER (ORDER BY b)", "LAG(a) OVER (ORDER BY b)"),
        (
            "LAG(NVL(a, b)) IGNORE NULLS OVER (ORDER BY b)",
            "redshift_catalog.lag(COALESCE(a, b)) OVER (ORDER BY b ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)",
        ),
        (
            "LEAD(a) IGNORE NULLS OVER (PARTITION BY c ORDER BY b DESC NULLS LAST, d)",
            "redshift_catalog.lead(a) OVER (PARTITION BY c ORDER BY b ASC NULLS FIRST, d DESC "
            "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)",
        ),
        (
            "LAG(a, 2) IGNORE NULLS OVER (ORDER BY b)",
            "redshift_catalog.lag(array_agg(a) FILTER (WHERE (a) IS NOT NULL) "
            "OVER (ORDER BY b ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 2, a)",
        ),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_WF_first_value.html, r_WF_NTH.html
        ("FIRST_VALUE(a IGNORE NULLS) OVER (PARTITION BY b)", "redshift_catalog.first_value(a) OVER (PARTITION BY b)"),
        ("LAST_VALUE(a) IGNORE NULLS OVER (PARTITION BY b)", "redshift_catalog.last_value(a) OVER (PARTITION BY b)"),
        (
            "NTH_VALUE(a, 3) IGNORE NULLS OVER (PARTITION BY b)",
            "redshift_catalog.nth_value(array_agg(a) FILTER (WHERE (a) IS NOT NULL) OVER (PARTITION BY b), 3)",
        ),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_PERCENTILE_CONT.html: a DECIMAL
        (
            "PERCENTILE_CONT(0.6) WITHIN GROUP (ORDER BY a DESC)",
            "redshift_catalog.percentile_cont(0.6, true, redshift_catalog.sorted_values(a))",
        ),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_CURRENT_SETTING.html: whether an absent variable is an error
        ("CURRENT_SETTING('app.clerk', FALSE)", "CURRENT_SETTING('app.clerk', NOT (FALSE))"),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_NULLIF_function.html: the column is called a
        ("NULLIF(t.a, 2)", "CASE WHEN t.a = (2) THEN NULL ELSE t.a END"),
        ("NULLIF(a + 1, 2)", "NULLIF(a + 1, 2)"),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_NVL2.html: mixed types have that of the first value
        ("NVL2(a, 'x', 5)", "CASE WHEN (a) IS NOT NULL THEN 'x'::varchar ELSE 5::varchar END"),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_TRY_CAST.html
        (
            "TRY_CAST(a + 1 AS DECIMAL)",
            "CAST(redshift_catalog.try_cast(a + 1, 'decimal(18,0)', NULL::decimal(18,0)) AS decimal(18,0))",
        ),
        (
            "TRY_CAST(a AS VARCHAR(3))",
            "CAST(redshift_catalog.try_cast(a, 'varchar::redshift_catalog.cut_text(3)::VARCHAR(3)', NULL::VARCHAR(3)) "
            "AS VARCHAR(3))",
        ),
        ("TRY_CAST('x' AS INT)", "CAST(redshift_catalog.try_cast(('x')::varchar, 'INT', NULL::INT) AS INT)"),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_LOG.html
        ("LOG(a)", "dlog10(a)"),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_COUNT.html
        ("APPROXIMATE COUNT(DISTINCT a)", "COUNT(DISTINCT a)"),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_AVG.html: AVG of integers is an integer
        ("AVG(a)", "redshift_catalog.avg(AVG(a), MIN(a), SUM(a))"),
        (
            "AVG(DISTINCT nvl(a, 0))",
            "redshift_catalog.avg(AVG(DISTINCT COALESCE(a, 0)), MIN(COALESCE(a, 0)), SUM(COALESCE(a, 0)))",
        ),
        (
            "AVG(a) OVER (PARTITION BY b)",
            "redshift_catalog.avg(AVG(a) OVER (PARTITION BY b), MIN(a) OVER (PARTITION BY b), "
            "SUM(a) OVER (PARTITION BY b))",
        ),
        # https://docs.aws.amazon.com/redshift/latest/dg/REGEXP_REPLACE.html: all matches
        ("REGEXP_REPLACE(a, 'x')", "redshift_catalog.regexp_replace(a, 'x')"),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_CONCAT.html: two arguments, NULL if one is
        ("CONCAT(a, b)", "redshift_catalog.concat(a, b)"),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_CAST_function.html
        ("CONVERT(INTEGER, a)", "CAST(a AS INTEGER)"),
        # lengths in bytes: https://docs.aws.amazon.com/redshift/latest/dg/r_Character_types.html
        (
            "CONVERT(VARCHAR(10), NVL(a, b))",
            "CAST((COALESCE(a, b))::varchar::redshift_catalog.cut_text(10) AS VARCHAR(10))",
        ),
        ("CAST(a AS NCHAR(3))", "CAST((a)::varchar::redshift_catalog.cut_text(3) AS char(3))"),
        ("a::character varying(7)", "a::varchar::redshift_catalog.cut_text(7)::character varying(7)"),
        ("a::char", "a::varchar::redshift_catalog.cut_text(1)::char"),
        ("CAST(a AS DECIMAL)", "CAST((a)::redshift_catalog.cut_decimal(18,0) AS decimal(18,0))"),
        (
            "CAST(NVL(a, 0) AS DECIMAL(10, 2))",
            "CAST((COALESCE(a, 0))::redshift_catalog.cut_decimal(10, 2) AS DECIMAL(10, 2))",
        ),
        ("a::numeric", "a::redshift_catalog.cut_decimal(18,0)::decimal(18,0)"),
        ("a::varchar(max)", "a::varchar::redshift_catalog.cut_text(65535)::varchar(65535)"),
        ("a::varchar || b::text", "a::varchar || b::text"),
        ("'now'::timestamp", "'now'::timestamp"),
    ],
)
def test_expressions_become_postgresqls(sql: str, sent: str) -> None:
    assert rewritten(f"SELECT {sql} FROM t") == f"SELECT {sent} FROM t"
    assert rewritten(f"INSERT INTO u SELECT 1, {sql} FROM t") == f"INSERT INTO u SELECT 1, {sent} FROM t"


@pytest.mark.parametrize(
    ("sql", "sent"),
    [
        # https://docs.aws.amazon.com/redshift/latest/dg/r_SELECT_list.html
        ("SELECT TOP 3 a FROM t ORDER BY a", "SELECT a FROM t ORDER BY a LIMIT 3"),
        ("SELECT DISTINCT TOP 3 a FROM t", "SELECT DISTINCT a FROM t LIMIT 3"),
        (
            "SELECT b FROM (SELECT TOP 1 a AS b FROM t ORDER BY 1) AS x WHERE b > 0",
            "SELECT b FROM (SELECT a AS b FROM t ORDER BY 1 LIMIT 1) AS x WHERE b > 0",
        ),
        (
            "SELECT TOP 1 a FROM (SELECT 1 AS a UNION SELECT 2) AS x",
            "SELECT a FROM (SELECT 1 AS a UNION SELECT 2) AS x LIMIT 1",
        ),
        # as redshift_connector's get_columns writes it
        ("SELECT CASE a WHEN 1THEN 2WHEN 3THEN 4.5END", "SELECT CASE a WHEN 1 THEN 2 WHEN 3 THEN 4.5 END"),
        ("SELECT TOP 1 NVL(a, 0)", "SELECT COALESCE(a, 0) LIMIT 1"),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_UNION.html
        ("SELECT a FROM t MINUS SELECT a FROM u", "SELECT a FROM t EXCEPT SELECT a FROM u"),
        ("INSERT INTO #t SELECT * FROM #T", 'INSERT INTO "#t" SELECT * FROM "#t"'),
    ],
)
def test_queries_become_postgresqls(sql: str, sent: str) -> None:
    assert rewritten(sql) == sent


@pytest.mark.parametrize("sql", ["SELECT nvl FROM t", "SELECT t.avg(1)", "SELECT 'AVG(x)'", 'SELECT "nvl"(a)'])
def test_names_that_only_look_like_functions_are_left(sql: str) -> None:
    assert rewritten(sql) == sql


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELECT EXTRACT(isodow FROM d) FROM t", 'timestamp units "isodow" not recognized'),
        ("SELECT DATEDIFF(fortnight, a, b) FROM t", 'timestamp units "fortnight" not recognized'),
        ("SELECT DATE_TRUNC('days ago', d) FROM t", 'timestamp units "days ago" not recognized'),
        ("SELECT a::uuid FROM t", 'unsupported type "uuid"'),
        ("SELECT CAST(a AS jsonb) FROM t", 'unsupported type "jsonb"'),
        ("SELECT TOP 1 a FROM t UNION SELECT 2", 'near "UNION"'),
        ("SELECT LAG(a) IGNORE NULLS FROM t", "syntax error"),
    ],
)
def test_what_cannot_be_had_is_refused(sql: str, message: str) -> None:
    assert message in refusal(sql).message


def test_every_documented_name_of_a_datepart_is_known() -> None:
    # https://docs.aws.amazon.com/redshift/latest/dg/r_Dateparts_for_datetime_functions.html
    documented = (
        "millennium millennia mil mils century centuries c cent cents decade decades dec decs epoch year years y yr "
        "yrs quarter quarters qtr qtrs month months mon mons week weeks w dayofweek dow dw weekday dayofyear doy dy "
        "yearday day days d hour hours h hr hrs minute minutes m min mins second seconds s sec secs millisecond "
        "milliseconds ms msec msecs msecond mseconds millisec millisecs millisecon microsecond microseconds microsec "
        "microsecs usecond useconds us usec usecs timezone timezone_hour timezone_minute"
    )
    assert set(documented.split()) == set(DATEPARTS)


def test_deeply_nested_calls_are_planned_in_time() -> None:
    expression = "a"
    for _ in range(40):
        expression = f"NVL2({expression}, DECODE(b, 1, 2), 3)"
    assert rewritten(f"SELECT {expression}").count("CASE") == 80


def test_a_long_insert_is_planned_in_time() -> None:
    rows = ", ".join(f"({number}, 'it''s {number}')" for number in range(2000))
    (statement,) = plan_script(f"INSERT INTO t VALUES {rows}")
    assert statement.sql == statement.original


@pytest.mark.parametrize(
    ("sql", "sent"),
    [
        # https://docs.aws.amazon.com/redshift/latest/dg/r_interval_data_types.html
        ("SELECT INTERVAL '1-2' YEAR TO MONTH", "SELECT redshift_catalog.intervaly2m(INTERVAL '1-2' YEAR TO MONTH)"),
        (
            "SELECT (1), INTERVAL '2' DAY TO SECOND (3) AS a FROM t",
            "SELECT (1), redshift_catalog.intervald2s(INTERVAL '2' DAY TO SECOND (3)) AS a FROM t",
        ),
        ("SELECT INTERVAL '1' DAY + d FROM t", "SELECT INTERVAL '1' DAY + d FROM t"),
        ("SELECT d + a FROM (SELECT INTERVAL '1' DAY AS a)", "SELECT d + a FROM (SELECT INTERVAL '1' DAY AS a)"),
        ("SELECT f(1, INTERVAL '1' DAY)", "SELECT f(1, INTERVAL '1' DAY)"),
        ("INSERT INTO t SELECT INTERVAL '1' DAY", "INSERT INTO t SELECT INTERVAL '1' DAY"),
    ],
)
def test_an_interval_that_is_a_result_is_written_as_redshift_does(sql: str, sent: str) -> None:
    assert rewritten(sql) == sent
