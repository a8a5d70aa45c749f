"""Redshift's names of the parts of a date or time, as PostgreSQL's.

https://docs.aws.amazon.com/redshift/latest/dg/r_Dateparts_for_datetime_functions.html
"""

from __future__ import annotations

from local_redshift.statements.tokens.lexer import STRING, WORD, Token
from local_redshift.wire.errors import RedshiftError

#: Functions whose first argument is a datepart, which may be bare.
TAKE_DATEPART = frozenset(
    ("DATEADD", "DATE_ADD", "DATEDIFF", "DATE_DIFF", "DATEPART", "DATE_PART", "PGDATE_PART", "EXTRACT")
)

DATEPARTS = {
    name: part
    for part, names in {
        "millennium": "millennium millennia mil mils",
        "century": "century centuries c cent cents",
        "decade": "decade decades dec decs",
        "epoch": "epoch",
        "year": "year years y yr yrs",
        "quarter": "quarter quarters qtr qtrs",
        "month": "month months mon mons",
        "week": "week weeks w",
        "dow": "dayofweek dow dw weekday",
        "doy": "dayofyear doy dy yearday",
        "day": "day days d",
        "hour": "hour hours h hr hrs",
        "minute": "minute minutes m min mins",
        "second": "second seconds s sec secs",
        "milliseconds": "millisecond milliseconds ms msec msecs msecond mseconds millisec millisecs millisecon",
        "microseconds": "microsecond microseconds microsec microsecs us usec usecs usecond useconds",
        "timezone": "timezone",
        "timezone_hour": "timezone_hour",
        "timezone_minute": "timezone_minute",
    }.items()
    for name in names.split()
}


def read_datepart(token: Token) -> str | None:
    """Return PostgreSQL's name of a part that is written bare or as a string.

    :param token: what stands where the part belongs.
    :returns: None when it is neither, for instance a parameter.
    :raises RedshiftError: when there is no such part.
    """
    if token.kind not in (WORD, STRING):
        return None
    written = token.value if token.kind is STRING else token.text
    part = DATEPARTS.get(written.strip().lower())
    if part is None:
        raise RedshiftError(
            "22023",
            f'timestamp units "{written}" not recognized',
            hint="Dateparts: https://docs.aws.amazon.com/redshift/latest/dg/r_Dateparts_for_datetime_functions.html",
            position=token.start + 1,
        )
    return part
