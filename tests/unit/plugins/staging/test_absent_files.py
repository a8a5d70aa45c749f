"""Files that are not there: what becomes of the task."""

from __future__ import annotations

import pytest
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from sparkify.hooks.s3_object import S3Object
from sparkify.source.partitions import Partition
from sparkify.staging.absent_files import OnAbsent, Wait, check_absent, refuse_removed

THERE, ABSENT = (Partition(label, None, None, f"logs/{label}/") for label in ("13", "14"))
FILE = S3Object("b", "logs/13/a.json", "e", 1)


@pytest.mark.parametrize(("on_absent", "awaited"), [(OnAbsent.LOAD_EMPTY, []), (OnAbsent.SKIP, []), (Wait(), [ABSENT])])
def test_one_absent_partition_of_two(on_absent: OnAbsent | Wait, awaited: list[Partition]) -> None:
    assert check_absent("b", {THERE: [FILE], ABSENT: []}, on_absent) == awaited


def test_an_absent_partition_fails_the_task_by_its_name_if_it_is_to() -> None:
    with pytest.raises(AirflowFailException, match=r"No files in s3://b/logs/14/: deliver them"):
        check_absent("b", {THERE: [FILE], ABSENT: []}, OnAbsent.FAIL)


def test_a_task_without_any_file_is_skipped_if_it_is_to() -> None:
    with pytest.raises(AirflowSkipException, match="on_absent is 'skip'"):
        check_absent("b", {ABSENT: []}, OnAbsent.SKIP)


def test_removed_files_are_refused_by_name_unless_their_removal_is_accepted() -> None:
    with pytest.raises(AirflowFailException, match="s3://b/1, s3://b/2, s3://b/3 and 1 more"):
        refuse_removed([f"s3://b/{number}" for number in (1, 2, 3, 4)], accepted=False)
    refuse_removed(["s3://b/1"], accepted=True)
    refuse_removed([], accepted=False)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"timeout": 0}, "timeout of the wait is 0: give seconds above 0"),
        ({"poll_interval": -1}, "poll_interval of the wait is -1"),
    ],
)
def test_a_wait_that_makes_no_sense_is_refused_with_its_value(options: dict[str, float], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Wait(**options)


def test_a_choice_that_there_is_not_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="on_absent is 'shrug'; set it to one of load_empty, skip, fail, or to a Wait"):
        OnAbsent("shrug")
