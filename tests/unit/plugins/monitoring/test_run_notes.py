"""What a run's note says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from airflow.models import import_all_models
from airflow.models.base import Base
from airflow.models.dagrun import DagRun
from airflow.models.xcom import XComModel
from airflow.utils.types import DagRunType
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

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


@pytest.fixture
def session() -> Iterator[Session]:
    """A session of Airflow's own tables in memory, as the scheduler has one when it calls a listener."""
    import_all_models()
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


def run_of(session: Session, dag_id: str, xcoms: dict[tuple[str, str], Any]) -> DagRun:
    """Return a run whose tasks have left results."""
    run = DagRun(dag_id=dag_id, run_id="r", run_type=DagRunType.MANUAL, run_after=datetime.now(UTC))
    session.add(run)
    session.flush()
    for (task_id, key), value in xcoms.items():
        XComModel.set(key, value, dag_id=dag_id, task_id=task_id, run_id="r", session=session)
    return run


@pytest.mark.parametrize(
    ("end", "xcoms"),
    [
        (run_notes.on_dag_run_success, results()),
        (run_notes.on_dag_run_success, results() | {("publish", "sparkify_query_ids"): [1, 2]}),
        (run_notes.on_dag_run_failed, {("x", "failure"): "y"}),
    ],
)
def test_the_note_is_read_from_the_runs_results(session: Session, end: Any, xcoms: dict[tuple[str, str], Any]) -> None:
    run = run_of(session, "sparkify_hourly", xcoms)
    end(run, "")
    session.flush()
    assert run.note == run_notes.summarize(xcoms)
    assert run.note


@pytest.mark.parametrize(
    ("dag_id", "note", "expected"),
    [
        ("sparkify_hourly", None, "x failed: y"),
        ("sparkify_hourly", ("of an earlier end", None), "x failed: y"),
        ("sparkify_hourly", ("somebody's", "7"), "somebody's"),
        ("another", None, None),
        ("another", ("somebody's", "7"), "somebody's"),
    ],
)
def test_somebodys_own_note_and_other_dags_are_left_alone(
    session: Session, dag_id: str, note: tuple[str, str | None] | None, expected: str | None
) -> None:
    run = run_of(session, dag_id, {("x", "failure"): "y"})
    if note is not None:
        run.note = note
        session.flush()
    run_notes.on_dag_run_failed(run, "task_failure")
    assert run.note == expected
