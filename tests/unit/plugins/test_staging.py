"""Which hours a run loads, and where it stages them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pendulum
import pytest
from airflow.sdk.definitions.param import ParamsDict

from sparkify.staging import _PARAMS, run_window, staging_schema
from tests.pipeline import load_dag

TEN, ELEVEN = datetime(2018, 11, 5, 10, tzinfo=UTC), datetime(2018, 11, 5, 11, tzinfo=UTC)


def window(params: dict[str, Any], start: datetime | None = TEN, end: datetime | None = ELEVEN) -> str:
    return str(run_window(params, start, end, max_hours=48))


def test_without_params_a_run_loads_its_data_interval() -> None:
    assert window({"window_start": None, "window_end": None}) == "2018-11-05T10:00Z to 2018-11-05T11:00Z"


def test_airflows_own_moments_are_taken() -> None:
    start, end = pendulum.datetime(2018, 11, 5, 10), pendulum.datetime(2018, 11, 5, 11, tz="UTC")
    found = run_window({}, start, end, max_hours=48)
    assert (found.hour_count, [type(hour) for hour in found.hours()]) == (1, [datetime])


def test_a_window_takes_the_place_of_the_data_interval() -> None:
    params = {"window_start": "2018-11-01T00:00:00+00:00", "window_end": "2018-11-02T00:00:00+00:00"}
    assert window(params) == "2018-11-01T00:00Z to 2018-11-02T00:00Z"
    assert window(params, None, None) == "2018-11-01T00:00Z to 2018-11-02T00:00Z"


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({"window_start": "2018-11-01T00:00Z", "window_end": None}, "open-ended: give window_end"),
        ({"window_start": None, "window_end": "2018-11-01T00:00Z"}, "open-ended: give window_start"),
        ({"window_start": "2018-11-02T00:00Z", "window_end": "2018-11-01T00:00Z"}, "empty or reversed"),
        ({"window_start": "2018-11-01T00:30Z", "window_end": "2018-11-01T02:00Z"}, "not a whole hour"),
        ({"window_start": "2018-11-01T00:00Z", "window_end": "2018-11-09T00:00Z"}, "192 hours, more than the 48"),
        ({"window_start": "yesterday", "window_end": "2018-11-01T02:00Z"}, "no ISO 8601"),
        ({"window_start": "0001-01-01T00:00+14:00", "window_end": "2018-11-01T02:00Z"}, "no ISO 8601"),
        ({"window_start": "0001-01-01T00:00Z", "window_end": "9999-12-31T00:00Z"}, "hours, more than the 48"),
    ],
)
def test_a_window_that_makes_no_sense_is_refused_with_the_reason(params: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        window(params)


@pytest.mark.parametrize(
    ("name", "meant"),
    [("window_strat", "window_start"), ("Window_End", "window_end"), ("accept-removed", "accept_removed")],
)
def test_a_param_whose_name_is_misspelt_is_refused_as_the_run_would_load_other_hours(name: str, meant: str) -> None:
    params = ParamsDict({"window_start": None, "window_end": None})
    params.update({name: "2018-11-01T00:00Z"})
    with pytest.raises(ValueError, match=f"'{name}', which is no param: trigger it again with {meant}"):
        window(params)


def test_all_params_of_the_hourly_dag_are_known() -> None:
    assert set(_PARAMS) == set(load_dag().params)


@pytest.mark.parametrize("name", ["openlineage", "ticket", "window"])
def test_what_is_no_misspelt_param_may_go_along(name: str) -> None:
    assert window({name: "2018"}) == "2018-11-05T10:00Z to 2018-11-05T11:00Z"


@pytest.mark.parametrize(("minutes", "refused"), [(-30, True), (-6, True), (-4, False), (0, False), (90, False)])
def test_only_hours_that_are_over_are_loaded_but_for_what_clocks_may_differ(minutes: int, refused: bool) -> None:
    now = ELEVEN + timedelta(minutes=minutes)
    if refused:
        with pytest.raises(ValueError, match="lies in the future or holds the hour that is not over"):
            run_window({}, TEN, ELEVEN, max_hours=48, now=now)
    else:
        assert run_window({}, TEN, ELEVEN, max_hours=48, now=now).end == ELEVEN


def test_a_window_in_the_future_is_refused() -> None:
    year = datetime.now(UTC).year + 1
    params = {"window_start": f"{year}-01-01T00:00Z", "window_end": f"{year}-01-01T05:00Z"}
    with pytest.raises(ValueError, match="lies in the future"):
        window(params)


def test_a_run_without_interval_and_window_says_what_it_needs() -> None:
    with pytest.raises(ValueError, match="trigger it with a logical date, or with window_start"):
        window({}, None, None)


def test_every_run_has_a_staging_schema_of_its_own_the_same_at_every_try() -> None:
    first = staging_schema("sparkify_hourly", "scheduled__2018-11-05T10:00:00+00:00")
    assert first == staging_schema("sparkify_hourly", "scheduled__2018-11-05T10:00:00+00:00")
    assert first != staging_schema("sparkify_hourly", "manual__2018-11-05T10:00:00+00:00")
    assert first.startswith("run_")
    assert first.isidentifier()
