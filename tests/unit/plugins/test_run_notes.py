"""What a run's note says."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from sparkify import run_notes

STAGED = {"files": 1, "source_lines": 1309, "staged": 1308, "rejected": 1, "seconds": 1.04}
LOADED = {"inserted": 252, "updated": 2, "deleted": 0, "unchanged": 3, "seconds": 0.5}


def test_a_run_that_loaded_is_a_line_of_counts() -> None:
    values = {("stage.stage_events", "return_value"): STAGED, ("load_songplays", "return_value"): LOADED}
    assert run_notes.summarize(values) == (
        "1,309 lines of 1 file, 252 plays inserted, 2 updated, 3 unchanged, 1 line rejected, 1.5 s of COPY and load"
    )


def test_files_of_no_hour_are_in_the_note() -> None:
    staged = STAGED | {"unclaimed": 2}
    values = {("stage.stage_events", "return_value"): staged, ("load_songplays", "return_value"): LOADED}
    assert ", 2 files in no hour, " in run_notes.summarize(values)


def test_a_run_that_failed_says_why_within_what_a_note_holds() -> None:
    values = {("stage.stage_events", "failure"): "Line 3\n  is no JSON", ("load_songplays", "return_value"): LOADED}
    assert run_notes.summarize(values) == "stage.stage_events failed: Line 3 is no JSON"
    assert len(run_notes.summarize({("x", "failure"): "y" * 5000})) == 1000


def test_a_run_without_results_has_no_note() -> None:
    assert run_notes.summarize({}) == ""


@pytest.mark.parametrize(
    ("dag_id", "note", "expected"),
    [
        ("sparkify_hourly", None, "x failed: y"),
        ("sparkify_hourly", SimpleNamespace(user_id=None), "x failed: y"),
        ("sparkify_hourly", SimpleNamespace(user_id="7"), "kept"),
        ("another", None, "kept"),
    ],
)
def test_somebodys_own_note_and_other_dags_are_left_alone(
    monkeypatch: pytest.MonkeyPatch, dag_id: str, note: Any, expected: str
) -> None:
    monkeypatch.setattr(run_notes, "_xcoms", lambda run: {("x", "failure"): "y"})
    run = SimpleNamespace(dag_id=dag_id, dag_run_note=note, note="kept")
    run_notes.on_dag_run_failed(run, "task_failure")
    assert run.note == expected
