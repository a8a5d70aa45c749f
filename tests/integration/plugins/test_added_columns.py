"""Tables that have more columns than this version knows of, as after the first half of a later one's roll-out."""

from __future__ import annotations

from random import Random

import pytest

from tests.support.pipeline import Pipeline
from tests.support.random_source import batch, song

_TABLES = """SELECT schemaname, tablename FROM pg_tables
WHERE schemaname IN ('etl', 'staging_template')
    OR schemaname = 'public' AND tablename IN ('songplays', 'users', 'songs', 'artists', 'time')"""
#: Their rows are made from other tables' rows, and have the column later.
_COPIES = ("load_history", "latest_observations", "songplays", "users", "songs", "artists")


def add_column(pipeline: Pipeline, *, to_copies: bool) -> int:
    """Add a column to the tables whose rows others are made from, or to these others; return how many there are."""
    with pipeline.session() as session:
        tables = [row for row in session.rows(_TABLES) if (row[1] in _COPIES) is to_copies]
        for schema, table in tables:
            session.run(f'ALTER TABLE {schema}."{table}" ADD COLUMN added VARCHAR(8)')
    return len(tables)


@pytest.mark.timeout(300)
def test_hours_load_as_before_when_tables_have_another_column(pipeline: Pipeline) -> None:
    rng = Random(7)
    pipeline.put_hour(0, batch(rng, hours=2))
    pipeline.put_song(song(rng, 1))
    pipeline.run_hour(0)
    try:
        for to_copies in (False, True):
            assert add_column(pipeline, to_copies=to_copies) >= 5
            pipeline.put_hour(0, [*batch(rng, hours=2), *batch(rng, hours=2)])  # corrected
            pipeline.put_song(song(rng, 1))
            pipeline.put_song(song(rng, 2 + to_copies))
            pipeline.run_hour(0)
            pipeline.assert_is_expected()
        with pipeline.session() as session:
            assert session.one("SELECT COUNT(*) FROM etl.load_history WHERE target_table = 'songplays'")[0] == 3
    finally:
        pipeline.reset()
