"""UNLOAD to S3, and back by COPY: https://docs.aws.amazon.com/redshift/latest/dg/r_UNLOAD.html"""

from __future__ import annotations

import gzip
import io
import json
from typing import Any

import psycopg
import pyarrow.parquet as pq
import pytest

from local_redshift import RedshiftServer
from local_redshift.testing import ROLE, Bucket
from support.clients import CLIENTS, Client

Db = psycopg.Connection[Any]


def objects(bucket: Bucket) -> dict[str, bytes]:
    """Return the bucket's objects by their keys."""
    listed = bucket.client.list_objects_v2(Bucket=bucket.name).get("Contents", [])
    return {
        item["Key"]: bucket.client.get_object(Bucket=bucket.name, Key=item["Key"])["Body"].read() for item in listed
    }


@pytest.fixture
def venue(db: Db) -> Db:
    db.execute("CREATE TABLE venue (id INT, name VARCHAR(40), seats INT, is_open BOOLEAN, built DATE)")
    db.execute(
        "INSERT INTO venue VALUES (1, 'Toyota, Park', NULL, true, '2018-11-01'), (2, 'Ünï|code', 5, false, NULL)"
    )
    return db


def unload(db: Db, bucket: Bucket, options: str, query: str = "SELECT * FROM venue ORDER BY id") -> list[str]:
    messages: list[str] = []
    db.add_notice_handler(lambda notice: messages.append(str(notice.message_primary)))
    text = f"UNLOAD ('{query}') TO 's3://{bucket.name}/u/venue_' IAM_ROLE '{ROLE}' {options}"
    assert db.execute(text.encode()).statusmessage == "UNLOAD"
    return messages


@pytest.mark.parametrize("client", CLIENTS.values(), ids=CLIENTS)
def test_every_client_can_unload(redshift: RedshiftServer, bucket: Bucket, client: Client) -> None:
    text = f"UNLOAD ('SELECT 7 AS a') TO 's3://{bucket.name}/k' IAM_ROLE default PARALLEL OFF"
    assert client(redshift, [text, "SELECT pg_last_unload_count()"]) == [(1,)]
    assert objects(bucket) == {"k000": b"7\n"}


def test_files_have_redshifts_names_and_the_rows_are_counted(venue: Db, bucket: Bucket) -> None:
    assert unload(venue, bucket, "") == ["UNLOAD completed, 2 record(s) unloaded successfully."]
    assert objects(bucket) == {
        "u/venue_0000_part_00": "1|Toyota, Park||t|2018-11-01\n2|Ünï|code|5|f|\n".encode(),
        "u/venue_0001_part_00": b"",
    }
    # https://docs.aws.amazon.com/redshift/latest/dg/r_STL_UNLOAD_LOG.html
    logged = venue.execute(
        "SELECT TRIM(path), line_count, transfer_size, TRIM(file_format) FROM stl_unload_log "
        "WHERE query = pg_last_unload_id() ORDER BY path"
    ).fetchall()
    assert logged[0] == (f"s3://{bucket.name}/u/venue_0000_part_00", 2, 47, "text")


def test_csv_json_and_manifests(venue: Db, bucket: Bucket) -> None:
    unload(venue, bucket, "CSV HEADER GZIP PARALLEL OFF")
    lines = gzip.decompress(objects(bucket)["u/venue_000.gz"]).decode()
    assert lines == 'id,name,seats,is_open,built\n1,"Toyota, Park",,t,2018-11-01\n2,Ünï|code,5,f,\n'
    unload(venue, bucket, "JSON MANIFEST VERBOSE ALLOWOVERWRITE")
    found = objects(bucket)
    assert json.loads(found["u/venue_0000_part_00"].splitlines()[0]) == {
        "id": 1,
        "name": "Toyota, Park",
        "seats": None,
        "is_open": "t",
        "built": "2018-11-01",
    }
    assert json.loads(found["u/venue_manifest"])["meta"]["record_count"] == 2
    venue.execute("CREATE TABLE back (LIKE venue)")
    venue.execute(
        f"COPY back FROM 's3://{bucket.name}/u/venue_manifest' IAM_ROLE default JSON 'auto' MANIFEST".encode()
    )
    assert venue.execute("SELECT * FROM back MINUS SELECT * FROM venue").fetchall() == []
    assert venue.execute("SELECT COUNT(*) FROM back").fetchone() == (2,)


def test_parquet_has_all_digits_of_a_float_and_text_has_15(db: Db, bucket: Bucket) -> None:
    # https://docs.aws.amazon.com/redshift/latest/dg/r_UNLOAD.html: text may lose precision of FLOAT columns
    db.execute("CREATE TABLE thirds (a FLOAT, b REAL)")
    db.execute("INSERT INTO thirds SELECT 1::FLOAT / 3, (1::FLOAT / 3)::REAL")
    for transaction in (False, True):
        if transaction:
            db.execute("BEGIN")
        unload(db, bucket, "FORMAT PARQUET PARALLEL OFF ALLOWOVERWRITE", "SELECT * FROM thirds")
        table = pq.read_table(io.BytesIO(objects(bucket)["u/venue_000.parquet"]))
        assert table.to_pydict() == {"a": [1 / 3], "b": [0.3333333432674408]}
        assert db.execute("SELECT a::VARCHAR FROM thirds").fetchall() == [("0.333333333333333",)]
    db.execute("COMMIT")
    unload(db, bucket, "PARALLEL OFF ALLOWOVERWRITE", "SELECT * FROM thirds")
    assert objects(bucket)["u/venue_000"] == b"0.333333333333333|0.333333\n"


def test_parquet_in_partitions(venue: Db, bucket: Bucket) -> None:
    unload(
        venue,
        bucket,
        "FORMAT AS PARQUET PARTITION BY (is_open)",
        "SELECT id, id + 1 AS n, n * 2 AS m, is_open FROM venue",
    )
    found = objects(bucket)
    assert sorted(found) == ["u/venue_/is_open=f/0000_part_00.parquet", "u/venue_/is_open=t/0000_part_00.parquet"]
    table = pq.read_table(io.BytesIO(found["u/venue_/is_open=t/0000_part_00.parquet"]))
    assert table.to_pylist() == [{"id": 1, "n": 2, "m": 4}]


def test_many_rows_are_dealt_out_to_slices_and_parts(db: Db, bucket: Bucket) -> None:
    numbers = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 35000) "
    unload(db, bucket, "MAXFILESIZE 5 MB", numbers + "SELECT i, REPEAT(''x'', 300) FROM n")
    found = objects(bucket)
    assert sorted(found) == [
        "u/venue_0000_part_00",
        "u/venue_0000_part_01",
        "u/venue_0001_part_00",
    ]
    assert max(map(len, found.values())) <= 5 * 1024 * 1024
    assert sum(body.count(b"\n") for body in found.values()) == 35000


def test_a_destination_that_is_not_empty_is_refused(venue: Db, bucket: Bucket) -> None:
    old = bucket.put("u/venue_old", "x")
    with pytest.raises(psycopg.Error, match="Specified unload destination on S3 is not empty"):
        unload(venue, bucket, "")
    unload(venue, bucket, "ALLOWOVERWRITE")
    assert old.rpartition("/u/")[2] == "venue_old"
    assert "u/venue_old" in objects(bucket)
    unload(venue, bucket, "CLEANPATH")
    assert "u/venue_old" not in objects(bucket)


def test_it_sees_its_own_transaction_and_fails_it(venue: Db, bucket: Bucket) -> None:
    venue.execute("BEGIN")
    venue.execute("CREATE TEMP TABLE mine AS SELECT 5 AS a")
    unload(venue, bucket, "PARALLEL OFF", "SELECT a FROM mine")
    with pytest.raises(psycopg.errors.DivisionByZero):
        unload(venue, bucket, "ALLOWOVERWRITE", "SELECT 1 / 0")
    with pytest.raises(psycopg.errors.InFailedSqlTransaction):
        venue.execute("SELECT 1")
    venue.execute("ROLLBACK")
    assert objects(bucket) == {"u/venue_000": b"5\n"}


def test_what_s3_refuses_is_said(venue: Db) -> None:
    with pytest.raises(psycopg.Error, match="NoSuchBucket"):
        unload(venue, Bucket("no-such-bucket", None), "")
    assert venue.execute("SELECT 1").fetchone() == (1,)
