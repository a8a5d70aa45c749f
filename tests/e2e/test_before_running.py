"""``plan`` and ``doctor`` as their users have them: tasks that are triggered, and read in the log."""

from __future__ import annotations

from datetime import timedelta

from local.runner.stack import Stack
from local.sample import Sample


def test_doctor_finds_the_running_system_sound_and_plan_shows_its_first_hours(stack: Stack) -> None:
    start = Sample().start
    window = {"window_start": start.isoformat(), "window_end": (start + timedelta(hours=5)).isoformat()}
    runs = []
    for dag_id, conf in (("sparkify_doctor", {}), ("sparkify_plan", window)):
        stack.api.wait_for_dag(dag_id)
        stack.api.unpause(dag_id)
        runs.append((dag_id, stack.api.trigger(dag_id, conf=conf)))
    assert [stack.api.wait(*run) for run in runs] == ["success", "success"]
    assert "tables are as sql/tables defines them" in str(stack.api.log(*runs[0], "diagnose", 1))
    log = str(stack.api.log(*runs[1], "plan", 1))
    assert "2018-11-01T04" in log
    assert "-- load: load/plays.sql" in log
    assert "-- publish: publish/songplays.sql" in log
