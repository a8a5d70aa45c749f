"""Imports go one way: the contracts of pyproject.toml hold, and each of them finds an import that breaks it."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = {
    "sparkify": ROOT / "plugins",
    "local_redshift": ROOT / "packages" / "local-redshift" / "src",
    "local": ROOT,
    "bench": ROOT,
}
#: The rooms that other projects can use.
GENERIC = ("hooks", "source", "ledger", "staging", "loading", "triggers", "operators")


def lint(*folders: Path) -> tuple[bool, str]:
    """Return whether all contracts are kept, and what is said of them.

    :param folders: where packages are looked for first, the working folder among them.
    """
    path = os.pathsep.join(map(str, [*folders, *dict.fromkeys(PACKAGES.values())]))
    command = "from importlinter.cli import lint_imports_command as run; run()"
    options = ["--no-cache", "--no-logo", str(ROOT / "pyproject.toml")]
    done = subprocess.run(
        [sys.executable, "-P", "-c", command, *options],
        cwd=folders[0] if folders else ROOT,
        env={**os.environ, "PYTHONPATH": path, "COLUMNS": "200", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode == 0, done.stdout + done.stderr


def test_imports_go_one_way() -> None:
    kept, report = lint()
    assert kept, report


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("sparkify.hooks.errors", "from sparkify.source import lines", "rooms import downwards"),
        ("sparkify.ledger.plan", "from sparkify.staging import manifest", "rooms import downwards"),
        ("sparkify.staging.manifest", "from sparkify.loading import bounds", "rooms import downwards"),
        ("sparkify.loading.steps", "from sparkify.operators import load", "rooms import downwards"),
        ("sparkify.windows", "from sparkify.hooks import errors", "rooms import downwards"),
        ("sparkify.operators.load_fact", "from sparkify.settings import load_settings", "Generic rooms"),
        ("sparkify.operators.load_fact", "from sparkify.monitoring import doctor", "Generic rooms"),
        ("sparkify.operators.upkeep.plan_load", "from sparkify.settings import Settings", "Generic rooms"),
        ("sparkify.operators.upkeep.diagnose", "from sparkify.monitoring import doctor", "rooms import downwards"),
        ("sparkify.loading.quality", "from sparkify.tables import STAR_COLUMNS", "Generic rooms"),
        ("sparkify.hooks.errors", "from sparkify.hooks import warehouse", "No module or package imports itself"),
        ("sparkify.hooks.errors", "if TYPE_CHECKING:\n    from sparkify.hooks import warehouse", "imports itself"),
        ("sparkify.operators.links", "from local.runner import errors", "The plugin does not know the laptop"),
        ("local.sample.words", "import sparkify.tables", "The laptop does not know the plugin"),
        ("local.sample.words", "import local_redshift.settings", "Only the runner and the benchmarks"),
        ("local.runner.errors", "import bench.machine", "do not know each other's users"),
        ("local_redshift.cli", "import local.sample", "do not know each other's users"),
    ],
)
def test_an_import_the_wrong_way_is_found(tmp_path: Path, module: str, line: str, contract: str) -> None:
    package = module.partition(".")[0]
    copied = shutil.copytree(PACKAGES[package] / package, tmp_path / package, ignore=shutil.ignore_patterns("__pyc*"))
    changed = copied.joinpath(*module.split(".")[1:]).with_suffix(".py")
    changed.write_text(f"{changed.read_text()}\n\nfrom typing import TYPE_CHECKING\n{line}\n")
    kept, report = lint(tmp_path)
    assert not kept
    broken = report.partition("Broken contracts\n")[2]
    assert contract in broken
    assert module in broken or module.rpartition(".")[2] in broken


def imported_by(path: Path) -> Iterator[str]:
    """Iterate over the top-level names of what a file imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield str(node.module).partition(".")[0]


@pytest.mark.parametrize("path", sorted((ROOT / "dags").glob("*.py")), ids=lambda path: path.stem)
def test_a_dag_imports_airflow_and_the_plugin_only(path: Path) -> None:
    assert set(imported_by(path)) <= {"airflow", "sparkify", *sys.stdlib_module_names}


@pytest.mark.parametrize("room", GENERIC)
def test_generic_rooms_name_no_dag_and_no_setting(room: str) -> None:
    dags = "|".join(path.stem for path in (ROOT / "dags").glob("*.py"))
    own = re.compile(rf"\b({dags})\b|\[sparkify\]")
    files = sorted((ROOT / "plugins" / "sparkify" / room).rglob("*.py"))
    assert files
    assert {str(path): found[0] for path in files if (found := own.search(path.read_text()))} == {}
