"""The local S3 server answers boto3 and obstore as S3 does, for the requests that the project makes."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
import obstore
import psutil
import pytest
from botocore.exceptions import ClientError
from obstore.store import S3Store

from local_redshift.s3 import S3Error, S3Server

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def server(s3: S3Server) -> S3Server:
    s3.create_bucket("songs")
    return s3


def client(server: S3Server, secret: str | None = None, key: str | None = None) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=server.endpoint,
        aws_access_key_id=key or server.access_key_id,
        aws_secret_access_key=secret or server.secret_access_key,
        region_name="us-east-1",
    )


def store(server: S3Server) -> S3Store:
    return S3Store(
        "songs",
        endpoint=server.endpoint,
        access_key_id=server.access_key_id,
        secret_access_key=server.secret_access_key,
        region="us-east-1",
        client_options={"allow_http": True},
    )


def test_an_object_comes_back_as_it_was_put_with_its_md5_as_etag(server: S3Server) -> None:
    client(server).put_object(Bucket="songs", Key="a/b.json", Body=b"{}")
    answer = client(server).get_object(Bucket="songs", Key="a/b.json")
    assert answer["Body"].read() == b"{}"
    assert answer["ETag"].strip('"') == hashlib.md5(b"{}").hexdigest()
    assert bytes(obstore.get(store(server), "a/b.json").bytes()) == b"{}"


def test_thousands_of_objects_are_listed_page_by_page_and_by_prefix(server: S3Server) -> None:
    target = store(server)
    keys = [f"many/{number % 7}/{number:04}.json" for number in range(2100)]
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda key: obstore.put(target, key, b"{}"), keys))
    pages = client(server).get_paginator("list_objects_v2").paginate(Bucket="songs", Prefix="many/")
    assert sorted(item["Key"] for page in pages for item in page["Contents"]) == sorted(keys)
    assert sum(len(page) for page in obstore.list(target, prefix="many/3/")) == 300


@pytest.mark.parametrize(("bucket", "key", "code"), [("absent", "a", "NoSuchBucket"), ("songs", "absent", "NoSuchKey")])
def test_what_is_absent_is_named_as_s3_names_it(server: S3Server, bucket: str, key: str, code: str) -> None:
    with pytest.raises(ClientError) as caught:
        client(server).get_object(Bucket=bucket, Key=key)
    assert caught.value.response["Error"]["Code"] == code


def test_a_wrong_secret_is_refused(server: S3Server) -> None:
    with pytest.raises(ClientError) as caught:
        client(server, secret="wrong").list_objects_v2(Bucket="songs")
    assert caught.value.response["Error"]["Code"] == "SignatureDoesNotMatch"


def test_a_wrong_key_is_refused(server: S3Server) -> None:
    with pytest.raises(ClientError) as caught:
        client(server, key="another").list_objects_v2(Bucket="songs")
    assert caught.value.response["Error"]["Code"] == "InvalidAccessKeyId"


def test_a_listing_goes_on_where_the_last_page_ended(server: S3Server) -> None:
    s3 = client(server)
    keys = [f"pages/{number:02}" for number in range(10)]
    for key in keys:
        s3.put_object(Bucket="songs", Key=key, Body=b"{}")
    first = s3.list_objects_v2(Bucket="songs", Prefix="pages/", MaxKeys=4)
    second = s3.list_objects_v2(
        Bucket="songs", Prefix="pages/", MaxKeys=4, ContinuationToken=first["NextContinuationToken"]
    )
    assert [item["Key"] for page in (first, second) for item in page["Contents"]] == keys[:8]
    after = s3.list_objects_v2(Bucket="songs", Prefix="pages/", StartAfter="pages/06")
    assert [item["Key"] for item in after["Contents"]] == keys[7:]


def test_an_overwritten_object_changes_its_etag_and_a_deleted_one_is_gone(server: S3Server) -> None:
    s3 = client(server)
    tags = [s3.put_object(Bucket="songs", Key="k", Body=body)["ETag"] for body in (b"1", b"2", b"2")]
    assert tags[0] != tags[1] == tags[2] == s3.head_object(Bucket="songs", Key="k")["ETag"]
    listed = s3.list_objects_v2(Bucket="songs", Prefix="k")["Contents"][0]
    assert listed["ETag"].strip('"') == tags[2].strip('"')
    s3.delete_object(Bucket="songs", Key="k")
    with pytest.raises(ClientError) as caught:
        s3.head_object(Bucket="songs", Key="k")
    assert caught.value.response["Error"]["Code"] == "404"


def test_a_large_object_is_streamed_in_both_directions(server: S3Server) -> None:
    body = bytes(range(256)) * 100_000
    obstore.put(store(server), "large", body)
    assert b"".join(bytes(chunk) for chunk in obstore.get(store(server), "large").stream()) == body
    chunks = client(server).get_object(Bucket="songs", Key="large")["Body"].iter_chunks(1 << 20)
    assert hashlib.md5(b"".join(chunks)).hexdigest() == hashlib.md5(body).hexdigest()


def test_a_bucket_made_while_the_server_runs_is_there_at_once(server: S3Server) -> None:
    client(server).list_buckets()
    server.create_bucket("made-later")
    assert "Contents" not in client(server).list_objects_v2(Bucket="made-later")


def test_objects_outlive_the_server(tmp_path: Path) -> None:
    with S3Server(tmp_path / "data") as first:
        first.create_bucket("songs")
        client(first).put_object(Bucket="songs", Key="k", Body=b"kept")
        etag = client(first).head_object(Bucket="songs", Key="k")["ETag"]
    with S3Server(tmp_path / "data") as second:
        assert client(second).head_object(Bucket="songs", Key="k")["ETag"] == etag


def test_a_server_that_was_killed_is_told_from_one_that_was_stopped(tmp_path: Path) -> None:
    server = S3Server(tmp_path / "data")
    server.start()
    assert not server.has_died
    process = next(child for child in psutil.Process().children() if str(tmp_path) in " ".join(child.cmdline()))
    process.kill()
    process.wait()
    assert server.has_died
    server.stop()
    assert not server.has_died


def test_a_taken_port_is_named(server: S3Server, tmp_path: Path) -> None:
    with pytest.raises(S3Error, match=f"Port {server.port}, which the S3 server needs, is taken"):
        S3Server(tmp_path / "data", port=server.port).start()
