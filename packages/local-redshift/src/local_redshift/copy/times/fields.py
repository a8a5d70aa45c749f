"""Splits the text of a date or time into fields: numbers, words, times, dates with separators, zones.

Contract: pure; ``literals`` interprets the fields. Texts are in lower case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from local_redshift.copy.times.moments import InvalidMomentError

_MONTHS = "january february march april may june july august september october november december"
_DAYS = "sunday monday tuesday wednesday thursday friday saturday"
#: Months by their names and abbreviations.
MONTHS = {name[:length]: n for n, name in enumerate(_MONTHS.split(), 1) for length in (3, len(name))}
MONTHS["sept"] = 9
#: Words without meaning: days of the week, and words between a date and a time.
NOTHING = frozenset(day[:length] for day in _DAYS.split() for length in (3, len(day)))
NOTHING |= {"tues", "weds", "thur", "thurs", "at", "on"}
JULIAN = frozenset(("j", "jd", "julian"))
_KEYWORDS = MONTHS.keys() | NOTHING | JULIAN | {"am", "pm", "ad", "bc", "t"}

_TIME = re.compile(r"\d+:[\d:.]*", re.ASCII)
#: Three numbers, or numbers and a month's name, with the same separator between them.
_DATE = re.compile(r"\d+([-/])\d+(?:\1(?:\d|\1)*)?|\d+\.\d+\.[\d.]*|\d+([-/.])[a-z](?:[a-z0-9]|\2)*", re.ASCII)
_NUMBER = re.compile(r"\d+(?:\.\d+)?|\.\d+", re.ASCII)
_WORD = re.compile(r"[a-z]+", re.ASCII)
_REST_OF_NAME = re.compile(r"[-+/_.:a-z0-9]+", re.ASCII)
_ZONE = re.compile(r"[+-]\s*\d[\d:.-]*", re.ASCII)
_NOTHING_BETWEEN = re.compile(r"[\s!\"#$%&'()*,./:;<=>?@\[\\\]^_`{|}~]+")


def split_fields(text: str) -> Iterator[tuple[str, str]]:
    """Split a text in lower case into fields, each with its kind: time, date, number, zone or word.

    :raises InvalidMomentError: when it holds what no date or time does.
    """
    at = 0
    while at < len(text):
        kind, end = _field(text, at)
        if kind:
            yield kind, text[at:end]
        at = end


def _field(text: str, at: int) -> tuple[str, int]:
    for kind, pattern in (("time", _TIME), ("date", _DATE), ("number", _NUMBER), ("zone", _ZONE)):
        found = pattern.match(text, at)
        if found:
            return kind, found.end()
    word = _WORD.match(text, at)
    if word:
        return _word(text, word)
    between = _NOTHING_BETWEEN.match(text, at)
    if between is None:
        raise InvalidMomentError
    return "", between.end()


def _word(text: str, word: re.Match[str]) -> tuple[str, int]:
    """A word, with what follows it, is a zone's name or a date: us/pacific, pst8pdt, jan-08-95."""
    end = word.end()
    following = text[end : end + 1]
    joined = following in ("-", "/", ".") or ((following == "+" or following.isdigit()) and word[0] not in _KEYWORDS)
    rest = _REST_OF_NAME.match(text, end) if following and joined else None
    return ("date", rest.end()) if rest else ("word", end)
