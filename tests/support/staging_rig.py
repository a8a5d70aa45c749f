"""Runs StageToRedshiftOperator in a staging schema of its own, over both types of connection: for the tests of it."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg

from local_redshift import RedshiftServer
from local_redshift.s3 import S3Server
from sparkify.hooks.object_store import ObjectStore
from sparkify.hooks.sql_text import split_statements
from sparkify.hooks.warehouse import WarehouseHook
from sparkify.operators.stage_partitions import StagePartitionsOperator
from sparkify.operators.stage_to_redshift import StageToRedshiftOperator
from sparkify.tables import EVENT_COLUMNS, SONG_COLUMNS, STAGING_TABLES
from tests.support.ledgers import ledger_of
from tests.support.staging_operators import stage_new_files, stage_partitions

TABLES = Path(__file__).parents[2] / "sql" / "tables"
TWO_HOURS = "2018-11-05T13:00Z to 2018-11-05T15:00Z"
HOUR_13, HOUR_14 = "log_data/2018/11/05/13/", "log_data/2018/11/05/14/"


def event(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "artist": "Déjà Vu",
        "auth": "Logged In",
        "firstName": "Ann",
        "gender": "F",
        "itemInSession": number,
        "lastName": "Lee",
        "length": 233.27302,
        "level": "free",
        "location": "Bixby, OK",
        "method": "PUT",
        "page": "NextSong",
        "registration": 1540919166796.0,
        "sessionId": 38,
        "song": 'A "quoted" one \\ here',
        "status": 200,
        "ts": 1541423000000 + number,
        "userAgent": '"Mozilla/5.0"',
        "userId": str(number),
        **changes,
    }


def lines(*events: dict[str, Any] | str) -> bytes:
    """Return JSON lines without a newline at the end, as the public sample has them."""
    return "\n".join(item if isinstance(item, str) else json.dumps(item) for item in events).encode()


def song(number: int, **changes: Any) -> bytes:
    return json.dumps(
        {
            "num_songs": 1,
            "artist_id": f"AR{number}",
            "artist_latitude": None,
            "artist_longitude": None,
            "artist_location": "",
            "artist_name": "Name",
            "song_id": f"SO{number}",
            "title": "Title",
            "duration": 100.5,
            "year": 0,
            **changes,
        },
        ensure_ascii=False,
    ).encode()


class Stage:
    """Runs the operator in a staging schema and a bucket of its own, and looks at what it left there."""

    def __init__(self, conn_id: str) -> None:
        self.hook = WarehouseHook(conn_id)
        self.store = ObjectStore("stage_s3")
        self.schema = f"run_{uuid.uuid4().hex[:12]}"
        self.target = f"t_{self.schema}"
        self.bucket = "stage"
        self.root = self.schema
        with self.hook.session() as session:
            session.run(f"CREATE SCHEMA {self.schema}")
            for table in STAGING_TABLES:
                session.run(f"CREATE TABLE {self.schema}.{table} (LIKE staging_template.{table})")

    def put(self, key: str, content: bytes) -> str:
        return self.store.put(self.bucket, f"{self.root}/{key}", content)

    def remove(self, key: str) -> None:
        self.store.delete(self.bucket, [f"{self.root}/{key}"])

    def operator(self, **options: Any) -> StagePartitionsOperator:
        return stage_partitions(
            **{
                **self._given(),
                "table": "staging_events",
                "columns": EVENT_COLUMNS,
                "prefix": f"{self.root}/log_data",
                "window": TWO_HOURS,
                **options,
            }
        )

    def _given(self) -> dict[str, Any]:
        return {
            "task_id": "stage",
            "redshift_conn_id": self.hook.conn_id,
            "aws_conn_id": "stage_s3",
            "search_path": [self.schema, "public", "etl"],
            "bucket": self.bucket,
            "manifest_bucket": "manifests",
            "copy_role": "arn:aws:iam::123456789012:role/copy",
        }

    def run(self, **options: Any) -> dict[str, Any]:
        return self.execute(self.operator(**options))

    def execute(self, operator: StageToRedshiftOperator, try_number: int = 1) -> dict[str, Any]:
        ti = SimpleNamespace(dag_id="dag", run_id=self.schema, task_id="stage", try_number=try_number)
        counts = operator.execute({"ti": ti})
        assert self.manifests() == []
        return {name: value for name, value in counts.items() if name != "seconds"}

    def songs(self, **options: Any) -> dict[str, Any]:
        operator = stage_new_files(
            **{
                **self._given(),
                "table": "staging_songs",
                "columns": SONG_COLUMNS,
                "prefix": f"{self.root}/song_data",
                "row_key": "song_id",
                "ledger": ledger_of(self.target),
                **options,
            }
        )
        return self.execute(operator)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with self.hook.session(search_path=(self.schema, "public", "etl")) as session:
            return session.rows(sql)

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return all that staging left, without the columns that tell one try from another."""
        return {
            "events": self.rows("SELECT * FROM staging_events ORDER BY source_partition, ts, item_in_session"),
            "partitions": self.rows(
                "SELECT table_name, source_partition, start_ts, end_ts, manifest_hash, object_count, byte_count,"
                " source_lines, staged, rejected FROM staged_partitions ORDER BY 1, 2"
            ),
            "objects": self.rows("SELECT * FROM staged_objects ORDER BY 1, 2, 3"),
            "rejects": self.rows("SELECT * FROM staged_rejects ORDER BY 1, 2, 3, 4"),
        }

    def note_loaded(self, uri: str, etag: str = "e", partition_ts: int = 1541422800000, byte_count: int = 1) -> None:
        with self.hook.session() as session:
            session.run(
                "INSERT INTO etl.source_objects (target_table, source_partition, partition_ts, object_uri, etag,"
                " byte_count) VALUES (%s, '2018-11-05T13', %s, %s, %s, %s)",
                (self.target, partition_ts, uri, etag, byte_count),
            )

    def manifests(self) -> list[str]:
        return [item.key for item in self.store.list_objects("manifests", f"manifests/dag/{self.schema}/")]


def connections(redshift: RedshiftServer, s3: S3Server) -> dict[str, dict[str, Any]]:
    """Return the Airflow connections that the tests use, by their ids."""
    given = redshift.connection()
    warehouse = {
        "host": given["host"],
        "port": given["port"],
        "login": given["user"],
        "password": given["password"],
        "schema": given["dbname"],
    }
    aws = {"endpoint_url": s3.endpoint, "region_name": "us-east-1"}
    return {
        "stage_redshift": {"conn_type": "redshift", **warehouse},
        "stage_postgres": {
            "conn_type": "postgres",
            **warehouse,
            "extra": {"sslrootcert": str(redshift.certificate)},
        },
        "stage_s3": {
            "conn_type": "aws",
            "login": s3.access_key_id,
            "password": s3.secret_access_key,
            "extra": aws,
        },
        "stage_s3_keys": {
            "conn_type": "aws",
            "login": s3.access_key_id,
            "password": s3.secret_access_key,
            "extra": {**aws, "copy_with_static_keys": True},
        },
    }


def make_tables(redshift: RedshiftServer) -> None:
    """Create the pipeline's templates and bookkeeping tables."""
    with psycopg.connect(**redshift.connection(), autocommit=True) as connection:
        for name in ("schemas", "staging", "staging_control", "staging_run", "etl_sources", "etl_ledger"):
            for statement in split_statements((TABLES / f"{name}.sql").read_text()):
                connection.execute(statement)
