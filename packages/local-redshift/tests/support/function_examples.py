"""AWS's own examples of scalar functions: the page of https://docs.aws.amazon.com/redshift/latest/dg/, the expression,
and the result that the page prints.
"""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

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
    # formats
    (
        "r_TO_CHAR.html",
        "to_char(timestamp '2009-12-31 23:15:59', 'MONTH-DY-DD-YYYY HH12:MIPM')",
        "DECEMBER -THU-31-2009 11:15PM",
    ),
    ("r_TO_CHAR.html", "to_char(-125.8, '999D99S')", "125.80-"),
    ("r_TO_NUMBER.html", "to_number('12,454.8-', '99G999D9S')", Decimal("-12454.8")),
    # conditions
    ("r_NVL_function.html", "coalesce(null, 12, null)", 12),
    ("r_NVL_function.html", "nvl(null, null, 'x')", "x"),
    ("r_NVL2.html", "nvl2(null, 1, 2)", 2),
    ("r_NVL2.html", "nvl2(0, 1, 2)", 1),
    ("r_DECODE_expression.html", "decode('NHL', 'NHL', 'National Hockey League', 'Unknown')", "National Hockey League"),
    ("r_DECODE_expression.html", "decode('x', 'NHL', 'National Hockey League', 'Unknown')", "Unknown"),
    ("r_DECODE_expression.html", "decode('x', 'NHL', 'National Hockey League')", None),
    ("r_DECODE_expression.html", "decode(cast(null as int), null, 0, 1)", 0),
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
