"""What the operator asks Airflow for, and where its link leads."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from airflow.sdk.exceptions import DagRunTriggerException

from bench.rig.dag_runs import load_dag
from sparkify.ledger.reloads import describe_reloads
from sparkify.operators.upkeep.trigger_run import TriggerRunOperator
from sparkify.windows import HOUR, Window

START = datetime(2018, 11, 5, 13, tzinfo=UTC)


def test_a_run_is_asked_for_once_and_not_waited_for() -> None:
    [asked] = describe_reloads([Window(START, START + 2 * HOUR)], "changes__x", accept_removed=True)
    operator = TriggerRunOperator(task_id="reload", trigger_dag_id="sparkify_hourly", **asked)
    with pytest.raises(DagRunTriggerException) as raised:
        operator.execute({"ti": SimpleNamespace()})  # type: ignore[typeddict-item]
    run = raised.value
    assert (run.trigger_dag_id, run.dag_run_id) == ("sparkify_hourly", "changes__x__2018-11-05T13__2h")
    assert run.conf == {
        "window_start": "2018-11-05T13:00:00+00:00",
        "window_end": "2018-11-05T15:00:00+00:00",
        "accept_removed": True,
    }
    assert run.logical_date is None
    assert run.skip_when_already_exists
    assert not run.reset_dag_run
    assert not run.wait_for_completion


def test_its_link_leads_to_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "https://airflow.example/a/")
    operator = TriggerRunOperator(task_id="t", trigger_dag_id="sparkify_hourly", trigger_run_id="manual__2018+00:00")
    [link] = operator.operator_extra_links
    page = "https://airflow.example/a/dags/sparkify_hourly/runs/manual__2018%2B00%3A00"
    assert link.get_link(operator, ti_key=None) == page


@pytest.mark.parametrize("dag", ["sparkify_changes", "sparkify_replay"])
def test_reloads_are_mapped_over_it(dag: str) -> None:
    task = load_dag(dag).get_task("reload")
    assert task.operator_class is TriggerRunOperator
    assert task.partial_kwargs["trigger_dag_id"] == "sparkify_hourly"
