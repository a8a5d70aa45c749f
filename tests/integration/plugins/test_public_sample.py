"""The public Sparkify sample, where it lies beside the project: one month of daily files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from tests.support import oracle
from tests.support.paths import ROOT
from tests.support.pipeline import Pipeline

REAL_SAMPLE = ROOT.parent / "shared" / "data"


@pytest.mark.skipif(not REAL_SAMPLE.exists(), reason="the public Sparkify sample is not beside the project")
@pytest.mark.parametrize("pipeline", ["daily"], indirect=True)
@pytest.mark.parametrize("conn_id", ["redshift"], indirect=True)
def test_the_public_sample_ends_with_the_known_figures(pipeline: Pipeline) -> None:
    pipeline.put_folder(REAL_SAMPLE)
    rng = Random(11)
    days = list(range(30))
    rng.shuffle(days)
    month = datetime(2018, 11, 1, tzinfo=UTC)
    for first in range(0, 30, 10):  # three windows of days in any order, then single hours again
        for day in sorted(days[first : first + 10])[:1]:
            pipeline.run_window(month + timedelta(days=day), month + timedelta(days=day + 1))
    pipeline.run_window(month, month + timedelta(days=30))
    star = pipeline.star()
    expected = oracle.compute_star(
        oracle.read_daily_logs(REAL_SAMPLE / "log_data"), oracle.read_songs(REAL_SAMPLE / "song_data")
    )
    assert {table: len(rows) for table, rows in star.items()} == {
        "songplays": 6820,
        "users": 97,
        "songs": 71,
        "artists": 69,
        "time": 6813,
    }
    assert star == expected.tables()
    assert [play[4] for play in star["songplays"] if play[4]] == ["SOZCTXZ12AB0182364"]
    assert count_levels(star) == {"free": 75, "paid": 22}
    assert sum(row[5] for row in pipeline.ledger()) == 8056
    for number in (4 * 24 + 1, 0):
        pipeline.run_hour(number - 4 * 24)
    assert pipeline.star() == star


def count_levels(star: Mapping[str, set[Any]]) -> dict[str, int]:
    """Return the number of users by level."""
    levels: dict[str, int] = defaultdict(int)
    for user in star["users"]:
        levels[user[4]] += 1
    return dict(levels)
