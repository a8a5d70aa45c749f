"""Describe a failed run: which task failed, what its log says last, and where the log is."""

from __future__ import annotations

from collections.abc import Sequence

from local.runner.airflow_api import AirflowApi, Json
from local.runner.stack import Stack

_LINES = 6
_RUNS = 3
_ERRORS = frozenset({"error", "critical"})


def describe_failures(stack: Stack, runs: Sequence[Json]) -> list[str]:
    """Return a description of each of the first few failed runs.

    :param stack: the running system.
    :param runs: the failed runs.
    """
    texts = [describe_failure(stack, run) for run in runs[:_RUNS]]
    if len(runs) > _RUNS:
        texts.append(f"{len(runs) - _RUNS} more runs failed; see {stack.address}/dags/{runs[0]['dag_id']}.")
    return texts


def describe_failure(stack: Stack, run: Json) -> str:
    """Return a description of what went wrong in a run.

    :param stack: the running system.
    :param run: the run.
    """
    dag_id, run_id = run["dag_id"], run["dag_run_id"]
    failed = [task for task in stack.api.tasks(dag_id, run_id).values() if task["state"] == "failed"]
    if not failed:
        return f"The run {run_id} of {dag_id} failed without a failed task; see {stack.address}/dags/{dag_id}."
    task = min(failed, key=lambda task: task["end_date"] or "")
    attempt = task["try_number"]
    log = stack.folder / "airflow" / "logs" / f"dag_id={dag_id}" / f"run_id={run_id}" / f"task_id={task['task_id']}"
    lines = error_lines(stack.api, dag_id, run_id, task["task_id"], attempt)
    shown = "".join(f"\n    {line}" for line in lines)
    return (
        f"Task {task['task_id']} of {dag_id}, run {run_id}, failed in try {attempt}:{shown}\n"
        f"  Its log: {log / f'attempt={attempt}.log'}"
    )


def error_lines(api: AirflowApi, dag_id: str, run_id: str, task_id: str, attempt: int) -> list[str]:
    """Return the last error lines of a task's log, or its last lines if none is an error.

    :param attempt: number of the try.
    """
    entries = [e for e in api.log(dag_id, run_id, task_id, attempt) if not str(e["event"]).startswith("::")]
    if not entries:
        return ["It has no log: its process ended too early. See the scheduler's log."]
    errors = [entry for entry in entries if entry.get("level") in _ERRORS]
    return [line for entry in (errors or entries)[-_LINES:] for line in _lines(entry)][-_LINES:]


def _lines(entry: Json) -> list[str]:
    """Return an entry's text, with the exceptions that it carries."""
    lines = str(entry["event"]).strip().splitlines()
    for error in entry.get("error_detail") or ():
        lines += f"{error.get('exc_type')}: {error.get('exc_value')}".splitlines()
    return lines
