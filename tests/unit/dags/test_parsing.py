"""What reading the DAG files costs: the dag-processor reads them again and again, and every task reads its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]

#: Libraries that take long to load, and that only tasks need; hooks of providers load them. Airflow's models are for
#: its own services.
HEAVY = re.compile(
    r"(boto3|botocore|numpy|obstore|pandas|psycopg|pyarrow|redshift_connector|sqlalchemy|sqlglot|sqlparse)(\.|$)"
    r"|airflow\.(models|providers\..*\.hooks)\."
)

PROGRAM = """
import json, sys, threading
import airflow.sdk
before = set(sys.modules)
for name in sys.argv[1:]:
    __import__(name)
parsed = set(sys.modules) - before
from sparkify import preload
preload.load_modules()
ahead = [name for name in preload.MODULES if name in sys.modules]
threads = threading.active_count()
from airflow.dag_processing.dagbag import DagBag
files = {name: dag.fileloc for name, dag in DagBag("dags").dags.items()}
print(json.dumps({"parsed": sorted(parsed), "ahead": ahead, "threads": threads, "files": files}))
"""


@pytest.fixture(scope="module")
def loaded() -> dict[str, Any]:
    """The modules that all DAG files load beyond airflow.sdk, then those that the preload does."""
    names = sorted(path.stem for path in (ROOT / "dags").glob("*.py"))
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'plugins'}:{ROOT / 'dags'}"}
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, *names], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
    )
    return json.loads(ended.stdout.splitlines()[-1])


def test_no_dag_file_loads_a_heavy_library(loaded):
    assert "sparkify_hourly" in loaded["parsed"]
    assert [name for name in loaded["parsed"] if HEAVY.match(name)] == []


def test_every_module_named_for_the_scheduler_can_be_loaded_ahead(loaded):
    from sparkify import preload

    assert loaded["ahead"] == list(preload.MODULES)


def test_what_is_loaded_ahead_starts_no_thread_which_a_fork_would_lose(loaded):
    assert loaded["threads"] == 1


def test_every_dag_is_of_the_file_that_bears_its_name(loaded):
    assert {name: Path(file).stem for name, file in loaded["files"].items()} == {name: name for name in loaded["files"]}
