"""Loads stations and their readings with the generic operators: nothing of the pipeline's own settings or tables.

Run as a program, so that a test sees which modules the operators need: ``python -m tests.support.weather <connection>
<schema> <window>`` loads the readings of a window, and prints the operators' results and the loaded modules as JSON.
"""

from __future__ import annotations

import json
import sys
from types import SimpleNamespace
from typing import Any

from airflow.sdk.exceptions import AirflowFailException

from sparkify.loading.quality import Check, Severity
from sparkify.loading.table_load import TableLoad
from sparkify.operators.data_quality import DataQualityOperator
from sparkify.operators.load_dimension import LoadDimensionOperator
from sparkify.operators.load_fact import LoadFactOperator
from sparkify.operators.stage_partitions import StagePartitionsOperator
from sparkify.staging.copy_settings import CopySettings, RejectLimit
from sparkify.staging.source_files import PartitionedSource
from sparkify.staging.staged_table import PartitionedTable

BUCKET = "stage"
#: Column → JSONPath of a reading.
READING_COLUMNS = {
    "station": "$.station.id",
    "station_name": "$.station.name",
    "altitude": "$.station.altitude",
    "measured_at": "$.at",
    "celsius": "$.temperature",
}
TABLES = """CREATE SCHEMA {schema};
CREATE TABLE {schema}.mutex (id INTEGER);
CREATE TABLE {schema}.stations (station_id VARCHAR(16) NOT NULL, name VARCHAR(64), altitude INTEGER);
CREATE TABLE {schema}.readings
(station_id VARCHAR(16) NOT NULL, measured_at TIMESTAMP NOT NULL, celsius DOUBLE PRECISION)
SORTKEY (measured_at);
CREATE TABLE {schema}.staged_readings
(station VARCHAR(16), station_name VARCHAR(64), altitude INTEGER, measured_at VARCHAR(32), celsius DOUBLE PRECISION,
 delivery VARCHAR(64));
CREATE TABLE {schema}.staged_partitions (LIKE staging_template.staged_partitions);
CREATE TABLE {schema}.staged_objects (LIKE staging_template.staged_objects);
CREATE TABLE {schema}.staged_rejects (LIKE staging_template.staged_rejects)
"""
STATIONS = """
SELECT station, MAX(station_name), MAX(altitude) FROM staged_readings GROUP BY station
"""
READINGS = """
SELECT station, CAST(measured_at AS TIMESTAMP), MIN(celsius) FROM staged_readings
WHERE celsius < :hottest GROUP BY station, measured_at
"""
CHECKS = [
    Check(
        "readings_have_a_station",
        "SELECT r.station_id FROM readings AS r LEFT JOIN stations AS s ON r.station_id = s.station_id"
        " WHERE s.station_id IS NULL",
    ),
    Check("no_frost", "SELECT station_id, celsius FROM readings WHERE celsius < 0", Severity.WARN),
    Check("all_stations_on_land", "SELECT name FROM stations WHERE altitude < 0"),
]


def run(conn_id: str, schema: str, window: str) -> dict[str, Any]:
    """Return the results of the tasks, by their ids; checks that failed have their error."""
    common: dict[str, Any] = {
        "redshift_conn_id": conn_id,
        "aws_conn_id": "stage_s3",
        "search_path": [schema],
        "sql_values": {"hottest": 60},
    }
    lock = f"{schema}.mutex"
    tasks = [
        StagePartitionsOperator(
            task_id="stage_readings",
            table=PartitionedTable("staged_readings", READING_COLUMNS, partition_column="delivery"),
            source=PartitionedSource(BUCKET, f"{schema}/readings"),
            window=window,
            copy_settings=CopySettings("arn:aws:iam::123456789012:role/copy", "manifests"),
            reject_limit=RejectLimit(max_rejected=1),
            **common,
        ),
        LoadDimensionOperator(
            task_id="load_stations",
            load=TableLoad("stations", ("station_id", "name", "altitude"), ("station_id",), STATIONS),
            lock=lock,
            **common,
        ),
        LoadFactOperator(
            task_id="load_readings",
            load=TableLoad(
                "readings",
                ("station_id", "measured_at", "celsius"),
                ("station_id", "measured_at"),
                READINGS,
                within="measured_at",
            ),
            mode="upsert",
            lock=lock,
            **common,
        ),
        DataQualityOperator(task_id="check", checks=CHECKS, **common),
    ]
    return {task.task_id: _execute(task, schema) for task in tasks}


def _execute(task: Any, run_id: str) -> Any:
    ti = SimpleNamespace(dag_id="weather", run_id=run_id, task_id=task.task_id, try_number=1)
    try:
        return task.execute({"ti": ti, "outlet_events": {}})
    except AirflowFailException as error:
        if not isinstance(task, DataQualityOperator):
            raise
        return str(error)


if __name__ == "__main__":
    print(json.dumps({"results": run(*sys.argv[1:]), "modules": sorted(sys.modules)}))
