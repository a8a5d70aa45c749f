"""Waiting for the files of a partition."""

from __future__ import annotations

import time
from importlib import import_module

import pytest

from sparkify.hooks.store_errors import StoreUnavailableError
from sparkify.source.partitions import DailyLayout
from sparkify.triggers.objects_present import ObjectsPresentTrigger
from sparkify.windows import Window
from tests.support.fake_services import FakeStore


@pytest.fixture
def trigger(monkeypatch):
    def make(store, *, seconds=5.0, endings="", prefixes=("a/13/", "a/14/")):
        monkeypatch.setattr("sparkify.triggers.objects_present.ObjectStore", lambda conn_id: store)
        return ObjectsPresentTrigger(
            aws_conn_id="aws",
            bucket="source",
            prefixes=prefixes,
            endings=endings,
            poll_interval=0.01,
            deadline=time.time() + seconds,
        )

    return make


async def fire(trigger):
    return [event.payload async for event in trigger.run()]


async def test_fires_when_every_prefix_has_a_file(trigger):
    store = FakeStore({"a/13/x.json": b"", "a/14/x": b""})
    assert await fire(trigger(store)) == [{"absent": []}]


async def test_a_day_is_there_when_one_of_its_files_is(trigger):
    [day] = DailyLayout("a").partitions(Window.from_iso("2018-11-05T13:00Z", "2018-11-05T14:00Z"))
    daily = {"prefixes": [day.prefix], "endings": day.endings}
    files = {"a/2018/11/2018-11-05-events-part2.json.GZ": b"{}"}
    assert await fire(trigger(FakeStore(files), **daily)) == [{"absent": []}]
    backup = {"a/2018/11/2018-11-05-events.json.bak": b"{}"}
    assert await fire(trigger(FakeStore(backup), **daily, seconds=0.05)) == [{"absent": [day.prefix]}]


async def test_gives_up_at_the_deadline_and_names_what_is_absent(trigger):
    store = FakeStore({"a/13/x.json": b"", "a/14/_SUCCESS": b"", "a/14/": b"", "a/14/_temporary/x.json": b"{}"})
    assert await fire(trigger(store, seconds=0.05)) == [{"absent": ["a/14/"]}]


async def test_asks_again_when_s3_does_not_answer(trigger, monkeypatch):
    store = FakeStore({"a/13/x.json": b"", "a/14/x.json": b""})
    answers = iter([StoreUnavailableError("busy")])
    listed = store.list_prefixes

    def list_prefixes(bucket, prefixes):
        for error in answers:
            raise error
        return listed(bucket, prefixes)

    monkeypatch.setattr(store, "list_prefixes", list_prefixes)
    assert await fire(trigger(store)) == [{"absent": []}]


async def test_a_bucket_that_does_not_exist_ends_the_wait(trigger):
    store = FakeStore({})
    store.buckets = set()
    [event] = await fire(trigger(store))
    assert "no bucket 'source'" in event["error"]


def test_the_triggerer_can_make_it_anew(trigger):
    original = trigger(FakeStore({}))
    path, arguments = original.serialize()
    module, _, name = path.rpartition(".")
    assert getattr(import_module(module), name)(**arguments).serialize() == (path, arguments)
