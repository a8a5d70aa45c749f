"""Reads the catalog's SQL files."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from local.redshift.statements.lexer import split, tokenize

#: In the order of their dependencies.
_FILES = (
    "settings",
    "tables",
    "session_functions",
    "date_functions",
    "string_functions",
    "number_functions",
    "hash_functions",
    "aggregates",
    "window_functions",
    "operators",
    "string_arguments",
    "json_functions",
    "table_keys",
    "table_storage",
    "encodings",
    "definitions",
    "load_views",
    "schema_views",
    "pg_views",
    "driver_views",
    "show_views",
    "routine_views",
)

#: Until the transaction ends: a superuser may put objects into pg_catalog, and strings are read as in sessions.
#: https://www.postgresql.org/docs/current/runtime-config-developer.html#GUC-ALLOW-SYSTEM-TABLE-MODS
_FIRST = ("SET LOCAL allow_system_table_mods = on", "SET LOCAL standard_conforming_strings = off")


@cache
def bootstrap() -> tuple[str, ...]:
    """Return the statements that make the catalog, for a superuser to run in one transaction."""
    folder = Path(__file__).parent
    return (*_FIRST, *(text for name in _FILES for text in _statements(folder / f"{name}.sql")))


def _statements(path: Path) -> list[str]:
    script = path.read_text(encoding="utf-8")
    return [script[tokens[0].start : tokens[-1].end] for tokens in split(tokenize(script))]
