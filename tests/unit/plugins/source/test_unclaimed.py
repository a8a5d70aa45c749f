"""What lies below a source's folder and belongs to no partition."""

from __future__ import annotations

import logging

import pytest

from sparkify.source.partitions import DailyLayout, HourlyLayout
from sparkify.source.unclaimed import MOST, Unclaimed, find_unclaimed
from sparkify.windows import Window
from tests.support.fake_services import FakeStore

HOUR = Window.from_iso("2018-11-05T13:00Z", "2018-11-05T14:00Z")

HOURLY = [
    "log_data/stray.json",
    "log_data/old/2018/11/05/13/e.json",
    "log_data/year=2018/month=11/day=05/hour=03/e.json",
    "log_data/2018/stray.json",
    "log_data/2018/13/01/00/e.json",
    "log_data/2018/11/stray.json.gz",
    "log_data/2018/11/5/2/e.json",
    "log_data/2018/11/05/stray.json",
    "log_data/2018/11/05/24/e.json",
    "log_data/2018/11/05/3/e.json",
    "log_data//2018/11/05/13/e.json",
    "log_data/2018/11/2018-11-05-events.json",
]
DAILY = [
    "log_data/2018/11/2018-13-45-events.json",
    "log_data/2018/11/2018-12-01-events.json",
    "log_data/2018/11/2018-11-05-events.json.bak",
    "log_data/2018/11/05/13/e.json",
    "log_data/2018/2018-11-05-events.json",
    "log_data/2018-11-05-events.json",
]
#: Claimed, hidden, or somebody else's.
HOURLY_FINE = {
    "log_data/2018/11/05/13/e.json": b"{}",
    "log_data/2018/11/05/13/part/e.json": b"{}",
    "log_data/2018/11/05/04/e.json": b"{}",
    "log_data/2019/01/01/00/e.json": b"{}",
    "log_data/_SUCCESS": b"",
    "log_data/2018/": b"",
    "log_data/2018/11/5/": b"",
    "log_data/2018_$folder$": b"",
    "log_data/_tmp/e.json": b"{}",
    "log_data/2018/.x/e.json": b"{}",
    "log_data_old/2018/e.json": b"{}",
    "song_data/A/a.json": b"{}",
}
DAILY_FINE = {
    "log_data/2018/11/2018-11-05-events.json": b"{}",
    "log_data/2018/11/2018-11-06-events-part2.json.GZ": b"{}",
    "log_data/2018/12/2018-12-01-events.json": b"{}",
    "log_data/2018/11/_SUCCESS": b"",
}


def uris(unclaimed):
    return [item.uri.removeprefix("s3://source/") for item in unclaimed.objects]


@pytest.mark.parametrize("window", [HOUR, None])
@pytest.mark.parametrize(
    ("layout", "strays", "fine"), [(HourlyLayout, HOURLY, HOURLY_FINE), (DailyLayout, DAILY, DAILY_FINE)]
)
def test_an_hour_and_the_whole_source_name_what_is_on_the_way_and_belongs_to_nothing(layout, strays, fine, window):
    store = FakeStore({**fine, **dict.fromkeys(strays, b"{}")})
    found = find_unclaimed(store, "source", layout("log_data"), window)
    assert uris(found) == sorted(strays)
    assert found.is_complete
    assert not find_unclaimed(FakeStore(fine), "source", layout("log_data"), window)


@pytest.mark.parametrize("window", [HOUR, None])
@pytest.mark.parametrize("layout", [HourlyLayout, DailyLayout])
@pytest.mark.parametrize(("prefix", "is_empty"), [("log_data", False), ("source/log_data", True), ("log_data/x", True)])
def test_a_source_with_nothing_in_it_is_warned_of(layout, window, prefix, is_empty, caplog):
    found = find_unclaimed(FakeStore(HOURLY_FINE | DAILY_FINE), "source", layout(prefix), window)
    (Unclaimed() + found).warn(logging.getLogger("test"))
    warning = f"There is nothing below s3://source/{prefix}/: correct the source's prefix, or wait for files."
    assert (warning in caplog.messages) is is_empty


def test_an_hour_does_not_look_into_other_months_and_the_whole_source_does():
    store = FakeStore({**HOURLY_FINE, "log_data/2017/01/1/e.json": b"{}"})
    assert not find_unclaimed(store, "source", HourlyLayout("log_data"), HOUR)
    assert uris(find_unclaimed(store, "source", HourlyLayout("log_data"), None)) == ["log_data/2017/01/1/e.json"]


@pytest.mark.parametrize(
    ("layout", "window", "requests"),
    [
        (HourlyLayout, HOUR, 4),
        (DailyLayout, HOUR, 3),
        (HourlyLayout, Window.from_iso("2018-11-01T00:00Z", "2018-12-01T00:00Z"), 3 + 30),
        (DailyLayout, Window.from_iso("2018-11-01T00:00Z", "2019-02-01T00:00Z"), 3 + 1 + 2),
    ],
)
def test_a_window_costs_a_request_a_day_at_most_and_the_folders_above(layout, window, requests, monkeypatch):
    store, listed = FakeStore({"log_data/2018/12/_SUCCESS": b""}), []
    list_folders = store.list_folders
    monkeypatch.setattr(store, "list_folders", lambda *given: listed.extend(given[1]) or list_folders(*given))
    monkeypatch.setattr(store, "iter_objects", None)
    find_unclaimed(store, "source", layout("log_data"), window)
    assert len(listed) == len(set(listed)) == requests


def test_the_count_of_many_objects_says_at_least():
    store = FakeStore({f"log_data/other/{number}.json": b"{}" for number in range(MOST + 5)})
    found = find_unclaimed(store, "source", HourlyLayout("log_data"), HOUR)
    assert (len(found.objects), found.is_complete) == (MOST, False)
    assert found.seen.startswith("At least 1,000 objects are not loaded: s3://source/log_data/other/0.json (no part")


def test_the_source_may_be_the_bucket_with_others_folders_in_it():
    store = FakeStore(
        {"2018/11/05/13/e.json": b"{}", "data/songs/a.json": b"{}", "manifests/x": b"{}", "x.json": b"{}"}
    )
    others = ("data/songs", "/manifests/", "")
    assert uris(find_unclaimed(store, "source", HourlyLayout(""), HOUR, others)) == ["x.json"]


def test_unusable_keys_on_the_way_are_named_with_their_own_reason():
    store = FakeStore({"log_data/2018/11/..": b"{}", "log_data/2018/11/a\tb": b"{}"})
    found = find_unclaimed(store, "source", HourlyLayout("log_data"), HOUR)
    assert [item.reason for item in found.objects] == [
        "its key has a part '.' or '..', which clients resolve",
        "its key has control characters",
    ]
