"""The public API: what the README lists, what ``__all__`` says, and what an import costs."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import local_redshift
from local_redshift.postgres import PostgresError
from local_redshift.s3 import S3Error

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
MODULES = [f"local_redshift{name}" for name in ("", ".s3", ".testing", ".postgres", ".scans", ".supervision")]


@pytest.mark.parametrize("name", MODULES)
def test_a_public_module_is_in_the_readme_and_has_what_it_promises(name: str) -> None:
    assert f"| `{name}` |" in README
    module = import_module(name)
    assert module.__all__
    for each in module.__all__:
        assert getattr(module, each) is not None
        assert each in dir(module)


def test_all_errors_have_one_base() -> None:
    for error in (local_redshift.StartError, S3Error, PostgresError):
        assert issubclass(error, local_redshift.LocalRedshiftError)


def test_a_name_that_does_not_exist_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'RedshiftProcess'"):
        local_redshift.RedshiftProcess  # noqa: B018


def test_importing_the_package_or_its_plugin_loads_nothing_else() -> None:
    code = (
        "import sys, pytest, local_redshift.pytest_plugin; "
        "print(*(name for name in sys.modules if name.startswith('local_redshift')))"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert loaded == ["local_redshift", "local_redshift.pytest_plugin"]
