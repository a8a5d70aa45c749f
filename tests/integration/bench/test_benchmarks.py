"""A smoke of the benchmarks that need servers but no scheduler, at their smallest."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from functools import partial

import pytest

from bench import analytics, growth
from bench.figures import Report
from bench.startup import measure_parsing
from bench.warehouse import START, Warehouse
from local.runner.settings import ROOT
from local.sample import Sample
from sparkify.pages.queries import Queries
from sparkify.pages.reader import WarehouseReader

pytestmark = pytest.mark.integration

DATA = partial(Sample, seed=7, start=START, events_per_hour=250)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    with pytest.MonkeyPatch.context() as patch, Warehouse(tmp_path_factory.mktemp("bench"), patch.setenv) as warehouse:
        yield warehouse


def test_growth_tells_what_windows_cost(warehouse):
    report = Report("growth", "growth", "tiny", machine="")
    growth.add_windows(report, list(growth.measure_windows(warehouse, DATA, [1, 2])))
    costs = [figure for figure in report.figures if "an hour" in figure.metric]
    assert [figure.case for figure in costs] == ["a window of 1 hours"] * 2 + ["a window of 2 hours"] * 2
    assert all(figure.value > 0 for figure in costs)


def test_warehouses_that_are_compared_load_their_hours_in_turns(warehouse, tmp_path, monkeypatch):
    with Warehouse(tmp_path, monkeypatch.setenv) as other:
        for each, songs in ((warehouse, 5), (other, 20)):
            growth.put_hours(each, DATA(hours=32, songs=5), set())
            growth.add_songs(each, songs)
        first, second = growth.load_in_turns([warehouse, other], [30, 29], 2)
        assert [len(costs) for costs in (first, second)] == [2, 2]
        assert all(cost.seconds > 0 and cost.rows > 0 for cost in [*first, *second])
        loaded = "SELECT source_partition FROM etl.load_ledger WHERE source_partition > '2018-11-02' ORDER BY 1"
        assert warehouse.execute(loaded) == [("2018-11-02T06",), ("2018-11-02T07",)]
        assert other.execute(loaded) == [("2018-11-02T05",), ("2018-11-02T06",)]


class _Bucket:
    def __init__(self):
        self.lines = []

    def put(self, key, body):
        self.lines.append(gzip.decompress(body).count(b"\n") + 1)


def test_hours_that_are_measured_hold_as_many_events():
    bucket = _Bucket()
    growth.put_hours(bucket, Sample(seed=5, hours=24, songs=20, events_per_hour=50), {3, 16, 23})
    measured = [bucket.lines.pop(hour) for hour in (23, 16, 3)]
    assert len(set(measured)) == 1 < len(set(bucket.lines))


def test_growth_tells_an_hour_from_the_first_of_its_series():
    report = Report("growth", "growth", "tiny", machine="")
    rows = [growth.Row(10, [growth.Cost(1.0, 0.1, 100)]), growth.Row(1000, [growth.Cost(1.2, 0.1, 110)])]
    growth.add_series(report, "hours loaded before", rows)
    ratios = {figure.metric: figure.ratio for figure in report.figures if figure.ratio}
    assert ratios == {"statements": pytest.approx(1.2), "rows read": pytest.approx(1.1)}


def test_a_cost_that_doubles_with_the_hours_has_the_exponent_1():
    assert growth.slope([(24, 24.0), (48, 48.0), (96, 96.0)]) == pytest.approx(1.0)
    assert growth.slope([(10, 100.0), (100, 10_000.0)]) == pytest.approx(2.0)


def test_analytics_asks_every_question_and_shows_every_page(warehouse):
    report = Report("analytics", "analytics", "tiny", machine="")
    maker = analytics.PlaysMaker(warehouse, seed=3)
    maker.make(2000)
    assert warehouse.execute("SELECT COUNT(*), COUNT(DISTINCT songplay_id) FROM public.songplays") == [(2000, 2000)]
    reader = WarehouseReader("sparkify_redshift", cache_seconds=0)
    analytics.measure(Queries(ROOT / "sql", reader), 2000, 1, report)
    reader.close()
    assert {"top_songs, 30 of 90 days", "Loads page"} <= {figure.case for figure in report.figures}


def test_parsing_is_told_for_a_dag_file():
    report = Report("startup", "startup", "tiny", machine="")
    measure_parsing(report, 1, "sparkify_doctor.py")
    assert [figure.metric for figure in report.figures] == ["parse", "parse, as the dag-processor"]
