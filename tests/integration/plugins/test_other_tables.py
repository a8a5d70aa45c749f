"""The generic operators load tables that have nothing to do with music, without any of the pipeline's own modules."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from local_redshift import RedshiftServer
from local_redshift.s3 import S3Server
from sparkify.hooks.object_store import ObjectStore
from tests.support.staging_rig import connections
from tests.support.weather import BUCKET, TABLES
from tests.support.weather_run import RUN_TABLES

ROOT = Path(__file__).parents[3]
#: What belongs to Sparkify.
OWN = {"settings", "setting_kinds", "tables", "star", "sources", "checks", "dag_defaults"}
FIRST_HOUR, BOTH_HOURS = ("2026-07-01T05:00Z to 2026-07-01T06:00Z", "2026-07-01T05:00Z to 2026-07-01T07:00Z")


def reading(station: str, at: str, celsius: float | None, **more: Any) -> str:
    place = {"id": station, "name": f"Station {station}", "altitude": 120, **more}
    return json.dumps({"station": place, "at": f"2026-07-01T{at}:00", "temperature": celsius})


class Weather:
    """A schema and a folder of readings, and what one load after the other makes of them."""

    def __init__(self, server: RedshiftServer, conn_id: str, tables: str) -> None:
        self._server = server
        self._conn_id = conn_id
        self._store = ObjectStore("stage_s3")
        self.schema = f"weather_{uuid.uuid4().hex[:8]}"
        self.execute(tables.format(schema=self.schema))

    def execute(self, script: str) -> None:
        with psycopg.connect(**self._server.connection(), autocommit=True) as connection:
            for statement in script.split(";"):
                connection.execute(statement)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(**self._server.connection(), autocommit=True) as connection:
            connection.execute(f"SET search_path TO {self.schema}")
            return connection.execute(sql).fetchall()

    def deliver(self, hour: int, *lines: str) -> None:
        key = f"{self.schema}/readings/2026/07/01/{hour:02}/readings.jsonl"
        self._store.put(BUCKET, key, "\n".join(lines).encode())

    def describe(self, **stations: str) -> None:
        """Deliver a file of each station."""
        for station, name in stations.items():
            line = json.dumps({"id": station, "name": name, "altitude": 120})
            self._store.put(BUCKET, f"{self.schema}/stations/{station}.json", line.encode())

    def load(self, window: str) -> tuple[dict[str, Any], set[str]]:
        """Load a window into the shared tables, and return the tasks' results and the modules that were loaded."""
        found = self._start("weather", window)
        return found["results"], set(found["modules"])

    def run(self, run_id: str, window: str) -> dict[str, Any]:
        """Load a window by way of a staging schema of the run's own; return what the program prints."""
        return self._start("weather_run", run_id, window)

    def drop(self) -> None:
        for schema in (self.schema, f"{self.schema}_template", f"{self.schema}_run"):
            self.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")

    def _start(self, program: str, *arguments: str) -> dict[str, Any]:
        """Run a program in a process of its own, and return what it prints."""
        done = subprocess.run(
            [sys.executable, "-m", f"tests.support.{program}", self._conn_id, self.schema, *arguments],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return found


@pytest.fixture
def connected(warehouse: RedshiftServer, s3: S3Server, monkeypatch: pytest.MonkeyPatch) -> RedshiftServer:
    for name, value in connections(warehouse, s3).items():
        monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps(value))
    return warehouse


@pytest.fixture
def weather(connected: RedshiftServer) -> Iterator[Weather]:
    weather = Weather(connected, "stage_redshift", TABLES)
    yield weather
    weather.drop()


@pytest.fixture
def runs(connected: RedshiftServer) -> Iterator[Weather]:
    weather = Weather(connected, "stage_redshift", RUN_TABLES)
    yield weather
    weather.drop()


def test_readings_of_weather_stations_are_staged_loaded_corrected_and_checked(weather: Weather) -> None:
    weather.deliver(
        5,
        reading("A", "05:10", 14.5),
        reading("A", "05:20", 99.0),  # the query leaves it out
        reading("B", "05:10", -3.0),
        '{"station": {"id": "C", "name": "Station C", "altitude": "high"}, "at": "2026-07-01T05:10:00"}',
    )
    results, modules = weather.load(FIRST_HOUR)
    counted = {name: results["stage_readings"][name] for name in ("source_lines", "staged", "rejected")}
    assert counted == {"source_lines": 4, "staged": 3, "rejected": 1}
    assert results["load_stations"]["inserted"] == 2
    assert results["load_readings"]["inserted"] == 2
    assert {name: results["check"][name] for name in ("passed", "warned", "failed")} == {
        "passed": 2,
        "warned": 1,
        "failed": 0,
    }
    assert weather.rows("SELECT column_name, line_number FROM staged_rejects") == [("altitude", 4)]
    assert modules.isdisjoint(f"sparkify.{name}" for name in OWN)
    assert {"sparkify.staging.partition_stager", "sparkify.loading.table_changes"} <= modules  # it did run here

    weather.deliver(5, reading("A", "05:10", 15.0), reading("B", "05:10", -3.0))
    weather.deliver(6, reading("A", "06:10", 16.0, name="Tower"), reading("D", "06:10", 9.0, altitude=-5))
    results, _ = weather.load(BOTH_HOURS)
    assert results["stage_readings"]["partitions"] == 2
    changed = ("inserted", "updated", "unchanged")
    assert [results["load_stations"][name] for name in changed] == [1, 1, 1]
    assert [results["load_readings"][name] for name in changed] == [2, 1, 1]
    assert "all_stations_on_land" in results["check"]  # a failed check fails the task, which names it
    assert weather.rows("SELECT * FROM stations ORDER BY 1") == [
        ("A", "Tower", 120),
        ("B", "Station B", 120),
        ("D", "Station D", -5),
    ]
    assert weather.rows("SELECT * FROM readings ORDER BY 1, 2") == [
        ("A", datetime(2026, 7, 1, 5, 10), 15.0),
        ("A", datetime(2026, 7, 1, 6, 10), 16.0),
        ("B", datetime(2026, 7, 1, 5, 10), -3.0),
        ("D", datetime(2026, 7, 1, 6, 10), 9.0),
    ]


def test_a_run_opens_stages_builds_publishes_checks_and_closes_for_stations_and_readings(runs: Weather) -> None:
    runs.describe(A="Airport", B="Bridge")
    runs.deliver(5, reading("A", "05:10", 14.5), reading("A", "05:20", 99.0), reading("B", "05:10", -3.0))
    first = runs.run("first", FIRST_HOUR)
    assert first["results"]["open"] == {"staging_schema": f"{runs.schema}_run", "hours": 1}
    assert [first["results"]["stage_stations"][name] for name in ("files", "staged", "rejected")] == [2, 2, 0]
    assert published(first) == {"hours": 1, "superseded": 0, "stations": [2, 0, 0], "readings": [2, 0, 0]}
    assert first["results"]["check"] == {"passed": 1, "warned": 0, "failed": 0}
    assert first["events"]["weather_readings"] == {"inserted": 2, "updated": 0, "deleted": 0}
    assert first["results"]["close"] == {"staging_schema": f"{runs.schema}_run", "kept": False}
    assert runs.rows(f"SELECT 1 FROM pg_namespace WHERE nspname = '{runs.schema}_run'") == []
    assert set(first["modules"]).isdisjoint(f"sparkify.{name}" for name in OWN)
    assert {"sparkify.staging.keyed_stager", "sparkify.loading.earlier_loads"} <= set(first["modules"])

    runs.describe(A="Tower", D="Dam")
    runs.deliver(5, reading("A", "05:10", 15.0))  # and no longer that of B
    runs.deliver(6, reading("D", "06:10", 9.0))
    second = runs.run("second", BOTH_HOURS)
    assert second["results"]["stage_stations"]["files"] == 2  # B is known in this version
    assert published(second) == {"hours": 2, "superseded": 0, "stations": [1, 1, 0], "readings": [1, 1, 1]}

    third = runs.run("third", BOTH_HOURS)
    assert third["results"]["stage_stations"]["files"] == 0
    assert published(third) == {"hours": 2, "superseded": 0, "stations": [0, 0, 0], "readings": [0, 0, 0]}
    assert runs.rows("SELECT station_id, name FROM stations ORDER BY 1") == [
        ("A", "Tower"),
        ("B", "Bridge"),
        ("D", "Dam"),
    ]
    assert runs.rows("SELECT station_id, celsius FROM readings ORDER BY 1") == [("A", 15.0), ("D", 9.0)]
    assert runs.rows("SELECT source_partition, run_id FROM hours ORDER BY 1") == [
        ("2026-07-01T05", "third"),
        ("2026-07-01T06", "third"),
    ]
    assert runs.rows("SELECT DISTINCT status, run_id FROM quality_results ORDER BY 2") == [
        ("passed", "first"),
        ("passed", "second"),
        ("passed", "third"),
    ]


def published(run: dict[str, Any]) -> dict[str, Any]:
    """Return the counts of a publish, those of each table as inserted, updated and deleted rows."""
    result = run["results"]["publish"]
    tables = {name: list(counts.values()) for name, counts in result["tables"].items()}
    return {name: result[name] for name in ("hours", "superseded")} | tables
