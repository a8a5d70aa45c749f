"""The lines of a SQL file that say which tables it reads, makes and changes, and what its statements do in fact."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator
from itertools import takewhile

import sqlglot
from sqlglot import exp

from sparkify.hooks.sql_text import split_statements

_KEYS = ("Reads", "Makes", "Changes")
#: Statements that neither read nor change rows.
_WITHOUT_ROWS = ("BEGIN", "COMMIT", "LOCK", "GRANT", "COMMENT", "CREATE SCHEMA", "DROP SCHEMA")
#: What sqlglot does not know of Redshift, and what to read in its place.
_UNKNOWN = (
    (re.compile(r"ALTER TABLE (\S+) .*", re.DOTALL), r"ALTER TABLE \1 DROP COLUMN x"),
    (re.compile(r"\bINTERLEAVED SORTKEY\b"), "SORTKEY"),
)


def expected_header(script: str) -> list[str]:
    """Return the lines about tables that a script's statements ask for."""
    reads: set[str] = set()
    makes: dict[str, str] = {}
    changes: set[str] = set()
    for statement in split_statements(script):
        if statement.upper().startswith(_WITHOUT_ROWS):
            continue
        parsed = _parse(statement)
        target = _target(parsed)
        reads |= set(_sources(parsed, target)) - makes.keys()
        if isinstance(parsed, exp.Create) and target:
            makes[_name(target)] = _kind(parsed)
        elif target and _name(target) not in makes:
            changes.add(_name(target))
    values = (_ordered(reads) or ["none"], [f"{name}{makes[name]}" for name in _ordered(makes)], _ordered(changes))
    return [line for key, names in zip(_KEYS, values, strict=True) if names for line in _wrap(key, names)]


def given_header(script: str) -> list[str]:
    """Return the lines about tables, which are the last of a script's first comment."""
    comment = list(takewhile(lambda line: line.startswith("--"), script.split("\n")))
    first = next((at for at, line in enumerate(comment) if line.startswith(f"-- {_KEYS[0]}: ")), len(comment))
    return comment[first:]


def _parse(statement: str) -> exp.Expression:
    for unknown, known in _UNKNOWN:
        statement = unknown.sub(known, statement)
    parsed = sqlglot.parse_one(statement, dialect="redshift")
    if isinstance(parsed, exp.Command):
        raise NotImplementedError(f"What this does to tables is not known: {statement[:100]}")
    return parsed


def _target(statement: exp.Expression) -> exp.Table | None:
    """Return the table that a statement makes or changes, ``None`` for a query."""
    if isinstance(statement, exp.Query):
        return None
    return next(statement.find_all(exp.Table, bfs=True))


def _sources(statement: exp.Expression, target: exp.Table | None) -> Iterator[str]:
    """Iterate over the tables that a statement reads."""
    local = {cte.alias for cte in statement.find_all(exp.CTE)} | ({target.alias} if target else set())
    for table in statement.find_all(exp.Table):
        is_key = table.find_ancestor(exp.Reference) is not None
        if table is not target and not is_key and _name(table) not in local:
            yield _name(table)


def _name(table: exp.Table) -> str:
    return ".".join(part.name for part in table.parts)


def _kind(created: exp.Create) -> str:
    if created.kind == "VIEW":
        return " (view)"
    return " (temporary)" if created.find(exp.TemporaryProperty) else ""


def _ordered(names: Iterable[str]) -> list[str]:
    """Return the run's own tables, which have no schema, before the shared ones."""
    return sorted(names, key=lambda name: ("." in name, name))


def _wrap(key: str, names: Iterable[str]) -> list[str]:
    text = f"{key}: {', '.join(names)}"
    return [f"-- {line}" for line in textwrap.wrap(text, 117, subsequent_indent="    ", break_on_hyphens=False)]
