"""What the ledger's class asks of the warehouse, and what it makes of the answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sparkify.ledger import ledger as module
from sparkify.ledger.ledger import KeptListing, Ledger, LoadedFile, LoadedHours, NewestLoad, RejectedLines
from sparkify.windows import HOUR, Window
from tests.support.ledgers import SQL_FOLDER, ledger_of

START = datetime(2018, 11, 5, 13, tzinfo=UTC)
MOMENT = 1541422800000
WINDOW = Window(START, START + 2 * HOUR)
LEDGER = ledger_of("plays")


class Session:
    """Gives its answers in turn, and keeps what it was asked."""

    def __init__(self, *answers: Sequence[tuple[Any, ...]]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def rows(self, sql: str) -> Sequence[tuple[Any, ...]]:
        self.asked.append(" ".join(sql.split()))
        return self.answers.pop(0)

    def run_script(self, script: str, values: dict[str, Any]) -> int:
        self.asked.append(script)
        return 0

    @contextmanager
    def transaction(self, lock: str | None = None) -> Iterator[None]:
        self.asked.append(f"LOCK {lock}")
        yield


def test_every_file_of_the_folder_is_used_and_no_other() -> None:
    """A query that is missing would be found by a run only, one that is left over by nobody."""
    text = Path(module.__file__).read_text(encoding="utf-8")
    used = set(re.findall(r'self\._(?:rows|run)\(session, "(\w+)"', text))
    assert used == {path.stem for path in (Path(SQL_FOLDER) / "ledger").glob("*.sql")}


def test_hours_are_sought_within_literals_on_both_sort_keys() -> None:
    session: Any = Session([(MOMENT,)])
    assert LEDGER.loaded_hours(session, WINDOW) == {START}
    [asked] = session.asked
    assert "target_table = 'plays'" in asked
    assert "source_partition BETWEEN '2018-11-05T13' AND '2018-11-05T14'" in asked
    assert f"partition_ts BETWEEN {MOMENT} AND {MOMENT + 3_600_000}" in asked


def test_hours_are_read_with_the_files_that_each_was_loaded_from() -> None:
    session: Any = Session([(MOMENT,)], [(MOMENT, "s3://b/a", "1"), (MOMENT, "s3://b/c", "2")])
    assert LEDGER.read_hours(session, WINDOW) == LoadedHours(
        frozenset({START}), {START: {"s3://b/a": "1", "s3://b/c": "2"}}
    )


@pytest.mark.parametrize(("found", "expected"), [(MOMENT, START), (None, None)])
def test_the_newest_hour_is_none_before_the_first_load(found: int | None, expected: datetime | None) -> None:
    session: Any = Session([(found, None, None)])
    assert LEDGER.newest_hour(session) == expected


def test_the_newest_load_is_known_with_the_newest_hour_that_had_lines() -> None:
    loaded_at = datetime(2018, 11, 5, 16)
    session: Any = Session([(MOMENT + 3_600_000, MOMENT, loaded_at)])
    assert LEDGER.newest_load(session) == NewestLoad(START + HOUR, START, loaded_at)


@pytest.mark.parametrize(
    ("options", "condition"),
    [
        ({}, "object_uri BETWEEN '' AND 's3:0' AND (TRUE OR SUBSTRING(MD5(object_uri), 1, 2) IN (NULL))"),
        (
            {"within": ("s3://b/a", "s3://b/c"), "groups": ["00", "ff"]},
            "object_uri BETWEEN 's3://b/a' AND 's3://b/c'"
            " AND (FALSE OR SUBSTRING(MD5(object_uri), 1, 2) IN ('00', 'ff'))",
        ),
    ],
)
def test_files_of_a_folder_can_be_sought_by_address_and_group(options: dict[str, Any], condition: str) -> None:
    session: Any = Session([("s3://b/a", "1", 9)])
    assert LEDGER.folder_files(session, **options) == [LoadedFile("s3://b/a", "1", 9)]
    assert session.asked[0].endswith(condition)


def test_every_address_lies_within_the_bounds_of_all_addresses() -> None:
    """Also the name that a migration gave to a file that is not known: it is to be found as one that is gone."""
    session: Any = Session([])
    LEDGER.folder_files(session)
    [(first, last)] = re.findall(r"object_uri BETWEEN '(.*?)' AND '(.*?)'", session.asked[0])
    assert all(first < address < last for address in ("s3://a", "s3://\U0010ffff", "migrated"))


def test_a_kept_listing_has_its_age_by_the_warehouses_clock() -> None:
    session: Any = Session([("abc", 2, 1000, 60)], [])
    assert LEDGER.kept_listing(session, "s3://b/songs/") == KeptListing("abc", seconds=2.0, age=60.0, count=1000)
    assert LEDGER.kept_listing(session, "s3://b/songs/") is None


@pytest.mark.parametrize(
    ("window", "condition"),
    [
        (None, "(source_partition BETWEEN '0' AND '9' OR source_partition IN ('', ''))"),
        (
            WINDOW,
            "(source_partition BETWEEN '2018-11-05T13' AND '2018-11-05T14' OR source_partition IN ('2018-11-05', ''))",
        ),
    ],
)
def test_rejected_lines_of_a_window_are_those_of_its_hours_of_their_day_and_of_folders(
    window: Window | None, condition: str
) -> None:
    session: Any = Session([("staging_events", "2018-11-05T13", "why", 3)])
    assert LEDGER.rejected_lines(session, window) == [RejectedLines("staging_events", "2018-11-05T13", "why", 3)]
    assert condition in session.asked[0]


def test_files_are_marked_to_be_loaded_again_behind_the_writers_lock() -> None:
    """The order is what counts: a run that publishes at the same time would write the same rows."""
    session: Any = Session()
    LEDGER.reload_rejected_files(session, "staging_songs")
    assert session.asked[0] == "LOCK etl.load_mutex"
    assert "UPDATE etl.source_objects" in session.asked[1]


@pytest.mark.parametrize("name", ["target", "sql_folder", "lock"])
def test_a_ledger_without_a_value_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} of the ledger is empty"):
        Ledger(**{"target": "plays", "sql_folder": SQL_FOLDER, "lock": "etl.load_mutex", name: ""})
