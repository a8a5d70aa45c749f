"""docs/troubleshooting.md lists the classes that the tests bring about, with the same outcome."""

from pathlib import Path

from tests.support.faults.error_classes import CLASSES

DOC = Path(__file__).parents[4] / "docs" / "troubleshooting.md"


def test_docs_and_tests_list_the_same_classes() -> None:
    section = DOC.read_text(encoding="utf-8").partition("\n## What is retried")[2].partition("\n## ")[0]
    _head, _line, *rows = [line.split(" | ") for line in section.splitlines() if line.startswith("| ")]
    documented = [(row[1], row[2]) for row in rows]
    assert documented == [(error.name, error.outcome.value) for error in CLASSES]


def test_every_class_has_a_name_of_its_own() -> None:
    assert len({error.name for error in CLASSES}) == len(CLASSES)
