"""Which runs say something about which hours."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from sparkify.pages.period import Period
from sparkify.pages.runs import LoadRun, affects_hours, runs_by_hour
from sparkify.windows import HOUR, Window
from tests.support.load_runs import START, at, run


def test_an_hour_has_its_runs_the_last_first_and_none_outside_of_the_period() -> None:
    early, late, waiting = run("failed", 1, hours=3), run("failed", 2), run("queued", None, first=1)
    endless = replace(early, run_id="endless", window=Window(START, datetime(9999, 1, 1, tzinfo=UTC)), started=at(0))
    found = runs_by_hour([early, late, waiting, endless], Period(START, START + 3 * HOUR))
    assert found == {
        START: [late, early, endless],
        START + HOUR: [waiting, early, endless],
        START + 2 * HOUR: [early, endless],
    }


LONG = Window(datetime(2010, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC))
AHEAD = Window(at(10), at(12))


@pytest.mark.parametrize(
    ("of_run", "tells"),
    [
        (run("failed"), True),
        (run("failed", staged=False), True),  # the warehouse was away, for one
        (run("running"), True),
        (run("queued", None), True),
        (run("failed", staged=False, refused=True), False),  # with a param that is misspelt, for one
        # Marked as failed while it waited, and when its teardown had begun.
        (run("failed", None, 11, staged=False, failed_task=None), False),
        (run("failed", 10, 11, staged=False, failed_task=None), False),
        (replace(run("failed", staged=False), window=LONG), False),
        (replace(run("running"), window=LONG), False),
        (replace(run("queued", None), window=LONG), False),
        (replace(run("failed", staged=False), window=AHEAD), False),
        (replace(run("queued", None), window=AHEAD), False),
        (replace(run("failed"), window=AHEAD), True),  # it has staged: the setting was another
        (replace(run("failed"), window=None), False),
    ],
)
def test_a_refused_run_says_nothing_about_its_hours(of_run: LoadRun, tells: bool) -> None:
    assert affects_hours(of_run, 24 * 92, at(11)) is tells
