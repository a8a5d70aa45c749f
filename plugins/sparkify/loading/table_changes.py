"""The statements that update a target table from candidate rows, for any table and key.

Pure: names in, SQL text out. It is plain Redshift SQL (no MERGE, whose source cannot be filtered; no ``ON CONFLICT``,
which Redshift does not have). Every row is compared before it is written, so a load that changes nothing writes
nothing.

Rows match if Redshift finds their keys equal. They are unchanged if all values have the same bytes: equality is not
enough, because to Redshift ``'a'`` equals ``'a '``, and ``0.0`` equals ``-0.0``.
https://docs.aws.amazon.com/redshift/latest/dg/r_Character_types.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sparkify.hooks.sql_text import quote_identifier


class LoadMode(StrEnum):
    """What happens to the target's rows."""

    #: Insert candidates whose key the target does not have.
    APPEND = "append"
    #: Insert new candidates and replace rows that differ.
    UPSERT = "upsert"
    #: The target holds the candidates and nothing else (by DELETE: TRUNCATE would commit the transaction).
    REPLACE = "replace"

    @classmethod
    def _missing_(cls, value: object) -> LoadMode:
        raise ValueError(f"mode is {value!r}: set it to one of {', '.join(cls)}, or to a Fill.")


@dataclass(frozen=True)
class Target:
    """A table, and the part of it in which candidate rows are searched for.

    :param table: its name, with or without a schema.
    :param columns: the columns that are loaded, in order.
    :param key: the columns that identify a row.
    :param within: a column, preferably the sort key, that bounds this part of the table; the statements have the
        parameters ``:name_from`` and ``:name_to`` for its ranges, see :func:`~sparkify.hooks.sql_text.put_values`.
    :param bounds: the name of the ranges.
    :raises ValueError: when the table has no name, column or key, or when ``key`` or ``within`` is no column.
    """

    table: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    within: str | None = None
    bounds: str = "bounds"

    def __post_init__(self) -> None:
        for name in ("table", "columns", "key", "bounds"):
            if not getattr(self, name):
                raise ValueError(f"{name} of the target is empty: name it.")
        unknown = [name for name in (*self.key, self.within) if name and name not in self.columns]
        if unknown:
            raise ValueError(f"{', '.join(unknown)} not among the columns of {self.table}: {self.columns}.")

    @property
    def bare_name(self) -> str:
        """The table's name without its schema, as WHERE refers to it."""
        return self.table.rpartition(".")[2]


def fill(target: Target, select: str) -> str:
    """Return the statement that fills an empty table with the rows of a query; a table with rows is not changed.

    The query's columns are taken by their order, as in the other modes, not by their names.
    https://docs.aws.amazon.com/redshift/latest/dg/r_FROM_clause30.html
    """
    table, columns, query = quote_identifier(target.table), _list(target.columns), select.strip().rstrip(";")
    return (
        f"INSERT INTO {table} ({columns})\nSELECT {columns} FROM (\n{query}\n) AS filling ({columns})"
        f"\nWHERE NOT EXISTS (SELECT 1 FROM {table})"
    )


def build_candidate(target: Target, select: str) -> list[str]:
    """Return the statements that fill the temporary table ``candidate`` with the rows of a query.

    The table is created LIKE the target, so that types, lengths and NOT NULL are checked before the target changes.
    """
    return [
        f"CREATE TEMP TABLE candidate (LIKE {quote_identifier(target.table)})",
        f"INSERT INTO candidate ({_list(target.columns)})\n{select.strip().rstrip(';')}",
    ]


def check_candidates(target: Target) -> str:
    """Return the query for the numbers of candidates, of those without a key, of repeated keys, and for the bounds."""
    null_key = " OR ".join(f"{quote_identifier(column)} IS NULL" for column in target.key)
    bounds = quote_identifier(target.within) if target.within else "NULL"
    return (
        f"SELECT COUNT(*), SUM(CASE WHEN {null_key} THEN 1 ELSE 0 END),"
        f" COUNT(*) - (SELECT COUNT(*) FROM (SELECT DISTINCT {_list(target.key)} FROM candidate) AS d),"
        f" MIN({bounds}), MAX({bounds}) FROM candidate"
    )


def remove_others(target: Target, candidate: str = "candidate") -> str:
    """Return the statement that removes the target's rows without a candidate."""
    bare = quote_identifier(target.bare_name)
    return (
        f"DELETE FROM {quote_identifier(target.table)} WHERE NOT EXISTS"
        f" (SELECT 1 FROM {quote_identifier(candidate)} AS c WHERE {_match(target, 'c', bare)})"
    )


def remove_differing(target: Target, candidate: str = "candidate", chosen: str = "") -> str:
    """Return the statement that removes the target's rows that differ from their candidate.

    :param candidate: the table of candidates, with columns named as the target's.
    :param chosen: a condition on its alias ``c``.
    """
    bare = quote_identifier(target.bare_name)
    return (
        f"DELETE FROM {quote_identifier(target.table)} USING {quote_identifier(candidate)} AS c"
        f" WHERE {_match(target, bare, 'c')}{_bounds(target, bare)}{f' AND {chosen}' if chosen else ''}"
        f" AND ({_differ(target.columns, 'c', bare)})"
    )


def add_missing(target: Target, candidate: str = "candidate", chosen: str = "") -> str:
    """Return the statement that inserts the candidates whose key the target does not have."""
    columns, first = _list(target.columns), quote_identifier(target.key[0])
    return (
        f"INSERT INTO {quote_identifier(target.table)} ({columns})"
        f"\nSELECT {_list(target.columns, 'c')} FROM {quote_identifier(candidate)} AS c"
        f" LEFT JOIN {quote_identifier(target.table)} AS t ON {_match(target, 'c', 't')}{_bounds(target, 't')}"
        f"\nWHERE t.{first} IS NULL{f' AND {chosen}' if chosen else ''}"
    )


def _differ(columns: Sequence[str], left: str, right: str) -> str:
    """Return the condition that two rows differ in the bytes of a value; two NULLs do not differ.

    FNV_HASH takes all basic types, hashes the binary representation, and does not ignore trailing blanks:
    https://docs.aws.amazon.com/redshift/latest/dg/r_FNV_HASH.html
    """
    pairs = [(f"{left}.{name}", f"{right}.{name}") for name in map(quote_identifier, columns)]
    return " OR ".join(f"{a} <> {b} OR COALESCE(FNV_HASH({a}), 0) <> COALESCE(FNV_HASH({b}), 0)" for a, b in pairs)


def _list(columns: Sequence[str], alias: str = "") -> str:
    prefix = f"{alias}." if alias else ""
    return ", ".join(prefix + quote_identifier(column) for column in columns)


def _match(target: Target, left: str, right: str) -> str:
    return " AND ".join(f"{left}.{quote_identifier(k)} = {right}.{quote_identifier(k)}" for k in target.key)


def _bounds(target: Target, alias: str) -> str:
    if target.within is None:
        return ""
    column = f"{alias}.{quote_identifier(target.within)}"
    return f" AND {column} BETWEEN :{target.bounds}_from AND :{target.bounds}_to"
