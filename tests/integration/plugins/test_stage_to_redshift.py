"""StageToRedshiftOperator against the local Redshift and S3, over both types of connection."""

from __future__ import annotations

import gzip
import json
import threading
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException, TaskDeferred

from local.redshift.process import RedshiftProcess
from local.s3 import S3Server
from sparkify import new_files
from sparkify.errors import SourceChangedError, is_transient
from sparkify.folder_listing import group_of
from sparkify.hooks.object_store import ObjectStore
from sparkify.hooks.warehouse import WarehouseHook
from sparkify.operators.stage_to_redshift import StageToRedshiftOperator
from sparkify.sql_text import split_statements
from sparkify.tables import EVENT_COLUMNS, SONG_COLUMNS, STAGING_TABLES

TABLES = Path(__file__).parents[3] / "sql" / "tables"
HOURS = {"window_start": "2018-11-05T13:00Z", "window_end": "2018-11-05T15:00Z"}
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


def song(number: int) -> bytes:
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
        }
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

    def operator(self, **options: Any) -> StageToRedshiftOperator:
        layout = options.get("layout", "hourly")
        return StageToRedshiftOperator(
            **{
                "task_id": "stage",
                "redshift_conn_id": self.hook.conn_id,
                "aws_conn_id": "stage_s3",
                "search_path": [self.schema, "public", "etl"],
                "table": "staging_events",
                "columns": EVENT_COLUMNS,
                "bucket": self.bucket,
                "prefix": f"{self.root}/log_data",
                "layout": "hourly",
                "manifest_bucket": "manifests",
                "copy_role": "arn:aws:iam::123456789012:role/copy",
                **(HOURS if layout else {}),
                **options,
            }
        )

    def run(self, **options: Any) -> dict[str, Any]:
        return self.execute(self.operator(**options))

    def execute(self, operator: StageToRedshiftOperator, try_number: int = 1) -> dict[str, Any]:
        ti = SimpleNamespace(dag_id="dag", run_id=self.schema, task_id="stage", try_number=try_number)
        counts = operator.execute({"ti": ti})
        assert self.manifests() == []
        return {name: value for name, value in counts.items() if name != "seconds"}

    def songs(self, **options: Any) -> dict[str, Any]:
        return self.run(
            **{
                "table": "staging_songs",
                "columns": SONG_COLUMNS,
                "prefix": f"{self.root}/song_data",
                "layout": None,
                "only_new": True,
                "partition_column": None,
                "ledger_target": self.target,
                **options,
            }
        )

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

    def note_loaded(self, uri: str, etag: str = "e", partition_ts: int = 1541422800000) -> None:
        with self.hook.session() as session:
            session.run(
                "INSERT INTO etl.source_objects (target_table, source_partition, partition_ts, object_uri, etag,"
                " byte_count) VALUES (%s, '2018-11-05T13', %s, %s, %s, 1)",
                (self.target, partition_ts, uri, etag),
            )

    def manifests(self) -> list[str]:
        return [item.key for item in self.store.list_objects("manifests", f"manifests/dag/{self.schema}/")]


def connections(redshift: RedshiftProcess, s3: S3Server) -> dict[str, dict[str, Any]]:
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


def make_tables(redshift: RedshiftProcess) -> None:
    """Create the pipeline's templates and bookkeeping tables."""
    with psycopg.connect(**redshift.connection(), autocommit=True) as connection:
        for name in ("schemas", "staging", "staging_control", "etl_sources", "etl_ledger"):
            for statement in split_statements((TABLES / f"{name}.sql").read_text()):
                connection.execute(statement)


@pytest.fixture(scope="module")
def warehouse(redshift: RedshiftProcess, s3: S3Server) -> RedshiftProcess:
    """The local Redshift with the pipeline's templates and bookkeeping tables."""
    s3.create_bucket("stage")
    s3.create_bucket("manifests")
    make_tables(redshift)
    return redshift


@pytest.fixture(params=["redshift", "postgres"])
def stage(
    request: pytest.FixtureRequest, warehouse: RedshiftProcess, s3: S3Server, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Stage]:
    for name, value in connections(warehouse, s3).items():
        monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps(value))
    stage = Stage(f"stage_{request.param}")
    yield stage
    with stage.hook.session() as session:
        session.run(f"DROP SCHEMA {stage.schema} CASCADE")


def test_hours_are_staged_with_every_field_as_delivered(stage: Stage) -> None:
    stage.put(f"{HOUR_13}a.json", lines(event(1), event(2, userId="", length=None, artist=None)))
    stage.put(f"{HOUR_13}b.json", lines(event(3)))
    stage.put(f"{HOUR_14}c.json", lines(event(4)) + b"\n\n")
    counts = stage.run()
    assert {name: counts[name] for name in ("partitions", "files", "source_lines", "staged", "rejected")} == {
        "partitions": 2,
        "files": 3,
        "source_lines": 4,
        "staged": 4,
        "rejected": 0,
    }
    [first, second] = stage.rows("SELECT * FROM staging_events WHERE item_in_session IN (1, 2) ORDER BY ts")
    assert first == (
        "Déjà Vu",
        "Logged In",
        "Ann",
        "F",
        1,
        "Lee",
        233.27302,
        "free",
        "Bixby, OK",
        "PUT",
        "NextSong",
        1540919166796.0,
        38,
        'A "quoted" one \\ here',
        200,
        1541423000001,
        '"Mozilla/5.0"',
        1,
        "2018-11-05T13",
    )
    assert (second[0], second[6], second[17]) == (None, None, None)
    partitions = "SELECT source_partition, object_count, source_lines, staged FROM staged_partitions ORDER BY 1"
    assert stage.rows(partitions) == [("2018-11-05T13", 2, 3, 3), ("2018-11-05T14", 1, 1, 1)]
    assert stage.rows("SELECT COUNT(*) FROM staged_partitions WHERE query_id > 0 AND seconds > 0") == [(2,)]


def test_gzip_and_plain_files_of_an_hour_are_staged_together(stage: Stage) -> None:
    stage.put(f"{HOUR_13}a.json", lines(event(1)))
    stage.put(f"{HOUR_13}b.json.gz", gzip.compress(lines(event(2), event(3))))
    assert stage.run()["staged"] == 3
    assert stage.rows("SELECT DISTINCT source_partition FROM staging_events") == [("2018-11-05T13",)]


def test_day_is_one_partition_and_its_neighbours_by_prefix_are_not_read(stage: Stage) -> None:
    stage.put("log_data/2018/11/2018-11-05-events.json", lines(event(1), event(2)))
    stage.put("log_data/2018/11/2018-11-05-events.json.bak", lines(event(3)))
    stage.put("log_data/2018/11/2018-11-06-events.json.gz", gzip.compress(lines(event(4))))
    counts = stage.run(layout="daily")
    assert (counts["partitions"], counts["staged"]) == (1, 2)
    assert stage.rows("SELECT source_partition, start_ts, end_ts FROM staged_partitions") == [
        ("2018-11-05", 1541376000000, 1541462400000)
    ]


def test_song_files_are_staged_once_for_each_version(stage: Stage) -> None:
    uris = [stage.put(f"song_data/A/A/TR{number}.json", song(number)) for number in range(5)]
    assert stage.songs()["staged"] == 5
    for uri, etag in stage.rows("SELECT object_uri, etag FROM staged_objects"):
        stage.note_loaded(uri, etag, 0)
    assert stage.songs()["files"] == 0
    assert stage.rows("SELECT COUNT(*) FROM staging_songs") == [(0,)]
    assert stage.rows("SELECT source_partition, staged FROM staged_partitions") == [("", 0)]
    stage.put("song_data/A/A/TR3.json", song(33))
    stage.put("song_data/A/A/TR9.json", song(9))
    assert stage.songs()["staged"] == 2
    assert stage.rows("SELECT song_id FROM staging_songs ORDER BY 1") == [("SO33",), ("SO9",)]
    assert len(uris) == 5


def test_a_listing_without_news_is_kept_and_only_what_differs_from_it_is_looked_up(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(new_files, "_WORTH_KEEPING", 1)
    uris = [stage.put(f"song_data/A/{number % 3}/TR{number}.json", song(number)) for number in range(8)]
    assert stage.songs(listing_share=0)["staged"] == 8
    for uri, etag in stage.rows("SELECT object_uri, etag FROM staged_objects"):
        stage.note_loaded(uri, etag, 0)
    scans = f"SELECT object_count FROM etl.source_scans WHERE target_table = '{stage.target}'"
    assert stage.rows(scans) == []
    assert stage.songs(listing_share=0)["files"] == 0
    assert stage.rows(scans) == [(8,)]
    asked: list[list[str]] = []
    known = new_files.NewFiles._known

    def spy(files: Any, session: Any, groups: Sequence[str]) -> Any:
        asked.append(list(groups))
        return known(files, session, groups)

    monkeypatch.setattr(new_files.NewFiles, "_known", spy)
    assert stage.songs(listing_share=0)["files"] == 0
    assert asked == []
    uris += [stage.put("song_data/B/TR8.json", song(8)), stage.put("song_data/A/0/TR0.json", song(80))]
    assert stage.songs(listing_share=0)["staged"] == 2
    assert asked == [sorted({group_of(uris[8]), group_of(uris[0])})]


def test_a_listing_without_news_is_not_repeated_for_a_while(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(new_files, "_WORTH_KEEPING", 1)
    monkeypatch.setattr(new_files, "_WORTH_SKIPPING", 1)
    uri = stage.put("song_data/A/TR1.json", song(1))
    stage.note_loaded(uri, stage.store.list_objects(stage.bucket, uri.split("/", 3)[3])[0].etag, 0)
    assert stage.songs(listing_share=0)["files"] == 0
    stage.put("song_data/A/TR2.json", song(2))
    assert stage.songs(listing_share=0.000001)["files"] == 0
    assert stage.songs(listing_share=0)["files"] == 1


def test_a_smaller_folder_is_listed_by_every_run_and_needs_no_lock_when_nothing_changed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(new_files, "_WORTH_KEEPING", 1)
    uri = stage.put("song_data/A/TR1.json", song(1))
    stage.note_loaded(uri, stage.store.list_objects(stage.bucket, uri.split("/", 3)[3])[0].etag, 0)
    assert stage.songs(listing_share=0.000001)["files"] == 0
    with monkeypatch.context() as locked:
        locked.setattr(new_files.NewFiles, "_compare", None)
        assert stage.songs(listing_share=0.000001)["files"] == 0
    stage.put("song_data/A/TR2.json", song(2))
    assert stage.songs(listing_share=0.000001)["files"] == 1


def test_names_can_be_matched_by_copy_itself(stage: Stage) -> None:
    stage.put("song_data/A/A/TR1.json", song(1))
    assert stage.songs(columns="auto")["staged"] == 1
    assert stage.rows("SELECT song_id, artist_name, duration FROM staging_songs") == [("SO1", "Name", 100.5)]


def test_auto_with_a_partition_column(stage: Stage) -> None:
    stage.put(f"{HOUR_13}a.json", lines({"artist": "A", "ts": 5, "source_partition": "of the file"}))
    stage.run(columns="auto")
    assert stage.rows("SELECT artist, ts, source_partition FROM staging_events") == [("A", 5, "2018-11-05T13")]


def test_hour_without_files_is_staged_as_empty(stage: Stage) -> None:
    stage.put(f"{HOUR_13}empty.json", b"")
    counts = stage.run()
    assert (counts["partitions"], counts["files"], counts["staged"]) == (2, 1, 0)
    assert stage.rows("SELECT source_partition, object_count, staged FROM staged_partitions ORDER BY 1") == [
        ("2018-11-05T13", 1, 0),
        ("2018-11-05T14", 0, 0),
    ]


@pytest.mark.parametrize(
    ("on_absent", "outcome", "words"),
    [("fail", AirflowFailException, HOUR_14), ("skip", AirflowSkipException, HOUR_13), ("wait", TaskDeferred, "")],
)
def test_hour_without_files_can_fail_skip_or_wait(stage: Stage, on_absent: str, outcome: Any, words: str) -> None:
    with pytest.raises(outcome) as caught:
        stage.run(on_absent=on_absent)
    assert words in str(caught.value)
    assert stage.rows("SELECT COUNT(*) FROM staged_partitions") == [(0,)]


def test_rerun_leaves_the_same_rows(stage: Stage) -> None:
    stage.put(f"{HOUR_13}a.json", lines(event(1), event(2)))
    stage.put(f"{HOUR_14}b.json.gz", gzip.compress(lines(event(3), "{")))
    stage.run(max_rejected=1)
    before = stage.everything()
    stage.run(max_rejected=1)
    assert stage.everything() == before
    assert len(before["events"]) == 3


def test_a_try_removes_the_manifests_of_killed_ones(stage: Stage) -> None:
    stage.put(f"{HOUR_13}a.json", lines(event(1)))
    stage.store.put("manifests", f"manifests/dag/{stage.schema}/stage/1/dead/2018-11-05T13-plain.manifest", b"{}")
    stage.execute(stage.operator(), try_number=2)
    assert stage.manifests() == []


def test_rerun_after_a_correction_leaves_what_the_file_has_now(stage: Stage) -> None:
    stage.put(f"{HOUR_13}a.json", lines(event(1), event(2)))
    stage.put(f"{HOUR_13}b.json", lines(event(3)))
    stage.run()
    stage.put(f"{HOUR_13}a.json", lines(event(1, level="paid")))
    stage.remove(f"{HOUR_13}b.json")
    stage.run()
    assert stage.rows("SELECT item_in_session, level FROM staging_events") == [(1, "paid")]
    assert stage.rows("SELECT COUNT(*) FROM staged_objects") == [(1,)]


@pytest.mark.parametrize(
    ("bad", "column", "shown"),
    [
        ('{"ts": 15414, "artist": "cut o', "", '{"ts": 15414, "artist": "cut o'),
        (json.dumps(event(2, itemInSession="seven")), "item_in_session", 'value "seven"'),
        (json.dumps(event(2, level="x" * 17)), "level", "x" * 17),
    ],
    ids=["malformed", "text in a number", "too long"],
)
def test_bad_line_fails_the_hour_with_its_address_and_value(stage: Stage, bad: str, column: str, shown: str) -> None:
    uri = stage.put(f"{HOUR_13}a.json", lines(event(1), "", bad, event(3)))
    with pytest.raises(AirflowFailException) as caught:
        stage.run()
    text = str(caught.value)
    assert f"{uri}, line 3" in text
    assert shown in text
    assert f"column {column}" in text if column else "column" not in text.split(uri)[1].split(":")[0]
    assert "raise max_rejected" in text
    assert stage.rows("SELECT COUNT(*) FROM staging_events") == [(0,)]
    assert stage.manifests() != []


def test_bad_lines_within_the_limit_are_kept_with_reason_and_raw_line(stage: Stage) -> None:
    text_in_number = json.dumps(event(2, userId="x7"))
    plain = stage.put(f"{HOUR_13}a.json", lines(event(1), text_in_number, "{oops"))
    packed = stage.put(f"{HOUR_13}b.json.gz", gzip.compress(lines("[1", event(4))))
    counts = stage.run(max_rejected=3)
    assert (counts["source_lines"], counts["staged"], counts["rejected"]) == (5, 2, 3)
    rejects = stage.rows(
        "SELECT source_partition, object_uri, line_number, column_name, raw_line FROM staged_rejects ORDER BY 2, 3"
    )
    assert rejects == [
        ("2018-11-05T13", plain, 2, "user_id", text_in_number),
        ("2018-11-05T13", plain, 3, "", "{oops"),
        ("2018-11-05T13", packed, 1, "", "[1"),
    ]
    assert stage.rows("SELECT COUNT(*) FROM staged_rejects WHERE LEN(reason) > 0 AND error_code > 0") == [(3,)]
    assert stage.rows("SELECT source_lines, staged, rejected FROM staged_partitions WHERE staged > 0") == [(5, 2, 3)]


def test_one_bad_line_more_than_the_limit_fails_the_hour(stage: Stage) -> None:
    stage.put(f"{HOUR_13}a.json", lines(event(1), "{", "{"))
    with pytest.raises(AirflowFailException, match="where max_rejected allows 1"):
        stage.run(max_rejected=1)


def test_limit_holds_for_plain_and_gzip_files_of_a_partition_together(stage: Stage) -> None:
    stage.put(f"{HOUR_13}a.json", lines(event(1), "{"))
    stage.put(f"{HOUR_13}b.json.gz", gzip.compress(lines(event(2), "{")))
    with pytest.raises(AirflowFailException, match="2 bad line"):
        stage.run(max_rejected=1)
    assert stage.rows("SELECT COUNT(*) FROM staging_events") == [(0,)]


def test_damaged_gzip_fails_with_its_name(stage: Stage) -> None:
    uri = stage.put(f"{HOUR_13}a.json.gz", gzip.compress(lines(*map(event, range(50))))[:-20])
    with pytest.raises(AirflowFailException) as caught:
        stage.run()
    assert uri in str(caught.value)


def test_missing_bucket_is_one_sentence(stage: Stage) -> None:
    with pytest.raises(AirflowFailException, match="There is no bucket 'nowhere' at http"):
        stage.run(bucket="nowhere")


def test_missing_manifest_bucket_is_one_sentence(stage: Stage) -> None:
    stage.put(f"{HOUR_13}a.json", lines(event(1)))
    with pytest.raises(AirflowFailException, match="There is no bucket 'nowhere'"):
        stage.run(manifest_bucket="nowhere")


def test_warehouse_without_the_table_is_permanent(stage: Stage) -> None:
    stage.put(f"{HOUR_13}a.json", lines(event(1)))
    with pytest.raises(AirflowFailException, match="staging_nothing"):
        stage.run(table="staging_nothing")


def test_file_that_changes_during_the_copy_is_rolled_back_for_a_retry(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.put(f"{HOUR_13}a.json", lines(event(1)))
    count = ObjectStore.count_lines

    def count_then_change(self: ObjectStore, objects: Any, stopped: Any) -> Any:
        counts = count(self, objects, stopped)
        stage.put(f"{HOUR_13}a.json", lines(event(1), event(2)))
        return counts

    monkeypatch.setattr(ObjectStore, "count_lines", count_then_change)
    with pytest.raises(SourceChangedError, match="changed from ETag"):
        stage.run()
    assert stage.rows("SELECT COUNT(*) FROM staging_events") == [(0,)]


def test_file_loaded_before_and_gone_now_fails_unless_accepted(stage: Stage) -> None:
    stage.put(f"{HOUR_13}a.json", lines(event(1)))
    gone = f"s3://stage/{stage.root}/{HOUR_13}gone.json"
    stage.note_loaded(gone)
    with pytest.raises(AirflowFailException, match="accept_removed") as caught:
        stage.run(ledger_target=stage.target)
    assert gone in str(caught.value)
    assert stage.run(ledger_target=stage.target, accept_removed="True")["staged"] == 1


def test_role_that_may_not_read_is_one_sentence(
    stage: Stage, warehouse: RedshiftProcess, s3: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.put(f"{HOUR_13}a.json", lines(event(1)))
    wrong = replace(warehouse.settings.s3, secret_access_key="wrong")
    with RedshiftProcess(replace(warehouse.settings, folder=tmp_path / "state", s3=wrong, port=0)) as other:
        for name, value in connections(other, s3).items():
            monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps(value))
        monkeypatch.setenv("SSL_CERT_FILE", str(other.trust))
        make_tables(other)
        with pytest.raises(AirflowFailException) as caught:
            Stage(stage.hook.conn_id).run(prefix=f"{stage.root}/log_data")
    for name, value in connections(warehouse, s3).items():
        monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps(value))
    monkeypatch.setenv("SSL_CERT_FILE", str(warehouse.trust))
    assert "Allow the role arn:aws:iam::123456789012:role/copy s3:GetObject" in str(caught.value)


def test_static_keys_are_used_if_the_connection_says_so_and_never_logged(
    stage: Stage, s3: S3Server, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level("DEBUG", logger="sparkify")
    stage.put(f"{HOUR_13}a.json", lines(event(1)))
    assert stage.run(aws_conn_id="stage_s3_keys", copy_role=None)["staged"] == 1
    logged = caplog.text + "".join(capsys.readouterr())
    assert "(a statement with credentials)" in logged
    assert s3.secret_access_key not in logged


def test_two_days_of_hours_are_staged_in_parallel(stage: Stage) -> None:
    for hour in range(48):
        key = f"log_data/2018/11/{5 + hour // 24:02}/{hour % 24:02}/e.json.gz"
        if hour % 5:
            stage.put(key, gzip.compress(lines(event(hour), event(hour + 100))))
    counts = stage.run(window_start="2018-11-05T00:00Z", window_end="2018-11-07T00:00Z", parallel_copies=4)
    assert (counts["partitions"], counts["staged"]) == (48, 76)
    assert stage.rows("SELECT COUNT(*), SUM(staged) FROM staged_partitions") == [(48, 76)]
    assert stage.rows("SELECT COUNT(DISTINCT source_partition) FROM staging_events") == [(38,)]


def test_one_bad_hour_of_many_fails_the_task(stage: Stage) -> None:
    for hour in range(10, 20):
        bad = ["{"] if hour == 17 else []
        stage.put(f"log_data/2018/11/05/{hour}/e.json", lines(event(hour), *bad))
    with pytest.raises(AirflowFailException, match="partition 2018-11-05T17"):
        stage.run(window_start="2018-11-05T10:00Z", window_end="2018-11-05T20:00Z", parallel_copies=3)


def test_killed_task_does_not_go_on_in_the_warehouse(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.put(f"{HOUR_13}a.json", lines(event(1)))
    operator = stage.operator()
    running = threading.Event()
    errors: list[BaseException] = []

    def never_ends(self: Any, session: Any, *_: Any, **__: Any) -> Any:
        running.set()
        session.run("SELECT COUNT(*) FROM svv_columns AS a, svv_columns AS b, svv_columns AS c, svv_columns AS d")

    def run() -> None:
        try:
            stage.execute(operator)
        except BaseException as error:
            errors.append(error)

    monkeypatch.setattr("sparkify.stager.PartitionStager._copy", never_ends)
    task = threading.Thread(target=run)
    task.start()
    assert running.wait(60)
    task.join(1)
    assert task.is_alive()
    for _ in range(30):  # the statement may not have reached the server at the first cancel
        operator.on_kill()
        task.join(2)
        if not task.is_alive():
            break
    assert not task.is_alive()
    assert is_transient(errors[0])
