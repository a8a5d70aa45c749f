"""Compares the tables that ``sql/tables`` defines with those of the warehouse, in the terms of PG_TABLE_DEF. Pure.

https://docs.aws.amazon.com/redshift/latest/dg/r_PG_TABLE_DEF.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sparkify.hooks.sql_text import split_statements

_CREATE = re.compile(r"CREATE TABLE IF NOT EXISTS (\w+)\.(\w+) \((.*)\n\)(.*)", re.DOTALL)
_COLUMN = re.compile(r'^\s*"?(\w+)"? ([A-Z ]+?(?:\(\d+\))?)( NOT NULL)?(?: ENCODE \w+)?,?$')
_LIKE = re.compile(r"CREATE TABLE IF NOT EXISTS (\w+\.\w+) \(LIKE (\w+\.\w+)\)")
_KEY = re.compile(r"(DIST|SORT)KEY \(([^)]*)\)")
_TYPES = {
    "VARCHAR": "character varying",
    "CHAR": "character",
    "TIMESTAMP": "timestamp without time zone",
}


@dataclass(frozen=True)
class Column:
    """A column.

    :param type: its type.
    :param is_distkey: whether rows are distributed by it.
    :param sortkey: its place in the sort key, 0 when it has none.
    :param not_null: whether it must have a value.
    """

    type: str
    is_distkey: bool
    sortkey: int
    not_null: bool

    def __str__(self) -> str:
        parts = [self.type, *["NOT NULL"] * self.not_null, *["DISTKEY"] * self.is_distkey]
        return " ".join([*parts, *[f"SORTKEY {self.sortkey}"] * bool(self.sortkey)])


Tables = Mapping[str, Mapping[str, Column]]


def defined_tables(scripts: Iterable[str]) -> Tables:
    """Return the columns of the tables that scripts create, by ``schema.table``."""
    tables: dict[str, dict[str, Column]] = {}
    for script in scripts:
        for statement in split_statements(script):
            if made := _CREATE.search(statement):
                tables[f"{made[1]}.{made[2]}"] = _columns(made[3], made[4])
            elif made := _LIKE.search(statement):
                tables[made[1]] = dict(tables[made[2]])
    return tables


def found_tables(rows: Iterable[tuple[Any, ...]]) -> Tables:
    """Return the columns of the tables that ``sql/upkeep/columns_of_tables.sql`` found, by ``schema.table``."""
    tables: dict[str, dict[str, Column]] = {}
    for *names, is_distkey, sortkey, not_null in rows:
        schema, table, column, kind = (str(name).strip() for name in names)  # Redshift pads some with blanks
        found = Column(kind, bool(is_distkey), abs(int(sortkey)), bool(not_null))
        tables.setdefault(f"{schema}.{table}", {})[column] = found
    return tables


def differences(defined: Tables, found: Tables) -> list[str]:
    """Return a line for each table or column that is missing, or is not what is defined."""
    lines = []
    for table, columns in defined.items():
        if table not in found:
            lines.append(f"{table} is missing")
            continue
        for name, column in columns.items():
            actual = found[table].get(name)
            if actual is None:
                lines.append(f"{table}.{name} is missing")
            elif actual != column:
                lines.append(f"{table}.{name} is {actual}, defined as {column}")
    return lines


def _columns(body: str, attributes: str) -> dict[str, Column]:
    keys = {kind: [name.strip(' "') for name in names.split(",")] for kind, names in _KEY.findall(attributes)}
    columns = {}
    for line in body.splitlines():
        if found := _COLUMN.match(line):
            name, kind, not_null = found[1], found[2], found[3]
            sort = keys.get("SORT", [])
            place = sort.index(name) + 1 if name in sort else 0
            columns[name] = Column(_type(kind), name in keys.get("DIST", []), place, bool(not_null))
    return columns


def _type(text: str) -> str:
    word, bracket, length = text.partition("(")
    return _TYPES.get(word, word.lower()) + bracket + length
