"""Run a notebook from top to bottom and keep its output in it: ``make notebook``."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from local.runner.environment import own_environment, restart_in
from local.runner.errors import RunnerError

if TYPE_CHECKING:
    import nbformat

NOTEBOOK = Path(__file__).parent / "querying_the_redshift_cluster.ipynb"
_STATE = Path(__file__).resolve().parent.parent / ".state"
#: The address of a cluster of the user's own, and the certificates to trust.
_CLUSTER = ("REDSHIFT_URL", "SSL_CERT_FILE", "SSL_CERT_DIR")


def execute(path: Path = NOTEBOOK, seconds: int = 300) -> nbformat.NotebookNode:
    """Run a notebook in its folder and return it with its output.

    :param path: the notebook.
    :param seconds: the longest that a cell may take.
    :raises nbclient.exceptions.CellExecutionError: when a cell fails.
    """
    # Imported late: these read the environment, which must be the process's own by then.
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=seconds, resources={"metadata": {"path": str(path.parent)}})
    done = client.execute()
    for cell in done.cells:
        cell.metadata.pop("execution", None)  # timestamps, which would differ every time
    done.metadata = {key: done.metadata[key] for key in ("kernelspec",)} | {"language_info": {"name": "python"}}
    return done


def main() -> None:
    """Run the notebook in an environment of its own, and write it."""
    home = _STATE / "home"
    restart_in(own_environment(os.environ, home, also=_CLUSTER), "notebooks.execute")
    import nbformat

    from local.runner.access import read_access

    try:
        if not os.environ.get("REDSHIFT_URL"):
            read_access(_STATE)
    except RunnerError as error:
        sys.exit(f"{error} Or set REDSHIFT_URL=redshift://user:password@host:5439/dev.")
    home.mkdir(parents=True, exist_ok=True)
    nbformat.write(execute(), NOTEBOOK)
    sys.stdout.write(f"{NOTEBOOK.name} was run from top to bottom.\n")


if __name__ == "__main__":
    main()
