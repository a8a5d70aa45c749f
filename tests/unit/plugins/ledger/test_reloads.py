"""How a task asks for runs that load hours again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sparkify.ledger.reloads import describe_reloads
from sparkify.windows import Window

START = datetime(2018, 11, 5, tzinfo=UTC)


def test_a_reload_is_one_run_a_window_with_a_readable_id() -> None:
    [first] = describe_reloads([Window(START, START + timedelta(hours=2))], "changes__x", accept_removed=False)
    assert first == {
        "trigger_run_id": "changes__x__2018-11-05T00__2h",
        "conf": {
            "window_start": "2018-11-05T00:00:00+00:00",
            "window_end": "2018-11-05T02:00:00+00:00",
            "accept_removed": False,
        },
    }


def test_no_window_asks_for_no_run() -> None:
    assert describe_reloads([], "changes__x") == []
