"""What the growth benchmark makes of what it measured."""

from __future__ import annotations

import gzip

import pytest

from bench import growth
from bench.figures import Report
from local.sample import Sample


class _Bucket:
    def __init__(self) -> None:
        self.lines: list[int] = []

    def put(self, key: str, body: bytes) -> None:
        self.lines.append(gzip.decompress(body).count(b"\n") + 1)


def test_hours_that_are_measured_hold_as_many_events() -> None:
    bucket = _Bucket()
    growth.put_hours(bucket, Sample(seed=5, hours=24, songs=20, events_per_hour=50), {3, 16, 23})  # type: ignore[arg-type]
    measured = [bucket.lines.pop(hour) for hour in (23, 16, 3)]
    assert len(set(measured)) == 1 < len(set(bucket.lines))


def test_an_hour_is_held_against_the_first_of_its_series() -> None:
    report = Report("growth", "growth", "tiny", machine="")
    rows = [growth.Row(10, [growth.Cost(1.0, 0.1, 100)]), growth.Row(1000, [growth.Cost(1.2, 0.1, 110)])]
    growth.add_series(report, "hours loaded before", rows)
    ratios = {figure.metric: figure.ratio for figure in report.figures if figure.ratio}
    assert ratios == {"statements": pytest.approx(1.2), "rows read": pytest.approx(1.1)}


@pytest.mark.parametrize(
    ("points", "power"),
    [
        ([(24, 24.0), (48, 48.0), (96, 96.0)], 1.0),
        ([(10, 100.0), (100, 10_000.0)], 2.0),
        ([(10, 5.0), (1000, 5.0)], 0.0),
        ([(10, 5.0)], 1.0),
        ([], 1.0),
    ],
)
def test_a_cost_grows_with_a_power_of_the_size(points: list[tuple[int, float]], power: float) -> None:
    assert growth.slope(points) == pytest.approx(power)
