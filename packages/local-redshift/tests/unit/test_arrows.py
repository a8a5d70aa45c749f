"""Which module imports which: rooms import only rooms below them, and nothing imports itself by way of others."""

from __future__ import annotations

from pathlib import Path

import pytest
from importlinter.cli import lint_imports

PACKAGE = Path(__file__).parents[2]


def test_the_contracts_in_pyproject_are_kept(capsys: pytest.CaptureFixture[str]) -> None:
    failed = lint_imports(config_filename=str(PACKAGE / "pyproject.toml"), no_cache=True)
    assert not failed, capsys.readouterr().out
