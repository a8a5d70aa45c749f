"""AWS's own examples of functions, with the results that the documentation prints.

Each case names its page of https://docs.aws.amazon.com/redshift/latest/dg/.
"""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import psycopg
import pytest

WINSALES = """
    (30001, '2003-08-02', 3, 'b', 10), (10001, '2003-12-24', 1, 'c', 10), (10005, '2003-12-24', 1, 'a', 30),
    (40001, '2004-01-09', 4, 'a', 40), (10006, '2004-01-18', 1, 'c', 10), (20001, '2004-02-12', 2, 'b', 20),
    (40005, '2004-02-12', 4, 'a', 10), (20002, '2004-02-16', 2, 'c', 20), (30003, '2004-04-18', 3, 'b', 15),
    (30004, '2004-04-18', 3, 'b', 20), (30007, '2004-09-07', 3, 'c', 30)
"""

CASES: list[tuple[str, str, Any]] = [
    # dates
    ("r_DATEADD_function.html", "dateadd(month,18,'2008-02-28')", datetime(2009, 8, 28)),
    ("r_DATEADD_function.html", "dateadd(m,30,'2008-02-28')", datetime(2008, 2, 28, 0, 30)),
    ("r_DATEADD_function.html", "dateadd(hour, 8, time '13:24:55')", time(21, 24, 55)),
    ("r_DATEADD_function.html", "dateadd(hour, 12, time '13:24:55')", time(1, 24, 55)),
    ("r_DATEADD_function.html", "dateadd(month,1,'2008-04-30')", datetime(2008, 5, 30)),
    ("r_DATEADD_function.html", "dateadd(month,12,'2016-02-29')", datetime(2017, 2, 28)),
    ("r_DATEADD_function.html", "dateadd(year, 1, '2016-02-29')", datetime(2017, 3, 1)),
    ("r_ADD_MONTHS.html", "add_months('2008-04-30',1)", datetime(2008, 5, 31)),
    ("r_DATEDIFF_function.html", "datediff(week,'2009-01-01','2009-12-31')", 52),
    # the page prints 40 and defines 39, the number of boundaries
    ("r_DATEDIFF_function.html", "datediff(qtr, '1998-07-01', date '2008-06-05')", 39),
    ("r_DATEDIFF_function.html", "datediff(year, date '2008-12-31', date '2009-01-01')", 1),
    (
        "r_DATEDIFF_function.html",
        "datediff(hour, timestamp '2009-01-01 8:30:00', timestamp '2009-01-01 10:00:00')",
        2,
    ),
    ("r_DATEDIFF_function.html", "datediff(minute, time '20:00:00', time '21:00:00')", 60),
    ("r_DATEDIFF_function.html", "datediff(hour, time '20:00:00', time '15:24:45')", -5),
    ("r_DATEDIFF_function.html", "datediff(hours, timetz '20:00:00 PST', timetz '05:58:00+00')", 1),
    ("r_DATEDIFF_function.html", "datediff(hours, timetz '20:00:00 PST', timetz '00:58:00 EST')", 1),
    ("r_EXTRACT_function.html", "extract(minute from timestamp '2009-09-09 12:08:43')", 8),
    ("r_EXTRACT_function.html", "extract(ms from timestamp '2009-09-09 12:08:43.101')", 101),
    ("r_EXTRACT_function.html", "extract(year from timestamptz '1.12.1997 07:37:16.00 PST')", 1997),
    ("r_EXTRACT_function.html", "extract(ms from time '18:25:33.123456')", 123),
    ("r_EXTRACT_function.html", "extract(weekday from date '2018-11-04')", 0),
    ("r_DATE_PART_function.html", "date_part(minute, timestamp '20230104 04:05:06.789')", 5),
    ("r_DATE_PART_function.html", "date_part(week, timestamp '20220502 04:05:06.789')", 18),
    ("r_DATE_PART_function.html", "date_part(dayofweek, timestamp '20220502 04:05:06.789')", 1),
    ("r_DATE_PART_function.html", "date_part(century, timestamp '20220502 04:05:06.789')", 21),
    ("r_DATE_PART_function.html", "date_part(month, date '20220502')", 5),
    ("r_DATE_PART_function.html", "date_part(w, timestamp '2008-06-17 09:44:54')", 25),
    ("r_DATE_TRUNC.html", "date_trunc('quarter', timestamp '20200430 04:05:06.789')", datetime(2020, 4, 1)),
    ("r_DATE_TRUNC.html", "date_trunc('millennium', timestamp '20200430 04:05:06.789')", datetime(2001, 1, 1)),
    ("r_DATE_TRUNC.html", "date_trunc('week', timestamp '20220430 04:05:06.789')", datetime(2022, 4, 25)),
    ("CONVERT_TIMEZONE.html", "convert_timezone('PST', '2008-08-24 09:36:12')", datetime(2008, 8, 24, 1, 36, 12)),
    (
        "CONVERT_TIMEZONE.html",
        "convert_timezone('US/Pacific', '2008-08-24 09:36:12')",
        datetime(2008, 8, 24, 2, 36, 12),
    ),
    (
        "CONVERT_TIMEZONE.html",
        "convert_timezone('EST', 'PST', '20080305 12:25:29')",
        datetime(2008, 3, 5, 9, 25, 29),
    ),
    ("CONVERT_TIMEZONE.html", "convert_timezone('GMT', 'GMT+2', '2014-05-17 12:00:00')", datetime(2014, 5, 17, 10)),
    ("r_MONTHS_BETWEEN_function.html", "months_between('1969-01-18', '1969-03-18')", -2),
    ("r_NEXT_DAY.html", "next_day('2014-08-20','Tuesday')", date(2014, 8, 26)),
    ("r_NEXT_DAY.html", "next_day('2014-08-19','Tu')", date(2014, 8, 26)),
    ("r_LAST_DAY.html", "last_day('2008-02-03')", date(2008, 2, 29)),
    ("r_DATE_CMP.html", "date_cmp('2008-01-01', '2008-01-04')", -1),
    ("r_TRUNC_date.html", "trunc(timestamp '2011-07-21 10:32:38.248109')", date(2011, 7, 21)),
    ("r_TO_DATE_function.html", "to_date('02 Oct 2001', 'DD Mon YYYY')", date(2001, 10, 2)),
    ("r_TO_DATE_function.html", "to_date('20010631', 'YYYYMMDD')", date(2001, 7, 1)),
    (
        "r_TO_TIMESTAMP.html",
        "to_timestamp('2011-12-18 24:38:15', 'YYYY-MM-DD HH24:MI:SS')::timestamp",
        datetime(2011, 12, 19, 0, 38, 15),
    ),
    ("r_DATE_CMP_TIMESTAMP.html", "date_cmp_timestamp('2008-06-18', '2008-06-18 00:00:00')", 0),
    ("r_TIMESTAMP_CMP_DATE.html", "timestamp_cmp_date('2008-06-18 00:00:00', '2008-06-18')", 0),
    ("r_INTERVAL_CMP.html", "interval_cmp(interval '3 days', interval '1 year')", -1),
    ("r_DATEADD_function.html", "timestamp '2008-01-01 10:00:00' - 1", datetime(2007, 12, 31, 10)),
    # strings
    ("SOUNDEX.html", "soundex('Amazon')", "A525"),
    ("DIFFERENCE.html", "difference('Amazon', 'Amazon')", 4),
    ("OCTETINDEX.html", "octetindex('Redshift', 'Άμαζον Amazon Redshift')", 21),
    ("OCTETINDEX.html", "octetindex('q', 'AmazonRedshift')", 0),
    ("crc32-function.html", "crc32('Amazon Redshift')", "f2726906"),
    ("r_INITCAP.html", "initcap('nibh.enim@egestas.ca')", "Nibh.Enim@Egestas.Ca"),
    ("r_LTRIM.html", "ltrim('2008-01-24 06:43:29', '2008-')", "1-24 06:43:29"),
    ("r_REVERSE.html", "reverse(12345)", "54321"),
    ("r_TRANSLATE.html", "translate('mint tea', 'inea', 'osin')", "most tin"),
    ("r_SUBSTRING.html", "substring('caterpillar',6,4)", "pill"),
    ("r_QUOTE_IDENT.html", "quote_ident('\"CAT\"')", '"""CAT"""'),
    (
        "r_TO_CHAR.html",
        "to_char(timestamp '2009-12-31 23:15:59', 'MONTH-DY-DD-YYYY HH12:MIPM')",
        "DECEMBER -THU-31-2009 11:15PM",
    ),
    ("r_TO_CHAR.html", "to_char(-125.8, '999D99S')", "125.80-"),
    ("r_TO_NUMBER.html", "to_number('12,454.8-', '99G999D9S')", Decimal("-12454.8")),
    ("REGEXP_REPLACE.html", "regexp_replace('the fox', 'FOX', 'quick brown fox', 1, 'i')", "the quick brown fox"),
    ("REGEXP_REPLACE.html", "regexp_replace('sed@lacusUtnec.ca', '@.*\\\\.(org|gov|com|edu|ca)$')", "sed"),
    (
        "REGEXP_REPLACE.html",
        "regexp_replace('sed@lacusUtnec.ca', '@.*\\\\.[[:alpha:]]{2,3}', '@internal.company.com')",
        "sed@internal.company.com",
    ),
    (
        "REGEXP_REPLACE.html",
        "regexp_replace('passwd7 plain A1234 a1234', '(?=[^ ]*[a-z])(?=[^ ]*[0-9])[^ ]+', '[hidden]', 1, 'p')",
        "[hidden] plain A1234 [hidden]",
    ),
    (
        "REGEXP_REPLACE.html",
        "regexp_replace('passwd7 plain A1234 a1234', '(?=[^ ]*[a-z])(?=[^ ]*[0-9])[^ ]+', '[hidden]', 1, 'ip')",
        "[hidden] plain [hidden] [hidden]",
    ),
    ("REGEXP_REPLACE.html", "regexp_replace('a1b2', '[0-9]', '', 0)", "ab"),
    ("REGEXP_REPLACE.html", "regexp_replace('a1b2', '[0-9]', '', 9)", "a1b2"),
    ("REGEXP_SUBSTR.html", "regexp_substr('the fox', 'FOX', 1, 1, 'i')", "fox"),
    ("REGEXP_SUBSTR.html", "regexp_substr('sed@lacusUtnec.ca','@[^.]*')", "@lacusUtnec"),
    (
        "REGEXP_SUBSTR.html",
        "regexp_substr('passwd7 plain A1234 a1234', '(?=[^ ]*[a-z])(?=[^ ]*[0-9])[^ ]+', 1, 2, 'p')",
        "a1234",
    ),
    ("REGEXP_SUBSTR.html", "regexp_substr('a1', 'x')", ""),
    ("REGEXP_SUBSTR.html", "regexp_substr('a1', '[0-9]', 9)", ""),
    ("REGEXP_SUBSTR.html", "regexp_substr('a1b', '([a-z])[0-9]', 1, 1, 'e')", "a"),
    ("REGEXP_SUBSTR.html", "regexp_substr('a1', '[0-9]', 1, 0)", None),
    ("REGEXP_COUNT.html", "regexp_count('abcdefghijklmnopqrstuvwxyz', '[a-z]{3}')", 8),
    ("REGEXP_COUNT.html", "regexp_count('euismod@turpis.org', '@[^.]*\\\\.(org|edu)')", 1),
    ("REGEXP_INSTR.html", "regexp_instr('The Home Depot Center', '[cC]ent(er|re)$')", 16),
    ("r_LEN.html", "len('français')", 8),
    ("r_LEN.html", "len('cat   ')", 6),
    ("r_OCTET_LENGTH.html", "octet_length('français')", 9),
    ("r_LEN.html", "len(cast('a  ' as char(3)))", 1),
    ("r_CONCAT.html", "concat('December 25, ', '2008')", "December 25, 2008"),
    ("r_CONCAT.html", "concat('a', null)", None),
    ("r_CONCAT.html", "concat('Ballys Hotel', concat(' seats ', nvl(null, 0)))", "Ballys Hotel seats 0"),
    ("r_NVL2.html", "'Nunc' + ' ' + 'Adams'", "Nunc Adams"),
    ("SPLIT_PART.html", "split_part('abc$def$ghi','$',2)", "def"),
    ("SPLIT_PART.html", "split_part('abc$def$ghi','$',4)", ""),
    ("r_CHARINDEX.html", "charindex('fish', 'dogfish')", 4),
    ("r_STRTOL.html", "strtol('0xf',16)", 15),
    ("r_STRTOL.html", "strtol('abcd1234',16)", 2882343476),
    ("r_STRTOL.html", "strtol('1234567', 8)", 342391),
    ("r_STRTOL.html", "strtol('110101', 2)", 53),
    ("r_STRTOL.html", "strtol('', 10)", 0),
    ("r_STRTOL.html", "strtol('  -12', 10)", -12),
    ("r_MD5.html", "md5('Amazon Redshift')", "f7415e33f972c03abd4f3fed36748f7a"),
    ("r_FNV_HASH.html", "fnv_hash(1)", -5968735742475085980),
    ("r_FNV_HASH.html", "fnv_hash(1::smallint)", 589727492704079044),
    ("r_FNV_HASH.html", "fnv_hash(1::bigint)", -8517097267634966620),
    ("r_FNV_HASH.html", "fnv_hash('Amazon Redshift')", 7783490368944507294),
    ("r_FNV_HASH.html", "fnv_hash('Amazon Redshift', fnv_hash(1))", -2202602717770968555),
    ("r_FNV_HASH.html", "fnv_hash('cd', fnv_hash('ab'))", -281581062704388899),
    ("SHA1.html", "sha1('Amazon Redshift')", "eeac5ed1e11cda66032c30ad77b25071b5487f55"),
    ("FUNC_SHA1.html", "func_sha1(repeat('x', 200))", "94218caae9904e93a3d7bf578bf4791926fc5e82"),
    ("SHA2.html", "len(sha2('Amazon Redshift', 512))", 128),
    # what is converted to VARCHAR of itself
    ("c_Supported_data_types.html", "139 || timestamp '2018-11-01 21:01:46'", "1392018-11-01 21:01:46"),
    ("c_Supported_data_types.html", "1 || 'a' || 2", "1a2"),
    ("c_Supported_data_types.html", "substring(20181101, 5, 2) || len(123)", "113"),
    ("c_Supported_data_types.html", "to_date(20181101, 'YYYYMMDD')", date(2018, 11, 1)),
    ("c_Supported_data_types.html", "left(timestamp '2018-11-01 21:01:46', 10)", "2018-11-01"),
    # conditions
    ("r_NVL_function.html", "coalesce(null, 12, null)", 12),
    ("r_NVL_function.html", "nvl(null, null, 'x')", "x"),
    ("r_NVL2.html", "nvl2(null, 1, 2)", 2),
    ("r_NVL2.html", "nvl2(0, 1, 2)", 1),
    ("r_DECODE_expression.html", "decode('NHL', 'NHL', 'National Hockey League', 'Unknown')", "National Hockey League"),
    ("r_DECODE_expression.html", "decode('x', 'NHL', 'National Hockey League', 'Unknown')", "Unknown"),
    ("r_DECODE_expression.html", "decode('x', 'NHL', 'National Hockey League')", None),
    ("r_DECODE_expression.html", "decode(cast(null as int), null, 0, 1)", 0),
    # JSON
    (
        "JSON_EXTRACT_PATH_TEXT.html",
        'json_extract_path_text(\'{"f2":{"f3":1},"f4":{"f5":99,"f6":"star"}}\', \'f4\', \'f6\')',
        "star",
    ),
    ("JSON_EXTRACT_PATH_TEXT.html", "json_extract_path_text('{\"a\":1}', 'b')", ""),
    (
        "JSON_EXTRACT_PATH_TEXT.html",
        'json_extract_path_text(\'{"f2":{"f3":1},"f4":{"f5":99,"f6":"star"}\', \'f4\', \'f6\', true)',
        None,
    ),
    ("JSON_EXTRACT_ARRAY_ELEMENT_TEXT.html", "json_extract_array_element_text('[111,112,113]', 2)", "113"),
    ("JSON_ARRAY_LENGTH.html", 'json_array_length(\'[11,12,13,{"f1":1,"f2":[5,6]},14]\')', 5),
    ("JSON_ARRAY_LENGTH.html", 'json_array_length(\'[11,12,13,{"f1":1,"f2":[5,6]},14\', true)', None),
    ("IS_VALID_JSON.html", "is_valid_json('{\"a\":2}')", True),
    ("IS_VALID_JSON.html", 'is_valid_json(\'{"a":{"b":2}\')', False),
    # numbers
    ("r_ROUND.html", "round(28.05, 1)", Decimal("28.1")),
    ("r_TRUNC.html", "trunc(111.86, 1)", Decimal("111.8")),
    ("r_MOD.html", "mod(10, 4)", 2),
    ("r_CBRT.html", "cbrt(27)", 3.0),
    ("r_GREATEST_LEAST.html", "greatest(1, 2, null)", 2),
    ("r_TO_HEX.html", "to_hex(2147483647)", "7fffffff"),
    ("r_Numeric_types201.html", "7 / 2", 3),
    ("r_CAST_function.html", "cast(1.6 as decimal)", Decimal(2)),
    ("r_CAST_function.html", "convert(integer, 162.4)", 162),
    ("r_AVG.html", "(select avg(n) from (select 1 as n union all select 2) as numbers)", 1),
    ("r_AVG.html", "(select avg(n)::varchar from (select 1.25 as n union all select 2) as numbers)", "1.62"),
    # settings: CURRENT_SETTING and SET_CONFIG
    ("r_SET_CONFIG.html", "set_config('query_group', 'test', false)", "test"),
]


@pytest.mark.parametrize(("page", "expression", "result"), CASES, ids=[expression for _, expression, _ in CASES])
def test_examples_of_the_documentation_give_the_documented_result(
    db: psycopg.Connection[Any], page: str, expression: str, result: Any
) -> None:
    assert page.endswith(".html")
    row = db.execute(f"SELECT {expression}").fetchone()  # type: ignore[call-overload]
    assert row == (result,)


@pytest.fixture
def winsales(db: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    """The table of https://docs.aws.amazon.com/redshift/latest/dg/c_Window_functions.html."""
    db.execute("CREATE TABLE winsales (salesid int, dateid date, sellerid int, buyerid char(10), qty int)")
    db.execute(f"INSERT INTO winsales VALUES {WINSALES}")  # type: ignore[arg-type]
    return db


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        # https://docs.aws.amazon.com/redshift/latest/dg/r_LISTAGG.html
        ("select listagg(sellerid) within group (order by dateid, salesid) from winsales", [("31141242333",)]),
        (
            "select listagg(dateid,'|') within group (order by sellerid desc, salesid asc) from winsales "
            "where buyerid = 'b'",
            [("2003-08-02|2004-04-18|2004-04-18|2004-02-12",)],
        ),
        (
            "select buyerid, listagg(salesid,',') within group (order by salesid) as sales_id from winsales "
            "group by buyerid order by buyerid",
            [
                ("a         ", "10005,40001,40005"),
                ("b         ", "20001,30001,30003,30004"),
                ("c         ", "10001,10006,20002,30007"),
            ],
        ),
        # the order is the numbers', not their texts'
        (
            "SELECT LISTAGG(DISTINCT id, ', ') WITHIN GROUP (ORDER BY id) "
            "FROM (SELECT 1178 AS id UNION ALL SELECT 380 UNION ALL SELECT 380 UNION ALL SELECT 12905) AS sales",
            [("380, 1178, 12905",)],
        ),
        ("select listagg('x', ',') from winsales where sellerid = 2", [("x,x",)]),
        # NULL and empty strings are ignored
        (
            "select listagg(a, ',') from (select 'x' as a union all select '' union all select null) as q",
            [("x",)],
        ),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_WF_LISTAGG.html
        (
            "select sellerid, listagg(qty, '|') within group (order by salesid) over (partition by sellerid) "
            "from winsales where buyerid = 'a' order by salesid",
            [(1, "30"), (4, "40|10"), (4, "40|10")],
        ),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_WF_RATIO_TO_REPORT.html
        (
            "select salesid, ratio_to_report(qty) over (partition by sellerid) from winsales "
            "where sellerid in (2, 4) order by salesid",
            [(20001, 0.5), (20002, 0.5), (40001, 0.8), (40005, 0.2)],
        ),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_MEDIAN.html
        ("select sellerid, median(qty) from winsales where sellerid = 2 group by sellerid", [(2, 20.0)]),
        (
            "select distinct sellerid, median(qty) over (partition by sellerid) from winsales where sellerid = 4",
            [(4, 25)],
        ),
        ("select median(dateid) from winsales where sellerid = 1", [(date(2003, 12, 24),)]),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_WF_PERCENTILE_CONT.html
        (
            "select sellerid, qty, percentile_cont(0.6) within group (order by qty) over (partition by sellerid) "
            "from winsales where sellerid < 3 order by 1, 2",
            [(1, 10, 14.0), (1, 10, 14.0), (1, 30, 14.0), (2, 20, 20.0), (2, 20, 20.0)],
        ),
        (
            "select distinct percentile_disc(0.6) within group (order by qty desc) over () from winsales",
            [(15,)],
        ),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_WF_LAG.html
        (
            "select salesid, lag(nullif(qty, 20), 1) ignore nulls over (order by salesid), "
            "lead(nullif(qty, 20)) ignore nulls over (order by salesid), "
            "lag(nullif(qty, 20), 2) ignore nulls over (order by salesid) "
            "from winsales where sellerid in (2, 4) or salesid = 30003 order by 1",
            [
                (20001, None, 15, None),
                (20002, None, 15, None),
                (30003, None, 40, None),
                (40001, 15, 10, None),
                (40005, 40, None, 15),
            ],
        ),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_WF_first_value.html
        (
            "select distinct first_value(nullif(qty, 10) ignore nulls) over (order by salesid "
            "rows between unbounded preceding and unbounded following) from winsales",
            [(30,)],
        ),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_QUALIFY_clause.html
        (
            "select * from winsales w where qty > 10 "
            "qualify row_number() over (partition by sellerid order by salesid) = 1 order by salesid limit 1",
            [(10005, date(2003, 12, 24), 1, "a         ", 30)],
        ),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_FROM_clause-pivot-unpivot-examples.html
        (
            "select * from (select sellerid, buyerid, qty from winsales where sellerid < 3) "
            "pivot (sum(qty) for buyerid in ('a', 'c')) order by sellerid",
            [(1, 30, 20), (2, None, 20)],
        ),
        # AVG of DECIMAL has the argument's scale, as in the first example of that page
        (
            "select * from (select 'prop' as part, 10.00::decimal(12, 2) as price union all select 'prop', 9.00 "
            "union all select 'prop', 12.00 union all select 'rudder', 2.50 union all select 'rudder', 3.75 "
            "union all select 'rudder', 1.90) pivot (avg(price) for part in ('prop', 'rudder'))",
            [(Decimal("10.33"), Decimal("2.71"))],
        ),
        (
            "select * from winsales pivot (count(*) as n for sellerid in (3, 4)) where salesid = 40001",
            [(40001, date(2004, 1, 9), "a         ", 40, 0, 1)],
        ),
        (
            "select * from (select salesid, sellerid, qty from winsales where salesid = 30007) "
            "unpivot (value for name in (sellerid, qty as quantity))",
            [(30007, "sellerid", 3), (30007, "quantity", 30)],
        ),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_GROUP_BY_aggregation-extensions.html
        (
            "select sellerid, sum(qty), grouping(sellerid) from winsales where sellerid < 3 group by rollup(sellerid) "
            "order by 1",
            [(1, 50, 0), (2, 40, 0), (None, 90, 1)],
        ),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_WF_ROW_NUMBER.html
        (
            "select salesid, row_number() over (partition by sellerid order by salesid asc) from winsales "
            "where sellerid = 1 order by 2",
            [(10001, 1), (10005, 2), (10006, 3)],
        ),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_WF_SUM.html
        (
            "select salesid, sum(qty) over (order by dateid, salesid rows unbounded preceding) as sum "
            "from winsales order by 2 desc limit 1",
            [(30007, 215)],
        ),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_SELECT_list.html
        ("select top 2 salesid from winsales order by salesid", [(10001,), (10005,)]),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_UNION.html
        (
            "select sellerid from winsales minus select sellerid from winsales where buyerid = 'a' order by 1",
            [(2,), (3,)],
        ),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_COUNT.html
        ("select approximate count(distinct sellerid) from winsales", [(4,)]),
        # https://docs.aws.amazon.com/redshift/latest/dg/r_DATE_TRUNC.html: a date is matched as text
        ("select count(*) from winsales where dateid like '2004-04%'", [(2,)]),
        # https://docs.aws.amazon.com/redshift/latest/dg/c_Supported_data_types.html: numbers and strings compare
        ("select count(*) from winsales where sellerid = cast('3' as varchar)", [(4,)]),
        ("select count(*) from winsales where buyerid = 'b' and sellerid || '' in (2, 3)", [(4,)]),
    ],
)
def test_queries_of_the_documentation_give_the_documented_rows(
    winsales: psycopg.Connection[Any], query: str, rows: list[tuple[Any, ...]]
) -> None:
    assert winsales.execute(query).fetchall() == rows  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("expression", "name"),
    [
        # each page says what its function's column is called by default
        ("dateadd(day, 1, current_date)", "date_add"),
        ("datediff(day, current_date, current_date)", "date_diff"),
        ("extract(year from current_date)", "date_part"),
        ("nvl(1, 2)", "coalesce"),
        ("decode(1, 1, 2)", "case"),
        ("listagg(n)", "listagg"),
        ("regexp_replace('a', 'a', '')", "regexp_replace"),
    ],
)
def test_columns_without_an_alias_have_the_documented_name(
    db: psycopg.Connection[Any], expression: str, name: str
) -> None:
    cursor = db.execute(f"SELECT {expression} FROM (SELECT 1 AS n) AS q GROUP BY n")  # type: ignore[call-overload]
    assert cursor.description is not None
    assert cursor.description[0].name == name


def test_a_list_beyond_65535_bytes_is_an_error(db: psycopg.Connection[Any]) -> None:
    # https://docs.aws.amazon.com/redshift/latest/dg/r_LISTAGG.html
    with pytest.raises(psycopg.Error, match="Result size exceeds LISTAGG limit"):
        db.execute("SELECT LISTAGG(s) FROM (SELECT REPEAT('x', 40000) AS s UNION ALL SELECT REPEAT('y', 40000)) AS q")


@pytest.mark.parametrize("expression", ["getdate()", "sysdate", "current_timestamp::timestamp"])
def test_the_time_has_no_zone_and_is_now(db: psycopg.Connection[Any], expression: str) -> None:
    # https://docs.aws.amazon.com/redshift/latest/dg/r_GETDATE.html, r_SYSDATE.html
    row = db.execute(
        f"SELECT {expression}, DATEDIFF(second, {expression}, GETDATE()) BETWEEN -2 AND 2"  # type: ignore[call-overload]
    ).fetchone()
    assert row is not None
    assert row[0].tzinfo is None
    assert row[1] is True
