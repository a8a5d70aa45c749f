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


@pytest.mark.parametrize("power", range(4, 10))
def test_files_are_as_aws_wants_them(power: int) -> None:
    files = scale_tables.wanted_files(10**power)
    size = 10**power * scale_tables.GZIP_BYTES / files
    assert files & (files - 1) == 0
    assert files == 1 or 1e6 <= size <= 1e9
