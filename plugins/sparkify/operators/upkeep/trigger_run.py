"""Starts a run of another DAG; mapped over the windows to load again.

Airflow's TriggerDagRunOperator ends in the same exception, but its module loads Airflow's models, which takes longer
than all else in a DAG file: docs/decisions/0009-a-trigger-that-loads-no-models.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import DagRunTriggerException

from sparkify.operators.links import TriggeredRunLink

if TYPE_CHECKING:
    from airflow.sdk import Context


class TriggerRunOperator(BaseOperator):
    """Asks Airflow to start a run, and does not wait for it. It is skipped when a run with that id exists already.

    So a retry starts nothing twice.

    :param trigger_dag_id: the DAG to run; its run has no logical date.
    :param trigger_run_id: the run's id, which says what it is for.
    :param conf: the run's params.
    """

    template_fields: Sequence[str] = ("trigger_dag_id", "trigger_run_id", "conf")
    template_fields_renderers = {"conf": "json"}  # noqa: RUF012
    operator_extra_links = (TriggeredRunLink(),)
    ui_color = "#ffefeb"

    def __init__(
        self, *, trigger_dag_id: str, trigger_run_id: str, conf: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.trigger_dag_id = trigger_dag_id
        self.trigger_run_id = trigger_run_id
        self.conf = conf

    def execute(self, context: Context) -> NoReturn:
        """Ask for the run.

        :raises DagRunTriggerException: always: it is how a task asks for a run, see the source of
            https://airflow.apache.org/docs/apache-airflow-providers-standard/stable/operators/trigger_dag_run.html
        """
        from airflow.providers.standard.utils.openlineage import safe_inject_openlineage_properties_into_dagrun_conf

        conf = safe_inject_openlineage_properties_into_dagrun_conf(dr_conf=dict(self.conf or {}), ti=context["ti"])
        raise DagRunTriggerException(
            trigger_dag_id=self.trigger_dag_id,
            dag_run_id=self.trigger_run_id,
            conf=conf,
            reset_dag_run=False,
            skip_when_already_exists=True,
            wait_for_completion=False,
            allowed_states=[],
            failed_states=[],
            poke_interval=0,
            deferrable=False,
        )
