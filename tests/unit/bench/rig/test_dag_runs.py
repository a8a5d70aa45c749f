"""Runs of a DAG without a scheduler: the order of tasks, what a run is for, and how a task's context looks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from airflow.sdk import DAG, BaseOperator, Param

from bench.rig.dag_runs import Run, order

START = datetime(2018, 11, 5, 13, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Echo(BaseOperator):
    """Returns a rendered text, or fails."""

    template_fields = ("text",)

    def __init__(self, text: str = "", fails: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.text = text
        self.fails = fails

    def execute(self, context: Any) -> str:
        if self.fails:
            raise ValueError(self.text)
        return self.text


@pytest.fixture
def dag() -> DAG:
    with DAG("echoes", schedule=None, params={"window_start": Param(None, type=["null", "string"])}) as dag:
        last, first = (
            Echo(task_id="a_last", text="{{ run_id }}"),
            Echo(task_id="z_first", text="{{ params.window_start }}"),
        )
        first >> Echo(task_id="between", text="{{ dag_run.data_interval_end }}") >> last
    return dag


def test_each_task_comes_after_those_upstream(dag: DAG) -> None:
    assert order(dag) == ["z_first", "between", "a_last"]


def test_a_run_of_an_hour_is_the_schedulers(dag: DAG) -> None:
    run = Run(dag, START, START + HOUR, run_id="r")
    assert run.finish() == {"z_first": "None", "between": str(START + HOUR), "a_last": "r"}
    found = run.context("a_last")["dag_run"]
    assert (found.run_type, found.logical_date, found.data_interval_end) == ("scheduled", START, START + HOUR)


@pytest.mark.parametrize(
    ("start", "end", "params", "expected"),
    [
        (START, START + 3 * HOUR, {}, START.isoformat()),
        (START, START + 3 * HOUR, {"window_start": "given"}, "given"),
        (None, None, {"window_start": "given"}, "given"),
    ],
)
def test_a_run_of_more_hours_is_a_manual_one_with_a_window(
    dag: DAG, start: datetime | None, end: datetime | None, params: dict[str, Any], expected: str
) -> None:
    run = Run(dag, start, end, params)
    assert run.run_task("z_first") == expected
    found = run.context("z_first")["dag_run"]
    assert (found.run_type, found.logical_date, found.data_interval_start) == ("manual", None, None)


def test_a_task_is_rendered_in_a_copy_and_kept_as_it_was_executed(dag: DAG) -> None:
    run = Run(dag, START, START + HOUR, run_id="r")
    run.run_task("a_last")
    assert (run.executed["a_last"].text, dag.get_task("a_last").text) == ("r", "{{ run_id }}")


def test_steps_tell_the_next_task_before_it_runs(dag: DAG) -> None:
    run = Run(dag, START, START + HOUR)
    seen = [(task_id, sorted(run.results)) for task_id in run.steps()]
    assert seen == [("z_first", []), ("between", ["z_first"]), ("a_last", ["between", "z_first"])]


def test_an_error_of_a_task_is_the_callers() -> None:
    with DAG("fails", schedule=None) as dag:
        Echo(task_id="only", text="why", fails=True)
    with pytest.raises(ValueError, match="why"):
        Run(dag, START, START + HOUR).finish()


def test_a_teardown_sees_what_failed(dag: DAG) -> None:
    run = Run(dag, START, START + HOUR, run_id="r", failed={"between": "upstream_failed"})
    states = run.context("a_last")["ti"].get_task_states("echoes", run_ids=["r"])
    assert states == {"r": {"a_last": "success", "between": "upstream_failed", "z_first": "success"}}
