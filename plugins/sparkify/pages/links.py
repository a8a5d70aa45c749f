"""The link from a task of the hourly DAG to the Loads page of its hour.

The plugin registers it, so the API server creates it when a user looks at the task, even before the task has run. A
link of the operator would be stored by every task when it ends, which costs a request to the API server.
https://airflow.apache.org/docs/apache-airflow/stable/howto/define-extra-link.html
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from airflow.sdk import BaseOperatorLink

from sparkify.operators.links import airflow_url
from sparkify.windows import hour_label


class LoadsPageLink(BaseOperatorLink):
    """The Loads page at the first hour that the run loads."""

    name = "Loads page"

    @property
    def operators(self) -> list[type]:  # type: ignore[override]
        """The operators whose tasks have the link; they are loaded only where DAGs are shown."""
        from sparkify.operators.audit_staging import AuditStagingOperator
        from sparkify.operators.close_staging import CloseStagingOperator
        from sparkify.operators.confirm_opened import ConfirmOpenedOperator
        from sparkify.operators.data_quality import DataQualityOperator
        from sparkify.operators.load_dimension import LoadDimensionOperator
        from sparkify.operators.load_fact import LoadFactOperator
        from sparkify.operators.open_staging import OpenStagingOperator
        from sparkify.operators.publish import PublishOperator
        from sparkify.operators.stage_new_files import StageNewFilesOperator
        from sparkify.operators.stage_partitions import StagePartitionsOperator

        return [
            OpenStagingOperator,
            StagePartitionsOperator,
            StageNewFilesOperator,
            AuditStagingOperator,
            DataQualityOperator,
            LoadDimensionOperator,
            LoadFactOperator,
            PublishOperator,
            CloseStagingOperator,
            ConfirmOpenedOperator,
        ]

    def get_link(self, operator: Any, *, ti_key: Any) -> str:
        """Return the address."""
        from sparkify.pages.runs import window_of

        window = window_of(ti_key.dag_id, ti_key.run_id)
        query = f"?{urlencode({'hour': hour_label(window.start)})}" if window else ""
        return f"{airflow_url()}/plugin/sparkify-loads/sparkify/loads{query}"
