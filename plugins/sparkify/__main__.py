"""``python -m sparkify``: checks and plans on the command line, before anything runs.

Connections are looked up as Airflow does: in environment variables, a secrets backend and the metadata database.
"""

from __future__ import annotations

import logging
import os
import sys
from typing import Annotated

import typer

from sparkify.run_windows import run_window

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
    from sparkify.hooks.object_store import ObjectStore
    from sparkify.hooks.sql_files import SqlFiles
    from sparkify.hooks.warehouse import WarehouseHook
    from sparkify.settings import load_settings
    from sparkify.sources import event_ledger, event_source, song_ledger, song_source
    from sparkify.staging.load_plan import LoadPlan, describe_sql
    from sparkify.staging.new_files import NewFiles
    from sparkify.star import FILES_OF_RUN

    settings = load_settings()
    ledger = event_ledger(settings)
    files = NewFiles(song_source(settings), song_ledger(settings))
    try:
        window = run_window({"window_start": start, "window_end": end}, None, settings.max_window_hours)
        with WarehouseHook(settings.redshift_conn_id).session(label="plan") as session:
            store = ObjectStore(settings.aws_conn_id)
            made = LoadPlan.make(event_source(settings), ledger, files, window, session, store)
    except Exception as error:
        sys.exit(f"Error: {error}")
    made.unclaimed.warn(logging.getLogger(__name__))
    print(*made.lines(), *(f"{name}: {count:,}" for name, count in made.counts().items()), sep="\n")
    print(*(describe_sql(SqlFiles(settings.sql_folder), FILES_OF_RUN) if sql else ()), sep="\n\n")


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


if __name__ == "__main__":
    app()
