"""Airflow's own backfill, all hours in parallel, while tasks, warehouse and scheduler are being killed.

``BACKFILL_HOURS`` says how many hours: ``make chaos`` runs sixteen.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime

import pytest

from tests.chaos.airflow_schedule import AirflowSchedule
from tests.chaos.airflow_stack import Cluster
from tests.chaos.boundaries import Boundary
from tests.chaos.injector import Deed, PlannedFault

#: Far from the days of the other tests, which load theirs later or earlier.
DAY = datetime(2018, 11, 20, tzinfo=UTC)


HOURS = int(os.environ.get("BACKFILL_HOURS", "2"))
FAULTS = [
    PlannedFault(Deed.KILL_TASK, Boundary("stage_events", "INSERT staged_objects"), nth=2),
    PlannedFault(Deed.KILL_REDSHIFT, Boundary("publish", "INSERT public.songplays shown_plays")),
    PlannedFault(Deed.KILL_SCHEDULER, Boundary("load_users", "COMMIT"), nth=2),
    PlannedFault(Deed.CUT, Boundary("publish", "COMMIT"), nth=5),
    PlannedFault(Deed.KILL_TASK, Boundary("load_songplays", "COMMIT"), nth=6),
    PlannedFault(Deed.KILL_TASK, Boundary("close_staging", "DROP SCHEMA"), nth=2),
]


@pytest.mark.exhaustive
def test_hours_at_once_under_kills_end_as_the_oracle_says(cluster: Cluster) -> None:
    """Kills of a whole Airflow: of ``make test-all``, and of ``make chaos``; ``make test`` kills single tasks."""
    first = FAULTS if len(FAULTS) < HOURS else FAULTS[:3]
    second = [PlannedFault(Deed.CUT, Boundary("publish", "DELETE etl.load_ledger"))]
    schedule = AirflowSchedule(7, DAY, HOURS, [first, second])
    assert schedule.play(cluster) == []
    assert sum(cluster.injector.done[str(deed)] for deed in Deed) == len(first + second)
