"""The link from a task to its hour's Loads page."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from sparkify.pages import runs
from sparkify.pages.links import LoadsPageLink
from sparkify.windows import HOUR, Window

START = datetime(2018, 11, 5, 13, tzinfo=UTC)
PAGE = "https://airflow.example.com/plugin/sparkify-loads/sparkify/loads"


@pytest.mark.parametrize(
    ("window", "address"),
    [(Window(START, START + 3 * HOUR), f"{PAGE}?hour=2018-11-05T13"), (None, PAGE)],
)
def test_the_link_leads_to_the_first_hour_that_the_run_loads(
    monkeypatch: pytest.MonkeyPatch, window: Window | None, address: str
) -> None:
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "https://airflow.example.com/")
    asked = []
    monkeypatch.setattr(runs, "window_of", lambda *run: asked.append(run) or window)
    key = SimpleNamespace(dag_id="sparkify_hourly", run_id="r1")
    assert LoadsPageLink().get_link(None, ti_key=key) == address
    assert asked == [("sparkify_hourly", "r1")]
