"""The star as SELECTs over staging tables, which both rivals of the hourly load (the provider's operators, dbt) use."""

from __future__ import annotations

from pathlib import Path

#: The tables and their keys.
KEYS = {
    "songs": "song_id",
    "artists": "artist_id",
    "users": "user_id",
    "time": "start_time",
    "songplays": "songplay_id",
}
#: The placeholder for the rival's schema in the SELECTs.
SCHEMA_MARK = "{schema}"

_FOLDER = Path(__file__).parent


def select(table: str) -> str:
    """Return the SELECT for a table, with a placeholder for the schema."""
    return (_FOLDER / f"{table}.sql").read_text().strip()


def staging() -> str:
    """Return the definitions of the rivals' staging tables."""
    return (_FOLDER / "staging.sql").read_text()
