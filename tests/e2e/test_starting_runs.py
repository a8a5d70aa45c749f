"""All ways of starting a run of the hourly DAG, against each other: each loads the hour that was asked for, or fails.

The system is one of its own: Airflow schedules the hours of the present, and has DAGs that start others. Hours are
those of 1 November 2018. Most have no files, which a load notes as an hour of no lines.
"""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import psycopg
import pytest

from local.runner.airflow_api import FINISHED, Json
from local.runner.loading import CREATE_TABLES, HOURLY
from local.runner.settings import ROOT, Ports, RunnerSettings
from local.runner.stack import Stack
from local.sample import Sample

DAY = datetime(2018, 11, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
NO_DATE = "no window and no logical date"
#: An hour with files.
PLAYED = 23


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The running system, with the tables created."""
    dags = tmp_path_factory.mktemp("dags")
    for folder in (ROOT / "dags", Path(__file__).parent / "dags"):
        shutil.copytree(folder, dags, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    settings = RunnerSettings(
        state=tmp_path_factory.mktemp("stack"), ports=Ports(0, 0, 0), sample=Sample(hours=1, songs=1), dags=dags
    )
    with Stack(settings) as stack:
        for dag_id in (CREATE_TABLES, HOURLY, "start_by_operator", "start_by_asset"):
            stack.api.wait_for_dag(dag_id)
        stack.api.unpause(CREATE_TABLES)
        assert stack.api.wait(CREATE_TABLES, stack.api.trigger(CREATE_TABLES)) == "success"
        for dag_id in (HOURLY, "start_by_operator"):
            stack.api.unpause(dag_id)
        put_plays(stack)
        yield stack


def put_plays(stack: Stack) -> None:
    """Deliver the files of the hour that has some."""
    start = at(PLAYED)
    [lines] = Sample(seed=5, start=start, hours=1, songs=1, events_per_hour=30).events_by_hour()
    client = boto3.client(
        "s3",
        endpoint_url=stack.s3.endpoint,
        aws_access_key_id=stack.s3.access_key_id,
        aws_secret_access_key=stack.s3.secret_access_key,
        region_name="us-east-1",
    )
    client.create_bucket(Bucket=stack.settings.bucket)
    body = gzip.compress("\n".join(lines).encode())
    client.put_object(Bucket=stack.settings.bucket, Key=f"log_data/{start:%Y/%m/%d/%H}/e.json.gz", Body=body)


def at(hour: float) -> datetime:
    """Return a moment of the day: 5.5 is half past five."""
    return DAY + hour * HOUR


def label(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H}"


def loaded(stack: Stack, run_id: str) -> list[str]:
    """Return the hours of a run's loads that committed, in the order of the clock; twice if it ran twice."""
    query = (
        "SELECT source_partition FROM etl.load_history WHERE target_table = 'songplays' AND run_id = %s"
        " ORDER BY source_partition"
    )
    with psycopg.connect(stack.redshift.dsn(), autocommit=True) as connection:
        return [str(row[0]) for row in connection.execute(query, (run_id,))]


class Starter:
    """Starts runs, each in one of the ways that Airflow has.

    :param stack: the running system.
    """

    def __init__(self, stack: Stack) -> None:
        self.stack = stack

    def form(self, logical_date: datetime) -> str:
        """Send what the trigger form sends, from the page that it is on: by that Airflow knows the UI."""
        body = {
            "conf": {"window_start": None, "window_end": None, "accept_removed": False},
            "logical_date": f"{logical_date:%Y-%m-%dT%H:%M:%S}.000Z",
            "data_interval_start": None,
            "data_interval_end": None,
            "partition_key": None,
        }
        headers = {"Referer": f"{self.stack.address}/dags/{HOURLY}"}
        answer = self.stack.api.request("POST", f"/dags/{HOURLY}/dagRuns", json=body, headers=headers)
        assert answer["triggered_by"] == "ui"
        return str(answer["dag_run_id"])

    def rest(self, logical_date: datetime | None, *interval: datetime) -> str:
        """Send a request, with an interval of its own if one is given."""
        body: Json = {"logical_date": logical_date.isoformat() if logical_date else None}
        if interval:
            body |= {"data_interval_start": interval[0].isoformat(), "data_interval_end": interval[1].isoformat()}
        return str(self.stack.api.request("POST", f"/dags/{HOURLY}/dagRuns", json=body)["dag_run_id"])

    def command(self, *words: str) -> None:
        """Run Airflow's command."""
        command = [str(self.stack.settings.state / "airflow"), *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
        assert done.returncode == 0, done.stdout + done.stderr

    def cli(self, name: str, *words: str) -> str:
        """Run ``airflow dags trigger``."""
        self.command("dags", "trigger", HOURLY, "--run-id", f"cli__{name}", *words)
        return f"cli__{name}"

    def materialize(self, logical_date: datetime | None) -> str:
        """Ask for an asset of the pipeline's to be made, as the UI's page of the asset does."""
        [asset] = self.stack.api.get("/assets", name_pattern="sparkify_songplays")["assets"]
        body = {"logical_date": logical_date.isoformat() if logical_date else None}
        answer = self.stack.api.request("POST", f"/assets/{asset['id']}/materialize", json=body)
        assert (answer["dag_id"], answer["run_type"]) == (HOURLY, "asset_materialization")
        return str(answer["dag_run_id"])

    def operator(self) -> None:
        """Have Airflow's own operator start two runs, without and with a logical date."""
        run_id = self.stack.api.trigger("start_by_operator")
        assert self.stack.api.wait("start_by_operator", run_id) == "success"

    def backfill(self, first: float, last: float, **options: Any) -> dict[float, str]:
        """Backfill hours, wait for them and return their runs."""
        body = {"dag_id": HOURLY, "from_date": at(first).isoformat(), "to_date": at(last).isoformat(), **options}
        self.stack.api.request("POST", "/backfills", json=body)
        return self.backfilled(first, last)

    def backfill_by_command(self, first: float, last: float) -> dict[float, str]:
        """Run ``airflow backfill create``, backwards, wait for it and return its runs."""
        dates = ("--from-date", at(first).isoformat(), "--to-date", at(last).isoformat())
        self.command("backfill", "create", "--dag-id", HOURLY, *dates, "--run-backwards")
        return self.backfilled(first, last)

    def backfilled(self, first: float, last: float) -> dict[float, str]:
        """Wait for the runs of a backfill, and until Airflow has closed it: it allows one at a time."""
        span = {"logical_date_gte": at(first).isoformat(), "logical_date_lte": at(last).isoformat()}
        count = int(last - first) + 1

        def done() -> list[Json]:
            runs = self.stack.api.runs(HOURLY, run_type="backfill", **span)
            return [run for run in runs if run["state"] in FINISHED]

        def closed() -> bool:
            backfills = self.stack.api.pages("/backfills", "backfills", dag_id=HOURLY)
            return all(backfill["completed_at"] for backfill in backfills)

        self.stack.api.wait_until(lambda: len(done()) == count, 300, lambda: "the backfill does not end")
        self.stack.api.wait_until(closed, 120, lambda: "the backfill is not closed")
        return {(datetime.fromisoformat(run["logical_date"]) - DAY) / HOUR: run["dag_run_id"] for run in done()}

    def scheduled(self) -> Json:
        """Wait for the run that the scheduler makes by itself."""

        def runs() -> list[Json]:
            return self.stack.api.runs(HOURLY, run_type="scheduled")

        self.stack.api.wait_until(lambda: bool(runs()), 120, lambda: "the scheduler makes no run")
        return runs()[0]


def check(stack: Stack, expected: Mapping[str, str | list[datetime]]) -> None:
    """Compare what became of runs with what is expected: hours that are loaded, or words of the refusal."""
    found: dict[str, Any] = {}
    for run_id, outcome in expected.items():
        state = stack.api.wait(HOURLY, run_id, 600)
        if isinstance(outcome, list):
            found[run_id] = (state, loaded(stack, run_id))
        else:
            log = str(stack.api.log(HOURLY, run_id, "open_staging", 1))
            found[run_id] = (state, loaded(stack, run_id), outcome if outcome in log else log[-3000:])
    wanted = {
        run_id: ("success", [label(hour) for hour in outcome]) if isinstance(outcome, list) else ("failed", [], outcome)
        for run_id, outcome in expected.items()
    }
    assert found == wanted


def instead(hour: int) -> str:
    """Return the advice of a run that was refused: the window to give."""
    first, last = (f"{at(number):%Y-%m-%dT%H:%M:%S}Z" for number in (hour, hour + 1))
    return f"window_start {first} and window_end {last}"


def window(first: float, end: float) -> dict[str, str]:
    return {"window_start": at(first).isoformat(), "window_end": at(end).isoformat()}


@pytest.mark.timeout(1200)
def test_every_way_of_starting_a_run_loads_the_hour_that_was_asked_for_or_fails(system: Stack) -> None:
    """The UI's form, REST, the operator, the asset and the schedule."""
    start = Starter(system)
    start.operator()
    within_an_hour, at_a_full_hour = start.form(at(2.5)), start.form(at(4))
    expected: dict[str, str | list[datetime]] = {
        within_an_hour: [at(1)],
        at_a_full_hour: [at(3)],
        start.rest(at(9.5)): [at(8)],
        start.rest(at(11.5), at(10), at(11)): [at(10)],
        start.rest(at(12.5), at(12), at(13)): instead(11),
        start.rest(None): NO_DATE,
        system.api.trigger_window(HOURLY, at(13), at(15)): [at(13), at(14)],
        start.materialize(None): NO_DATE,
        start.materialize(at(21.5)): [at(20)],
        "operator__dated": instead(4),
    }
    present = system.api.run(HOURLY, "operator__plain")
    moment = datetime.fromisoformat(present["logical_date"]).replace(minute=0, second=0, microsecond=0)
    expected["operator__plain"] = [moment - HOUR]
    scheduled = start.scheduled()
    expected[scheduled["dag_run_id"]] = [datetime.fromisoformat(scheduled["logical_date"])]
    assert datetime.fromisoformat(scheduled["run_after"]) - expected[scheduled["dag_run_id"]][0] == HOUR  # type: ignore[operator]
    check(system, expected)
    log = str(system.api.log(HOURLY, at_a_full_hour, "open_staging", 1))
    assert "the scheduled run for 2018-11-01T04:00Z to 2018-11-01T05:00Z, and Airflow makes no second one" in log


@pytest.mark.exhaustive
@pytest.mark.timeout(1200)
def test_commands_and_backfills_load_the_hour_that_was_asked_for_or_fail_and_can_be_cleared(system: Stack) -> None:
    """Airflow's command line, which takes seconds a command, and all that a backfill does: of ``make test-all``."""
    start = Starter(system)
    at_a_full_hour, within_an_hour = start.form(at(6)), start.form(at(22.5))
    check(
        system,
        {
            at_a_full_hour: [at(5)],
            within_an_hour: [at(21)],
            start.cli("dated", "--logical-date", at(7.5).isoformat()): instead(6),
            start.cli("plain"): NO_DATE,
            start.cli("window", "--conf", json.dumps(window(15, 16))): [at(15)],
        },
    )
    backfilled = {**start.backfill(16, 17), **start.backfill_by_command(18, 19)}
    check(system, {run_id: [at(hour)] for hour, run_id in backfilled.items()})
    # A backfill that reprocesses takes over whatever run has its logical date: here the one of the form.
    assert start.backfill(6, 6, reprocess_behavior="completed") == {6: at_a_full_hour}
    assert system.api.run(HOURLY, at_a_full_hour)["state"] == "failed"
    assert instead(6) in str(system.api.log(HOURLY, at_a_full_hour, "open_staging", 2))

    for run_id in (within_an_hour, backfilled[16]):
        system.api.clear(HOURLY, run_id, list(system.api.tasks(HOURLY, run_id)))
    check(system, {within_an_hour: [at(21)] * 2, backfilled[16]: [at(16)] * 2})


def events(system: Stack, run_id: str) -> dict[str, Json]:
    """Return the extras of a run's asset events by table."""
    found = system.api.pages("/assets/events", "asset_events", source_dag_id=HOURLY, source_run_id=run_id)
    return {event["name"].removeprefix("sparkify_"): event["extra"] for event in found}


def returned(system: Stack, run_id: str, task_id: str) -> Json:
    """Return what a task returned."""
    path = f"/dags/{HOURLY}/dagRuns/{run_id}/taskInstances/{task_id}/xcomEntries/return_value"
    return dict(system.api.get(path, deserialize=True)["value"])


def alter(system: Stack, *statements: str) -> None:
    """Change the tables behind the pipeline's back."""
    with psycopg.connect(system.redshift.dsn(), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def test_a_run_publishes_asset_events_when_its_checks_have_passed(system: Stack) -> None:
    system.api.unpause("start_by_asset")
    run_id = system.api.trigger_window(HOURLY, at(PLAYED), at(PLAYED + 1))
    assert system.api.wait(HOURLY, run_id) == "success"
    found = events(system, run_id)
    assert set(found) == {"songplays", "users", "time", "songs", "artists"}
    assert found["songplays"]["inserted"] > 0
    assert found["time"]["inserted"] > 0
    assert found["songs"] == {"inserted": 0, "updated": 0, "deleted": 0}
    assert found["songplays"] == returned(system, run_id, "publish")["tables"]["songplays"]

    def started() -> list[Json]:
        return [run for run in system.api.runs("start_by_asset") if run["state"] in FINISHED]

    # The consumer started, and it has no logical date: the rule refuses it by a sentence.
    system.api.wait_until(lambda: bool(started()), 120, lambda: "no consumer starts")
    consumer = started()[-1]
    assert (consumer["run_type"], consumer["logical_date"], consumer["state"]) == ("asset_triggered", None, "failed")
    log = str(system.api.log("start_by_asset", consumer["dag_run_id"], "show_window", 1))
    assert NO_DATE in log

    copy = "INSERT INTO public.time SELECT * FROM public.copied"
    alter(system, "CREATE TABLE public.copied AS SELECT * FROM public.time", copy)
    run_id = system.api.trigger_window(HOURLY, at(PLAYED), at(PLAYED + 1))
    assert system.api.wait(HOURLY, run_id) == "failed"
    states = {task_id: task["state"] for task_id, task in system.api.tasks(HOURLY, run_id).items()}
    assert (states["publish"], states["check_quality"]) == ("success", "failed")
    assert events(system, run_id) == {}

    alter(system, "DELETE FROM public.time", copy, "DROP TABLE public.copied")
    system.api.clear(HOURLY, run_id, ["check_quality"])
    assert system.api.wait(HOURLY, run_id) == "success"
    assert {counts["inserted"] for counts in events(system, run_id).values()} == {0}
