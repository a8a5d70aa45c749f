"""What all tests share."""

from __future__ import annotations

import json
import os
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from hypothesis import settings

from local.runner.environment import own_environment
from local_redshift.supervision import enter_environment

# What tells pip where packages come from is kept for the test that installs the wheel of packages/local-redshift.
_INDEX = ("PIP_*", "*_PROXY", "*_proxy", "SSL_CERT_*", "REQUESTS_CA_BUNDLE", "HOME", "PATH", "XDG_CONFIG_HOME")
_FOR_PIP = {name: value for name, value in os.environ.items() if any(fnmatchcase(name, each) for each in _INDEX)}
os.environ.setdefault("PYTEST_SHELL", json.dumps(_FOR_PIP))

#: Variables that these tests read. All others of a user's shell are meant for other programs.
_TOLD = ("PYTEST_*", "AIRFLOW_HOME", "BACKFILL_HOURS", "ALL_CASES", "UPDATE_DOCS", "JDBC_DRIVER", "JAVA_HOME")
if "CONTAINER_TESTS" not in os.environ:  # those install packages, and may need a proxy for it
    _HOME = Path(__file__).parents[1] / ".state" / "home"
    _HOME.mkdir(parents=True, exist_ok=True)
    enter_environment(own_environment(os.environ, _HOME, also=_TOLD))
os.environ.setdefault("AIRFLOW_HOME", str(Path(__file__).parents[1] / ".state" / "tests"))
if worker := os.environ.get("PYTEST_XDIST_WORKER"):
    # Two processes that write Airflow's first configuration at once would read each other's halves.
    os.environ["AIRFLOW_HOME"] += f"-{worker}"

_END_TO_END = Path(__file__).parent / "e2e"

# How long an example takes says more about the machine than about the code.
settings.register_profile("project", deadline=None)
settings.load_profile("project")
# pytest --hypothesis-profile=long, as in make chaos
settings.register_profile("long", deadline=None, max_examples=1000)


@pytest.hookimpl(tryfirst=True)  # xdist looks for the groups in the same hook, and would find none
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep a file's tests in one process, and all that share the one Airflow in one; deal the longest groups first."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            group = "e2e" if _shares_airflow(item) else str(item.path)
            item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=_place)


def _shares_airflow(item: pytest.Item) -> bool:
    return _END_TO_END in item.path.parents and "cluster" in getattr(item, "fixturenames", ())


def _place(item: pytest.Item) -> int:
    """Return where a test belongs in the order: what takes minutes comes first, so that no process is left with it.

    Tests that start an Airflow of their own are before those that share one: the shared one would only be in their
    way. Of these the ones of the hourly DAG are first, which compare whole tables.
    """
    if item.get_closest_marker("slow"):
        return 0
    if _END_TO_END not in item.path.parents:
        return 3
    if not _shares_airflow(item):
        return 0
    return 1 if item.path.name == "test_hourly_dag.py" else 2
