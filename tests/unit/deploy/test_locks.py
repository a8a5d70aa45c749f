"""The locks: one for each ``.in`` file and one of the package, with hashes that are checked on installation."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SOURCES = sorted((ROOT / "requirements").glob("*.in"))
PACKAGE = ROOT / "packages" / "local-redshift"
LOCKS = [ROOT / "requirements.txt", *sorted((ROOT / "requirements").glob("*.txt")), PACKAGE / "requirements.txt"]
#: Of the project, its package and its tests.
IMAGES = [
    ROOT / "Dockerfile",
    *sorted(path for name in ("packages", "tests") for path in (ROOT / name).rglob("Dockerfile")),
]


def lock_of(source: Path) -> Path:
    """Return the lock that ``make lock`` writes from a source; MWAA wants the pipeline's at the top."""
    return ROOT / "requirements.txt" if source.stem == "pipeline" else source.with_suffix(".txt")


def locked(lock: Path) -> dict[str, list[str]]:
    """Return the hashes of each package."""
    text = re.sub(r"\\\n\s*", " ", lock.read_text())
    lines = [line.split() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return {line[0].split("==")[0]: [word for word in line if word.startswith("--hash=sha256:")] for line in lines}


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_each_source_has_a_lock_and_each_lock_a_source() -> None:
    assert sorted([*map(lock_of, SOURCES), PACKAGE / "requirements.txt"]) == sorted(LOCKS)


@pytest.mark.parametrize("lock", LOCKS, ids=relative)
def test_every_package_has_a_hash(lock: Path) -> None:
    assert locked(lock)
    assert [name for name, hashes in locked(lock).items() if not hashes] == []


@pytest.mark.parametrize("source", SOURCES, ids=relative)
def test_lock_has_what_its_source_asks_for(source: Path) -> None:
    asked = re.findall(r"^[a-z][\w-]*", source.read_text(), re.MULTILINE)
    assert asked
    assert set(asked) - locked(lock_of(source)).keys() == set()


def test_the_packages_lock_has_what_the_package_depends_on() -> None:
    project = tomllib.loads((PACKAGE / "pyproject.toml").read_text())["project"]
    asked = {re.split(r"[^\w-]", each)[0] for each in project["dependencies"]}
    assert asked
    assert asked - locked(PACKAGE / "requirements.txt").keys() == set()


@pytest.mark.parametrize("image", IMAGES, ids=relative)
def test_images_check_hashes(image: Path) -> None:
    """What is not from an index has none: a folder, without what it depends on."""
    installs = re.findall(r"pip3? install (.*)", image.read_text())
    of_folders = [line for line in installs if "--no-deps" in line and re.search(r" /\S+$", line)]
    assert [line for line in installs if "--require-hashes" not in line and line not in of_folders] == []


def test_both_images_of_the_project_install_their_locks() -> None:
    for image in (ROOT / "Dockerfile", PACKAGE / "Dockerfile"):
        assert "--require-hashes --requirement" in image.read_text()
