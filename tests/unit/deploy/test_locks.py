"""The locks: one for each ``.in`` file, with hashes that are checked when it is installed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SOURCES = sorted((ROOT / "requirements").glob("*.in"))
LOCKS = [ROOT / "requirements.txt", *sorted((ROOT / "requirements").glob("*.txt"))]


def lock_of(source: Path) -> Path:
    """Return the lock that ``make lock`` writes from a source; MWAA wants the pipeline's at the top."""
    return ROOT / "requirements.txt" if source.stem == "pipeline" else source.with_suffix(".txt")


def locked(lock: Path) -> dict[str, list[str]]:
    """Return the hashes of each package."""
    text = re.sub(r"\\\n\s*", " ", lock.read_text())
    lines = [line.split() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return {line[0].split("==")[0]: [word for word in line if word.startswith("--hash=sha256:")] for line in lines}


def test_each_source_has_a_lock_and_each_lock_a_source() -> None:
    assert sorted(map(lock_of, SOURCES)) == sorted(LOCKS)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_package_has_a_hash(lock: Path) -> None:
    assert locked(lock)
    assert [name for name, hashes in locked(lock).items() if not hashes] == []


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_lock_has_what_its_source_asks_for(source: Path) -> None:
    asked = re.findall(r"^[a-z][\w-]*", source.read_text(), re.MULTILINE)
    assert asked
    assert set(asked) - locked(lock_of(source)).keys() == set()


def test_images_check_hashes() -> None:
    installs = re.findall(r"pip install (.*)", (ROOT / "Dockerfile").read_text())
    assert installs
    assert [line for line in installs if "--require-hashes" not in line] == []
