"""The pages' files: every query is used, every file that a page names is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sparkify.pages.listening import QUESTIONS

ROOT = Path(__file__).parents[4]
PAGES = ROOT / "plugins" / "sparkify" / "pages"
STATIC = PAGES / "static"


def test_every_query_of_the_pages_is_asked_and_every_one_that_is_asked_exists() -> None:
    asked = {name for path in PAGES.glob("*.py") for name in re.findall(r'\.page\(\s*"(\w+)"', path.read_text())}
    assert asked == {path.stem for path in (ROOT / "sql" / "pages").glob("*.sql")}


def test_the_listening_page_answers_every_question_of_the_analysts() -> None:
    assert set(QUESTIONS) == {path.stem for path in (ROOT / "sql" / "analytics").glob("*.sql")}
    script = (STATIC / "listening.js").read_text()
    shown = {*re.findall(r'name: "(\w+)"', script), *re.findall(r'ask\("(\w+)"\)', script)}
    assert shown == set(QUESTIONS)


@pytest.mark.parametrize("path", sorted(STATIC.glob("*.html")), ids=lambda path: path.name)
def test_a_page_asks_for_files_of_its_own_only(path: Path) -> None:
    addresses = re.findall(r'(?:src|href)="([^"]+)"', path.read_text())
    assert addresses
    for address in addresses:
        assert (PAGES / address).is_file()


def test_scripts_import_files_that_exist_and_make_no_markup_of_data() -> None:
    for path in STATIC.glob("*.js"):
        if path.name != "echarts.min.js":
            text = path.read_text()
            assert all((STATIC / name).is_file() for name in re.findall(r'from "\./([^"]+)"', text))
            assert not re.search(
                r"innerHTML|insertAdjacentHTML|document\.write|\beval\(|https?://(?!jfly|www\.w3)", text
            )
