"""The Listening page's answers, for the period asked for or the last days that have data."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from sparkify.ledger.ledger import NewestLoad
from sparkify.pages.listening import DAYS, QUESTIONS, Listening
from sparkify.pages.period import Period
from sparkify.pages.queries import Queries

PERIOD = Period(datetime(2018, 11, 5, tzinfo=UTC), datetime(2018, 11, 6, tzinfo=UTC))
ROWS = [{"plays": 3}]


def listening(newest: datetime | None = None) -> tuple[Listening, list[Any]]:
    """Return the page's answers, and what they ask."""
    asked: list[Any] = []
    queries = SimpleNamespace(
        newest_load=lambda: NewestLoad(newest, newest),
        analytics=lambda name, values: asked.append((name, values)) or ROWS,
        text=lambda folder, name: f"-- {folder}/{name}",
    )
    return Listening(cast(Queries, queries)), asked


def test_an_answer_has_the_rows_and_the_query_of_its_period() -> None:
    page, asked = listening()
    answer = page.answer("top_songs", PERIOD)
    assert (answer["rows"], answer["sql"]) == (ROWS, "-- analytics/top_songs")
    assert (answer["since"], answer["until"]) == (PERIOD.since, PERIOD.until)
    assert asked == [("top_songs", PERIOD.timestamps())]


@pytest.mark.parametrize("question", ["", "users", "../quality/time_unique", "top_songs.sql"])
def test_only_the_pages_own_questions_are_answered(question: str) -> None:
    page, asked = listening()
    with pytest.raises(LookupError, match="There is no question"):
        page.answer(question, PERIOD)
    assert asked == []


def test_every_question_is_a_file() -> None:
    folder = Path(__file__).parents[4] / "sql" / "analytics"
    assert all((folder / f"{question}.sql").is_file() for question in QUESTIONS)


def test_the_period_ends_with_the_last_day_that_has_lines_unless_one_is_asked_for() -> None:
    newest = datetime(2018, 11, 5, 13, tzinfo=UTC)
    page, _ = listening(newest)
    assert page.period(None, None) == Period(PERIOD.until - timedelta(days=DAYS), PERIOD.until)
    assert page.period("2018-11-05", "2018-11-06") == PERIOD
