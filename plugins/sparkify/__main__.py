"""``python -m sparkify``: what can be asked before anything is run, on the command line.

Connections come from where Airflow has them: its environment variables, secrets backend or metadata database.
"""

from __future__ import annotations

import logging
import os
import runpy
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any

import typer

app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
#: Airflow gives connections of its metadata database to its own servers only.
_AS_SERVER = {"_AIRFLOW_PROCESS_CONTEXT": "server"}


@app.command()
def plan(
    start: Annotated[str, typer.Option(help="First hour, as 2018-11-05T13:00:00Z.")],
    end: Annotated[str, typer.Option(help="End of the last hour.")],
    sql: Annotated[bool, typer.Option("--sql", help="Show the SQL that would run as well.")] = False,
) -> None:
    """Show what a load of a window would find: files, bytes, hours by state, new song files. Changes nothing."""
    _prepare()
    dag = _load_dag("sparkify_plan")
    task = dag.get_task("plan").prepare_for_execution()
    ti = SimpleNamespace(dag_id=dag.dag_id, run_id="command", task_id="plan", try_number=1)
    context: dict[str, Any] = {"dag": dag, "run_id": "command", "ti": ti, "task": task}
    context["params"] = {"window_start": start, "window_end": end, "accept_removed": False}
    try:
        task.render_template_fields(context, dag.get_template_env())
        task.show_sql = sql
        task.execute(context)
    except Exception as error:
        sys.exit(f"Error: {error}")


@app.command()
def doctor() -> None:
    """Check connections, bucket, role, grants, isolation and tables, a line each; exit with 1 when one fails."""
    _prepare()
    from sparkify.monitoring.doctor import Doctor
    from sparkify.settings import load_settings

    failed = False
    for finding in Doctor(load_settings()).examine():
        print(finding, flush=True)
        failed |= finding.status == "failed"
    sys.exit(int(failed))


def _prepare() -> None:
    os.environ.update({name: value for name, value in _AS_SERVER.items() if name not in os.environ})
    logging.basicConfig(level=logging.INFO, format="%(message)s", force=True)
    for noisy in ("airflow", "botocore", "alembic"):
        logging.getLogger(noisy).setLevel(logging.ERROR)


def _load_dag(name: str) -> Any:
    from airflow.sdk.configuration import conf

    folder = Path(conf.get("core", "dags_folder"))
    if not (folder / f"{name}.py").exists():  # a checkout, not configured as Airflow's
        folder = Path(__file__).resolve().parents[2] / "dags"
    sys.path.insert(0, str(folder))
    return runpy.run_path(str(folder / f"{name}.py"))["dag"]


if __name__ == "__main__":
    app()
