"""docs/errors.md lists the classes that the tests bring about, with the same outcome."""

from pathlib import Path

from tests.support.faults.error_classes import CLASSES

DOC = Path(__file__).parents[4] / "docs" / "errors.md"


def test_docs_and_tests_list_the_same_classes() -> None:
    first_part = DOC.read_text(encoding="utf-8").partition("\n## ")[0]
    rows = [line.split(" | ") for line in first_part.splitlines() if line.startswith("| ")]
    documented = [(row[0].removeprefix("| "), row[1]) for row in rows if row[0] not in ("| class", "| ---")]
    assert documented == [(error.name, error.outcome.value) for error in CLASSES]


def test_every_class_has_a_name_of_its_own() -> None:
    assert len({error.name for error in CLASSES}) == len(CLASSES)
