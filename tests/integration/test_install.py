"""Installing a lock: a package with the hash of the lock is installed, another is refused."""

from __future__ import annotations

import hashlib
import subprocess
import zipfile
from pathlib import Path

import pytest

from local import install


@pytest.fixture
def wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a wheel that pip finds, and shut every other source of packages."""
    path = tmp_path / "found" / "probe-1.0-py3-none-any.whl"
    path.parent.mkdir()
    about = "probe-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("probe.py", "")
        archive.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: probe\nVersion: 1.0\n")
        archive.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{about}/RECORD", f"probe.py,,\n{about}/METADATA,,\n{about}/WHEEL,,\n{about}/RECORD,,\n")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(path.parent))
    return path


def lock(folder: Path, digest: str) -> Path:
    path = folder / "lock.txt"
    path.write_text(f"probe==1.0 \\\n    --hash=sha256:{digest}\n")
    return path


def has_probe(environment: Path) -> bool:
    return subprocess.run([environment / "bin" / "python", "-c", "import probe"], capture_output=True).returncode == 0


def test_file_with_the_hash_of_the_lock_is_installed(wheel: Path, tmp_path: Path) -> None:
    install.main(tmp_path / "venv", lock(tmp_path, hashlib.sha256(wheel.read_bytes()).hexdigest()))
    assert has_probe(tmp_path / "venv")


def test_file_with_another_hash_is_refused(wheel: Path, tmp_path: Path) -> None:
    with pytest.raises(install.InstallError, match=r"lock\.txt could not be installed"):
        install.main(tmp_path / "venv", lock(tmp_path, "0" * 64))
    assert not has_probe(tmp_path / "venv")
