"""Redshift's functions and system views as PostgreSQL objects.

Contract: SQL files that a superuser runs once in a database, and can run again.
"""

from __future__ import annotations

from pathlib import Path

_FILES = ("tables.sql", "functions.sql", "attributes.sql", "views.sql")


def bootstrap() -> tuple[str, ...]:
    """Return the scripts to run, in order, by a superuser.

    Functions and views are put into pg_catalog, as on Redshift, so that every session finds them whatever its
    search_path; PostgreSQL allows that only where it is asked for.
    """
    folder = Path(__file__).parent
    scripts = (folder.joinpath(name).read_text(encoding="utf-8") for name in _FILES)
    return ("SET LOCAL allow_system_table_mods = on", *scripts)
