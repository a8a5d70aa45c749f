"""Loads stations and their readings by runs with a staging schema of their own, as generic as in ``weather.py``.

Readings are delivered by the hour, stations as single files of a folder. The operators' bookkeeping tables are made as
``sql/tables`` defines them, in the schema of the weather: nothing of the pipeline's own schemas is read or written.

``python -m tests.support.weather_run <connection> <schema> <run> <window>`` loads a window and prints the tasks'
results, the modules that were loaded and the assets' events as JSON.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from bench.rig.dag_runs import FakeTaskInstance
from sparkify.ledger.ledger import Ledger
from sparkify.ledger.migrations import SCHEMA_VERSION
from sparkify.loading.earlier_loads import EarlierQueries
from sparkify.loading.quality import Check
from sparkify.loading.steps import Bounds, Merge, Script
from sparkify.loading.table_changes import Target
from sparkify.loading.table_load import Fill, TableLoad
from sparkify.operators.close_staging import CloseStagingOperator
from sparkify.operators.data_quality import DataQualityOperator
from sparkify.operators.load_dimension import LoadDimensionOperator
from sparkify.operators.load_fact import LoadFactOperator
from sparkify.operators.open_staging import OpenStagingOperator
from sparkify.operators.publish import PublishOperator
from sparkify.operators.stage_new_files import StageNewFilesOperator
from sparkify.operators.stage_partitions import StagePartitionsOperator
from sparkify.staging.copy_settings import CopySettings, RejectLimit
from sparkify.staging.source_files import PartitionedSource, Source
from sparkify.staging.staged_table import KeyedTable, PartitionedTable
from tests.support.weather import BUCKET, READING_COLUMNS

SQL = Path(__file__).parents[2] / "sql"

#: The shared tables, the templates of a run's tables, and the operators' bookkeeping.
RUN_TABLES = """CREATE SCHEMA {schema};
CREATE TABLE {schema}.mutex (id INTEGER);
CREATE TABLE {schema}.stations (station_id VARCHAR(16) NOT NULL, name VARCHAR(64), altitude INTEGER)
SORTKEY (station_id);
CREATE TABLE {schema}.readings
(station_id VARCHAR(16) NOT NULL, measured_at TIMESTAMP NOT NULL, celsius DOUBLE PRECISION)
SORTKEY (measured_at);
CREATE TABLE {schema}.hours
(source_partition VARCHAR(64), partition_ts BIGINT, manifest_hash CHAR(32), rejected BIGINT, run_id VARCHAR(250),
 as_of TIMESTAMP, days VARCHAR(1000));
CREATE TABLE {schema}.source_objects (LIKE etl.source_objects);
CREATE TABLE {schema}.folder_listings (LIKE etl.folder_listings);
CREATE TABLE {schema}.quality_results (LIKE etl.quality_results);
CREATE TABLE {schema}.migrations (number INTEGER NOT NULL);
INSERT INTO {schema}.migrations VALUES (VERSION);
CREATE SCHEMA {schema}_template;
CREATE TABLE {schema}_template.staged_readings
(station VARCHAR(16), station_name VARCHAR(64), altitude INTEGER, measured_at VARCHAR(32), celsius DOUBLE PRECISION,
 delivery VARCHAR(64));
CREATE TABLE {schema}_template.staged_stations
(station_id VARCHAR(16), name VARCHAR(64), altitude INTEGER, delivered_in VARCHAR(1024));
CREATE TABLE {schema}_template.run_readings
(source_partition VARCHAR(64), station_id VARCHAR(16), measured_at TIMESTAMP, celsius DOUBLE PRECISION);
CREATE TABLE {schema}_template.run_stations
(station_id VARCHAR(16), name VARCHAR(64), altitude INTEGER, delivered_in VARCHAR(1024));
CREATE TABLE {schema}_template.run_partitions (LIKE staging_template.run_partitions);
CREATE TABLE {schema}_template.run_loads (LIKE staging_template.run_loads);
CREATE TABLE {schema}_template.staged_partitions (LIKE staging_template.staged_partitions);
CREATE TABLE {schema}_template.staged_objects (LIKE staging_template.staged_objects);
CREATE TABLE {schema}_template.staged_rejects (LIKE staging_template.staged_rejects)
""".replace("VERSION", str(SCHEMA_VERSION))
TEMPLATES = (
    *("staged_readings", "staged_stations", "run_readings", "run_stations", "run_partitions", "run_loads"),
    *("staged_partitions", "staged_objects", "staged_rejects"),
)
COLUMNS = {
    "stations": ("station_id", "name", "altitude"),
    "readings": ("station_id", "measured_at", "celsius"),
    "run_stations": ("station_id", "name", "altitude", "delivered_in"),
    "run_readings": ("source_partition", "station_id", "measured_at", "celsius"),
}

RUN_STATIONS = "SELECT station_id, name, altitude, delivered_in FROM staged_stations"
RUN_READINGS = """
SELECT delivery, station, CAST(measured_at AS TIMESTAMP), MIN(celsius) FROM staged_readings
WHERE celsius < :hottest GROUP BY delivery, station, measured_at
"""
GUARD = """
SELECT 'No readings of ' || r.source_partition || ' were staged.' AS problem
FROM run_partitions AS r
LEFT JOIN staged_partitions AS p ON r.source_partition = p.source_partition AND p.table_name = 'staged_readings'
WHERE p.table_name IS NULL
"""
RUN_BOUNDS = """
SELECT
    'measured' AS name,
    'time' AS kind,
    TO_CHAR(MIN(measured_at), 'YYYY-MM-DD HH24:MI:SS.US') AS first_value,
    TO_CHAR(MAX(measured_at), 'YYYY-MM-DD HH24:MI:SS.US') AS last_value
FROM run_readings
GROUP BY TRUNC(measured_at)
UNION ALL
SELECT 'station_files', 'text', MIN(object_uri), MAX(object_uri) FROM staged_objects
WHERE table_name = 'staged_stations'
UNION ALL
SELECT 'station_ids', 'text', MIN(station_id), MAX(station_id) FROM run_stations
"""
EARLIER_HOURS = """
SELECT
    s.schema_version, s.run_hours, s.result, h.source_partition, h.file_partition, h.is_of_run, h.is_newer, h.is_tied,
    h.is_seen_later, h.has_other_lines, h.has_other_facts, h.run_id, h.partition_ts, h.as_of, h.fact_days
FROM (
    SELECT
        (SELECT MAX(number) FROM {schema}.migrations) AS schema_version,
        (SELECT COUNT(*) FROM run_partitions) AS run_hours,
        (SELECT result FROM run_loads WHERE table_name = 'publish') AS result
) AS s
LEFT JOIN (
    SELECT
        l.source_partition,
        p.source_partition AS file_partition,
        l.run_id,
        l.partition_ts,
        l.as_of,
        l.days AS fact_days,
        TRUE AS is_of_run,
        l.manifest_hash <> p.manifest_hash AND l.as_of > p.as_of AS is_newer,
        l.manifest_hash <> p.manifest_hash AND l.as_of = p.as_of AS is_tied,
        l.manifest_hash = p.manifest_hash AND l.as_of > p.as_of AS is_seen_later,
        l.manifest_hash <> p.manifest_hash OR l.rejected <> p.rejected AS has_other_lines,
        FALSE AS has_other_facts
    FROM {schema}.hours AS l
    INNER JOIN staged_partitions AS p
        ON l.source_partition = p.source_partition AND p.table_name = 'staged_readings'
) AS h ON s.schema_version IS NOT NULL
"""
EARLIER_FILES = """
SELECT
    o.object_uri,
    s.run_id,
    s.etag <> o.etag AND s.as_of > p.as_of AS is_newer,
    s.etag <> o.etag AND s.as_of = p.as_of AS is_tied,
    s.etag = o.etag AS is_same
FROM staged_objects AS o
INNER JOIN staged_partitions AS p ON o.table_name = p.table_name AND o.source_partition = p.source_partition
INNER JOIN {schema}.source_objects AS s ON o.object_uri = s.object_uri
WHERE o.table_name = 'staged_stations' AND s.object_uri BETWEEN :station_files_from AND :station_files_to
"""
LEAVE_OTHERS = """
DELETE FROM run_partitions WHERE run_partitions.source_partition IN (:superseded);
DELETE FROM run_readings WHERE run_readings.source_partition IN (:superseded);
DELETE FROM run_stations WHERE MD5(run_stations.delivered_in) IN (:known_files);
DELETE FROM staged_objects
WHERE staged_objects.table_name = 'staged_stations' AND MD5(staged_objects.object_uri) IN (:known_files)
"""
WITHDRAW = """
DELETE FROM {schema}.readings
USING run_partitions AS r
WHERE
    readings.measured_at BETWEEN :earlier_days_from AND :earlier_days_to
    AND TO_CHAR(readings.measured_at, 'YYYY-MM-DD HH24') = REPLACE(r.source_partition, 'T', ' ')
    AND NOT EXISTS (
        SELECT 1 FROM run_readings AS n
        WHERE n.station_id = readings.station_id AND n.measured_at = readings.measured_at
    )
"""
HOURS = """
DELETE FROM {schema}.hours
USING run_partitions AS r
WHERE
    hours.source_partition = r.source_partition
    AND hours.source_partition BETWEEN :earlier_partitions_from AND :earlier_partitions_to;
INSERT INTO {schema}.hours (source_partition, partition_ts, manifest_hash, rejected, run_id, as_of, days)
SELECT
    r.source_partition, r.start_ts, p.manifest_hash, p.rejected, :run_id, p.as_of,
    LISTAGG(DISTINCT TO_CHAR(n.measured_at, 'YYYY-MM-DD'), ',')
FROM run_partitions AS r
INNER JOIN staged_partitions AS p ON r.source_partition = p.source_partition AND p.table_name = 'staged_readings'
LEFT JOIN run_readings AS n ON r.source_partition = n.source_partition
GROUP BY r.source_partition, r.start_ts, p.manifest_hash, p.rejected, p.as_of
"""
FILES = """
DELETE FROM {schema}.source_objects
USING staged_objects AS o
WHERE
    source_objects.object_uri = o.object_uri
    AND source_objects.object_uri BETWEEN :station_files_from AND :station_files_to
    AND o.table_name = 'staged_stations';
INSERT INTO {schema}.source_objects
(target_table, source_partition, partition_ts, object_uri, etag, byte_count, run_id, loaded_at, as_of)
SELECT 'stations', o.source_partition, 0, o.object_uri, o.etag, o.byte_count, :run_id, GETDATE(), p.as_of
FROM staged_objects AS o
INNER JOIN staged_partitions AS p ON o.table_name = p.table_name AND o.source_partition = p.source_partition
WHERE o.table_name = 'staged_stations'
"""
WITHOUT_STATION = """
SELECT
    CASE WHEN COUNT(*) > 0 THEN 'There are readings of stations that no file describes.' END AS problem,
    COUNT(*) AS without_station
FROM run_readings AS n
LEFT JOIN {schema}.stations AS s ON n.station_id = s.station_id
WHERE s.station_id IS NULL
"""
RESULT = "INSERT INTO run_loads (table_name, row_count, as_of, result) VALUES ('publish', 0, GETDATE(), :result)"


def make_tasks(conn_id: str, schema: str, window: str, sql_folder: str) -> list[Any]:
    """Return the tasks of a run, in their order."""
    run_schema = f"{schema}_run"
    common: dict[str, Any] = {
        "redshift_conn_id": conn_id,
        "aws_conn_id": "stage_s3",
        "search_path": [run_schema, schema],
        "sql_values": {"hottest": 60},
    }
    writing = {**common, "lock": f"{schema}.mutex"}
    copying = {
        **common,
        "copy_settings": CopySettings("arn:aws:iam::123456789012:role/copy", "manifests"),
        "reject_limit": RejectLimit(max_rejected=1),
    }
    return [
        OpenStagingOperator(
            task_id="open",
            created_by="weather_tables",
            staging_schema=run_schema,
            template_schema=f"{schema}_template",
            tables=TEMPLATES,
            version_sql=(SQL / "stage/schema_version.sql").read_text().replace("etl.", f"{schema}."),
            window=window,
            **common,
        ),
        StagePartitionsOperator(
            task_id="stage_readings",
            table=PartitionedTable("staged_readings", READING_COLUMNS, partition_column="delivery"),
            source=PartitionedSource(BUCKET, f"{schema}/readings"),
            window=window,
            **copying,
        ),
        StageNewFilesOperator(
            task_id="stage_stations",
            table=KeyedTable(
                "staged_stations",
                {"station_id": "$['id']", "name": "$['name']", "altitude": "$['altitude']"},
                row_key="station_id",
                object_column="delivered_in",
            ),
            source=Source(BUCKET, f"{schema}/stations"),
            ledger=Ledger("stations", sql_folder, lock=f"{schema}.mutex"),
            **copying,
        ),
        LoadDimensionOperator(
            task_id="load_stations",
            load=TableLoad("run_stations", COLUMNS["run_stations"], ("station_id",), RUN_STATIONS),
            mode=Fill(staged_as="staged_stations", files_staged_by="stage_stations"),
            **writing,
        ),
        LoadFactOperator(
            task_id="load_readings",
            load=TableLoad("run_readings", COLUMNS["run_readings"], ("station_id", "measured_at"), RUN_READINGS),
            mode=Fill(staged_as="staged_readings"),
            **writing,
        ),
        _publish(schema, writing),
        DataQualityOperator(
            task_id="check",
            checks=[Check("stations_on_land", "SELECT name FROM stations WHERE altitude < 0")],
            results_table=f"{schema}.quality_results",
            window=window,
            published_by="publish",
            assets={"weather_readings": "readings"},
            **common,
        ),
        CloseStagingOperator(task_id="close", staging_schema=run_schema, checked_by="check", **common),
    ]


def _publish(schema: str, writing: dict[str, Any]) -> PublishOperator:
    def own(sql: str) -> str:
        return sql.format(schema=schema)

    stations = Target(f"{schema}.stations", COLUMNS["stations"], ("station_id",), "station_id", "station_ids")
    readings = Target(f"{schema}.readings", COLUMNS["readings"], COLUMNS["readings"][:2], "measured_at", "measured")
    return PublishOperator(
        task_id="publish",
        guard_sql=GUARD,
        run_bounds=Bounds(RUN_BOUNDS, names=("measured", "station_files", "station_ids")),
        earlier=EarlierQueries(
            own(EARLIER_HOURS), fact_days="measured", files=Script(own(EARLIER_FILES), when="station_files")
        ),
        steps=(
            Script(LEAVE_OTHERS),
            Merge(stations, candidate="run_stations", when="station_ids"),
            Script(own(WITHDRAW)),
            Merge(readings, candidate="run_readings", when="measured"),
            Script(own(HOURS)),
            Script(own(FILES), when="station_files"),
        ),
        tables={"stations": f"{schema}.stations", "readings": f"{schema}.readings"},
        assert_steps=(Script(own(WITHOUT_STATION)),),
        result_sql=RESULT,
        **writing,
    )


def run(conn_id: str, schema: str, run_id: str, window: str) -> dict[str, Any]:
    """Run the tasks, and return their results and the events of the assets. Publish runs twice, as in a retry."""
    results: dict[str, Any] = {}
    states: dict[str, str] = {}
    events: Any = defaultdict(SimpleNamespace)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "ledger").mkdir()
        for path in (SQL / "ledger").iterdir():
            (Path(folder) / "ledger" / path.name).write_text(path.read_text().replace("etl.", f"{schema}."))
        for task in make_tasks(conn_id, schema, window, folder):
            for try_number in (1, 2) if task.task_id == "publish" else (1,):
                results[task.task_id] = task.execute(
                    {
                        "ti": FakeTaskInstance("weather", run_id, task.task_id, try_number, states, results),
                        "dag": SimpleNamespace(tasks=[]),
                        "dag_run": SimpleNamespace(logical_date=None),
                        "outlet_events": events,
                    }
                )
            states[task.task_id] = "success"
    return {"results": results, "events": {asset.name: event.extra for asset, event in events.items()}}


if __name__ == "__main__":
    print(json.dumps({**run(*sys.argv[1:]), "modules": sorted(sys.modules)}))
