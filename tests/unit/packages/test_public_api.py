"""The repository uses the local Redshift by its public API only, and the package uses nothing of the repository."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PACKAGE = ROOT / "packages" / "local-redshift"
#: As the package's README lists them.
PUBLIC = {
    f"local_redshift{name}" for name in ("", ".s3", ".testing", ".postgres", ".scans", ".supervision", ".documented")
}
USERS = [
    path
    for folder in ("bench", "dags", "docs", "infra", "local", "notebooks", "plugins", "tests")
    for path in sorted((ROOT / folder).rglob("*.py"))
]
OURS = {"bench", "dags", "infra", "local", "notebooks", "plugins", "sparkify", "tests"}


def imports(path: Path) -> Iterator[tuple[str, str | None]]:
    """Return the modules that a file imports, each with the name that it takes from it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, None) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((node.module, alias.name) for alias in node.names)


@pytest.mark.parametrize("path", USERS, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_public_names_of_the_package_are_used(path: Path) -> None:
    used = [(module, name) for module, name in imports(path) if module.partition(".")[0] == "local_redshift"]
    private = [
        (module, name)
        for module, name in used
        if module not in PUBLIC or (name is not None and name not in import_module(module).__all__)
    ]
    assert not private or {f"{module}.{name}" for module, name in private} <= PUBLIC


def test_the_package_and_its_tests_import_nothing_of_the_repository() -> None:
    found = {
        f"{path.relative_to(PACKAGE)}: {module}"
        for path in PACKAGE.rglob("*.py")
        for module, _ in imports(path)
        if module.partition(".")[0] in OURS
    }
    assert not found
