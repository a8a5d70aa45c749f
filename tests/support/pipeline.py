"""A source bucket, an empty warehouse and the hourly DAG between them: for tests of what a load leaves in tables."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import obstore
from obstore.store import S3Store

from bench.rig.dag_runs import Run, load_dag
from sparkify.hooks.warehouse import WarehouseHook, WarehouseSession
from sparkify.tables import STAR_COLUMNS
from tests.support import oracle
from tests.support.oracle_bookkeeping import COLUMNS, compute_bookkeeping
from tests.support.paths import ROOT

START = datetime(2018, 11, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)
ORPHANS = ROOT / "sql" / "upkeep" / "orphans.sql"


class Pipeline:
    """A source bucket, an empty warehouse and the DAG between them."""

    def __init__(self, services: Any, conn_id: str, bucket: str) -> None:
        self.hook = WarehouseHook(conn_id)
        self.bucket = bucket
        services.s3.create_bucket(bucket)
        self.store = S3Store(
            bucket,
            endpoint=services.s3.endpoint,
            access_key_id=services.s3.access_key_id,
            secret_access_key=services.s3.secret_access_key,
            region="us-east-1",
            client_options={"allow_http": True},
        )
        self.dag = load_dag()
        self.reset()

    def reset(self) -> None:
        """Empty the bucket and create the tables again."""
        self.hours: dict[str, list[dict[str, Any]]] = {}
        self.catalogue: dict[str, dict[str, Any]] = {}
        obstore.delete(self.store, [item["path"] for page in obstore.list(self.store) for item in page])
        dag = load_dag("sparkify_create_tables")
        create = dag.get_task("create_tables")  # without the comments, which are most of its statements
        create.comments = []
        for task_id in ("drop_tables", "create_tables"):
            Run(dag, None, None, {"drop_existing": True}).run_task(task_id)

    def put_hour(self, number: int, events: list[dict[str, Any]], *, mtime: int | None = None) -> None:
        """Deliver an hour's partition, in place of what it held before.

        :param mtime: the time that the compressed file names; with one, the same events are the same bytes.
        """
        hour = START + number * HOUR
        self.hours[f"{hour:%Y-%m-%dT%H}"] = events
        body = gzip.compress("\n".join(map(json.dumps, events)).encode(), mtime=mtime)
        obstore.put(self.store, f"log_data/{hour:%Y/%m/%d/%H}/events.json.gz", body)

    def put_song(self, song: dict[str, Any], key: str = "") -> None:
        """Deliver a song file, in place of its earlier version; its key follows from the song_id unless given."""
        self.catalogue[key or song["song_id"]] = song
        obstore.put(self.store, f"song_data/A/B/C/TR{key or song['song_id']}.json", json.dumps(song).encode())

    def put_folder(self, folder: Path) -> None:
        """Deliver the files of a folder."""
        for path in sorted(folder.rglob("*.json")):
            obstore.put(self.store, path.relative_to(folder).as_posix(), path)

    def run_hour(self, number: int, **params: Any) -> dict[str, Any]:
        """Run the DAG for one hour."""
        start = START + number * HOUR
        return Run(self.dag, start, start + HOUR, params).finish()

    def run_window(self, start: datetime, end: datetime) -> dict[str, Any]:
        """Run the DAG for a window."""
        window = {"window_start": start.isoformat(), "window_end": end.isoformat()}
        return Run(self.dag, None, None, window).finish()

    def session(self) -> Any:
        """Open a session for looking."""
        return self.hook.session(search_path=("public", "etl"))

    def star(self) -> dict[str, set[Any]]:
        """Return the star's rows by table."""
        with self.session() as session:
            return {table: read(session, table) for table in oracle.Star().tables()}

    def ledger(self) -> list[Any]:
        """Return the ledger without the columns that tell one run from another."""
        with self.session() as session:
            return session.rows(
                "SELECT target_table, source_partition, source_lines, staged, rejected, in_scope, out_of_scope,"
                " candidates, rejected_by_rule, duplicates, loaded FROM etl.load_ledger"
                " WHERE target_table = 'songplays' ORDER BY source_partition"
            )

    def assert_is_expected(self) -> None:
        """Compare every table with the oracle's."""
        expected = oracle.compute_star(self.hours, self.catalogue.values())
        assert self.star() == expected.tables()


def read(session: WarehouseSession, table: str) -> set[Any]:
    """Return a table's rows; a row that is there twice is an error."""
    columns = ", ".join(f'"{name}"' for name in STAR_COLUMNS[table])
    rows = [oracle.exact(row) for row in session.rows(f"SELECT {columns} FROM public.{table}")]
    assert len(rows) == len(set(rows)), f"{table} holds a row more than once"
    return set(rows)


def assert_is_as_the_files_say(pipeline: Pipeline) -> None:
    """Compare all tables with the oracle's, and look for orphans."""
    pipeline.assert_is_expected()
    files = {f"s3://{pipeline.bucket}/song_data/A/B/C/TR{key}.json": [line] for key, line in pipeline.catalogue.items()}
    expected = compute_bookkeeping(pipeline.hours, files)
    with pipeline.session() as session:
        for table, columns in COLUMNS.items():
            hours_only = " WHERE target_table = 'songplays'" if table == "load_ledger" else ""
            found = session.rows(f"SELECT {', '.join(columns)} FROM etl.{table}{hours_only}")
            assert sorted(map(oracle.exact, found), key=repr) == sorted(expected[table], key=repr), table
        orphans = [row for row in session.rows(ORPHANS.read_text().strip().rstrip(";")) if row[1]]
    assert orphans == []
