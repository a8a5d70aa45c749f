"""Fails a run whose hours were not published and checked, however it ended.

Airflow takes skipped tasks for successful ones. A run that somebody marks as failed has its pending tasks skipped, and
a cleared task whose set-up fails leaves the old success of the last task behind: both would end as success. Teardowns
run in either case, so the two of the hourly DAG look at what became of the other tasks.
https://airflow.apache.org/docs/apache-airflow/stable/howto/setup-and-teardown.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowFailException

if TYPE_CHECKING:
    from airflow.sdk import Context

_FAILED = frozenset({"failed", "upstream_failed"})


def unchecked_reason(context: Context, checked_by: str) -> str:
    """Return why the run is not published and checked, as a sentence; empty when it is.

    :param context: the context of a teardown; the other tasks have ended.
    :param checked_by: the task that succeeds only when the run's hours are published and have passed the checks.
    """
    ti, dag = context["ti"], context["dag"]
    states = ti.get_task_states(dag_id=ti.dag_id, run_ids=[ti.run_id]).get(ti.run_id, {})
    teardowns = {task.task_id for task in dag.tasks if task.is_teardown}
    failed = sorted(task for task, state in states.items() if state in _FAILED and task not in teardowns)
    if failed:
        return f"The run's hours are not all published and checked: {', '.join(failed)} did not succeed."
    state = states.get(checked_by)
    if state != "success":
        return f"The run ended before its hours were published and checked: {checked_by} was {state or 'not run'}."
    return ""


class ConfirmCheckedOperator(BaseOperator):
    """Fails unless the run's checks have passed; a teardown without set-ups, which runs whatever became of the other
    tasks.

    :param checked_by: the task that succeeds only when the run's hours are published and have passed the checks.
    """

    ui_color = "#c7c1e0"

    def __init__(self, *, checked_by: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.checked_by = checked_by

    def execute(self, context: Context) -> None:
        """Look at what became of the run's tasks.

        :raises AirflowFailException: when the run is not published and checked.
        """
        reason = unchecked_reason(context, self.checked_by)
        if reason:
            raise AirflowFailException(f"{reason} Clear the tasks that failed or were skipped, and the run goes on.")
