"""What period a page shows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from sparkify.pages.period import Period

NEWEST = datetime(2018, 11, 5, 13, tzinfo=UTC)


def test_by_default_it_is_the_days_up_to_the_newest_hour() -> None:
    period = Period.parse(None, None, NEWEST, days=3, max_days=10)
    assert (period.since, period.until) == (datetime(2018, 11, 3, tzinfo=UTC), datetime(2018, 11, 6, tzinfo=UTC))
    assert len(period.hours()) == 72
    assert period.timestamps()["since"] == datetime(2018, 11, 3)
    assert period.milliseconds()["until"] == 1541462400000


def test_without_any_data_it_ends_with_today() -> None:
    assert Period.parse("", "", None, days=1, max_days=1).until > datetime.now(UTC)


def test_dates_and_moments_of_any_zone_are_taken_as_utc_hours() -> None:
    period = Period.parse("2018-11-05", "2018-11-05T13:45:00+01:00", None, days=1, max_days=1)
    assert period.until - period.since == timedelta(hours=12)
    moment = datetime(2018, 11, 5, 1, tzinfo=timezone(timedelta(hours=1)))
    assert Period.parse(moment.isoformat(), "2018-11-06", None, 1, 1).since == datetime(2018, 11, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("since", "until", "words"),
    [
        ("2018-11-05", None, "open-ended"),
        (None, "2018-11-05", "open-ended"),
        ("2018-11-06", "2018-11-05", "is empty"),
        ("2018-11-05", "2018-11-05", "is empty"),
        ("yesterday", "2018-11-05", "'yesterday'"),
        ("2018-11-05'; DROP TABLE users; --", "2018-11-06", "give a date such as"),
        ("2018-11-01", "2018-11-12", "longer than the 10 days"),
    ],
)
def test_what_is_no_period_is_told(since: str | None, until: str | None, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Period.parse(since, until, NEWEST, days=3, max_days=10)
