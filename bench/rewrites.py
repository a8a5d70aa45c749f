"""Rows that were written again as they were: new versions of rows whose content a table had before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from typing import Any

#: What differs each time that a row is written, and says nothing about the data.
_OF_THE_RUN = {"run_id", "loaded_at", "rejected_at", "as_of"}
#: The run's own record, a new row each time by design.
_RECORDS = {"etl.load_ledger", "etl.load_history", "etl.quality_results", "etl.folder_listings", "etl.migrations"}

#: A row's version in PostgreSQL, by place and transaction, and its content.
Versions = Mapping[tuple[str, str], tuple[Any, ...]]
Execute = Callable[[str], list[tuple[Any, ...]]]


def read_versions(execute: Execute, tables: Mapping[str, Collection[str]]) -> dict[str, Versions]:
    """Return the versions of all rows.

    :param execute: runs a query.
    :param tables: columns of tables.
    """
    found = {}
    for table, columns in tables.items():
        if table in _RECORDS:
            continue
        names = ", ".join(f'"{name}"' for name in columns if name not in _OF_THE_RUN)
        schema, _, name = table.partition(".")
        rows = execute(f'SELECT ctid::text, xmin::text, {names} FROM {schema}."{name}"')
        found[table] = {(row[0], row[1]): row[2:] for row in rows}
    return found


def count_rewritten(before: Mapping[str, Versions], after: Mapping[str, Versions]) -> Counter[str]:
    """Return how many rows of each table were replaced by rows of the same content."""
    found: Counter[str] = Counter()
    for table in before.keys() & after.keys():
        gone = Counter(content for version, content in before[table].items() if version not in after[table])
        new = Counter(content for version, content in after[table].items() if version not in before[table])
        count = (gone & new).total()
        if count:
            found[table] = count
    return found
