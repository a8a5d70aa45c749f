"""requirements.txt, from which the image is built, has hashes for all that the package needs and that builds it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

PACKAGE = Path(__file__).parents[2]
PROJECT: dict[str, Any] = tomllib.loads((PACKAGE / "pyproject.toml").read_text(encoding="utf-8"))
NEEDED = [
    *PROJECT["project"]["dependencies"],
    *PROJECT["project"]["optional-dependencies"]["s3"],
    *PROJECT["build-system"]["requires"],
]


@pytest.mark.parametrize("requirement", NEEDED)
def test_each_requirement_is_locked_with_a_hash(requirement: str) -> None:
    name = re.split(r"[\[<>=~! ]", requirement)[0]
    lock = (PACKAGE / "requirements.txt").read_text(encoding="utf-8")
    assert re.search(rf"^{name}==\S+.* \\\n    --hash=sha256:[0-9a-f]{{64}}", lock, re.MULTILINE)


def test_what_builds_the_package_is_what_the_lock_takes() -> None:
    assert PROJECT["dependency-groups"]["build"] == PROJECT["build-system"]["requires"]


def test_the_image_installs_nothing_without_a_hash() -> None:
    dockerfile = (PACKAGE / "Dockerfile").read_text(encoding="utf-8")
    installs = re.findall(r"pip install .*", dockerfile)
    assert len(installs) == 2
    for command in installs:
        assert "--require-hashes" in command or {"--no-index", "--no-build-isolation"} <= {*command.split()}
