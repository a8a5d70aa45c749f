"""The feature matrix claims nothing that no test holds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from local_redshift.documented import load_cases

ROOT = Path(__file__).parents[2]
MATRIX = (ROOT / "FEATURES.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip().strip("`") for cell in line.strip("|").split("|")]
    for line in MATRIX.splitlines()
    if line.startswith("|") and "---" not in line and not line.startswith("| feature")
]


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_a_row_names_a_state_a_page_and_a_test_that_exists(row: list[str]) -> None:
    _, state, note, page, test = row
    assert state in ("same", "works", "close", "refused")
    assert note or state != "close", "a row that is close says how it differs"
    assert re.fullmatch(r"[\w-]+\.html", page)
    path, _, name = test.partition("::")
    assert re.search(rf"^(?:async )?def {name}\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("row", [row for row in ROWS if row[1] == "same"], ids=lambda row: row[0])
def test_a_row_is_the_same_only_by_results_that_its_page_documents(row: list[str]) -> None:
    page = row[3].removesuffix(".html")
    assert [case for case in load_cases() if case.page == page and not case.refused]


def test_features_are_named_once() -> None:
    names = [row[0] for row in ROWS]
    assert len(names) == len(set(names)) > 50
