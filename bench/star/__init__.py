"""The rivals of an hour: what both of them load, as SELECTs over their staging tables."""

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
#: What stands in the SELECTs for the rival's schema.
SCHEMA_MARK = "{schema}"

_FOLDER = Path(__file__).parent


def select(table: str) -> str:
    """Return the SELECT for a table, with a mark for the schema."""
    return (_FOLDER / f"{table}.sql").read_text().strip()


def staging() -> str:
    """Return the definitions of what the rivals stage into."""
    return (_FOLDER / "staging.sql").read_text()
