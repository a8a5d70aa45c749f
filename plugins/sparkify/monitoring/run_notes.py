"""Writes a one-line summary into the note of each run of the hourly DAG, where the UI lists runs.

A listener of the plugin: the scheduler calls it when a run has ended, within its own session, and saves the note with
the run's state. https://airflow.apache.org/docs/apache-airflow/stable/administration-and-deployment/listeners.html
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from airflow.listeners import hookimpl

from sparkify.monitoring.alerts import TEARDOWNS

log = logging.getLogger(__name__)

_HOURLY = "sparkify_hourly"
_STAGE, _PUBLISH = "stage.stage_events", "publish"
#: A note has 1000 characters: https://airflow.apache.org/docs/apache-airflow/stable/database-erd-ref.html
_LENGTH = 1000


@hookimpl
def on_dag_run_success(dag_run: Any, msg: str) -> None:
    """Note what a run loaded."""
    _write_note(dag_run)


@hookimpl
def on_dag_run_failed(dag_run: Any, msg: str) -> None:
    """Note why a run failed."""
    _write_note(dag_run)


def summarize(values: Mapping[tuple[str, str], Any]) -> str:
    """Return the summary of a run, empty when it left nothing to say.

    :param values: the XComs of its tasks by task and key.
    """
    reasons = {task: " ".join(reason.split()) for (task, key), reason in sorted(values.items()) if key == "failure"}
    failures = [f"{task} failed: {reason}" for task, reason in reasons.items() if task not in TEARDOWNS]
    if reasons:
        return " | ".join(failures or list(reasons.values())[:1])[:_LENGTH]
    staged, published = values.get((_STAGE, "return_value")), values.get((_PUBLISH, "return_value"))
    if not isinstance(staged, Mapping) or not isinstance(published, Mapping):
        return ""
    plays = published["tables"]["songplays"]
    parts = [f"{_count(staged['source_lines'], 'line')} of {_count(staged['files'], 'file')}"]
    parts += [f"{_count(plays['inserted'], 'play')} inserted"]
    parts += [f"{plays[name]:,} {name}" for name in ("updated", "deleted") if plays.get(name)]
    if published.get("superseded"):
        parts.append(f"superseded: {published['superseded']:,} of {_count(published['hours'], 'hour')}")
    parts += [f"{_count(staged['rejected'], 'line')} rejected"] if staged.get("rejected") else []
    parts += [f"{_count(staged['unclaimed'], 'file')} in no hour"] if staged.get("unclaimed") else []
    return ", ".join([*parts, f"{staged['seconds'] + published['seconds']:.1f} s of COPY and publish"])


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _write_note(dag_run: Any) -> None:
    if dag_run.dag_id != _HOURLY:
        return
    note = dag_run.dag_run_note
    if note is not None and note.user_id is not None:
        return  # somebody's own words
    summary = summarize(_xcoms(dag_run))
    if summary:
        dag_run.note = summary


def _xcoms(dag_run: Any) -> dict[tuple[str, str], Any]:
    from airflow.models.xcom import XComModel
    from sqlalchemy import or_, select
    from sqlalchemy.orm import object_session

    session = object_session(dag_run)
    if session is None:
        return {}
    results = XComModel.task_id.in_((_STAGE, _PUBLISH)) & (XComModel.key == "return_value")
    query = select(XComModel).where(
        XComModel.dag_id == dag_run.dag_id,
        XComModel.run_id == dag_run.run_id,
        or_(results, XComModel.key == "failure"),
    )
    with session.no_autoflush:
        rows = session.scalars(query).all()
        return {(row.task_id, row.key): XComModel.deserialize_value(row) for row in rows}
