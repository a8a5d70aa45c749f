"""The page on scale: its tables are what its figures make of them."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[3] / "docs"
SPEC = importlib.util.spec_from_file_location("scale_tables", DOCS / "scale_tables.py")
assert SPEC is not None
assert SPEC.loader is not None
scale_tables = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(scale_tables)


def test_page_has_the_computed_tables() -> None:
    page = (DOCS / "scale.md").read_text(encoding="utf-8")
    assert scale_tables.fill(page) == page, "run make docs"
    assert page.count("| 10^") == 12


@pytest.mark.parametrize("price", scale_tables.PRICES.values(), ids=scale_tables.PRICES)
@pytest.mark.parametrize("kind", scale_tables.COUNTS)
def test_an_hour_takes_what_its_statements_and_commits_take(kind: str, price: tuple[float, float]) -> None:
    statements, locked, commits = scale_tables.COUNTS[kind]
    assert scale_tables.seconds_of(statements, commits, price) == statements * price[0] + commits * price[1]
    held = scale_tables.seconds_of(locked, 1, price)
    row = next(line for line in scale_tables.hour_table() if f"{3600 / held:,.0f} |" in line and f"| {kind} |" in line)
    assert f"| {statements} | {commits} |" in row


def test_an_hour_that_takes_less_than_a_minute_is_billed_as_one() -> None:
    billed = [line for line in scale_tables.month_table() if "as the hours come" in line and "| high |" not in line]
    minutes = 720 * scale_tables.LEAST_SECONDS / 3600 * scale_tables.RPU * scale_tables.RPU_DOLLARS
    assert len(billed) == 2
    assert all(line.endswith(f"| ${minutes:.2f} |") for line in billed)


@pytest.mark.parametrize("power", range(4, 10))
def test_files_are_as_aws_wants_them(power: int) -> None:
    files = scale_tables.wanted_files(10**power)
    size = 10**power * scale_tables.GZIP_BYTES / files
    assert files & (files - 1) == 0
    assert files == 1 or 1e6 <= size <= 1e9
