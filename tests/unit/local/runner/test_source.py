"""What a run loads: which hours a folder has, and what is wrong with folders that have none."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from local.runner.errors import RunnerError
from local.runner.settings import RunnerSettings
from local.runner.source import FolderSource, GeneratedSource, changed_hours, open_source
from local.sample import Layout, Sample


def make(folder: Path, *keys: str) -> Path:
    for key in keys:
        path = folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
    return folder


DAY = "log_data/2018/11/2018-11-05-events.json"
NEXT_DAY = "log_data/2018/11/2018-11-06-events.json.gz"
HOUR = "log_data/2018/11/05/13/events.json.gz"
SONG = "song_data/A/B/C/TRABC.json"


def test_daily_files_stand_for_all_hours_of_their_days(tmp_path: Path) -> None:
    source = FolderSource(make(tmp_path, DAY, NEXT_DAY, SONG))
    hours = source.hours()
    assert source.layout is Layout.DAILY
    assert (len(hours), hours[0], hours[-1]) == (
        48,
        datetime(2018, 11, 5, tzinfo=UTC),
        datetime(2018, 11, 6, 23, tzinfo=UTC),
    )
    assert {file.key: file.read() for file in source.files()} == dict.fromkeys((DAY, NEXT_DAY, SONG), b"{}")


def test_hourly_folders_stand_for_their_hours(tmp_path: Path) -> None:
    source = FolderSource(make(tmp_path, HOUR, "log_data/2018/11/05/15/a.json", SONG))
    assert source.layout is Layout.HOURLY
    assert [hour.hour for hour in source.hours()] == [13, 15]


def test_hidden_files_are_left_out(tmp_path: Path) -> None:
    source = FolderSource(make(tmp_path, DAY, SONG, "log_data/.DS_Store"))
    assert [file.key for file in source.files()] == [DAY, SONG]


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ((), "has no event logs: they must be named as in log_data/2018/11/2018-11-05-events.json"),
        (("log_data/events.json", SONG), "has no event logs"),
        ((DAY,), "song_data has no files"),
        ((DAY, HOUR, SONG), "daily files and hourly folders"),
    ],
)
def test_a_folder_of_another_layout_is_refused(tmp_path: Path, keys: tuple[str, ...], said: str) -> None:
    with pytest.raises(RunnerError, match=said):
        FolderSource(make(tmp_path, *keys))


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(RunnerError, match="absent is not a folder"):
        FolderSource(tmp_path / "absent")


def test_generated_files_are_read_as_they_were_made() -> None:
    sample = Sample(hours=2, songs=3)
    files = list(GeneratedSource(sample).files())
    made = [*sample.log_files(), *sample.song_files()]
    assert [(file.key, file.read()) for file in files] == [(file.key, file.body) for file in made]


def test_changed_files_name_their_hours() -> None:
    assert changed_hours([HOUR, SONG]) == {datetime(2018, 11, 5, 13, tzinfo=UTC)}
    assert len(changed_hours([DAY, HOUR])) == 24


def test_sources_do_not_share_a_folder_or_a_bucket(tmp_path: Path) -> None:
    runs = [
        RunnerSettings(),
        RunnerSettings(sample=Sample(seed=2)),
        RunnerSettings(data=tmp_path / "a"),
        RunnerSettings(data=tmp_path / "b"),
    ]
    assert len({run.folder for run in runs}) == len({run.bucket for run in runs}) == 4


def test_the_source_is_chosen_by_the_settings(tmp_path: Path) -> None:
    assert isinstance(open_source(RunnerSettings()), GeneratedSource)
    assert isinstance(open_source(RunnerSettings(data=make(tmp_path, DAY, SONG))), FolderSource)
