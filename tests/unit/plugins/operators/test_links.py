"""Where a task's links lead."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.api.datamodels._generated import DagRun, DagRunState, DagRunType

from bench.rig.dag_runs import load_dag
from sparkify.hooks.warehouse import WarehouseHook
from sparkify.operators.close_staging import CloseStagingOperator
from sparkify.operators.links import SourceFilesLink, console_of, console_page
from sparkify.pages import runs
from sparkify.pages.links import LoadsPageLink
from sparkify.staging.source_files import PartitionedSource, Source
from sparkify.windows import Window
from tests.support.fake_warehouse import FakeSession

START = datetime(2018, 11, 5, 13, tzinfo=UTC)


def ti() -> Any:
    end = datetime(2018, 11, 5, 14, tzinfo=UTC)
    run = DagRun(
        dag_id="sparkify_hourly",
        run_id="scheduled__2018-11-05T13:00:00+00:00",
        run_type=DagRunType.SCHEDULED,
        state=DagRunState.RUNNING,
        logical_date=START,
        data_interval_start=START,
        data_interval_end=end,
        run_after=end,
        start_date=end,
        end_date=None,
        consumed_asset_events=[],
        partition_key=None,
    )
    return SimpleNamespace(get_template_context=lambda: {"dag_run": run})


WINDOW = Window(datetime(2018, 11, 1, tzinfo=UTC), datetime(2018, 11, 2, tzinfo=UTC))


@pytest.mark.parametrize(("window", "query"), [(WINDOW, "?hour=2018-11-01T00"), (None, "")])
def test_the_loads_page_opens_at_the_runs_hour(
    monkeypatch: pytest.MonkeyPatch, window: Window | None, query: str
) -> None:
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "https://airflow.example/a/")
    windows = {("sparkify_hourly", "run"): window}
    monkeypatch.setattr(runs, "window_of", lambda dag_id, run_id: windows[dag_id, run_id])
    key = SimpleNamespace(dag_id="sparkify_hourly", run_id="run")
    page = "https://airflow.example/a/plugin/sparkify-loads/sparkify/loads"
    assert LoadsPageLink().get_link(None, ti_key=key) == f"{page}{query}"


def test_all_tasks_of_the_hour_link_to_it() -> None:
    linked = LoadsPageLink().operators
    assert {type(task) for task in load_dag().tasks} <= set(linked)


@pytest.mark.parametrize(
    ("layout", "region", "end"),
    [
        ("hourly", "", "?prefix=log_data/2018/11/05/13/"),
        ("daily", "eu-west-1", "?region=eu-west-1&prefix=log_data/2018/11/2018-11-05"),
        (None, "", "?prefix=log_data/"),
    ],
)
def test_the_files_are_those_of_the_first_partition(layout: str | None, region: str, end: str) -> None:
    source = Source("sparkify", "log_data", region)
    if layout:
        source = PartitionedSource("sparkify", "log_data", region, layout=layout)
    operator = SimpleNamespace(source=source)
    link = SourceFilesLink().get_link(operator, ti_key=ti())
    assert link == f"https://console.aws.amazon.com/s3/buckets/sparkify{end}"


@pytest.mark.parametrize(
    ("host", "page"),
    [
        ("dwh.abc123.eu-west-1.redshift.amazonaws.com", "cluster-details?cluster=dwh"),
        ("wg.123456789012.eu-west-1.redshift-serverless.amazonaws.com", "serverless-workgroup?workgroup=wg"),
    ],
)
def test_the_console_shows_the_warehouse_of_the_connection(host: str, page: str) -> None:
    assert console_page(host) == f"https://eu-west-1.console.aws.amazon.com/redshiftv2/home?region=eu-west-1#{page}"


@pytest.mark.parametrize("host", ["", "127.0.0.1", "dwh.example.org", "x.redshift.amazonaws.com.evil.org"])
def test_another_host_has_no_page(host: str) -> None:
    assert console_page(host) == ""


@pytest.mark.parametrize(
    ("host", "names"),
    [
        ("dwh.abc123.eu-west-1.redshift.amazonaws.com", ["Redshift console"]),
        ("127.0.0.1", []),
    ],
)
def test_a_task_that_has_run_keeps_no_link_that_leads_nowhere(
    monkeypatch: pytest.MonkeyPatch, host: str, names: list[str]
) -> None:
    console_of.cache_clear()
    monkeypatch.setenv("AIRFLOW_CONN_DWH", f"redshift://user@{host}:5439/dev")
    operator = CloseStagingOperator(
        task_id="close", staging_schema="run_1", checked_by="check_quality", redshift_conn_id="dwh"
    )
    assert [link.name for link in operator.operator_extra_links] == ["Redshift console"]
    monkeypatch.setattr(WarehouseHook, "session", lambda hook, **options: nullcontext(FakeSession({})))
    with operator.session({"ti": SimpleNamespace(dag_id="dag", run_id="run", task_id="close", try_number=1)}):  # type: ignore[typeddict-item]
        pass
    assert [link.name for link in operator.operator_extra_links] == names
    console_of.cache_clear()
