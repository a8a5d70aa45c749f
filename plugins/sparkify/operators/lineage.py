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
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sparkify.hooks.sql_text import split_statements
from sparkify.hooks.table_definitions import Tables, defined_tables

if TYPE_CHECKING:
    from airflow.providers.openlineage.extractors import OperatorLineage

_CREATE_VIEW = "CREATE VIEW "
#: View → the tables and views that it reads.
Views = Mapping[str, Sequence[str]]


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
    :param sql_folders: the folders whose ``tables/*.sql`` define the tables; of others nothing is reported. A view
        that any of their files creates stands for the tables that it reads.
    :param inputs: files, and tables by name.
    :param outputs: the tables that it loaded.
    :param statements: its statements; other defined tables that they read or write are added.
    """
    from airflow.providers.openlineage.extractors import OperatorLineage

    tables, views = _definitions(tuple(sql_folders))
    read, written = _tables_of(statements, tables, views)
    about = {name: item.rows for item in outputs for name in _full_names(item.table, tables)}
    names = {name for item in inputs if isinstance(item, str) for name in _full_names(item, tables, views)}
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


def _tables_of(statements: Sequence[str], tables: Tables, views: Views) -> tuple[set[str], set[str]]:
    """Return the defined tables that statements read and write; temporary tables are not among them."""
    read: set[str] = set()
    written: set[str] = set()
    for statement in statements:
        sources, targets = _parse(statement)
        read.update(*(_full_names(name, tables, views) for name in sources))
        written.update(*(_full_names(name, tables) for name in targets))
    return read, written


def _parse(statement: str) -> tuple[list[str], list[str]]:
    """Return the names of the tables and views that a statement reads, and of those that it writes or creates."""
    from openlineage_sql import parse  # type: ignore[import-untyped]

    found = parse([statement], dialect="redshift")
    names = (found.in_tables, found.out_tables) if found else ([], [])
    sources, targets = ([table.qualified_name.replace('"', "") for table in tables] for tables in names)
    return sources, targets


def _full_names(name: str, tables: Tables, views: Views = MappingProxyType({})) -> Sequence[str]:
    """Return the defined tables behind a name: one, those that a view of that name reads, or none.

    A name without a schema is that of the only table of this name; of several, it would be a guess.
    """
    bare = name.replace('"', "")
    if bare in views:
        return [full for source in views[bare] for full in _full_names(source, tables, views)]
    found = [full for full in tables if bare in (full, full.partition(".")[2])]
    return found if len(found) == 1 else []


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
def _definitions(sql_folders: tuple[str, ...]) -> tuple[Tables, Views]:
    folders = [Path(folder) for folder in sql_folders]
    defining = chain.from_iterable(sorted((folder / "tables").glob("*.sql")) for folder in folders)
    tables = defined_tables([path.read_text(encoding="utf-8") for path in defining])
    scripts = [path.read_text(encoding="utf-8") for folder in folders for path in sorted(folder.rglob("*.sql"))]
    statements = [text for script in scripts if _CREATE_VIEW in script for text in split_statements(script)]
    views = [_parse(statement) for statement in statements if _CREATE_VIEW in statement]
    return tables, {view: sources for sources, made in views for view in made}
