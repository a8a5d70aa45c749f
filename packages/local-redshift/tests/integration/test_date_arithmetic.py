"""Functions of dates give what Python's calendar gives, for any date and datepart; indexes on dates stay fast."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local_redshift import RedshiftServer
from support import date_oracle as oracle

Connection = psycopg.Connection[Any]

#: Far enough from both ends of Python's calendar for what is added.
MOMENTS = st.datetimes(datetime(1200, 1, 1), datetime(2800, 12, 31, 23, 59, 59, 999_999))
#: The days on which months and years end.
ENDS = st.builds(
    datetime,
    st.sampled_from((1600, 1900, 1999, 2000, 2004, 2011, 2100)),
    st.sampled_from((1, 2, 3, 12)),
    st.sampled_from((1, 28)),
    st.sampled_from((0, 23)),
) | st.sampled_from([datetime(2004, 2, 29), datetime(2000, 2, 29, 12), datetime(2010, 12, 31), datetime(2011, 1, 1)])
ANY = MOMENTS | ENDS
#: How many times fewer of a long datepart are added, for years that Python has.
FEWER = {"decade": 20, "century": 200, "millennium": 400}
ZONES = ("US/Pacific", "America/New_York", "Europe/London", "Asia/Kolkata", "Australia/Lord_Howe", "UTC")

few = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


def ask(db: Connection, *expressions: str) -> tuple[Any, ...]:
    """Return the values of expressions in one row."""
    row = db.execute(f"SELECT {', '.join(expressions)}".encode()).fetchone()
    assert row is not None
    return row


def _literals(at: datetime) -> tuple[str, str]:
    return f"TIMESTAMP '{at}'", f"TIMESTAMPTZ '{at}+00'"


@few
@given(at=ANY, amount=st.integers(-400, 400))
def test_dateadd(db: Connection, at: datetime, amount: int) -> None:
    amounts = {part: amount // FEWER.get(part, 1) for part in oracle.PARTS}
    added = [oracle.add(part, count, at) for part, count in amounts.items()]
    plain, zoned = _literals(at)
    assert list(ask(db, *(f"DATEADD({part}, {count}, {plain})" for part, count in amounts.items()))) == added
    found = ask(db, *(f"DATEADD({part}, {count}, {zoned})::TIMESTAMP" for part, count in amounts.items()))
    assert list(found) == added
    assert ask(db, f"ADD_MONTHS({plain}, {amount})") == (oracle.add_months(at, amount),)


@few
@given(first=ANY, last=ANY)
def test_datediff(db: Connection, first: datetime, last: datetime) -> None:
    differences = [oracle.difference(part, first, last) for part in oracle.PARTS]
    for before, after in zip(_literals(first), _literals(last), strict=True):
        assert list(ask(db, *(f"DATEDIFF({part}, {before}, {after})" for part in oracle.PARTS))) == differences


@few
@given(at=ANY)
def test_date_trunc(db: Connection, at: datetime) -> None:
    found = ask(db, *(f"DATE_TRUNC('{part}', TIMESTAMP '{at}')" for part in oracle.PARTS))
    assert list(found) == [oracle.truncate(part, at) for part in oracle.PARTS]


@few
@given(at=ANY)
def test_extract_and_date_part(db: Connection, at: datetime) -> None:
    parts = {part: value(at) for part, value in oracle.EXTRACTS.items()}
    for literal in _literals(at):
        assert list(ask(db, *(f"EXTRACT({part} FROM {literal})" for part in parts))) == list(parts.values())
        parts_of_seconds = {**parts, "second": at.second + at.microsecond / 1_000_000}
        found = ask(db, *(f"DATE_PART({part}, {literal})" for part in parts))
        assert dict(zip(parts, found, strict=True)) == parts_of_seconds


@few
@given(at=st.datetimes(datetime(1975, 1, 1), datetime(2035, 1, 1)), zone=st.sampled_from(ZONES))
def test_convert_timezone(db: Connection, at: datetime, zone: str) -> None:
    local = at.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    assert ask(db, f"CONVERT_TIMEZONE('{zone}', '{at}')") == (local,)


def test_indexes_compare_with_postgresqls_own_functions(redshift: RedshiftServer) -> None:
    """DATE_CMP and TIMESTAMP_CMP are these functions too: in SQL, they would be called for each step in an index."""
    with psycopg.connect(redshift.postgres_dsn()) as connection:
        slow = connection.execute(
            "SELECT amproc::regprocedure FROM pg_amproc JOIN pg_proc AS p ON p.oid = amproc "
            "JOIN pg_language AS l ON l.oid = p.prolang WHERE l.lanname NOT IN ('internal', 'c')"
        ).fetchall()
    assert slow == []
