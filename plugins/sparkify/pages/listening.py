"""The answers of the Listening page: the analysts' questions, for a period."""

from __future__ import annotations

from typing import Any

from sparkify.pages.period import Period
from sparkify.pages.queries import Queries

#: Days that the page shows at first, and at most.
DAYS, MAX_DAYS = 30, 400

#: The questions, each a file of ``sql/analytics``.
QUESTIONS = (
    "listening_totals",
    "active_users_by_day",
    "active_users_by_hour",
    "free_against_paid",
    "conversions",
    "new_and_returning_users",
    "session_lengths",
    "top_songs",
    "top_artists",
    "plays_by_place",
    "missing_songs",
)


class Listening:
    """Answers the analysts' questions about listeners.

    :param queries: the pages' queries.
    """

    def __init__(self, queries: Queries) -> None:
        self._queries = queries

    def period(self, since: str | None, until: str | None) -> Period:
        """Return the period asked for, by default the last days that had source lines."""
        newest = None if since or until else self._queries.newest_load().hour_with_lines
        return Period.parse(since, until, newest, DAYS, MAX_DAYS)

    def answer(self, question: str, period: Period) -> dict[str, Any]:
        """Return the answer to a question.

        :raises LookupError: when there is no such question.
        """
        if question not in QUESTIONS:
            raise LookupError(f"There is no question {question[:100]!r}; there are {', '.join(QUESTIONS)}.")
        rows = self._queries.analytics(question, period.timestamps())
        sql = self._queries.text("analytics", question)
        return {"question": question, "since": period.since, "until": period.until, "rows": rows, "sql": sql}
