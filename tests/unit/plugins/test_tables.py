"""What Python says of the tables is what sql/tables defines."""

import re
from pathlib import Path

import pytest

from sparkify.tables import EVENT_COLUMNS, READER_GROUP, SONG_COLUMNS, STAGING_TABLES, STAR_COLUMNS

FOLDER = Path(__file__).parents[3] / "sql" / "tables"
DEFINITIONS = {
    name: re.findall(r'^    "?([a-z_]+)"? [A-Z]', body, re.MULTILINE)
    for path in FOLDER.glob("*.sql")
    for name, body in re.findall(
        r"CREATE TABLE IF NOT EXISTS \w+\.(\w+) \(\n(.*?)\n\)", path.read_text(encoding="utf-8"), re.DOTALL
    )
}


@pytest.mark.parametrize("table", STAR_COLUMNS)
def test_star_columns_are_those_of_the_definition(table: str) -> None:
    assert list(STAR_COLUMNS[table]) == [c for c in DEFINITIONS[table] if c.islower()]


def test_every_staged_field_has_its_column() -> None:
    assert [*EVENT_COLUMNS, "source_partition"] == DEFINITIONS["staging_events"]
    assert [*SONG_COLUMNS, "object_uri"] == DEFINITIONS["staging_songs"]


def test_a_run_gets_every_template() -> None:
    templates = re.findall(r"staging_template\.(\w+) \(", "".join(p.read_text() for p in FOLDER.glob("staging*.sql")))
    assert sorted(STAGING_TABLES) == sorted(templates)


def test_readers_may_read_every_table_that_a_page_or_an_analyst_asks() -> None:
    granted = set(re.findall(r"(?:public|etl)\.\w+", (FOLDER / "grants_readers.sql").read_text()))
    asked = {
        name if "." in name else f"public.{name}"
        for folder in ("pages", "analytics")
        for path in (FOLDER.parent / folder).glob("*.sql")
        for name in re.findall(r"(?:FROM|JOIN) ((?:etl\.|public\.)?[a-z_]+)", path.read_text())
    }
    assert {name for name in asked if name.partition(".")[2] in DEFINITIONS} <= granted
    assert f"GROUP {READER_GROUP}" in (FOLDER / "grants_readers.sql").read_text()
