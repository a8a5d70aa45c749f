"""Faults spoil the share of lines that was asked for, and nothing else."""

from __future__ import annotations

import gzip
import json
from collections import Counter

import pytest

from local.sample import Faults, InjectedFault, Sample

SAMPLE = Sample(seed=3, hours=24, songs=50, events_per_hour=200)


def hours_with(faults: Faults) -> list[list[str]]:
    return list(faults.inject(SAMPLE.events_by_hour(), SAMPLE.seed))


def flat(hours: list[list[str]]) -> list[str]:
    return [line for hour in hours for line in hour]


def clean() -> list[list[str]]:
    return list(SAMPLE.events_by_hour())


def test_no_faults_change_nothing() -> None:
    assert hours_with(Faults()) == clean()


def test_duplicates_add_copies_in_the_same_and_in_later_partitions() -> None:
    spoiled = hours_with(Faults(duplicates=0.1))
    counts = Counter(flat(spoiled))
    copies = [line for line, count in counts.items() if count == 2]
    assert set(counts) == set(flat(clean()))
    assert 0.07 < len(copies) / len(counts) < 0.13
    assert any(any(hour.count(line) == 2 for hour in spoiled) for line in copies)
    assert any(sum(line in hour for hour in spoiled) == 2 for line in copies)


def test_late_lines_arrive_in_a_later_partition_and_none_is_lost() -> None:
    spoiled = hours_with(Faults(late=0.1))
    assert Counter(flat(spoiled)) == Counter(flat(clean()))
    home = {line: number for number, hour in enumerate(clean()) for line in hour}
    delays = Counter(number - home[line] for number, hour in enumerate(spoiled) for line in hour)
    assert set(delays) == {0, 1, 2, 3}
    assert 0.07 < 1 - delays[0] / delays.total() < 0.13


def test_malformed_lines_are_no_json() -> None:
    bad = 0
    for line in flat(hours_with(Faults(malformed=0.05))):
        try:
            json.loads(line)
        except json.JSONDecodeError:
            bad += 1
    assert 0.03 < bad / len(flat(clean())) < 0.07


def test_wrong_types_are_json_that_no_column_takes() -> None:
    wrong = []
    for line in flat(hours_with(Faults(wrong_types=0.1))):
        event = json.loads(line)
        numbers = all(type(event[name]) is int for name in ("ts", "sessionId", "itemInSession"))
        if not numbers or not (event["userId"] == "" or event["userId"].isdecimal()):
            wrong.append(event)
    assert 0.07 < len(wrong) / len(flat(clean())) < 0.13


def test_oversized_texts_fit_no_column() -> None:
    places = [json.loads(line)["location"] for line in flat(hours_with(Faults(oversized=0.05)))]
    assert 0.03 < sum(len(place or "") > 500 for place in places) / len(places) < 0.07


def test_seconds_are_a_thousandth_of_milliseconds() -> None:
    moments = [json.loads(line)["ts"] for line in flat(hours_with(Faults(seconds=0.05)))]
    assert 0.03 < sum(len(str(ts)) == 10 for ts in moments) / len(moments) < 0.07


def test_each_fault_is_noted() -> None:
    injected: list[InjectedFault] = []
    faults = Faults(duplicates=0.02, late=0.02, malformed=0.02, wrong_types=0.02, oversized=0.02, seconds=0.02)
    delivered = Counter(flat(list(faults.inject(SAMPLE.events_by_hour(), SAMPLE.seed, injected))))
    assert {fault.kind for fault in injected} == set(Faults.names())
    assert all(fault.line in delivered for fault in injected)
    twice = sum(fault.kind == "duplicates" for fault in injected)
    assert delivered.total() == len(flat(clean())) + twice


def test_faults_are_the_same_for_the_same_seed() -> None:
    faults = Faults(duplicates=0.05, late=0.05, malformed=0.05, wrong_types=0.05)
    assert hours_with(faults) == hours_with(faults)


def test_late_lines_are_in_the_files() -> None:
    files = [gzip.decompress(file.body).decode() for file in SAMPLE.log_files(faults=Faults(late=0.2))]
    assert Counter("\n".join(files).split("\n")) == Counter(flat(clean()))


def test_faults_are_read_from_text() -> None:
    assert Faults.parse("late=0.01, wrong-types=1") == Faults(late=0.01, wrong_types=1.0)
    assert Faults.parse("") == Faults()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "lost=0.1",
            "'lost' is not a fault; choose from duplicates, late, malformed, wrong-types, oversized, seconds",
        ),
        ("late", "'' is not a share"),
        ("late=2", "'2' is not a share; give a number from 0 to 1"),
    ],
)
def test_faults_that_make_no_sense_are_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Faults.parse(text)
