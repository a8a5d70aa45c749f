"""COPY's 'auto' reads dates and times as SQL's casts do, whatever the session's zone and DateStyle.

"To test whether a date or timestamp value will be automatically converted, use a CAST function":
https://docs.aws.amazon.com/redshift/latest/dg/automatic-recognition.html
"""

from __future__ import annotations

import io
import itertools
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from local_redshift.copy.times.zones import ABBREVIATIONS
from local_redshift.testing import ROLE, Bucket

Connection = psycopg.Connection[Any]

_DATES = """2018-11-05|20181105|181105|2018.309|11/05/2018|11.05.2018|13.05.2018|11-5-18|05-Nov-2018|Nov-05-2018
2018-Nov-5
18-Nov-05|J2458428|2018/11/5|5/13/2018|13/5/2018|2018-02-29|2020.366|2019.366|1-Jan-0001|99-12-31|0044-03-15|2018-13-01
20181|2018|18.309|2018-309|November 5, 2018|5 Nov 2018|Mon, 5 Nov 2018|5 Nov 18|Mar 15 44 BC|15 Mar 0044 BC|Nov 5"""
_TIMES = """04:05:06.789|04:05:06|4:5|040506|0405|04:05:06.1234567|23:59:59.9999999|24:00:00|23:59:60|25:00|04:60
040506.789
04:05:06:07|04:05.5|04:05 AM|12:05 am|12:05 PM|13:05 PM|"""
_ZONES = "Z|PST|-08|+05:30|+0530|-8:00:30|+16|UTC|CEST|PST8PDT|US/Pacific|Europe/Moscow|MSK|Nowhere/Else|XYZ"
DATES, TIMES, ZONES = (texts.replace("\n", "|").split("|") for texts in (_DATES, _TIMES, _ZONES))
TEXTS = [
    *(f"{date} {time}".strip() for date, time in itertools.product(DATES, TIMES)),
    *(f"{time} {date}".strip() for date, time in itertools.product(DATES[:14], TIMES[:5])),
    *(f"{date} 07:37:16 {zone}" for date, zone in itertools.product(DATES[:4], ZONES)),
    *(f"2018-11-05T04:05:06{zone}" for zone in ZONES if zone[0] in "Z+-"),
    *(f"2018-11-05{joint}040506{zone}" for joint in "tT " for zone in ("", "-07", ".5-07", "Z")),
    *("", "noon", "17 Dec 07:37:16 1997 PST", "Dec 17 1997 07:37:16 America/New_York", "2018-11-05 x", "x 2018-11-05"),
    *("2018-11-05 at 04:05", "2018-11-05 04:05 04:06", "2018-11-05 PST PST", "2018-11-05\t04:05", "2018-11-05, 04:05"),
]


def cast(db: Connection, text: str, kind: str) -> str | None:
    """Return what a cast makes of a text; None when it is an error."""
    try:
        row = db.execute(f"SELECT CAST(CAST(%s AS VARCHAR) AS {kind})::VARCHAR", (text,)).fetchone()
    except psycopg.errors.DataError:
        return None
    return row[0] if row else None


@pytest.mark.parametrize(
    ("style", "zone"), [("ISO, MDY", "UTC"), ("SQL, DMY", "America/New_York"), ("German, YMD", "Asia/Kolkata")]
)
def test_auto_reads_what_casts_read(db: Connection, bucket: Bucket, style: str, zone: str) -> None:
    """Dotted dates that can only begin with the day are AWS's dd.mm.yyyy, which casts take under DMY only."""
    texts = [text for text in TEXTS if not (text.startswith("13.05.2018") and "DMY" not in style)]
    db.execute(f"SET datestyle TO '{style}'")
    db.execute(f"SET timezone TO '{zone}'")
    db.execute("CREATE TABLE t (n INTEGER, ts TIMESTAMP, tz TIMESTAMPTZ, d DATE)")
    lines = [{"n": n, "ts": text, "tz": text, "d": text} for n, text in enumerate(texts) if text]
    source = bucket.put_json("times.json", lines)
    options = "TIMEFORMAT 'auto' DATEFORMAT 'auto' MAXERROR 100000"
    db.execute(f"COPY t FROM '{source}' IAM_ROLE '{ROLE}' JSON 'auto' {options}")
    loaded = {n: found for n, *found in db.execute("SELECT n, ts::VARCHAR, tz::VARCHAR, d::VARCHAR FROM t").fetchall()}
    cases = [(text, loaded.get(n, [None, None, None])) for n, text in enumerate(texts) if text]
    expected = [(text, [cast(db, text, kind) for kind in ("TIMESTAMP", "TIMESTAMPTZ", "DATE")]) for text, _ in cases]
    assert [pair for pair in zip(cases, expected, strict=True) if pair[0] != pair[1]] == []


def test_abbreviations_are_those_of_the_database(db: Connection) -> None:
    for name in sorted(ABBREVIATIONS):
        assert cast(db, f"2018-11-05 04:05:06 {name}", "TIMESTAMPTZ"), name


def test_times_of_day_and_special_values_are_loaded(db: Connection, bucket: Bucket) -> None:
    """https://docs.aws.amazon.com/redshift/latest/dg/r_Date_and_time_literals.html

    "TIMETZ values are UTC in both user tables and Amazon Redshift system tables": r_Datetime_types.html
    """
    db.execute("CREATE TABLE t (a TIME, b TIMETZ, c DATE)")
    source = bucket.put("times.txt", "04:05 PM|04:05:06 PST|today\n|040506-08|\n25:00||\n")
    options = "DATEFORMAT 'auto' MAXERROR 2"
    db.execute(f"COPY t FROM '{source}' IAM_ROLE '{ROLE}' {options}")
    loaded = db.execute("SELECT a::VARCHAR, b::VARCHAR, c = CURRENT_DATE FROM t ORDER BY a").fetchall()
    assert loaded == [("16:05:00", "12:05:06+00", True), (None, "12:05:06+00", None)]
    errors = "SELECT TRIM(colname), err_code, TRIM(err_reason) FROM stl_load_errors WHERE session = pg_backend_pid()"
    assert db.execute(errors).fetchall() == [("a", 1206, "Invalid time format or value")]


def test_a_zone_of_the_session_changes_no_epoch_and_no_offset(db: Connection, bucket: Bucket) -> None:
    """https://docs.aws.amazon.com/redshift/latest/dg/r_Datetime_types.html#r_Datetime_types-timestamptz"""
    db.execute("CREATE TABLE t (a TIMESTAMPTZ, b TIMESTAMP)")
    db.execute("SET timezone TO 'America/New_York'")
    epochs = bucket.put("epochs.txt", "1541106106796|1541106106796\n")
    db.execute(f"COPY t FROM '{epochs}' IAM_ROLE '{ROLE}' TIMEFORMAT 'epochmillisecs'")
    plain = bucket.put("plain.txt", "1997-12-17 07:37:16-08|1997-12-17 07:37:16-08\n")
    db.execute(f"COPY t FROM '{plain}' IAM_ROLE '{ROLE}'")
    db.execute("SET timezone TO 'UTC'")
    assert db.execute("SELECT a::VARCHAR, b::VARCHAR FROM t ORDER BY a").fetchall() == [
        ("1997-12-17 15:37:16+00", "1997-12-17 07:37:16"),
        ("2018-11-01 21:01:46.796+00", "2018-11-01 21:01:46.796"),
    ]


def test_an_instant_of_parquet_is_loaded_in_utc(db: Connection, bucket: Bucket) -> None:
    """https://docs.aws.amazon.com/redshift/latest/dg/copy-usage_notes-copy-from-columnar.html"""
    db.execute("CREATE TABLE t (a TIMESTAMP, b TIMESTAMPTZ)")
    db.execute("SET timezone TO 'Asia/Kolkata'")
    content = io.BytesIO()
    instants = pa.array([1541106106796], pa.timestamp("ms", "America/New_York"))
    pq.write_table(pa.table([instants, instants], ["a", "b"]), content)
    source = bucket.put("times.parquet", content.getvalue())
    db.execute(f"COPY t FROM '{source}' IAM_ROLE '{ROLE}' FORMAT PARQUET")
    db.execute("SET timezone TO 'UTC'")
    loaded = db.execute("SELECT a::VARCHAR, b::VARCHAR FROM t").fetchall()
    assert loaded == [("2018-11-01 21:01:46.796", "2018-11-01 21:01:46.796+00")]


def test_an_invalid_format_fails_the_copy(db: Connection, bucket: Bucket) -> None:
    """ "You can't include a time zone specifier (TZ, tz, or OF)": r_DATEFORMAT_and_TIMEFORMAT_strings.html"""
    db.execute("CREATE TABLE t (a TIMESTAMP)")
    source = bucket.put("plain.txt", "1997-12-17 07:37:16\n")
    with pytest.raises(psycopg.Error, match="Invalid TIMEFORMAT 'YYYY-MM-DD HH:MI:SSOF'"):
        db.execute(f"COPY t FROM '{source}' IAM_ROLE '{ROLE}' TIMEFORMAT 'YYYY-MM-DD HH:MI:SSOF'")
