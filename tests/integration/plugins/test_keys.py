"""Every key that S3 can hold is listed as it is, and read, whichever of the two clients can."""

from __future__ import annotations

import gzip
import json
import unicodedata
from collections.abc import Callable, Iterator

import certifi
import pytest

from local_redshift.testing import S3Proxy
from sparkify.hooks.errors import SourceChangedError, is_transient
from sparkify.hooks.object_store import ObjectStore
from sparkify.hooks.s3_object import S3Object
from sparkify.hooks.store_errors import StoreUnavailableError
from sparkify.source.data_files import classify_objects
from sparkify.source.file_reading import count_lines, iter_lines, read_lines
from sparkify.staging.manifest import encode_manifest
from tests.support.faults.key_s3 import KeyS3

#: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
READABLE = [
    "song_data/A/1.json",
    "song_data/A//2.json",
    "song_data///3.json",
    "song_data/A/ 4 .json",
    "song_data/A/5+%2F%20#?&=;,:@$!'()*\"<>[]{}|\\^`~.json",
    "song_data/A/" + unicodedata.normalize("NFC", "é6.json"),
    "song_data/A/" + unicodedata.normalize("NFD", "é6.json"),
    "song_data/日本/🎵7.json",
    "song_data/%2e%2e/8.json",
    "song_data/a.json._not_hidden",
    "song_data/" + "x" * (1024 - len("s3://source/song_data/")),
    "song_data/" + "🎵" * 250,
]
SET_ASIDE = ["song_data/./a.json", "song_data/../a.json", "song_data/a\nb.json", "song_data/\x01.json", "song_data/f/"]


@pytest.fixture
def server() -> Iterator[KeyS3]:
    with KeyS3(page=4) as server:
        yield server


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch) -> Callable[..., ObjectStore]:
    for name in ("AWS_CA_BUNDLE", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)

    def connect(endpoint: str | None, login: str = "key", password: str = "secret", **extra: object) -> ObjectStore:
        address = {"endpoint_url": endpoint} if endpoint else {}
        retries = {"config_kwargs": {"retries": {"total_max_attempts": 1}}}
        given = {"region_name": "eu-central-1", **address, **retries, **extra}
        connection = {"conn_type": "aws", "login": login, "password": password, "extra": given}
        monkeypatch.setenv("AIRFLOW_CONN_KEYS", json.dumps(connection))
        return ObjectStore("keys")

    return connect


def scan(store: ObjectStore, prefix: str) -> list[S3Object]:
    found: list[S3Object] = []
    store.scan_folder("source", prefix, found.extend)
    return found


def test_every_key_is_listed_and_what_can_be_loaded_is_counted_and_read(server, connect) -> None:
    server.objects = {key: f'{{"n": {number}}}\n{{}}'.encode() for number, key in enumerate([*READABLE, *SET_ASIDE])}
    store = connect(server.endpoint)
    listed = store.list_objects("source", "song_data/")
    assert sorted(item.key for item in listed) == sorted(server.objects)
    assert sorted(scan(store, "song_data/"), key=lambda item: item.key) == listed
    found = classify_objects(listed, "song_data/")
    assert sorted(item.key for item in found.data) == sorted(READABLE)
    assert len(found.unusable) == len(SET_ASIDE)
    assert count_lines(store, found.data) == {item.uri: 2 for item in found.data}
    for item in found.data:
        assert read_lines(store, item, [1]) == {1: server.objects[item.key].split(b"\n")[0]}
    urls = [entry["url"] for entry in json.loads(encode_manifest(found.data))["entries"]]
    assert sorted(urls) == sorted(f"s3://source/{key}" for key in READABLE)


def test_folders_with_odd_names_are_listed_as_they_are(server, connect) -> None:
    server.objects = dict.fromkeys(["x//a", "x/a/b", "x/a/c", "x/ /d", "x/%2F/e", "x/f", "x/"], b"{}")
    [folder] = connect(server.endpoint).list_folders("source", ["x/"], limit=100)
    assert [item.key for item in folder.objects] == ["x/", "x/f"]
    assert sorted(folder.folders) == [" /", "%2F/", "/", "a/"]


@pytest.mark.parametrize("key", ["a/b.json", "a//b.json"])
def test_an_object_that_is_gone_or_replaced_is_noticed_by_both_clients(server, connect, key) -> None:
    server.objects = {key: b"{}"}
    store = connect(server.endpoint)
    [item] = store.list_objects("source", "a/")
    server.objects[key] = b"[]"
    for read in (lambda: count_lines(store, [item]), lambda: read_lines(store, item, [1])):
        with pytest.raises(SourceChangedError, match="was replaced"):
            read()
    server.objects.clear()
    for read in (lambda: count_lines(store, [item]), lambda: read_lines(store, item, [1])):
        with pytest.raises(SourceChangedError, match="is gone"):
            read()


@pytest.mark.parametrize("key", ["a/b.json", "a//b.json", "a/b.json.gz", "a//b.json.gz"])
def test_an_answer_that_ends_too_early_is_not_taken_for_a_damaged_file(server, connect, key) -> None:
    lines = b"\n".join(b'{"number": %d}' % number for number in range(1000))
    server.objects = {key: gzip.compress(lines) if key.endswith(".gz") else lines}
    store = connect(server.endpoint)
    [item] = store.list_objects("source", "a/")
    server.cut_at = 120
    for read in (lambda: count_lines(store, [item]), lambda: list(iter_lines(store, item))):
        with pytest.raises(
            StoreUnavailableError, match=rf"S3 sent 120 of {item.size:,} bytes of s3://source/{key}"
        ) as caught:
            read()
        assert is_transient(caught.value)


def test_a_listing_that_ends_too_early_is_tried_again(server, connect) -> None:
    server.objects = dict.fromkeys(READABLE, b"{}")
    store, whole = connect(server.endpoint), server.get

    def cut(target: str):
        status, body, headers = whole(target)
        return status, body[:-60], headers

    server.get = cut
    with pytest.raises(StoreUnavailableError):
        store.list_objects("source", "song_data/")


def test_both_clients_ask_the_address_of_the_connection(s3, connect) -> None:
    s3.create_bucket("source")
    with S3Proxy(s3.port) as proxy:
        asked = []
        proxy.rule = lambda request: asked.append((request.method, request.path))
        store = connect(proxy.endpoint, s3.access_key_id, s3.secret_access_key)
        store.put("source", "both/a.json", b"{}")
        [item] = store.list_objects("source", "both/")
        assert count_lines(store, [item]) == {item.uri: 1}
        methods = [method for method, path in asked if path.startswith("/source")]
    assert methods == ["PUT", "GET", "HEAD", "GET"]  # written, listed, the bucket's address found out, read


def test_both_clients_ask_the_address_of_the_environment(server, connect, monkeypatch) -> None:
    """https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html"""
    server.objects = {"a/b.json": b"{}", "a//c.json": b"{}"}
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", server.endpoint)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    store = connect(None)
    assert sum(count_lines(store, store.list_objects("source", "a/")).values()) == 2
    assert ("GET", "/source/a/b.json") in server.requests


@pytest.mark.parametrize("setting", [{"HTTP_PROXY": "{proxy}"}, {"http_proxy": "{proxy}"}])
def test_both_clients_go_through_the_proxy_of_the_environment(server, connect, monkeypatch, setting) -> None:
    server.objects = {"a/b.json": b"{}"}
    for name, value in setting.items():
        monkeypatch.setenv(name, value.format(proxy=server.endpoint))
    store = connect("http://s3.invalid")
    assert list(count_lines(store, store.list_objects("source", "a/")).values()) == [1]
    assert len(server.requests) == 3
    assert all(path.startswith("http://s3.invalid/source") for _, path in server.requests)


@pytest.mark.parametrize(
    ("extra", "bucket", "environment", "address", "is_virtual"),
    [
        ({}, "source", {}, "https://source.s3.eu-central-1.amazonaws.com", True),
        ({}, "dotted.bucket", {}, "https://s3.eu-central-1.amazonaws.com", False),
        ({"region_name": "cn-north-1"}, "source", {}, "https://source.s3.cn-north-1.amazonaws.com.cn", True),
        ({"region_name": "us-west-2"}, "source", {"AWS_USE_FIPS_ENDPOINT": "true"},
         "https://source.s3-fips.us-west-2.amazonaws.com", True),
        ({}, "source", {"AWS_USE_DUALSTACK_ENDPOINT": "true"},
         "https://source.s3.dualstack.eu-central-1.amazonaws.com", True),
        ({"endpoint_url": "https://bucket.vpce-0a1b-2c3d.s3.eu-central-1.vpce.amazonaws.com"}, "source", {},
         "https://bucket.vpce-0a1b-2c3d.s3.eu-central-1.vpce.amazonaws.com", False),
        ({"service_config": {"s3": {"endpoint_url": "https://minio.example:9000"}}}, "source", {},
         "https://minio.example:9000", False),
        ({"endpoint_url": "https://gateway.example/s3"}, "source", {}, "https://gateway.example/s3", False),
        ({"config_kwargs": {"s3": {"addressing_style": "path"}}}, "source", {},
         "https://s3.eu-central-1.amazonaws.com", False),
    ],
)  # fmt: skip
def test_obstore_is_given_the_address_that_boto3_finds(
    connect, monkeypatch, extra, bucket, environment, address, is_virtual
) -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/privatelink-interface-endpoints.html"""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    store = connect(None, **extra)
    answer_in_s3s_place(store)
    config = store.bucket_store(bucket).config
    assert config["endpoint"] == address
    assert config["virtual_hosted_style_request"] == str(is_virtual).lower()
    assert config["region"] == extra.get("region_name", "eu-central-1")


@pytest.mark.parametrize(
    ("extra", "environment"),
    [
        ({"config_kwargs": {"proxies": {"https": "http://proxy:8080"}}}, {}),
        ({}, {"HTTPS_PROXY": "http://proxy:8080"}),
        ({}, {"AWS_CA_BUNDLE": certifi.where()}),
        ({"verify": False}, {}),
        ({"config_kwargs": {"signature_version": "unsigned"}}, {}),
    ],
)
def test_boto3_reads_where_obstore_would_go_another_way(connect, monkeypatch, extra, environment) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    store = connect(None, **extra)
    answer_in_s3s_place(store)
    assert store.bucket_store("source") is None


def test_both_clients_share_their_credentials_so_that_these_are_asked_for_once(connect, monkeypatch, tmp_path) -> None:
    """https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html"""
    keys = {"Version": 1, "AccessKeyId": "key", "SecretAccessKey": "secret", "SessionToken": "token"}
    (tmp_path / "keys.json").write_text(json.dumps(keys | {"Expiration": "2099-01-01T00:00:00Z"}))
    (tmp_path / "ask").write_text(f"#!/bin/sh\necho asked >> {tmp_path}/times\ncat {tmp_path}/keys.json\n")
    (tmp_path / "ask").chmod(0o700)
    (tmp_path / "config").write_text(f"[profile shared]\ncredential_process = {tmp_path}/ask\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    store = connect(None, "", "", profile_name="shared")
    answer_in_s3s_place(store)
    given = store.bucket_store("source").credential_provider()
    assert (given["access_key_id"], given["token"]) == ("key", "token")
    assert store.frozen_credentials() == ("key", "secret", "token")
    assert (tmp_path / "times").read_text() == "asked\n"


def answer_in_s3s_place(store: ObjectStore) -> None:
    """Answer each request of boto3 with nothing, and 200."""
    from botocore.awsrequest import AWSResponse

    class Raw:
        def stream(self, **_):
            yield b""

    store.client.meta.events.register("before-send.s3", lambda request, **_: AWSResponse(request.url, 200, {}, Raw()))
