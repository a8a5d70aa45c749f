"""The pages name only files that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "src" / "local_redshift"
NAMES = sorted(set(re.findall(r"`([a-z_/]+(?:\.py|/))`", (ROOT / "INTERNALS.md").read_text(encoding="utf-8"))))


@pytest.mark.parametrize("name", NAMES)
def test_a_file_or_room_that_is_named_exists(name: str) -> None:
    wanted = name.rstrip("/")
    assert any(path.as_posix().endswith(f"/{wanted}") for path in SOURCES.rglob("*"))


@pytest.mark.parametrize("page", ["README.md", "INTERNALS.md", "FEATURES.md"])
def test_a_link_to_another_page_leads_somewhere(page: str) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", (ROOT / page).read_text(encoding="utf-8"))
    assert [link for link in links if not (ROOT / link).exists()] == []
