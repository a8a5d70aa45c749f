"""Each object in docs/troubleshooting.md gets what the page says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sparkify.hooks.s3_object import S3Object
from sparkify.source.data_files import classify_objects
from sparkify.source.partitions import layout_from_name

PAGE = Path(__file__).parents[3] / "docs" / "troubleshooting.md"
ROWS = re.findall(
    r"^\| ([^|]+) \| (hourly|daily) \| `([^|]+)` \| (\w+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE
)


@pytest.mark.parametrize(("name", "layout", "key", "verdict"), ROWS, ids=[row[0] for row in ROWS])
def test_an_object_gets_what_the_page_says(name: str, layout: str, key: str, verdict: str) -> None:
    path = key.replace("\\t", "\t")
    found = classify_objects([S3Object("b", f"log_data/{path}", "e", 9)], "log_data/")
    partition = layout_from_name(layout, "log_data").partition_of(path)
    if found.unusable or (found.data and partition is None):
        assert verdict == "named"
    else:
        assert verdict == ("loaded" if found.data else "ignored")


def test_every_row_is_tested() -> None:
    table = PAGE.read_text(encoding="utf-8").partition("\n## Objects")[2].partition("\n## ")[0]
    assert len(ROWS) == sum(line.startswith("| ") for line in table.splitlines()) - 2
