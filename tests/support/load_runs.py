"""Runs of the hourly DAG and rows of the ledger as the pages read them, made up for unit tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sparkify.pages.period import Period
from sparkify.pages.runs import LoadRun
from sparkify.windows import HOUR, Window

START = datetime(2018, 11, 5, tzinfo=UTC)
LOADED_AT = datetime(2026, 1, 1, 12)
PERIOD = Period(START, START + timedelta(days=1))
FAILED = {"failed_task": "stage.stage_events", "failed_try": 1}


def at(hour: int) -> datetime:
    return datetime(2026, 1, 1, hour, tzinfo=UTC)


def run(
    state: str, started: int | None = 10, ended: int | None = None, first: int = 0, hours: int = 1, **what: Any
) -> LoadRun:
    """Return a run that began and ended at hours of the day of LOADED_AT; it has staged by default."""
    window = Window(START + first * HOUR, START + (first + hours) * HOUR)
    began, done = (at(hour) if hour is not None else None for hour in (started, ended))
    return LoadRun(f"r{started}", state, window, began, done, **{**FAILED, "staged": state == "failed", **what})


def load(lines: int = 5, hour: int = 0, run_id: str = "r10") -> dict[str, Any]:
    moment = int((START + hour * HOUR).timestamp() * 1000)
    return {
        "partition_ts": moment,
        "source_lines": lines,
        "in_scope": lines,
        "rejected": 0,
        "run_id": run_id,
        "loaded_at": LOADED_AT,
    }
