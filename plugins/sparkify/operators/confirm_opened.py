"""Fails a run that ended before its staging was opened, so that nothing of it was loaded.

Airflow takes skipped tasks for successful ones, and skips the pending tasks of a run that somebody marks as failed:
such a run would end as a success. Its teardowns still run, but of these only one without set-ups when the set-ups were
skipped as well. ``close_staging`` looks at the runs whose staging was opened.
https://airflow.apache.org/docs/apache-airflow/stable/howto/setup-and-teardown.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowFailException

if TYPE_CHECKING:
    from airflow.sdk import Context


class ConfirmOpenedOperator(BaseOperator):
    """Fails unless the run's staging was opened; a teardown without set-ups, which always runs.

    :param opened_by: the task that opens the staging.
    """

    ui_color = "#e4e4e4"

    def __init__(self, *, opened_by: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.opened_by = opened_by

    def execute(self, context: Context) -> None:
        """Look at what became of the task that opens the staging.

        :raises AirflowFailException: when it did not succeed.
        """
        ti = context["ti"]
        states = ti.get_task_states(dag_id=ti.dag_id, run_ids=[ti.run_id]).get(ti.run_id, {})
        state = states.get(self.opened_by)
        if state == "failed":
            raise AirflowFailException(f"Nothing was loaded: {self.opened_by} failed, and its log says why.")
        if state != "success":
            raise AirflowFailException(
                f"The run was ended before {self.opened_by} ran: nothing was loaded. Trigger it again, or clear all of "
                "its tasks."
            )
