"""A Python with the lock for several machines, and with nothing else: what the Dockerfile installs."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from local.install import pip_options, uv_variables
from local.runner.settings import ROOT

_LOCK = ROOT / "requirements/cluster.txt"


def cluster_python(folder: Path) -> Path:
    """Return the interpreter of an environment with the lock, made when it is not there.

    :param folder: where the environment is kept.
    """
    python, stamp = folder / "bin" / "python", folder / "installed.sha256"
    wanted = hashlib.sha256(_LOCK.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return python
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
    listing = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    environment = uv_variables(pip_options(listing, os.environ), os.environ) or dict(os.environ)
    uv = Path(sys.executable).with_name("uv")
    subprocess.run(
        [str(uv), "pip", "sync", "--quiet", "--require-hashes", "--python", str(python), str(_LOCK)],
        check=True,
        env=environment,
    )
    stamp.write_text(wanted)
    return python
