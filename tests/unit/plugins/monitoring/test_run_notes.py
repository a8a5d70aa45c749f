"""What a run's note says."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from sparkify.monitoring import run_notes

STAGED = {"files": 1, "source_lines": 1309, "staged": 1308, "rejected": 1, "seconds": 1.04}
PUBLISHED = {
    "hours": 3,
    "superseded": 0,
    "seconds": 0.5,
    "tables": {"songplays": {"inserted": 252, "updated": 2, "deleted": 0}, "users": {"inserted": 9, "updated": 0}},
}


def results(staged: Any = STAGED, published: Any = PUBLISHED) -> dict[tuple[str, str], Any]:
    return {("stage.stage_events", "return_value"): staged, ("publish", "return_value"): published}


def test_a_run_that_loaded_is_a_line_of_counts() -> None:
    assert run_notes.summarize(results()) == (
        "1,309 lines of 1 file, 252 plays inserted, 2 updated, 1 line rejected, 1.5 s of COPY and publish"
    )


def test_files_of_no_hour_are_in_the_note() -> None:
    assert ", 2 files in no hour, " in run_notes.summarize(results(staged=STAGED | {"unclaimed": 2}))


def test_superseded_hours_are_in_the_note() -> None:
    assert ", superseded: 1 of 3 hours, " in run_notes.summarize(results(published=PUBLISHED | {"superseded": 1}))


@pytest.mark.parametrize("published", [None, "marked as successful by hand"])
def test_a_run_that_was_not_published_has_no_counts(published: Any) -> None:
    assert run_notes.summarize(results(published=published)) == ""


def test_a_run_that_failed_says_why_within_what_a_note_holds() -> None:
    values = results() | {("stage.stage_events", "failure"): "Line 3\n  is no JSON"}
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
