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

ROOT = Path(__file__).parents[3]
#: What belongs to Sparkify.
OWN = {"settings", "setting_kinds", "tables", "star", "sources", "checks", "dag_defaults"}
FIRST_HOUR, BOTH_HOURS = ("2026-07-01T05:00Z to 2026-07-01T06:00Z", "2026-07-01T05:00Z to 2026-07-01T07:00Z")


def reading(station: str, at: str, celsius: float | None, **more: Any) -> str:
    place = {"id": station, "name": f"Station {station}", "altitude": 120, **more}
    return json.dumps({"station": place, "at": f"2026-07-01T{at}:00", "temperature": celsius})


class Weather:
    """A schema and a folder of readings, and what one load after the other makes of them."""

    def __init__(self, server: RedshiftServer, conn_id: str) -> None:
        self._server = server
        self._conn_id = conn_id
        self._store = ObjectStore("stage_s3")
        self.schema = f"weather_{uuid.uuid4().hex[:8]}"
        self.execute(TABLES.format(schema=self.schema))

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

    def load(self, window: str) -> tuple[dict[str, Any], set[str]]:
        """Load a window in a process of its own, and return the tasks' results and the modules it loaded."""
        done = subprocess.run(
            [sys.executable, "-m", "tests.support.weather", self._conn_id, self.schema, window],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        found = json.loads(done.stdout.splitlines()[-1])
        return found["results"], set(found["modules"])


@pytest.fixture
def weather(warehouse: RedshiftServer, s3: S3Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Weather]:
    for name, value in connections(warehouse, s3).items():
        monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps(value))
    weather = Weather(warehouse, "stage_redshift")
    yield weather
    weather.execute(f"DROP SCHEMA {weather.schema} CASCADE")


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
