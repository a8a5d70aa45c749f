"""DAGs that start others: one by Airflow's TriggerDagRunOperator, one that an asset of the pipeline starts."""

from __future__ import annotations

import sparkify_hourly
from airflow.providers.standard.operators.python import PythonOperator
from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import DAG, Asset

from sparkify.dag_defaults import window_params

with DAG("start_by_operator", schedule=None):
    for name, options in {"plain": {}, "dated": {"logical_date": "2018-11-01T05:30:00+00:00"}}.items():
        TriggerDagRunOperator(
            task_id=name, trigger_dag_id="sparkify_hourly", trigger_run_id=f"operator__{name}", **options
        )

with DAG(
    "start_by_asset",
    schedule=[Asset("sparkify_songplays")],
    params=window_params("First hour.", "End of the last one."),
    user_defined_macros=sparkify_hourly.dag.user_defined_macros,
):
    PythonOperator(task_id="show_window", python_callable=print, op_args=[sparkify_hourly.WINDOW])
