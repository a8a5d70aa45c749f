"""Which statements and results a page has."""

from __future__ import annotations

from pathlib import Path

import pytest

from local_redshift.documented.guide.examples import read_page
from local_redshift.documented.guide.model import Printed

FOUR = Printed(("a",), (("4",),))
CASES = {
    "two statements with a result each": (
        "select 4 a;\n\na\n---\n4\n\nselect 5 a;\n\na\n---\n5\n",
        [("select 4 a", FOUR), ("select 5 a", Printed(("a",), (("5",),)))],
    ),
    "no semicolon": ("select 4 a\nfrom t\n\na\n---\n4\n", [("select 4 a\nfrom t", FOUR)]),
    "a comment before": ("-- four\nselect 4 a;\na\n---\n4", [("select 4 a", FOUR)]),
    "no result": ("delete t;\n\ninsert into t\nvalues (4);", [("delete t", None), ("insert into t\nvalues (4)", None)]),
    "a command's tag": ("call p();\n\nCALL\n\nselect 4 a;\na\n---\n4", [("call p()", None), ("select 4 a", FOUR)]),
    "notices": ("call p();\nINFO:  one\nselect 4 a;\na\n---\n4", [("call p()", None), ("select 4 a", FOUR)]),
    "a body in dollars": (
        "create procedure p() as $$\nbegin\n  x := 1;\n  y;\nend;\n$$ language plpgsql;\nselect 4 a;\na\n---\n4",
        [("create procedure p() as $$\nbegin\n  x := 1;\n  y;\nend;\n$$ language plpgsql", None), ("select 4 a", FOUR)],
    ),
    "another language": ("aws s3 ls;\nselect 1;", []),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES.keys())
def test_a_listing_is_statements_with_results(tmp_path: Path, text: str, expected: list[tuple[str, object]]) -> None:
    (tmp_path / "page.md").write_text(f"```\n{text}\n```\n")
    examples = read_page(tmp_path / "page.md").examples
    assert [(example.sql, example.printed) for example in examples] == expected


def test_an_error_belongs_to_the_statement_before_it(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text("```\nselect x;\nERROR: it can't be [SQL State=22003]\n\nselect 1;\n```\n")
    first, second = read_page(tmp_path / "page.md").examples
    assert (first.sql, first.error) == ("select x", "ERROR: it can't be [SQL State=22003]")
    assert (second.sql, second.error) == ("select 1", None)


def test_text_that_is_no_table_is_kept_as_unread(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text("```\nselect 4 a;\nfour it is\n```\n")
    (example,) = read_page(tmp_path / "page.md").examples
    assert example.unread == "four it is"


def test_the_result_in_a_listing_of_its_own_belongs_to_the_same_section_only(tmp_path: Path) -> None:
    table = "```\na\n---\n4\n```\n"
    (tmp_path / "page.md").write_text(f"```\nselect 4 a;\n```\nprose\n{table}```\nselect 5 a;\n```\n# Another\n{table}")
    assert [example.printed for example in read_page(tmp_path / "page.md").examples] == [FOUR, None]


@pytest.mark.parametrize("syntax", ["SELECT a [, ...]", "SHOW { a | b }", "DROP TABLE [ IF EXISTS ] name"])
def test_syntax_is_no_example(tmp_path: Path, syntax: str) -> None:
    (tmp_path / "page.md").write_text(f"```\n{syntax}\n```\n")
    assert not read_page(tmp_path / "page.md").examples
