"""Build what Amazon MWAA takes: ``dags/``, ``plugins.zip`` with ``sql/`` inside, ``requirements.txt``, and options.

Contract: writes below one folder, which it empties first; reads only the checkout. ``make mwaa`` runs it.
https://docs.aws.amazon.com/mwaa/latest/userguide/configuring-dag-import-plugins.html
"""

from __future__ import annotations

import json
import re
import shutil
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
#: The version of Airflow on MWAA that this is built for, and its Python; docs/aws.md says how that was seen.
#: https://docs.aws.amazon.com/mwaa/latest/userguide/airflow-versions.html
AIRFLOW, PYTHON = "3.2.1", "3.12"
CONSTRAINTS = f"https://raw.githubusercontent.com/apache/airflow/constraints-{AIRFLOW}/constraints-{PYTHON}.txt"
#: Where MWAA unpacks plugins.zip.
_PLUGINS = "/usr/local/airflow/plugins"
#: Packages that Airflow's constraints do not pin: these get the versions of requirements.txt.
_UNCONSTRAINED = ("obstore", "psycopg")
#: The time of every file in the archive, so that the same sources give the same bytes.
_TIME = (1980, 1, 1, 0, 0, 0)


def build(folder: Path) -> None:
    """Build everything into a folder.

    :param folder: emptied first.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    ignored = shutil.ignore_patterns("__pycache__", "*.pyc")
    shutil.copytree(ROOT / "dags", folder / "dags", ignore=ignored)
    write_plugins(folder / "plugins.zip")
    (folder / "requirements.txt").write_text(requirements(), encoding="utf-8")
    (folder / "options.json").write_text(json.dumps(options(), indent=2) + "\n", encoding="utf-8")


def write_plugins(archive: Path) -> None:
    """Write ``plugins.zip``: the files of ``plugins/`` at its root, and ``sql/`` beside them."""
    files = {path.relative_to(ROOT / "plugins"): path for path in _files(ROOT / "plugins")}
    files |= {path.relative_to(ROOT): path for path in _files(ROOT / "sql")}
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, path in sorted(files.items()):
            zipped.writestr(zipfile.ZipInfo(name.as_posix(), _TIME), path.read_bytes(), zipfile.ZIP_DEFLATED)


def requirements() -> str:
    """Return the pipeline's requirements under the constraints of MWAA's Airflow, without Airflow itself."""
    pinned = dict(re.findall(r"^([a-z0-9-]+)==([^ ;\n]+)", _read("requirements.txt"), re.MULTILINE))
    lines = [f'--constraint "{CONSTRAINTS}"']
    for line in _read("requirements/pipeline.in").splitlines():
        requirement = line.partition("#")[0].strip()
        name = re.split(r"[\[=<>~]", requirement)[0]
        if not requirement or name == "apache-airflow":
            continue
        lines.append(f"{requirement}=={pinned[name]}" if name in _UNCONSTRAINED else requirement)
    return "\n".join(lines) + "\n"


def options() -> dict[str, str]:
    """Return the environment's Airflow configuration options; fill in what is in angle brackets."""
    return {
        "sparkify.sql_folder": f"{_PLUGINS}/sql",
        "sparkify.source_bucket": "<source bucket>",
        "sparkify.manifest_bucket": "<work bucket>",
        "sparkify.copy_role": "default",
        "sparkify.reader_conn_id": "sparkify_redshift_reader",
        "secrets.backend": "airflow.providers.amazon.aws.secrets.secrets_manager.SecretsManagerBackend",
        "secrets.backend_kwargs": json.dumps(
            {
                "connections_prefix": "airflow/connections",
                "connections_lookup_pattern": "^sparkify_",
                "variables_prefix": None,
                "config_prefix": None,
            }
        ),
    }


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]


def _read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


if __name__ == "__main__":
    target = Path(sys.argv[1])
    build(target)
    print(f"{target}: dags/, plugins.zip, requirements.txt and options.json, for Airflow {AIRFLOW} on Amazon MWAA.")
