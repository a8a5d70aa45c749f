"""Files are read once: their compressions, their lines, single lines."""

from __future__ import annotations

import gzip
from concurrent.futures import Future
from typing import cast

import pytest

from sparkify.hooks.object_store import ObjectStore
from sparkify.hooks.s3_object import S3Object
from sparkify.hooks.store_errors import StoreError
from sparkify.source.content import Compression
from sparkify.source.file_keys import FileKeys
from sparkify.source.file_reading import CountStoppedError, count_lines, iter_lines, read_lines
from tests.support.fake_services import FakeStore

FILES = {"a.json": b'{"k": "1"}\n\n{"k": "2"}', "b.gz": gzip.compress(b'{"k": "2"}\n'), "empty": b""}


@pytest.fixture
def store() -> ObjectStore:
    return cast(ObjectStore, FakeStore(dict(FILES)))


def objects(store: ObjectStore) -> list[S3Object]:
    return store.list_prefixes("source", [""])[0]


def test_lines_are_counted_and_compressions_found_of_all_files(store: ObjectStore) -> None:
    compressions: Future[dict[str, Compression]] = Future()
    counts = count_lines(store, objects(store), compressions=compressions)
    assert counts == {"s3://source/a.json": 2, "s3://source/b.gz": 1, "s3://source/empty": 0}
    assert compressions.result(0) == {"s3://source/a.json": Compression.NONE, "s3://source/b.gz": Compression.GZIP}


@pytest.mark.parametrize("nothing", [[], ["empty"]])
def test_files_without_bytes_have_no_compression_to_wait_for(store: ObjectStore, nothing: list[str]) -> None:
    compressions: Future[dict[str, Compression]] = Future()
    chosen = [item for item in objects(store) if item.key in nothing]
    assert count_lines(store, chosen, compressions=compressions) == {f"s3://source/{name}": 0 for name in nothing}
    assert compressions.result(0) == {}


def test_keys_of_all_files_are_collected_while_lines_are_counted(store: ObjectStore) -> None:
    keys = FileKeys("k")
    files = objects(store)
    count_lines(store, files, keys=keys)
    assert dict(keys.owners(files)) == {"1": "s3://source/a.json", "2": "s3://source/a.json"}
    together, separate = keys.split(files)
    assert together == []  # both files have the key 2
    assert [item.key for item in separate] == ["empty", "a.json", "b.gz"]


def test_a_count_that_is_stopped_ends_early_and_so_does_who_waits_for_the_compressions(store: ObjectStore) -> None:
    compressions: Future[dict[str, Compression]] = Future()
    with pytest.raises(CountStoppedError):
        count_lines(store, objects(store), lambda: True, compressions)
    assert isinstance(compressions.exception(0), CountStoppedError)


def test_a_file_that_cannot_be_read_is_named_however_it_is_read() -> None:
    store = cast(ObjectStore, FakeStore({"damaged.gz": FILES["b.gz"][:-9]}))
    [item] = objects(store)
    compressions: Future[dict[str, Compression]] = Future()
    for read in (
        lambda: count_lines(store, [item], compressions=compressions),
        lambda: list(iter_lines(store, item)),
        lambda: read_lines(store, item, [5]),
    ):
        with pytest.raises(StoreError, match="^s3://source/damaged.gz ends before its gzip data do"):
            read()


def test_single_lines_are_those_that_copy_numbers(store: ObjectStore) -> None:
    item = objects(store)[0]
    assert read_lines(store, item, [3, 1, 9]) == {1: b'{"k": "1"}', 3: b'{"k": "2"}'}
    assert list(iter_lines(store, item)) == [(1, b'{"k": "1"}'), (2, b""), (3, b'{"k": "2"}')]
