"""S3 listed and its files read, against a real S3 server, through Airflow connections."""

from __future__ import annotations

import bz2
import gzip
import json
from collections import Counter
from concurrent.futures import Future
from dataclasses import replace

import obstore
import pytest
import zstandard

from local_redshift.s3 import S3Server
from sparkify.hooks.errors import SourceChangedError, is_transient
from sparkify.hooks.object_store import ObjectStore
from sparkify.hooks.store_errors import StoreError
from sparkify.source.content import Compression
from sparkify.source.file_reading import (
    READERS,
    CountStoppedError,
    count_lines,
    find_compression,
    iter_lines,
    read_lines,
)
from sparkify.source.lines import FileLines


@pytest.fixture(scope="module")
def server(s3: S3Server) -> S3Server:
    s3.create_bucket("source")
    return s3


@pytest.fixture
def connect(server: S3Server, monkeypatch: pytest.MonkeyPatch):
    """Make an ObjectStore whose connection differs from the right one as told."""

    def connect(**changes):
        connection = {
            "conn_type": "aws",
            "login": server.access_key_id,
            "password": server.secret_access_key,
            "extra": {
                "endpoint_url": server.endpoint,
                "region_name": "us-west-2",
                "config_kwargs": {"retries": {"max_attempts": 1}},
            },
        }
        extra = {**connection["extra"], **changes.pop("extra", {})}
        monkeypatch.setenv("AIRFLOW_CONN_S3", json.dumps({**connection, **changes, "extra": extra}))
        return ObjectStore("s3")

    return connect


@pytest.fixture
def store(connect) -> ObjectStore:
    return connect()


def test_a_listing_has_every_key_with_version_size_and_time(store):
    for key in ("list/b.json", "list/a.json", "list/_SUCCESS", "list/sub/.x.crc", "list/empty.json"):
        store.put("source", key, b"" if "empty" in key else b"{}")
    found = store.list_objects("source", "list/")
    names = ["_SUCCESS", "a.json", "b.json", "empty.json", "sub/.x.crc"]
    assert [item.key for item in found] == [f"list/{name}" for name in names]
    assert (found[1].etag, found[1].size) == ("99914b932bd37a50b983c5e7c90ae93b", 2)
    assert found[1].last_modified.utcoffset().total_seconds() == 0
    scanned = []
    store.scan_folder("source", "list/", scanned.extend)
    assert sorted(scanned, key=lambda item: item.key) == found


def test_what_is_right_below_folders_is_listed_up_to_a_limit(store):
    for number in range(1005):
        store.put("source", f"below/a/{number:04}.json", b"")
    store.put("source", "below/x.json", b"{}")
    top, inside, absent = store.list_folders("source", ["below/", "below/a/", "below/nothing/"], limit=1000)
    assert ([item.key for item in top.objects], top.folders, top.is_complete) == (["below/x.json"], ["a/"], True)
    assert (len(inside.objects), inside.is_complete) == (1000, False)
    assert (absent.objects, absent.folders, absent.is_complete) == ([], [], True)


def test_several_prefixes_are_listed_in_their_order(store):
    for hour in range(20):
        store.put("source", f"hours/{hour:02}/x.json", b"{}")
    listings = store.list_prefixes("source", [f"hours/{hour:02}/" for hour in reversed(range(21))])
    assert [[item.key for item in listing] for listing in listings] == [
        [],
        *([f"hours/{hour:02}/x.json"] for hour in reversed(range(20))),
    ]


@pytest.mark.parametrize("key", ["keys/a b+c.json", "keys/20%25.json", "keys/é=1.json", "keys/'quoted'.json"])
def test_lines_of_objects_with_unusual_keys_are_counted_and_read(store, key):
    store.put("source", key, b'{"a":1}\n\n{"a":2}')
    [item] = store.list_objects("source", key)
    assert count_lines(store, [item]) == {item.uri: 2}
    assert read_lines(store, item, [3, 4]) == {3: b'{"a":2}'}


def test_many_small_objects_and_a_large_one_are_counted(store):
    line = b'{"text":"' + b"x" * 90 + b'"}\n'
    for number in range(300):
        store.put("source", f"many/{number:03}.json", line * (number % 3))
    store.put("source", "many/large.json.gz", gzip.compress(line * 100_000, 1))
    counts = count_lines(store, store.list_objects("source", "many/"))
    assert len(counts) == 301
    assert sum(counts.values()) == 300 + 100_000


def test_count_notices_objects_that_are_not_what_was_listed(store):
    store.put("source", "changed/a.json", b"{}")
    [item] = store.list_objects("source", "changed/")
    for other in (replace(item, etag="other"), replace(item, key="changed/gone.json")):
        with pytest.raises(SourceChangedError):
            count_lines(store, [other])


def test_count_can_be_stopped(store):
    store.put("source", "stop/a.json", b"{}")
    with pytest.raises(CountStoppedError):
        count_lines(store, store.list_objects("source", "stop/"), lambda: True)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (gzip.compress(b"x" * 999, mtime=0)[:-9], "ends before its gzip data do"),
        (b"{}\n" * 100_000 + bytes(99), "binary"),
        ("{}".encode("utf-16"), "text in UTF-16"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(store, content, words):
    store.put("source", "damaged/a.json.gz", content)
    compressions = Future()
    with pytest.raises(StoreError, match=f"s3://source/damaged/a.json.gz .*{words}"):
        count_lines(store, store.list_objects("source", "damaged/"), compressions=compressions)
    assert compressions.done()


CONTENTS = {
    "e.json": (b"{}\n{}", Compression.NONE),
    "e.json.gz": (gzip.compress(b"{}\n{}"), Compression.GZIP),
    "e.gz": (b"{}\n{}", Compression.NONE),
    "e.GZIP": (bz2.compress(b"{}\n{}"), Compression.BZIP2),
    "e": (zstandard.compress(b"{}\n{}"), Compression.ZSTD),
}


def test_compressions_are_found_by_content(store):
    for name, (content, _) in CONTENTS.items():
        store.put("source", f"kinds/{name}", content)
    store.put("source", "kinds/empty.gz", b"")
    compressions = Future()
    objects = store.list_objects("source", "kinds/")
    counts = count_lines(store, objects, compressions=compressions)
    assert counts == {f"s3://source/kinds/{name}": 2 for name in CONTENTS} | {"s3://source/kinds/empty.gz": 0}
    expected = {name: kind for name, (_, kind) in CONTENTS.items()}
    assert compressions.result() == {f"s3://source/kinds/{name}": kind for name, kind in expected.items()}
    assert {name: find_compression(store, "source", f"kinds/{name}") for name in CONTENTS} == expected
    assert find_compression(store, "source", "kinds/empty.gz") is Compression.NONE
    [item] = [item for item in objects if item.key == "kinds/e.GZIP"]
    assert read_lines(store, item, [2]) == {2: b"{}"}
    assert list(iter_lines(store, item)) == [(1, b"{}"), (2, b"{}")]


def test_each_object_is_asked_for_once_but_large_ones_beyond_those_read_at_once(store, monkeypatch):
    large = b'{"text": "' + b"x" * 70_000 + b'"}'
    for number in range(READERS + 3):
        store.put("source", f"asked/large-{number:02}.json", large)
        store.put("source", f"asked/tiny-{number:02}.json", b"{}")
    asked = Counter()
    get = obstore.get_async

    async def noted(bucket, key):
        asked[key] += 1
        return await get(bucket, key)

    monkeypatch.setattr(obstore, "get_async", noted)
    objects = store.list_objects("source", "asked/")
    counts = count_lines(store, objects)
    assert set(counts.values()) == {1}
    assert set(asked) == {item.key for item in objects}
    assert sum(asked.values()) == len(objects) + 3


def test_compressions_are_known_before_large_objects_are_read(store, monkeypatch):
    """COPY waits for them: it may not wait for the counts as well."""
    for number in range(READERS + 8):
        store.put("source", f"early/{number:02}.json", b"{}\n" * 50_000)
    known, read_before = Future(), []
    finish = FileLines.finish

    def noted(lines):
        read_before.append(not known.done())
        return finish(lines)

    monkeypatch.setattr(FileLines, "finish", noted)
    count_lines(store, store.list_objects("source", "early/"), compressions=known)
    assert not all(read_before)


def test_deleting_many_objects_twice_is_no_error(store):
    keys = [f"delete/{number}.json" for number in range(30)]
    for key in keys:
        store.put("source", key, b"{}")
    store.delete("source", keys)
    store.delete("source", keys)
    assert store.list_objects("source", "delete/") == []


@pytest.mark.parametrize(
    ("changes", "bucket", "words"),
    [
        ({}, "nowhere", "There is no bucket 'nowhere'"),
        (
            {"password": "wrong"},
            "source",
            "refuses to list s3://source/x with the credentials of the connection 's3'",
        ),
        ({"login": "unknown"}, "source", "correct the connection"),
    ],
)
def test_what_needs_a_person_is_one_sentence_and_permanent(connect, changes, bucket, words):
    with pytest.raises(StoreError) as caught:
        connect(**changes).list_objects(bucket, "x")
    assert words in str(caught.value)
    assert not is_transient(caught.value)


def test_missing_connection_is_told_instead_of_going_on_without(monkeypatch):
    monkeypatch.delenv("AIRFLOW_CONN_S3", raising=False)
    with pytest.raises(StoreError, match="no Airflow connection 's3'"):
        ObjectStore("s3").list_objects("source", "")


def test_server_that_cannot_be_reached_is_transient(connect):
    with pytest.raises(ConnectionError) as caught:
        connect(extra={"endpoint_url": "http://127.0.0.1:9"}).list_objects("source", "x")
    assert is_transient(caught.value)
    assert "127.0.0.1:9" in str(caught.value)


def test_static_keys_are_for_copy_only_if_the_connection_says_so(connect, server):
    assert connect().wants_static_keys is False
    store = connect(extra={"copy_with_static_keys": True})
    assert store.wants_static_keys is True
    assert store.frozen_credentials()[:2] == (server.access_key_id, server.secret_access_key)
