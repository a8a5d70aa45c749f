"""What `make mwaa` builds works where MWAA puts it."""

from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.support.paths import ROOT

BUILDER = runpy.run_path(str(ROOT / "infra" / "build_mwaa.py"))

IMPORT = """
import json, runpy, sys
from pathlib import Path
dags = {}
for path in sorted(Path(sys.argv[1], "dags").glob("*.py")):
    dag = runpy.run_path(str(path))["dag"]
    for task in dag.tasks:
        task.resolve_template_files()
    dags[dag.dag_id] = len(dag.tasks)
import sparkify
import sparkify_plugin
print(json.dumps({"dags": dags, "from": sparkify.__file__}))
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mwaa") / "build"
    BUILDER["build"](folder)
    with zipfile.ZipFile(folder / "plugins.zip") as archive:
        archive.extractall(folder / "plugins")
    return folder


def test_the_dags_import_from_the_unpacked_result_with_their_sql(built: Path, tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW__SPARKIFY__")}
    environment |= {
        "PYTHONPATH": f"{built / 'dags'}{os.pathsep}{built / 'plugins'}",
        "AIRFLOW_HOME": str(tmp_path),
        "AIRFLOW__SPARKIFY__SQL_FOLDER": str(built / "plugins" / "sql"),
    }
    done = subprocess.run(
        [sys.executable, "-c", IMPORT, str(built)], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout.splitlines()[-1])
    assert set(seen["dags"]) == {path.stem for path in (ROOT / "dags").glob("*.py")}
    assert seen["from"].startswith(str(built))


def test_the_one_setting_names_the_folder_of_the_sql_files(built: Path) -> None:
    options = json.loads((built / "options.json").read_text())
    assert options["sparkify.sql_folder"] == "/usr/local/airflow/plugins/sql"
    assert (built / "plugins" / "sql" / "tables" / "star.sql").is_file()
    assert (built / "plugins" / ".airflowignore").is_file()


def test_the_backend_of_secrets_looks_for_the_names_that_the_stacks_give(built: Path) -> None:
    kwargs: dict[str, Any] = json.loads(json.loads((built / "options.json").read_text())["secrets.backend_kwargs"])
    assert kwargs["connections_prefix"] == "airflow/connections"


def test_requirements_stand_under_the_constraints_of_mwaas_airflow(built: Path) -> None:
    first, *rest = (built / "requirements.txt").read_text().splitlines()
    assert first == f'--constraint "{BUILDER["CONSTRAINTS"]}"'
    assert not any(line.startswith("apache-airflow==") for line in rest)
    names = [line.partition("=")[0].partition("[")[0] for line in rest]
    assert {"redshift-connector", "obstore", "psycopg", "apache-airflow-providers-amazon"} <= set(names)
    assert all("==" in line for line in rest if line.startswith(("obstore", "psycopg")))


def test_the_same_sources_give_the_same_archive(built: Path, tmp_path: Path) -> None:
    BUILDER["write_plugins"](tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == (built / "plugins.zip").read_bytes()
