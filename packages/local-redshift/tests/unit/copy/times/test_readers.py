"""Dates and times in COPY: the examples of AWS's pages, their neighbours, and what no format takes."""

from __future__ import annotations

from typing import Any

import pytest

from local_redshift.copy.model import Column, RowError
from local_redshift.copy.times.readers import check_formats
from local_redshift.copy.values.convert import converter
from local_redshift.statements import CopyStatement
from local_redshift.wire.errors import RedshiftError

TIMESTAMP, TIMESTAMPTZ = "timestamp without time zone", "timestamp with time zone"
TIME, TIMETZ = "time without time zone", "time with time zone"


def convert(kind: str, value: Any, date_order: str = "MDY", **options: Any) -> str | None:
    copy = CopyStatement(schema=None, table="t", columns=None, source="s3://b/k", **options)
    return converter(Column("c", kind, date_order=date_order), copy)(value)


def refused(kind: str, value: Any, **options: Any) -> bool:
    try:
        convert(kind, value, **options)
    except RowError as error:
        return error.code == (1205 if kind == "date" else 1206)
    return False


# https://docs.aws.amazon.com/redshift/latest/dg/automatic-recognition.html: text, TIMESTAMP, TIMESTAMPTZ
RECOGNIZED = [
    ("2019-02-11T05:09:12.195Z", "2019-02-11 05:09:12.195000", "+00"),
    ("J2451187", "1999-01-08 00:00:00", ""),
    ("J2345678 04:05:06.789", "1710-02-23 04:05:06.789000", ""),
    ("Jan-08-95 BC", "0095-01-08 00:00:00 BC", ""),
    ("19960108 040809", "1996-01-08 04:08:09", ""),
    ("960108 040809", "1996-01-08 04:08:09", ""),
    ("1996.008", "1996-01-08 00:00:00", ""),
    ("1996-01-08 04:05:06.789", "1996-01-08 04:05:06.789000", ""),
    ("17 Dec 07:37:16 1997 PST", "1997-12-17 07:37:16", " pst"),
    ("12/17/1997 07:37:16.00 PST", "1997-12-17 07:37:16", " pst"),
    ("1997-12-17 07:37:16-08", "1997-12-17 07:37:16", "-08"),
    ("12.17.1997 07:37:16.00 PST", "1997-12-17 07:37:16", " pst"),
    # https://docs.aws.amazon.com/redshift/latest/dg/r_Datetime_types.html#r_Datetime_types-timestamptz
    ("17.12.1997 07:37:16.00 PST", "1997-12-17 07:37:16", " pst"),
    ("12/17/1997 07:37:16.00 US/Pacific", "1997-12-17 07:37:16", " us/pacific"),
    # https://docs.aws.amazon.com/redshift/latest/dg/r_Date_and_time_literals.html
    ("20080215 04:05:06.789", "2008-02-15 04:05:06.789000", ""),
    ("20080215 04:05:06", "2008-02-15 04:05:06", ""),
    ("20080215 04:05", "2008-02-15 04:05:00", ""),
    ("20080215 040506", "2008-02-15 04:05:06", ""),
    ("20080215 04:05 AM", "2008-02-15 04:05:00", ""),
    ("20080215 04:05 PM", "2008-02-15 16:05:00", ""),
    ("20080215 16:05", "2008-02-15 16:05:00", ""),
    ("20080215", "2008-02-15 00:00:00", ""),
    ("January 8, 1999 04:05", "1999-01-08 04:05:00", ""),
    # neighbours
    ("Mon Dec 17 07:37:16 1997 CEST", "1997-12-17 07:37:16", " cest"),
    ("17 december 1997 12:00 am", "1997-12-17 00:00:00", ""),
    ("12/17/97 07:37:16", "1997-12-17 07:37:16", ""),
    ("01/02/69", "2069-01-02 00:00:00", ""),
    ("01/02/70", "1970-01-02 00:00:00", ""),
    ("J2451188 PST8PDT", "1999-01-09 00:00:00", " pst8pdt"),
    ("2000.366 04:05", "2000-12-31 04:05:00", ""),
    ("19971217T073716+0530", "1997-12-17 07:37:16", " +05:30:00"),
    ("1997-12-17 24:00:00", "1997-12-17 24:00:00", ""),
    ("12/17/1997 07:37:16.9999999", "1997-12-17 07:37:17", ""),
    ("Mar 15 44 BC", "0044-03-15 00:00:00 BC", ""),
]


@pytest.mark.parametrize(("text", "timestamp", "zone"), RECOGNIZED, ids=[row[0] for row in RECOGNIZED])
def test_auto_recognizes_what_its_page_lists(text: str, timestamp: str, zone: str) -> None:
    """Of a TIMESTAMP, "time zone values in input strings are ignored": r_Datetime_types.html."""
    era = " BC" if timestamp.endswith(" BC") else ""
    assert convert(TIMESTAMP, text, time_format="auto") == timestamp
    assert convert(TIMESTAMPTZ, text, time_format="auto") == f"{timestamp.removesuffix(era)}{zone}{era}"
    assert convert("date", text, date_format="auto") == f"{timestamp[:10]}{era}"


# https://docs.aws.amazon.com/redshift/latest/dg/r_Date_and_time_literals.html#r_Date_and_time_literals-dates
@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("January 8, 1999", "1999-01-08"),
        ("1999-01-08", "1999-01-08"),
        ("1/8/1999", "1999-01-08"),
        ("01/02/00", "2000-01-02"),
        ("2000-Jan-31", "2000-01-31"),
        ("Jan-31-2000", "2000-01-31"),
        ("31-Jan-2000", "2000-01-31"),
        ("20080215", "2008-02-15"),
        ("080215", "2008-02-15"),
        ("2008.366", "2008-12-31"),
        ("today", "today"),
    ],
)
def test_auto_recognizes_the_date_literals(text: str, date: str) -> None:
    assert convert("date", text, date_format="auto") == date


# https://docs.aws.amazon.com/redshift/latest/dg/r_datestyle.html
@pytest.mark.parametrize(
    ("order", "text", "date"),
    [
        ("DMY", "01/02/2003", "2003-02-01"),
        ("YMD", "01/02/03", "2001-02-03"),
        ("DMY", "2003-02-01", "2003-02-01"),
        ("YMD", "08-Jan-1999", "1999-01-08"),
    ],
)
def test_auto_follows_the_sessions_datestyle(order: str, text: str, date: str) -> None:
    assert convert("date", text, order, date_format="auto") == date


NO_TIMES = """noon|12:00|1541106106796|13/13/2000|Feb 29 2001|2018-11-31|2018.367|20080215 13:05 PM|20080215 25:00
2018-11-05 13:14:15 Nowhere/Else|2018-11-05 13:14:15+17|05/11/2018 x|1/2|12.|2018-11-05 2018-11-06|infinity|epoch
0000-01-01|294277-01-01|4714-12-31 BC|J99999999999|٣/٤/2018|2018-11-05 13:14:15\x00"""


@pytest.mark.parametrize("text", NO_TIMES.replace("\n", "|").split("|"))
def test_auto_refuses_what_is_not_a_time(text: str) -> None:
    """Out of range, incomplete, twice, or "epochsecs and epochmillisecs", which auto does not support."""
    assert refused(TIMESTAMP, text, time_format="auto")
    assert refused("date", text, date_format="auto")


# "If no TIMEFORMAT is specified, the default format is YYYY-MM-DD HH:MI:SS for TIMESTAMP columns or
# YYYY-MM-DD HH:MI:SSOF for TIMESTAMPTZ columns": copy-parameters-data-conversion.html#copy-timeformat
@pytest.mark.parametrize(
    ("text", "timestamp", "timestamptz"),
    [
        ("2018-11-05 13:14:15", "2018-11-05 13:14:15", "2018-11-05 13:14:15"),
        ("2018-11-05 13:14:15.796", "2018-11-05 13:14:15.796000", "2018-11-05 13:14:15.796000"),
        ("1997-12-17 07:37:16-08", "1997-12-17 07:37:16", "1997-12-17 07:37:16-08"),
        ("2018-11-05 13:14:15+05:30", "2018-11-05 13:14:15", "2018-11-05 13:14:15+05:30"),
        (" 2018-11-05 13:14:15 ", "2018-11-05 13:14:15", "2018-11-05 13:14:15"),
        ("   ", None, None),
    ],
)
def test_without_timeformat_the_default_format_is_read(text: str, timestamp: str, timestamptz: str) -> None:
    assert convert(TIMESTAMP, text) == timestamp
    assert convert(TIMESTAMPTZ, text) == timestamptz


@pytest.mark.parametrize(
    "text",
    [row[0] for row in RECOGNIZED if row[0] not in ("1996-01-08 04:05:06.789", "1997-12-17 07:37:16-08")]
    + ["2018-11-05", "2018-11-05 13:14", "2018-11-05T13:14:15Z", "2018-02-30 13:14:15", "2018-11-05 13:14:15 PST"],
)  # fmt: skip
def test_without_timeformat_other_forms_are_refused(text: str) -> None:
    assert refused(TIMESTAMP, text)
    assert refused(TIMESTAMPTZ, text)


def test_without_dateformat_a_date_has_ten_characters_and_its_time_is_cut_off() -> None:
    """copy-parameters-data-conversion.html#copy-dateformat"""
    assert convert("date", "2018-11-05") == "2018-11-05"
    assert convert("date", "2018-11-05 13:14:15") == "2018-11-05"
    for text in ("2018-1-5", "20181105", "11/05/2018", "05-Nov-2018", "2018-11-05x", "2018-W44-1", "2018-11-31"):
        assert refused("date", text)


# https://docs.aws.amazon.com/redshift/latest/dg/r_DATEFORMAT_and_TIMEFORMAT_strings.html
@pytest.mark.parametrize(
    ("kind", "format_string", "text", "field"),
    [
        ("date", "MM/DD/YYYY", "03/31/2003", "2003-03-31"),
        ("date", "MON DD, YYYY", "March 31, 2003", "2003-03-31"),
        ("date", "MON DD, YYYY", "mar 31, 2003", "2003-03-31"),
        ("date", "MON-DD-YYYY", "Jan-01-1999", "1999-01-01"),
        (TIMESTAMP, "MM.DD.YYYY HH:MI:SS", "03.31.2003 18:45:05", "2003-03-31 18:45:05"),
        (TIMESTAMP, "MM.DD.YYYY HH:MI:SS", "03.31.2003 18:45:05.123456", "2003-03-31 18:45:05.123456"),
        ("date", "DD-MM-YY", "31-03-69", "2069-03-31"),
        ("date", "yymmdd", "700331", "1970-03-31"),
        ("date", "YYYY-MM-DD HH24:MI", "2003-03-31 18:45", "2003-03-31"),
        (TIMESTAMP, "MM/DD/YYYY HH12:MI:SS PM", "03/31/2003 12:45:05 am", "2003-03-31 00:45:05"),
        (TIMESTAMP, "MM/DD/YYYY HH:MI:SS AM", "03/31/2003 06:45:05 PM", "2003-03-31 18:45:05"),
        (TIMESTAMP, "YYYY-MM-DDTHH:MI:SS", "2003-03-31T18:45:05", "2003-03-31 18:45:05"),
        (TIMESTAMP, 'YYYY"year"MM"month"DD', "2003year03month31", "2003-03-31 00:00:00"),
        (TIMESTAMP, "YYYYMMDDHH24MISS", "20030331184505", "2003-03-31 18:45:05"),
        (TIMESTAMP, "YYYY-MM-DD HH:MI:SS.MS", "2003-03-31 18:45:05.7", "2003-03-31 18:45:05.700000"),
        (TIMESTAMPTZ, "YYYY/MM/DD HH:MI", "2003/03/31 18:45", "2003-03-31 18:45:00"),
    ],
)
def test_a_format_string_says_how_a_value_is_written(kind: str, format_string: str, text: str, field: str) -> None:
    option = "date_format" if kind == "date" else "time_format"
    assert convert(kind, text, **{option: format_string}) == field


@pytest.mark.parametrize(
    ("format_string", "text"),
    [
        ("MM/DD/YYYY", "2003-03-31"),
        ("MM/DD/YYYY", "3/31/2003"),
        ("MM/DD/YYYY", "13/31/2003"),
        ("MM/DD/YYYY", "02/29/2003"),
        ("MM/DD/YYYY", "03/31/2003 18:45"),
        ("MM/DD/YYYY HH:MI:SS AM", "03/31/2003"),
        ("MM/DD/YYYY HH12:MI AM", "03/31/2003 13:45 PM"),
        ("YYYY-MM-DD HH:MI:SS", "2003-03-31T18:45:05"),
        ("YYYY-MM-DD HH:MI:SS", "2003-03-31 18:45:05Z"),
        ("MON DD, YYYY", "Marz 31, 2003"),
    ],
)
def test_a_value_that_does_not_match_the_format_string_is_refused(format_string: str, text: str) -> None:
    """ "DATEFORMAT and TIMEFORMAT are formatted strings that must match the format of your source data"."""
    assert refused(TIMESTAMP, text, time_format=format_string)
    assert refused("date", text, date_format=format_string)
    assert convert("date", text, date_format=format_string, accept_any_date=True) is None


@pytest.mark.parametrize(
    ("option", "text", "hint"),
    [
        ("TIMEFORMAT", "YYYY-MM-DD HH:MI:SSOF", "A time zone specifier"),
        ("TIMEFORMAT", "YYYY-MM-DD HH:MI:SS TZ", "A time zone specifier"),
        ("TIMEFORMAT", "AUTO", "case-sensitive"),
        ("TIMEFORMAT", "Epochsecs", "case-sensitive"),
        ("TIMEFORMAT", "YYYY-MM-DD HH:MI:SS.SSS", "SS twice"),
        ("DATEFORMAT", "epochsecs", "case-sensitive"),
        ("DATEFORMAT", "%Y-%m-%d", "not understood"),
        ("DATEFORMAT", "", "no part"),
    ],
)
def test_an_invalid_format_string_fails_the_copy(option: str, text: str, hint: str) -> None:
    """ "You can't include a time zone specifier"; the keywords are case-sensitive."""
    formats = (text, None) if option == "DATEFORMAT" else (None, text)
    with pytest.raises(RedshiftError, match=f"Invalid {option}") as caught:
        check_formats(*formats)
    assert hint in str(caught.value.hint)


# copy-parameters-data-conversion.html#copy-timeformat: "seconds or milliseconds since January 1, 1970, 00:00:00 UTC"
@pytest.mark.parametrize(
    ("time_format", "value", "timestamp"),
    [
        ("epochmillisecs", "1541106106796", "2018-11-01 21:01:46.796000"),
        ("epochmillisecs", 1541106106796.0, "2018-11-01 21:01:46.796000"),
        ("epochmillisecs", "-1", "1969-12-31 23:59:59.999000"),
        ("epochmillisecs", "0", "1970-01-01 00:00:00"),
        ("epochsecs", 1541106106, "2018-11-01 21:01:46"),
        ("epochsecs", "1541106106.796", "2018-11-01 21:01:46.796000"),
        ("epochsecs", "-0.5", "1969-12-31 23:59:59.500000"),
        ("epochsecs", "-62135596801", "0001-12-31 23:59:59 BC"),
        ("epochsecs", "253402300800", "10000-01-01 00:00:00"),
        ("epochsecs", "", None),
    ],
)
def test_epochs_are_of_utc_whatever_the_sessions_zone(time_format: str, value: Any, timestamp: str | None) -> None:
    assert convert(TIMESTAMP, value, time_format=time_format) == timestamp
    if timestamp is not None:
        era = " BC" if timestamp.endswith("BC") else ""
        expected = f"{timestamp.removesuffix(era)} +00{era}"
        assert convert(TIMESTAMPTZ, value, time_format=time_format) == expected


@pytest.mark.parametrize(
    "value", ["2018-11-01 21:01:46", "1_000", "NaN", "inf", "1e300", "9223372036854775807", "x", True]
)
def test_an_invalid_epoch_or_one_out_of_range_is_refused(value: Any) -> None:
    assert refused(TIMESTAMP, value, time_format="epochsecs")


# https://docs.aws.amazon.com/redshift/latest/dg/r_Date_and_time_literals.html#r_Date_and_time_literals-times
@pytest.mark.parametrize(
    ("text", "time", "timetz"),
    [
        ("04:05:06.789", "04:05:06.789000", "04:05:06.789000"),
        ("04:05:06", "04:05:06", "04:05:06"),
        ("04:05", "04:05:00", "04:05:00"),
        ("040506", "04:05:06", "04:05:06"),
        ("04:05 AM", "04:05:00", "04:05:00"),
        ("04:05 PM", "16:05:00", "16:05:00"),
        ("16:05", "16:05:00", "16:05:00"),
        ("04:05:06-08", "04:05:06", "04:05:06 -08:00:00"),
        ("04:05:06 PST", "04:05:06", "04:05:06 pst"),
        ("24:00:00", "24:00:00", "24:00:00"),
    ],
)
def test_times_of_day_are_read_in_all_their_forms(text: str, time: str, timetz: str) -> None:
    for options in ({}, {"time_format": "auto"}, {"time_format": "epochsecs"}):
        assert convert(TIME, text, **options) == time
        assert convert(TIMETZ, text, **options) == timetz


@pytest.mark.parametrize("text", ["noon", "25:00", "24:00:01", "04:60", "13:05 PM", "4", "-1:00"])
def test_an_invalid_time_is_a_load_error(text: str) -> None:
    assert refused(TIME, text)
    assert refused(TIMETZ, text)
