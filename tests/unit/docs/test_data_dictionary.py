"""The data dictionary is that of sql/tables as they are."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from sparkify.hooks.table_definitions import defined_tables

ROOT = Path(__file__).parents[3]
TABLES = ROOT / "sql" / "tables"


@pytest.fixture(scope="module")
def dictionary() -> ModuleType:
    """The program behind make docs."""
    spec = importlib.util.spec_from_file_location("data_dictionary", ROOT / "docs" / "data_dictionary.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[module.__name__] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def test_the_committed_page_is_current(dictionary: ModuleType) -> None:
    assert dictionary.PAGE.read_text() == dictionary.render(), "run make docs"


def test_every_table_and_column_is_described(dictionary: ModuleType) -> None:
    scripts = [path.read_text() for path in sorted(TABLES.glob("*.sql"))]
    described = dictionary.find_comments("\n".join(scripts))
    tables = defined_tables(scripts)
    # A table made like another one has its columns.
    columns = {f"{table}.{name}" for table in tables if table != "etl.load_history" for name in tables[table]}
    assert described.keys() == {*tables, *columns}
    assert all(described.values())


def test_every_column_of_the_star_has_a_source_field_and_an_example(dictionary: ModuleType) -> None:
    star = [line for line in dictionary.render().partition("## Bookkeeping")[0].splitlines() if line.startswith("| `")]
    assert len(star) == 31
    for line in star:
        assert all(cell.strip() for cell in line.strip("|").split("|")), line


def test_a_change_of_a_table_changes_the_page(dictionary: ModuleType, tmp_path: Path) -> None:
    for path in TABLES.glob("*.sql"):
        (tmp_path / path.name).write_text(path.read_text().replace("gender VARCHAR(16)", "gender VARCHAR(32)"))
    page = dictionary.render(tmp_path)
    assert "| `gender` | varchar(32) | F or M |" in page
    assert "varchar_32 gender" in page
