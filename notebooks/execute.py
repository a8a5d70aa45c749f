"""Runs a notebook from top to bottom and keeps its output in it: ``make notebook``."""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).parent / "querying_the_redshift_cluster.ipynb"


def execute(path: Path = NOTEBOOK, seconds: int = 300) -> nbformat.NotebookNode:
    """Run a notebook in its folder and return it with its output.

    :param path: the notebook.
    :param seconds: the longest that a cell may take.
    :raises nbclient.exceptions.CellExecutionError: when a cell fails.
    """
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=seconds, resources={"metadata": {"path": str(path.parent)}})
    done = client.execute()
    for cell in done.cells:
        cell.metadata.pop("execution", None)  # the moments of the run, which would differ every time
    done.metadata = {key: done.metadata[key] for key in ("kernelspec",)} | {"language_info": {"name": "python"}}
    return done


if __name__ == "__main__":
    nbformat.write(execute(), NOTEBOOK)
    sys.stdout.write(f"{NOTEBOOK.name} was run from top to bottom.\n")
