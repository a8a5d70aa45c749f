"""Reads the tables and views of a database, from system views that Redshift has as well."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from local_redshift.scans.model import Catalog, Kind, Table

_KINDS = {
    Kind.NUMBER: ("smallint", "integer", "bigint", "numeric", "real", "double precision"),
    Kind.TEXT: ("character", "text"),
    Kind.TIME: ("date", "timestamp"),
}
_SYSTEM = "('pg_catalog', 'information_schema', 'pg_internal')"
# sortkey: a column's place in the sort key; of an interleaved one, every second is negative:
# https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_REDSHIFT_COLUMNS.html
_COLUMNS = f"""
SELECT c.schema_name, c.table_name, c.column_name, c.data_type, c.sortkey
FROM svv_redshift_columns AS c
LEFT JOIN pg_views AS v ON v.schemaname = c.schema_name AND v.viewname = c.table_name
WHERE v.viewname IS NULL AND c.schema_name NOT IN {_SYSTEM}
ORDER BY c.schema_name, c.table_name, c.ordinal_position
"""
_VIEWS = f"SELECT schemaname, viewname, definition FROM pg_views WHERE schemaname NOT IN {_SYSTEM}"


def read_catalog(execute: Callable[[str], Iterable[tuple[Any, ...]]]) -> Catalog:
    """Return the tables and views of a database.

    :param execute: runs a query and returns its rows.
    """
    columns: dict[str, dict[str, Kind]] = defaultdict(dict)
    places: dict[str, dict[int, str]] = defaultdict(dict)
    for schema, table, column, data_type, place in execute(_COLUMNS):
        name = f"{schema}.{table}"
        columns[name][column] = _kind(data_type)
        if place:
            places[name][int(place)] = column
    tables = {name: _table(columns[name], places[name]) for name in columns}
    return Catalog(tables, {f"{schema}.{view}": text for schema, view, text in execute(_VIEWS)})


def _kind(data_type: str) -> Kind:
    return next((kind for kind, types in _KINDS.items() if data_type.startswith(types)), Kind.OTHER)


def _table(columns: Mapping[str, Kind], places: Mapping[int, str]) -> Table:
    sort_key = [places[place] for place in sorted(places, key=abs)]
    return Table(columns, sort_key, interleaved=any(place < 0 for place in places))
