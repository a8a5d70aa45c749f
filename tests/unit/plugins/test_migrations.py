"""The order and the form of migrations."""

from __future__ import annotations

from pathlib import Path

import pytest

from sparkify.migrations import read_migrations

FOLDER = Path(__file__).parents[3] / "sql" / "migrations"
SCRIPT = "SELECT COUNT(*) = 0 FROM t;\nALTER TABLE t ADD COLUMN c INTEGER;"


def test_the_projects_own_are_numbered_without_gaps_and_ask_first() -> None:
    migrations = read_migrations(FOLDER)
    assert [migration.number for migration in migrations] == list(range(1, len(migrations) + 1))
    assert str(migrations[0]) == "0001_sort_the_ledger_by_partition"


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"0002_later.sql": SCRIPT}, "without gaps"),
        ({"0001_one.sql": SCRIPT, "0001_two.sql": SCRIPT}, "without gaps"),
        ({"1_short.sql": SCRIPT}, "no name of a migration"),
        ({"0001_Loud.sql": SCRIPT}, "no name of a migration"),
        ({"0001_unasked.sql": "ALTER TABLE t ADD COLUMN c INTEGER;"}, "must begin with a SELECT"),
        ({"0001_only_asks.sql": "SELECT 1;"}, "the change must follow"),
        ({"0001_empty.sql": "-- nothing"}, "must begin with a SELECT"),
    ],
)
def test_a_folder_that_cannot_be_applied_in_order_is_refused(tmp_path: Path, files: dict[str, str], words: str) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(ValueError, match=words):
        read_migrations(tmp_path)
