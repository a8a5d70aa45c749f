"""The analyst's notebook runs from top to bottom, and was committed with its output."""

from __future__ import annotations

import importlib.util
import re
from datetime import timedelta
from types import ModuleType
from typing import Any

import nbformat
import obstore
import pytest

from bench.rig.dag_runs import Run
from local.sample import Sample
from tests.support.paths import ROOT
from tests.support.pipeline import START, Pipeline
from tests.support.services import Services

NOTEBOOK = ROOT / "notebooks" / "querying_the_redshift_cluster.ipynb"
QUESTIONS = {path.stem for path in (ROOT / "sql" / "analytics").glob("*.sql")}

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def execute() -> ModuleType:
    """The program behind make notebook."""
    spec = importlib.util.spec_from_file_location("execute", ROOT / "notebooks" / "execute.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def outputs(notebook: Any, kind: str) -> list[str]:
    """Return all outputs of a MIME type."""
    found = (output for cell in notebook.cells for output in cell.get("outputs", ()))
    return [output["data"][kind] for output in found if kind in output.get("data", ())]


@pytest.mark.parametrize("conn_id", ["redshift"], indirect=True)
def test_it_runs_from_top_to_bottom(
    pipeline: Pipeline, services: Services, execute: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = Sample(seed=3, start=START, hours=6, songs=40, events_per_hour=200)
    for file in (*sample.song_files(), *sample.log_files()):
        obstore.put(pipeline.store, file.key, file.body)
    Run(pipeline.dag, START, START + timedelta(hours=6)).finish()
    monkeypatch.setenv("REDSHIFT_URL", f"{services.redshift.dsn()}?sslmode=disable")
    notebook = execute.execute()
    assert len(outputs(notebook, "image/png")) == len(outputs(nbformat.read(NOTEBOOK, 4), "image/png")) == 7
    with pipeline.hook.session() as session:
        plays = session.one("SELECT COUNT(*) FROM songplays")[0]
    said = "".join(output["text"] for cell in notebook.cells for output in cell.get("outputs", ()) if "text" in output)
    assert f"songplays: {plays:,} rows" in said


def test_it_was_committed_with_its_output_and_asks_every_question() -> None:
    notebook = nbformat.read(NOTEBOOK, 4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert set(re.findall(r'ask\("(\w+)"\)', "".join(cell.source for cell in code))) == QUESTIONS
    assert not [output for cell in code for output in cell.outputs if output.output_type == "error"]
