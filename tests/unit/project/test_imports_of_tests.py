"""What tests share is in tests/support: no test file imports from another one or from a conftest."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.support.paths import ROOT

FOLDERS = ("tests", "packages/local-redshift/tests")
TEST_FILES = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
BENCH_FILES = sorted((ROOT / "bench").rglob("*.py"))


def imported_modules(source: str) -> Iterator[str]:
    """Yield every module that a source names in an import, and every name that it takes from one."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def belongs_to_a_test(module: str) -> bool:
    """Return whether a module is, or is in, a test file or a conftest."""
    return any(part == "conftest" or part.startswith("test_") for part in module.split("."))


@pytest.mark.parametrize(
    "source",
    [
        "from tests.unit.test_x import y",
        "import tests.unit.test_x",
        "from tests.unit import test_x",
        "from tests.unit.conftest import y",
        "from tests.unit import conftest",
        "from .conftest import y",
        "def f():\n    from tests.unit.test_x import y",
        "from integration.test_x import y",
    ],
)
def test_an_import_from_a_test_is_found(source: str) -> None:
    assert any(map(belongs_to_a_test, imported_modules(source)))


@pytest.mark.parametrize("source", ["from tests.support.x import y", "import pytest", "import testing_x"])
def test_other_imports_are_let_pass(source: str) -> None:
    assert not any(map(belongs_to_a_test, imported_modules(source)))


def test_no_test_file_imports_from_a_test_file_or_a_conftest() -> None:
    found = {
        f"{path.relative_to(ROOT)}: {module}"
        for path in TEST_FILES
        for module in imported_modules(path.read_text(encoding="utf-8"))
        if belongs_to_a_test(module)
    }
    assert found == set()


def test_bench_imports_nothing_from_tests() -> None:
    found = {
        f"{path.relative_to(ROOT)}: {module}"
        for path in BENCH_FILES
        for module in imported_modules(path.read_text(encoding="utf-8"))
        if module.split(".")[0] in ("tests", "support")
    }
    assert found == set()
    assert len(BENCH_FILES) > 20


def test_no_test_file_is_longer_than_400_lines() -> None:
    long = {str(path.relative_to(ROOT)) for path in TEST_FILES if len(path.read_text("utf-8").splitlines()) > 400}
    assert long == set()
