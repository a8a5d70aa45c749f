"""What the warehouse holds, but for the columns that tell one run or one moment from another."""

from __future__ import annotations

from typing import Any

import psycopg

from tests.support.oracle import exact

Rows = list[tuple[Any, ...]]

_STAR = ("songplays", "users", "songs", "artists", "time")
_ETL = (
    "play_deliveries",
    "user_observations",
    "latest_observations",
    "song_deliveries",
    "load_ledger",
    "source_objects",
    "rejects",
)
#: Who loaded a row and when differs between a run and its rerun; everything else must not.
_OF_THE_RUN = {
    "dag_id",
    "run_id",
    "task_id",
    "try_number",
    "query_ids",
    "seconds",
    "loaded_at",
    "as_of",
    "rejected_at",
    "last_modified",
}


def read_tables(connection: psycopg.Connection[Any]) -> dict[str, Rows]:
    """Return the rows of every table, sorted, and the run schemas that are left.

    :param connection: to the warehouse, in autocommit mode.
    """
    tables = {f"public.{name}": _rows(connection, "public", name) for name in _STAR}
    tables |= {f"etl.{name}": _rows(connection, "etl", name) for name in _ETL}
    schemas = connection.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'run!_%' ESCAPE '!'")
    return tables | {"run schemas": sorted(schemas.fetchall())}


def compare_tables(expected: dict[str, Rows], found: dict[str, Rows]) -> list[str]:
    """Return one line for each table that differs, with the first rows that do."""
    problems = []
    for name in sorted(expected | found):
        left, right = expected.get(name, []), found.get(name, [])
        if left != right:
            missing = [row for row in left if row not in right]
            extra = [row for row in right if row not in left]
            problems.append(
                f"{name}: {len(left)} rows expected, {len(right)} found; missing {missing[:2]}; extra {extra[:2]}"
            )
    return problems


def _rows(connection: psycopg.Connection[Any], schema: str, table: str) -> Rows:
    names = connection.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = %s AND table_name = %s"
        " ORDER BY ordinal_position",
        (schema, table),
    ).fetchall()
    columns = ", ".join(f'"{name}"' for (name,) in names if name not in _OF_THE_RUN)
    rows = connection.execute(f"SELECT {columns} FROM {schema}.{table}").fetchall()
    return sorted(map(exact, rows), key=repr)
