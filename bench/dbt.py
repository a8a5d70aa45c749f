"""Writes and runs a dbt project that builds the same star incrementally, with a dbt installed for the benchmarks."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from bench.star import KEYS, SCHEMA_MARK, select
from local.install import main as install

ROOT = Path(__file__).parents[1]
ENVIRONMENT = ROOT / ".state" / "bench" / "dbt-venv"
LOCK = Path(__file__).parents[1] / "requirements" / "bench-dbt.txt"
SCHEMA = "rival_dbt"

_PROJECT = """
name: sparkify
version: "1.0"
profile: sparkify
model-paths: [models]
on-run-start:
  - "DELETE FROM {schema}.staging_events"
  - "DELETE FROM {schema}.staging_songs"
  - "COPY {schema}.staging_events ({columns}) FROM 's3://{bucket}/log_data/{{{{ var(''folder'') }}}}/'
     IAM_ROLE default JSON 's3://{bucket}/{paths}' GZIP"
  - "COPY {schema}.staging_songs FROM 's3://{bucket}/song_data/' IAM_ROLE default JSON 'auto'"
"""
_MODEL = """{{{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='{key}') }}}}
{select}
"""


class DbtProject:
    """A dbt project with one incremental model for each table of the star.

    :param folder: the folder to write it to.
    :param login: how to connect to the warehouse: host, port, user, password, dbname.
    :param bucket: the source's bucket.
    :param columns: the columns of the staged events.
    :param paths: key of their JSONPaths file.
    """

    def __init__(self, folder: Path, login: dict[str, Any], bucket: str, columns: list[str], paths: str) -> None:
        install_dbt()
        self.folder = folder
        (folder / "models").mkdir(parents=True)
        project = _PROJECT.format(schema=SCHEMA, bucket=bucket, columns=", ".join(columns), paths=paths)
        (folder / "dbt_project.yml").write_text(project.replace("''", "'"))
        profile = {
            "type": "redshift",
            "host": login["host"],
            "port": int(login["port"]),
            "user": login["user"],
            "password": login["password"],
            "dbname": login["dbname"],
            "schema": SCHEMA,
            "sslmode": "disable",
            "threads": 4,
        }
        target = {"sparkify": {"target": "local", "outputs": {"local": profile}}}
        (folder / "profiles.yml").write_text(json.dumps(target))  # JSON is YAML
        for table, key in KEYS.items():
            text = select(table).replace(SCHEMA_MARK, "{{ target.schema }}")
            (folder / "models" / f"{table}.sql").write_text(_MODEL.format(key=key, select=text))

    def run(self, hour: datetime) -> None:
        """Load an hour.

        :raises RuntimeError: when dbt fails.
        """
        variables = json.dumps({"folder": f"{hour:%Y/%m/%d/%H}"})
        environment = {**os.environ, "DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "DO_NOT_TRACK": "1"}
        words = [str(ENVIRONMENT / "bin" / "dbt"), "run", "--profiles-dir", ".", "--vars", variables]
        done = subprocess.run(words, cwd=self.folder, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"dbt failed:\n{done.stdout[-3000:]}\n{done.stderr[-1000:]}")


def install_dbt() -> None:
    """Install dbt into its own virtual environment, unless it is installed."""
    ENVIRONMENT.parent.mkdir(parents=True, exist_ok=True)
    install(ENVIRONMENT, LOCK)


def is_installed() -> bool:
    """Return whether dbt is installed; the tests of the benchmarks do not install it."""
    return shutil.which("dbt", path=str(ENVIRONMENT / "bin")) is not None and sys.platform == "linux"
