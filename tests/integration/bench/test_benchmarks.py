"""Smoke tests of the benchmarks that need servers but no scheduler, at their smallest size."""

from __future__ import annotations

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
