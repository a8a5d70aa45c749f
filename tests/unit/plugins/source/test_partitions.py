"""The partitions that hold a window's hours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sparkify.hooks.s3_object import S3Object
from sparkify.source.partitions import DailyLayout, HourlyLayout, Partition, layout_from_name
from sparkify.windows import Window


def window(start: str, end: str) -> Window:
    return Window.from_iso(start, end)


def test_hourly_layout_has_one_folder_an_hour():
    [first, second] = HourlyLayout("log_data").partitions(window("2018-11-05T23:00Z", "2018-11-06T01:00Z"))
    assert first == Partition(
        "2018-11-05T23",
        datetime(2018, 11, 5, 23, tzinfo=UTC),
        datetime(2018, 11, 6, tzinfo=UTC),
        "log_data/2018/11/05/23/",
    )
    assert (second.label, second.prefix) == ("2018-11-06T00", "log_data/2018/11/06/00/")
    assert (first.start_ts, first.end_ts) == (1541458800000, 1541462400000)


@pytest.mark.parametrize(
    ("start", "end", "labels"),
    [
        ("2018-11-05T13:00Z", "2018-11-05T14:00Z", ["2018-11-05"]),
        ("2018-11-05T00:00Z", "2018-11-06T00:00Z", ["2018-11-05"]),
        ("2018-11-05T23:00Z", "2018-11-06T01:00Z", ["2018-11-05", "2018-11-06"]),
        ("2018-11-29T00:00Z", "2018-12-01T01:00Z", ["2018-11-29", "2018-11-30", "2018-12-01"]),
    ],
)
def test_daily_layout_has_one_whole_day_for_each_day_touched(start, end, labels):
    partitions = DailyLayout("log_data/").partitions(window(start, end))
    assert [partition.label for partition in partitions] == labels
    assert {partition.end - partition.start for partition in partitions} == {timedelta(days=1)}
    assert partitions[0].prefix == f"log_data/2018/11/{labels[0]}"


#: A name below the root: which partition has it.
HOURLY_KEYS = {
    "2018/11/05/13/e.json": "2018-11-05T13",
    "2018/11/05/13/E.JSON.GZ": "2018-11-05T13",
    "2018/11/05/13/part/deep/e.json.gz": "2018-11-05T13",
    "2018/11/05/13//e.json": "2018-11-05T13",
    "2018/11/05/13/no-suffix": "2018-11-05T13",
    "2016/02/29/23/e.json": "2016-02-29T23",
    "2018/11/05/e.json": None,
    "2018/11/e.json": None,
    "e.json": None,
    "2018/11/5/2/e.json": None,
    "2018/11/05/3/e.json": None,
    "year=2018/month=11/day=05/hour=03/e.json": None,
    "2018/11/05/24/e.json": None,
    "2018/11/31/00/e.json": None,
    "2018/02/29/00/e.json": None,
    "2018/13/01/00/e.json": None,
    "0000/01/01/00/e.json": None,
    "/2018/11/05/13/e.json": None,
    "2018//11/05/13/e.json": None,
    "2018/11/05/1\uff13/e.json": None,
    "2018/11/05/+1/e.json": None,
    "2018-11-05-13.json": None,
    "2018/11/2018-11-05-events.json": None,
}
DAILY_KEYS = {
    "2018/11/2018-11-06-events.json": "2018-11-06",
    "2018/11/2018-11-06-events.json.gz": "2018-11-06",
    "2018/11/2018-11-06-events.json.GZ": "2018-11-06",
    "2018/11/2018-11-06-EVENTS.Json": "2018-11-06",
    "2018/11/2018-11-06-events.json.gzip": "2018-11-06",
    "2018/11/2018-11-06-events.json.bz2": "2018-11-06",
    "2018/11/2018-11-06-events.json.zst": "2018-11-06",
    "2018/11/2018-11-06-events.jsonl": "2018-11-06",
    "2018/11/2018-11-06-events-part2.json": "2018-11-06",
    "2018/11/2018-11-06-events-part-00002.json.gz": "2018-11-06",
    "2018/11/2018-11-06-events_2.json": "2018-11-06",
    "2018/11/2018-11-06-events.03.json": "2018-11-06",
    "2018/11/2018-11-06-events-old.json": None,
    "2018/11/2018-11-06-events (1).json": None,
    "2018/11/2018-11-06-events.json.bak": None,
    "2018/11/2018-11-06-events.json.gz.tmp": None,
    "2018/11/2018-11-06-events.csv": None,
    "2018/11/2018-11-06.json": None,
    "2018/11/2018-13-45-events.json": None,
    "2018/11/2018-11-31-events.json": None,
    "2018/12/2018-11-06-events.json": None,
    "2019/11/2018-11-06-events.json": None,
    "2018/11/06/2018-11-06-events.json": None,
    "2018/2018-11-06-events.json": None,
    "2018-11-06-events.json": None,
    "2018/11/2018-11-6-events.json": None,
    "2018/11/2018-11---events.json": None,
}


@pytest.mark.parametrize(("layout", "keys"), [(HourlyLayout, HOURLY_KEYS), (DailyLayout, DAILY_KEYS)])
@pytest.mark.parametrize("root", ["log_data/", ""])
def test_a_key_belongs_to_the_partition_that_its_name_says_or_to_none(layout, keys, root):
    for path, label in keys.items():
        partition = layout(root).partition_of(path)
        assert (partition.label if partition else None) == label, path
        if partition:
            item = S3Object("b", root + path, "e", 1)
            assert partition.files([item]) == [item], path
            assert partition in layout(root).partitions(Window(partition.start, partition.end))


@pytest.mark.parametrize(("layout", "keys"), [(HourlyLayout, HOURLY_KEYS), (DailyLayout, DAILY_KEYS)])
def test_a_partition_reads_what_belongs_to_it_and_nothing_else(layout, keys):
    objects = [S3Object("b", f"log_data/{path}", "e", 1) for path in keys]
    for partition in layout("log_data").partitions(window("2018-11-05T00:00Z", "2018-11-08T00:00Z")):
        listed = [item for item in objects if item.key.startswith(partition.prefix)]
        expected = [f"log_data/{path}" for path, label in keys.items() if label == partition.label]
        assert [item.key for item in partition.files(listed)] == expected


@pytest.mark.parametrize(
    ("layout", "branches", "partitions", "others"),
    [
        (HourlyLayout, ["", "2018/", "2018/11/", "2018/11/05/"], ["2018/11/05/13/"], ["2018/13/", "2018/11/05/13/a/"]),
        (DailyLayout, ["", "2018/", "2018/11/"], [], ["2018/11/05/", "18/", "year=2018/"]),
    ],
)
def test_folders_are_branches_partitions_or_neither(layout, branches, partitions, others):
    folders = [*branches, *partitions, *others]
    assert [folder for folder in folders if layout("x").is_branch(folder)] == branches
    assert [folder for folder in folders if layout("x").is_partition(folder)] == partitions


def test_layouts_have_names_and_an_unknown_one_is_refused():
    assert layout_from_name("hourly", "x") == HourlyLayout("x")
    assert layout_from_name("daily", "x") == DailyLayout("x")
    with pytest.raises(ValueError, match="no layout 'weekly'"):
        layout_from_name("weekly", "x")


def test_a_source_at_the_bucket_root_has_keys_without_a_leading_slash():
    [partition] = HourlyLayout("").partitions(window("2018-11-05T13:00Z", "2018-11-05T14:00Z"))
    assert partition.prefix == "2018/11/05/13/"
