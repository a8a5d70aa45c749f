"""The provider's operators and dbt, counted as the pipeline is: for what they do, and without what they do not.

Both load the same tables from the same source (``bench/star``). The results also list what the pipeline guarantees and
the rivals do not.
"""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from bench.counted import CountedWarehouse, Result
from bench.dbt import SCHEMA as DBT_SCHEMA
from bench.dbt import DbtProject
from bench.rewrites import count_rewritten, read_versions
from bench.rig.dag_runs import Run
from bench.star import KEYS, SCHEMA_MARK, select, staging
from bench.statements import Counts, StatementCounter
from bench.warehouse import BUCKET, HOUR
from sparkify.hooks.sql_text import split_statements
from sparkify.tables import EVENT_COLUMNS

PROVIDER_SCHEMA = "rival_provider"
_DAG = Path(__file__).parent / "dags" / "bench_provider.py"
_PATHS = "rivals/events.jsonpaths"
_NODE = re.compile(r'"node_id": "[a-z]+\.\w+\.([\w.-]+)"')

#: What the pipeline promises and these loads do not.
_BOTH = (
    "source lines are not counted and no reject is kept; a corrected file leaves its old rows; hours load in their "
    "order only; late songs complete no earlier play; all songs are copied every hour"
)
MISSING = {
    "the provider's operators": f"no lock, and a commit a table: readers see halves of an hour, two runs mix; {_BOTH}",
    "dbt": f"no lock, and a transaction a table: readers see halves of an hour, two runs mix; {_BOTH}",
}


def prepare(warehouse: CountedWarehouse) -> None:
    """Create the rivals' tables, and the objects that they read in addition to the source."""
    paths = json.dumps({"jsonpaths": list(EVENT_COLUMNS.values())})
    warehouse.put(_PATHS, paths.encode())
    for statement in split_statements(staging()):
        warehouse.execute(statement)


def count_provider(warehouse: CountedWarehouse, folder: Path, hours: Mapping[str, datetime]) -> Iterator[Result]:
    """Run the provider's operators and yield what each load cost.

    :param folder: for the DAG's file.
    :param hours: the hour that each case loads.
    """
    dag = _load_provider(folder)
    for name, hour in hours.items():
        run = Run(dag, hour, hour + HOUR, params={"window_start": hour.isoformat()}, run_id=f"cost__{name}")
        tasks = dict(warehouse.count_tasks(run, lambda table: _is_star(table, PROVIDER_SCHEMA)))
        yield Result(f"provider's operators: {name}", tasks)


def count_dbt(warehouse: CountedWarehouse, folder: Path, hours: Mapping[str, datetime]) -> Iterator[Result]:
    """Run dbt and yield what each load cost, by its models.

    :param folder: for the project.
    :param hours: the hour that each case loads.
    """
    project = DbtProject(folder / "dbt", warehouse.login(), BUCKET, list(EVENT_COLUMNS), _PATHS)
    for name, hour in hours.items():
        catalog = warehouse.catalog()
        star = {table: each.columns for table, each in catalog.tables.items() if _is_star(table, DBT_SCHEMA)}
        before = read_versions(warehouse.execute, star)
        warehouse.tap.take()
        project.run(hour)
        counter, tasks = StatementCounter(), defaultdict[str, Counts](Counts)
        for sent in warehouse.tap.take():
            node = _NODE.search(sent.text)
            task = node[1] if node else "dbt itself"
            tasks[task] += counter.count([replace(sent, task=task)], catalog, star)
        tasks["dbt itself"].rewritten = count_rewritten(before, read_versions(warehouse.execute, star))
        yield Result(f"dbt: {name}", tasks)


def _is_star(table: str, schema: str) -> bool:
    return table in {f"{schema}.{name}" for name in KEYS}


def _load_provider(folder: Path) -> Any:
    """Import the DAG from a folder in which it finds what it has to know."""
    file = folder / _DAG.name
    shutil.copy(_DAG, file)
    known = {
        "bucket": BUCKET,
        "event_columns": list(EVENT_COLUMNS),
        "event_paths": _PATHS,
        "selects": {table: select(table).replace(SCHEMA_MARK, PROVIDER_SCHEMA) for table in KEYS},
    }
    file.with_suffix(".json").write_text(json.dumps(known))
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.dag
