"""Describes what the operators read and write, for OpenLineage: datasets with their columns, and the rows written.

Airflow's OpenLineage provider asks an operator for it when the task has ended. Without the provider, nothing here is
imported. https://airflow.apache.org/docs/apache-airflow-providers-openlineage/stable/guides/developer.html
Names follow https://openlineage.io/docs/spec/naming/. A run's own staging tables get the names of their templates, so
that all runs have the same datasets.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sparkify.hooks.table_definitions import Tables, defined_tables

if TYPE_CHECKING:
    from airflow.providers.openlineage.extractors import OperatorLineage

#: The views through which loads read what is staged.
_VIEWS = {"run_events": "staging_events", "run_song_lines": "staging_songs"}
_SCHEMAS = ("public", "etl", "staging_template")


@dataclass(frozen=True)
class Files:
    """Files that were read from S3.

    :param bucket: their bucket.
    :param prefix: their folder.
    :param columns: the fields that are read.
    """

    bucket: str
    prefix: str
    columns: Sequence[str]


@dataclass(frozen=True)
class Written:
    """A table that was written.

    :param table: its name.
    :param rows: rows inserted or updated, ``None`` when that is not counted.
    """

    table: str
    rows: int | None = None


def describe(
    conn_id: str,
    sql_folders: Sequence[str],
    inputs: Iterable[Files | str],
    outputs: Iterable[Written],
    statements: Sequence[str],
) -> OperatorLineage[Any, Any]:
    """Return what a task read and wrote.

    :param conn_id: the warehouse's connection.
    :param sql_folders: the folders whose ``tables/*.sql`` define the tables; of others nothing is reported.
    :param inputs: files, and tables by name.
    :param outputs: the tables that it loaded.
    :param statements: its statements; other defined tables that they read or write are added.
    """
    from airflow.providers.openlineage.extractors import OperatorLineage

    tables = _tables(tuple(sql_folders))
    read, written = _tables_of(statements, tables)
    about = {name: item.rows for item in outputs if (name := _full_name(item.table, tables))}
    names = {name for item in inputs if isinstance(item, str) and (name := _full_name(item, tables))}
    namespace, database = _warehouse(conn_id)
    return OperatorLineage(
        inputs=[
            *[_files(item) for item in inputs if isinstance(item, Files)],
            *[_dataset(namespace, database, name, tables) for name in sorted((names | read) - set(about))],
        ],
        outputs=[
            _dataset(namespace, database, name, tables, rows, is_output=True)
            for name, rows in {**dict.fromkeys(sorted(written)), **about}.items()
        ],
    )


def _warehouse(conn_id: str) -> tuple[str, str]:
    from airflow.sdk import BaseHook

    connection = BaseHook.get_connection(conn_id)
    return f"redshift://{connection.host}:{connection.port or 5439}", connection.schema or "dev"


def _tables_of(statements: Sequence[str], tables: Tables) -> tuple[set[str], set[str]]:
    """Return the defined tables that statements read and write; temporary tables are not among them."""
    from openlineage_sql import parse  # type: ignore[import-untyped]

    read: set[str] = set()
    written: set[str] = set()
    for statement in statements:
        found = parse([statement], dialect="redshift")
        for names, parsed in ((read, found.in_tables), (written, found.out_tables)) if found else ():
            names |= {name for table in parsed if (name := _full_name(table.qualified_name, tables))}
    return read, written


def _full_name(name: str, tables: Tables) -> str | None:
    bare = name.replace('"', "")
    bare = _VIEWS.get(bare, bare)
    return next((full for full in (bare, *(f"{schema}.{bare}" for schema in _SCHEMAS)) if full in tables), None)


def _files(files: Files) -> Any:
    from airflow.providers.common.compat.openlineage.facet import (
        InputDataset,
        SchemaDatasetFacet,
        SchemaDatasetFacetFields,
    )

    fields = [SchemaDatasetFacetFields(name=name) for name in files.columns]
    facets: dict[str, Any] = {"schema": SchemaDatasetFacet(fields=fields)} if fields else {}
    return InputDataset(namespace=f"s3://{files.bucket}", name=files.prefix.strip("/") or "/", facets=facets)


def _dataset(
    namespace: str, database: str, name: str, tables: Tables, rows: int | None = None, *, is_output: bool = False
) -> Any:
    from airflow.providers.common.compat.openlineage.facet import (
        InputDataset,
        OutputDataset,
        OutputStatisticsOutputDatasetFacet,
        SchemaDatasetFacet,
        SchemaDatasetFacetFields,
    )

    fields = [SchemaDatasetFacetFields(name=column, type=kind.type) for column, kind in tables[name].items()]
    common: Mapping[str, Any] = {
        "namespace": namespace,
        "name": f"{database}.{name}",
        "facets": {"schema": SchemaDatasetFacet(fields=fields)},
    }
    if not is_output:
        return InputDataset(**common)
    counted: dict[str, Any] = (
        {"outputStatistics": OutputStatisticsOutputDatasetFacet(rowCount=rows)} if rows is not None else {}
    )
    return OutputDataset(**common, outputFacets=counted)


@cache
def _tables(sql_folders: tuple[str, ...]) -> Tables:
    paths = [path for folder in sql_folders for path in sorted((Path(folder) / "tables").glob("*.sql"))]
    return defined_tables(path.read_text(encoding="utf-8") for path in paths)
