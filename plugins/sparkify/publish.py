"""The statements by which candidate rows become a target table's rows, for any table and key.

Pure: names in, SQL text out. All of it is plain Redshift SQL (no MERGE, whose source cannot be filtered; no
``ON CONFLICT``, which Redshift does not have), and every row is compared before it is written, so that a load
that changes nothing writes nothing.

Rows are found by their keys as Redshift compares them, and are the same when all of their values have the same bytes.
Equality is not enough for that: to Redshift ``'a'`` equals ``'a '``, and ``0.0`` equals ``-0.0``.
https://docs.aws.amazon.com/redshift/latest/dg/r_Character_types.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sparkify.sql_text import quote_identifier


class LoadMode(StrEnum):
    """What happens to the target's rows."""

    #: Insert candidates whose key the target does not have.
    APPEND = "append"
    #: Insert new candidates and replace rows that differ; rows of the scope without a candidate are deleted.
    UPSERT = "upsert"
    #: Replace rows that differ; candidates whose key the target does not have are left out.
    UPDATE = "update"
    #: The target holds the candidates and nothing else (by DELETE: TRUNCATE would commit the transaction).
    REPLACE = "replace"


@dataclass(frozen=True)
class Target:
    """A table to publish to.

    :param table: its name, with or without a schema.
    :param columns: the columns that are loaded, in order.
    :param key: the columns that identify a row.
    :param scope: a table with the key columns (and ``prune_by``) of all rows that the load may change;
        rows of the scope without a candidate are deleted. Default: the candidates' own keys.
    :param prune_by: a column, best the sort key, that bounds the part of the target which is looked at:
        rows outside the scope's minimum and maximum are never read.
    """

    table: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    scope: str | None = None
    prune_by: str | None = None

    def __post_init__(self) -> None:
        unknown = [name for name in (*self.key, self.prune_by) if name and name not in self.columns]
        if unknown:
            raise ValueError(f"{', '.join(unknown)} not among the columns of {self.table}: {self.columns}.")

    @property
    def bare_name(self) -> str:
        """The table's name without its schema, as WHERE refers to it."""
        return self.table.rpartition(".")[2]


def build_candidate(target: Target, select: str) -> list[str]:
    """Return the statements that fill the temporary table ``candidate`` with the rows of a query.

    The table is made LIKE the target, so that types, lengths and NOT NULL are enforced before the target is
    touched.
    """
    return [
        f"CREATE TEMP TABLE candidate (LIKE {quote_identifier(target.table)})",
        f"INSERT INTO candidate ({_list(target.columns)})\n{select.strip().rstrip(';')}",
    ]


def count_candidates(target: Target) -> str:
    """Return the query for the candidates' number, those without a key, and those that repeat a key."""
    null_key = " OR ".join(f"{quote_identifier(column)} IS NULL" for column in target.key)
    return (
        f"SELECT COUNT(*), SUM(CASE WHEN {null_key} THEN 1 ELSE 0 END),"
        f" COUNT(*) - (SELECT COUNT(*) FROM (SELECT DISTINCT {_list(target.key)} FROM candidate) AS d)"
        " FROM candidate"
    )


def compare(target: Target, mode: LoadMode) -> list[str]:
    """Return the statements that find the rows to remove (``old_rows``) and to write (``new_rows``)."""
    current = (
        "CREATE TEMP TABLE current_rows AS\n"
        f"SELECT {_list(target.columns, 't')} FROM {quote_identifier(target.table)} AS t"
    )
    if mode is not LoadMode.REPLACE:
        scope = quote_identifier(target.scope or "candidate")
        current += f" INNER JOIN {scope} AS k ON {_match(target, 't', 'k')}{_bounds(target, 't')}"
    return [
        current,
        f"CREATE TEMP TABLE old_rows AS\n{_old_rows(target, mode)}",
        f"CREATE TEMP TABLE new_rows AS\n{_new_rows(target, mode)}",
    ]


def count_changes(target: Target) -> str:
    """Return the query for the numbers of new rows, old rows, rows in both (updates) and current rows."""
    return (
        "SELECT (SELECT COUNT(*) FROM new_rows), (SELECT COUNT(*) FROM old_rows),"
        f" (SELECT COUNT(*) FROM new_rows AS n INNER JOIN {_keys(target, 'old_rows')} AS o"
        f" ON {_match(target, 'n', 'o')}),"
        " (SELECT COUNT(*) FROM current_rows)"
    )


def write(target: Target) -> list[str]:
    """Return the statements that remove ``old_rows`` from the target and insert ``new_rows``."""
    table = quote_identifier(target.table)
    bare = quote_identifier(target.bare_name)
    columns = _list(target.columns)
    bounds = _bounds(target, bare, source="old_rows").replace(" WHERE ", " AND ")
    return [
        f"DELETE FROM {table} USING old_rows AS o WHERE {_match(target, bare, 'o')}{bounds}",
        f"INSERT INTO {table} ({columns})\nSELECT {columns} FROM new_rows",
    ]


def _old_rows(target: Target, mode: LoadMode) -> str:
    """Return the query for the current rows that differ from their candidate, or have none."""
    select = f"SELECT {_list(target.columns, 't')} FROM current_rows AS t"
    if mode is LoadMode.APPEND:
        return f"{select} WHERE FALSE"
    return (
        f"{select} LEFT JOIN candidate AS c ON {_match(target, 't', 'c')}"
        f" WHERE c.{quote_identifier(target.key[0])} IS NULL OR {_differ(target.columns, 'c', 't')}"
    )


def _new_rows(target: Target, mode: LoadMode) -> str:
    """Return the query for the candidates that have no current row, or take the place of an old one.

    No constraint keeps a table from holding several rows of a key: all of them are removed, and the candidate is
    written once.
    """
    select = f"SELECT {_list(target.columns, 'c')} FROM candidate AS c"
    current = f"{_keys(target, 'current_rows')} AS t ON {_match(target, 'c', 't')}"
    old = f"{_keys(target, 'old_rows')} AS o ON {_match(target, 'c', 'o')}"
    first = quote_identifier(target.key[0])
    if mode is LoadMode.APPEND:
        return f"{select} LEFT JOIN {current} WHERE t.{first} IS NULL"
    if mode is LoadMode.UPDATE:
        return f"{select} INNER JOIN {old}"
    return f"{select} LEFT JOIN {current} LEFT JOIN {old} WHERE t.{first} IS NULL OR o.{first} IS NOT NULL"


def _differ(columns: Sequence[str], left: str, right: str) -> str:
    """Return the condition that two rows differ in the bytes of a value; it is never true of two NULLs.

    FNV_HASH takes values of all basic types, hashes their binary representation, and does not ignore trailing blanks:
    https://docs.aws.amazon.com/redshift/latest/dg/r_FNV_HASH.html
    """
    pairs = [(f"{left}.{name}", f"{right}.{name}") for name in map(quote_identifier, columns)]
    return " OR ".join(f"{a} <> {b} OR COALESCE(FNV_HASH({a}), 0) <> COALESCE(FNV_HASH({b}), 0)" for a, b in pairs)


def _keys(target: Target, table: str) -> str:
    return f"(SELECT DISTINCT {_list(target.key)} FROM {table})"


def _list(columns: Sequence[str], alias: str = "") -> str:
    prefix = f"{alias}." if alias else ""
    return ", ".join(prefix + quote_identifier(column) for column in columns)


def _match(target: Target, left: str, right: str) -> str:
    return " AND ".join(f"{left}.{quote_identifier(k)} = {right}.{quote_identifier(k)}" for k in target.key)


def _bounds(target: Target, alias: str, source: str | None = None) -> str:
    if target.prune_by is None:
        return ""
    column = quote_identifier(target.prune_by)
    scope = quote_identifier(source or target.scope or "candidate")
    return (
        f" WHERE {alias}.{column} BETWEEN (SELECT MIN(b.{column}) FROM {scope} AS b)"
        f" AND (SELECT MAX(b.{column}) FROM {scope} AS b)"
    )
