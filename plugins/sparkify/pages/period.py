"""The span of time that a page shows. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sparkify.windows import DAY, HOUR, to_milliseconds


@dataclass(frozen=True)
class Period:
    """A span of whole hours, UTC.

    :param since: its start.
    :param until: its end, exclusive.
    """

    since: datetime
    until: datetime

    @classmethod
    def parse(cls, since: str | None, until: str | None, newest: datetime | None, days: int, max_days: int) -> Period:
        """Parse a period from a request, or default to the last days that have data.

        :param since: a date or date-time of ISO 8601; ``None`` with ``until`` for the default.
        :param until: its end, exclusive.
        :param newest: the newest hour that has data; the default ends with its day. ``None``: today.
        :param days: the length of the default.
        :param max_days: the longest period that may be asked for.
        :raises ValueError: when it is no period, or too long.
        """
        if not since and not until:
            end = _midnight_after(newest or datetime.now(UTC))
            return cls(end - timedelta(days=days), end)
        if not since or not until:
            raise ValueError("The period is open-ended: give since and until, or neither.")
        period = cls(_parse("since", since), _parse("until", until))
        if period.since >= period.until:
            raise ValueError(f"The period {since} to {until} is empty: until, which is exclusive, must be after since.")
        if period.until - period.since > timedelta(days=max_days):
            raise ValueError(f"The period {since} to {until} is longer than the {max_days} days that a page may show.")
        return period

    def milliseconds(self) -> dict[str, int]:
        """Return start and end in milliseconds since 1970, as queries of the ledger expect them."""
        return {"since": to_milliseconds(self.since), "until": to_milliseconds(self.until)}

    def timestamps(self) -> dict[str, datetime]:
        """Return start and end as timestamps without a time zone, as in the star."""
        return {"since": self.since.replace(tzinfo=None), "until": self.until.replace(tzinfo=None)}

    def hours(self) -> list[datetime]:
        """Return the starts of the period's hours."""
        return [self.since + HOUR * number for number in range((self.until - self.since) // HOUR)]


def _parse(name: str, text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{name} is {text!r}: give a date such as 2018-11-05, or 2018-11-05T13:00:00Z.") from None
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return moment.replace(minute=0, second=0, microsecond=0)


def _midnight_after(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + DAY
