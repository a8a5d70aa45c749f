"""Links of a task: its files in S3, its warehouse in the Redshift console, the run that it started.

Airflow creates them when the task has ended and keeps them as XComs, so they can use everything that the task knows.
https://airflow.apache.org/docs/apache-airflow/stable/howto/define-extra-link.html
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any
from urllib.parse import quote

from airflow.sdk import BaseOperatorLink

from sparkify.run_windows import requested_window
from sparkify.staging.source_files import PartitionedSource
from sparkify.windows import Window

#: The endpoints of a cluster and of a serverless workgroup:
#: https://docs.aws.amazon.com/redshift/latest/mgmt/rs-ra3-connecting.html
#: https://docs.aws.amazon.com/redshift/latest/mgmt/serverless-connecting.html
_CLUSTER = re.compile(r"([a-z0-9-]+)\.[a-z0-9]+\.([a-z0-9-]+)\.redshift\.amazonaws\.com(?:\.cn)?")
_WORKGROUP = re.compile(r"([a-z0-9-]+)\.\d+\.([a-z0-9-]+)\.redshift-serverless\.amazonaws\.com(?:\.cn)?")


class SourceFilesLink(BaseOperatorLink):
    """The first partition's files in the S3 console."""

    name = "Files in S3"

    def get_link(self, operator: Any, *, ti_key: Any) -> str:
        """Return the address, as the AWS console has it for a prefix."""
        source, window = operator.source, run_window_of(ti_key)
        is_partitioned = isinstance(source, PartitionedSource)
        partition = source.partitions(window)[0] if is_partitioned and window else source.folder
        region = f"region={quote(source.region)}&" if source.region else ""
        prefix = quote(partition.prefix)
        return f"https://console.aws.amazon.com/s3/buckets/{quote(source.bucket)}?{region}prefix={prefix}"


class WarehouseLink(BaseOperatorLink):
    """The cluster's or workgroup's page in the Redshift console; the task's query ids are in its log and XCom."""

    name = "Redshift console"

    def get_link(self, operator: Any, *, ti_key: Any) -> str:
        """Return the address, empty when the connection's host is not one of Amazon's."""
        return console_of(operator.redshift_conn_id)


class TriggeredRunLink(BaseOperatorLink):
    """The run that the task started."""

    name = "Triggered run"

    def get_link(self, operator: Any, *, ti_key: Any) -> str:
        """Return the address of the run's page in Airflow."""
        return run_url(operator.trigger_dag_id, operator.trigger_run_id)


def run_url(dag_id: str, run_id: str) -> str:
    """Return the address of a run's page in Airflow's UI."""
    return f"{airflow_url()}/dags/{quote(dag_id)}/runs/{quote(run_id, safe='')}"


def airflow_url() -> str:
    """Return the address of Airflow's UI, without a slash at its end."""
    from airflow.sdk.configuration import conf

    return str(conf.get("api", "base_url", fallback="http://localhost:8080")).rstrip("/")


@cache
def console_of(conn_id: str) -> str:
    """Return the page of a connection's warehouse in the Redshift console, empty when it is not on Amazon's hosts."""
    from airflow.sdk import BaseHook

    return console_page(BaseHook.get_connection(conn_id).host or "")


def console_page(host: str) -> str:
    """Return the page of a warehouse in the Redshift console, empty for a host that is not one of Amazon's."""
    if found := _CLUSTER.fullmatch(host):
        page = f"cluster-details?cluster={found[1]}"
    elif found := _WORKGROUP.fullmatch(host):
        page = f"serverless-workgroup?workgroup={found[1]}"
    else:
        return ""
    return f"https://{found[2]}.console.aws.amazon.com/redshiftv2/home?region={found[2]}#{page}"


def run_window_of(ti: Any) -> Window | None:
    """Return the hours that a task's run was asked for.

    :param ti: the task instance that Airflow hands to a link.
    """
    return requested_window(ti.get_template_context()["dag_run"])
