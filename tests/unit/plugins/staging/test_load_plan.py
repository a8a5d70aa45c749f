"""What a plan shows of the hours, and of the SQL."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sparkify.hooks.sql_files import SqlFiles
from sparkify.ledger.plan import PlannedHour
from sparkify.source.unclaimed import Unclaimed
from sparkify.staging.load_plan import LoadPlan, describe_sql
from sparkify.windows import HOUR

START = datetime(2018, 11, 5, tzinfo=UTC)


def test_the_lines_of_a_long_window_are_cut_and_counted() -> None:
    hours = [PlannedHour(START + number * HOUR, "missing", ()) for number in range(402)]
    lines = LoadPlan(hours, 0, Unclaimed()).lines()
    assert (len(lines), lines[-1]) == (401, "and 2 more lines")


def test_new_files_are_counted_beside_the_hours() -> None:
    counts = LoadPlan([PlannedHour(START, "missing", ())], 7, Unclaimed()).counts()
    assert (counts["hours"], counts["missing"], counts["new_files"]) == (1, 1, 7)


def test_the_sql_is_shown_file_by_file_under_its_step(tmp_path: Path) -> None:
    (tmp_path / "one.sql").write_text("-- First.\nSELECT 1;\n", encoding="utf-8")
    (tmp_path / "two.sql").write_text("SELECT 2;\n", encoding="utf-8")
    shown = describe_sql(SqlFiles(tmp_path), {"load": ["two.sql", "one.sql"]})
    assert shown == ["-- load: two.sql\nSELECT 2;", "-- load: one.sql\n-- First.\nSELECT 1;"]
