"""DATEFORMAT's and TIMEFORMAT's strings.

https://docs.aws.amazon.com/redshift/latest/dg/r_DATEFORMAT_and_TIMEFORMAT_strings.html
"""

from __future__ import annotations

import pytest

from local_redshift.copy.times.formats import BadFormat, compile_format, read_by_format
from local_redshift.copy.times.moments import InvalidMomentError


@pytest.mark.parametrize(
    ("format_string", "text", "expected"),
    [
        ("YYYY-MM-DD", "2018-11-05", "2018-11-05 00:00:00"),
        ("MM/DD/YYYY", "11/05/2018", "2018-11-05 00:00:00"),
        ("YYYYMMDD", "20181105", "2018-11-05 00:00:00"),
        ("DD.MM.YY", "05.11.69", "2069-11-05 00:00:00"),
        ("DD.MM.YY", "05.11.70", "1970-11-05 00:00:00"),
        ("DD MON YYYY", "05 nov 2018", "2018-11-05 00:00:00"),
        ("MONTH DD YYYY", "September 05 2018", "2018-09-05 00:00:00"),
        ("YYYY-MM-DD HH:MI:SS", "2018-11-05 13:14:15", "2018-11-05 13:14:15"),
        ("YYYY-MM-DD HH24:MI:SS", "2018-11-05 00:14:15", "2018-11-05 00:14:15"),
        ("YYYY-MM-DD HH:MI:SS", "2018-11-05 13:14:15.25", "2018-11-05 13:14:15.250000"),
        ("YYYY-MM-DD HH:MI:SS", "2018-11-05 13:14:15.9999999", "2018-11-05 13:14:16"),
        ("YYYY-MM-DDTHH:MI:SS", "2018-11-05T13:14:15", "2018-11-05 13:14:15"),
        ("YYYY-MM-DD HH12:MI AM", "2018-11-05 12:14 am", "2018-11-05 00:14:00"),
        ("YYYY-MM-DD HH:MI PM", "2018-11-05 01:14 PM", "2018-11-05 13:14:00"),
        ('YYYY"year"MM', "2018year11", "2018-11-01 00:00:00"),
        ("yyyy-mm-dd", "2018-11-05", "2018-11-05 00:00:00"),
        ("YYYY MM", "2018    11", "2018-11-01 00:00:00"),
    ],
)
def test_a_text_is_read_by_its_format(format_string: str, text: str, expected: str) -> None:
    assert read_by_format(text, format_string).timestamp == expected


@pytest.mark.parametrize(
    ("format_string", "text"),
    [
        ("YYYY-MM-DD", "2018-11-5"),
        ("YYYY-MM-DD", "2018/11/05"),
        ("YYYY-MM-DD", "2018-11-05 "),
        ("YYYY-MM-DD", "2018-02-29"),
        ("YYYY-MM-DD", "0000-01-01"),
        ("YYYY-MM-DD", "\N{ARABIC-INDIC DIGIT TWO}018-11-05"),
        ("HH:MI", "25:00"),
        ("HH12:MI AM", "13:00 am"),
        ("HH:MI AM", "00:30 am"),
        ("DD MON YYYY", "05 nix 2018"),
        ("YYYY", ""),
    ],
)
def test_a_text_of_another_form_or_no_such_day_is_refused(format_string: str, text: str) -> None:
    with pytest.raises(InvalidMomentError):
        read_by_format(text, format_string)


@pytest.mark.parametrize(
    ("format_string", "words"),
    [
        ("YYYY-MM-DD OF", "A time zone specifier"),
        ("YYYY-MM-DD TZ", "A time zone specifier"),
        ("YYYY-YYYY", "It has YYYY twice"),
        ("MON-MONTH", "It has MONTH twice"),
        ("YYYY-foo", "not understood from 'foo' on"),
        ("--", "no part of a date or a time"),
        ("", "no part of a date or a time"),
        ("AUTO", "keywords are case-sensitive"),
    ],
)
def test_what_is_no_format_says_why(format_string: str, words: str) -> None:
    with pytest.raises(BadFormat, match=words):
        compile_format(format_string)
