"""Which hours a run loads, and where it stages them."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pendulum
import pytest
from airflow.sdk.definitions.param import ParamsDict
from airflow.timetables.interval import CronDataIntervalTimetable

from bench.rig.dag_runs import load_dag
from sparkify.run_windows import PARAMS, displaced_hour, due_window, requested_window, run_window, staging_schema
from sparkify.windows import Window

TEN, ELEVEN = datetime(2018, 11, 5, 10, tzinfo=UTC), datetime(2018, 11, 5, 11, tzinfo=UTC)
WINDOW = {"window_start": "2018-11-01T00:00:00+00:00", "window_end": "2018-11-02T00:00:00+00:00"}


def dag_run(run_type: str, logical_date: str | None, start: str | None, end: str | None, conf: Any = None) -> Any:
    """Return a run as Airflow makes it; times of a day are those of 5 November 2018."""
    moments = [
        None if text is None else pendulum.parse(text if "T" in text else f"2018-11-05T{text}Z")
        for text in (logical_date, start, end)
    ]
    names = ("logical_date", "data_interval_start", "data_interval_end")
    return SimpleNamespace(run_type=run_type, conf=conf, **dict(zip(names, moments, strict=True)))


def window(params: dict[str, Any], run: Any = None) -> str:
    return str(run_window(params, run or dag_run("scheduled", "10:00", "10:00", "11:00"), max_hours=48))


#: Name, run type, logical date, data interval, first hour that is loaded. What makes which run was read in the sources
#: of Airflow 3.3.2, and tests/e2e/test_starting_runs.py starts one of each.
LOADS = [
    ("schedule", "scheduled", "10:00", "10:00", "11:00", "10"),
    ("backfill", "backfill", "10:00", "10:00", "11:00", "10"),
    ("form, within an hour", "manual", "05:30", "04:00", "05:00", "04"),
    ("form, at a full hour", "manual", "05:00", "04:00", "05:00", "04"),
    ("form, the last moment of an hour", "manual", "05:59:59.999999", "04:00", "05:00", "04"),
    ("form, after midnight", "manual", "00:10", "2018-11-04T23:00Z", "00:00", "2018-11-04T23"),
    ("another zone", "manual", "2018-11-05T07:30:00+02:00", "04:00", "05:00", "04"),
    ("a zone of half an hour", "manual", "2018-11-05T05:30:00+05:30", "2018-11-04T23:00Z", "00:00", "2018-11-04T23"),
    ("schedule, in another zone", "scheduled", "2018-11-05T11:00:00+01:00", "10:00", "11:00", "10"),
    ("REST, with the interval of the rule", "manual", "05:30", "04:00", "05:00", "04"),
    ("CLI, with a logical date of this hour", "manual", "05:30", "04:00", "05:00", "04"),
    ("operator, with a run_after like its logical date", "operator_triggered", "05:30", "04:00", "05:00", "04"),
    ("materialized asset, with a logical date", "asset_materialization", "05:30", "04:00", "05:00", "04"),
    ("a run that has no interval", "manual", "05:30", None, None, "04"),
]


@pytest.mark.parametrize(
    ("run_type", "logical_date", "start", "end", "hour"), [case[1:] for case in LOADS], ids=[case[0] for case in LOADS]
)
def test_a_run_without_a_window_loads_the_hour_of_its_logical_date(
    run_type: str, logical_date: str, start: str | None, end: str | None, hour: str
) -> None:
    run = dag_run(run_type, logical_date, start, end)
    first = pendulum.parse(f"{hour if 'T' in hour else f'2018-11-05T{hour}'}:00Z")
    assert due_window(run).start == first
    assert run_window({}, run, max_hours=48) == due_window(run) == requested_window(run)
    assert [type(hour) for hour in due_window(run)] == [datetime]


#: Name, run type, logical date, data interval, and the window that the refusal tells to give.
REFUSED = [
    ("CLI, with a logical date", "manual", "05:30", "2026-11-30T19:00Z", "2026-11-30T20:00Z", "04:00:00Z", "05:00:00Z"),
    ("operator, with a logical date", "operator_triggered", "05:00", "20:00", "21:00", "04:00:00Z", "05:00:00Z"),
    ("REST, with another hour", "manual", "05:30", "05:00", "06:00", "04:00:00Z", "05:00:00Z"),
    ("REST, with more hours", "manual", "05:30", "03:00", "05:00", "04:00:00Z", "05:00:00Z"),
    ("REST, with no whole hour", "manual", "05:30", "04:00", "04:30", "04:00:00Z", "05:00:00Z"),
    ("REST, with an interval of nothing", "manual", "05:30", "05:30", "05:30", "04:00:00Z", "05:00:00Z"),
    ("materialized asset", "asset_materialization", "05:30", "05:00", "06:00", "04:00:00Z", "05:00:00Z"),
    # A backfill takes over the run that has its logical date, whoever made it, and its interval stays.
    ("backfill, on a manual run of that moment", "backfill", "05:00", "04:00", "05:00", "05:00:00Z", "06:00:00Z"),
    ("schedule of another length", "scheduled", "00:00", "00:00", "06:00", "00:00:00Z", "01:00:00Z"),
]


@pytest.mark.parametrize(
    ("run_type", "logical_date", "start", "end", "first", "last"),
    [case[1:] for case in REFUSED],
    ids=[case[0] for case in REFUSED],
)
def test_a_run_whose_interval_is_another_hour_is_refused_with_the_window_to_give(
    run_type: str, logical_date: str, start: str, end: str, first: str, last: str
) -> None:
    run = dag_run(run_type, logical_date, start, end)
    advice = f"window_start 2018-11-05T{first} and window_end 2018-11-05T{last}"
    with pytest.raises(ValueError, match=advice):
        run_window({}, run, max_hours=48)
    assert requested_window(run) is None
    assert window(WINDOW, run) == "2018-11-01T00:00Z to 2018-11-02T00:00Z"


@pytest.mark.parametrize(
    ("run_type", "logical_date", "hour"),
    [
        ("manual", "05:00", "2018-11-05T05:00Z to 2018-11-05T06:00Z"),
        ("operator_triggered", "2018-11-05T06:00:00+01:00", "2018-11-05T05:00Z to 2018-11-05T06:00Z"),
        ("manual", "05:00:00.000001", "None"),
        ("manual", None, "None"),
        ("scheduled", "05:00", "None"),
        ("backfill", "05:00", "None"),
    ],
)
def test_a_manual_run_at_a_full_hour_takes_the_place_of_the_scheduled_one(
    run_type: str, logical_date: str | None, hour: str
) -> None:
    assert str(displaced_hour(dag_run(run_type, logical_date, None, None))) == hour


@pytest.mark.parametrize("run_type", ["manual", "operator_triggered", "asset_triggered", "asset_materialization"])
def test_a_run_without_logical_date_and_window_says_what_it_needs(run_type: str) -> None:
    run = dag_run(run_type, None, None, None)
    with pytest.raises(
        ValueError, match=r"no window and no logical date.* with window_start 2018-.* and window_end 2018-"
    ):
        window({}, run)
    assert requested_window(run) is None
    assert window(WINDOW, run) == "2018-11-01T00:00Z to 2018-11-02T00:00Z"


@pytest.mark.parametrize("logical_date", ["05:00", "05:30", "05:59:59", "00:00", "23:59", "2018-11-05T05:30:00+05:30"])
def test_a_manual_run_follows_the_rule_of_airflows_timetable(logical_date: str) -> None:
    moment = dag_run("manual", logical_date, None, None).logical_date
    interval = CronDataIntervalTimetable("@hourly", "UTC").infer_manual_data_interval(
        run_after=moment.in_timezone("UTC")
    )
    found = due_window(dag_run("manual", logical_date, None, None))
    assert (found.start, found.end) == (interval.start, interval.end)


def test_the_hours_of_a_run_seen_from_outside_are_those_of_its_conf() -> None:
    scheduled = ("scheduled", "10:00", "10:00", "11:00")
    assert str(requested_window(dag_run(*scheduled, WINDOW))) == "2018-11-01T00:00Z to 2018-11-02T00:00Z"
    assert requested_window(dag_run(*scheduled, {"window_start": None})) == Window(TEN, ELEVEN)
    assert requested_window(dag_run(*scheduled, {"window_start": "x", "window_end": "y"})) is None
    assert requested_window(dag_run(*scheduled, {"window_start": WINDOW["window_start"]})) is None
    assert requested_window(dag_run(*scheduled, {"window_end": WINDOW["window_end"]})) is None


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
    [
        ("window_strat", "window_start"),
        ("Window_End", "window_end"),
        ("accept-removed", "accept_removed"),
        ("logical_date", "window_start and window_end"),
        ("data_interval_start", "window_start and window_end"),
        ("Hour", "window_start and window_end"),
    ],
)
def test_a_param_whose_name_is_misspelt_is_refused_as_the_run_would_load_other_hours(name: str, meant: str) -> None:
    params = ParamsDict({"window_start": None, "window_end": None})
    params.update({name: "2018-11-01T00:00Z"})
    with pytest.raises(ValueError, match=f"'{name}', which is not a param: trigger it again with {meant}"):
        window(params)


def test_all_params_of_the_hourly_dag_are_known() -> None:
    assert set(PARAMS) == set(load_dag().params)


@pytest.mark.parametrize("name", ["openlineage", "ticket", "window"])
def test_what_is_no_misspelt_param_may_go_along(name: str) -> None:
    assert window({name: "2018"}) == "2018-11-05T10:00Z to 2018-11-05T11:00Z"


@pytest.mark.parametrize(("minutes", "refused"), [(-30, True), (-6, True), (-4, False), (0, False), (90, False)])
def test_only_hours_that_are_over_are_loaded_but_for_what_clocks_may_differ(minutes: int, refused: bool) -> None:
    now, run = ELEVEN + timedelta(minutes=minutes), dag_run("scheduled", "10:00", "10:00", "11:00")
    if refused:
        with pytest.raises(ValueError, match="lies in the future or holds the hour that is not over"):
            run_window({}, run, max_hours=48, now=now)
    else:
        assert run_window({}, run, max_hours=48, now=now).end == ELEVEN


def test_a_window_in_the_future_is_refused() -> None:
    year = datetime.now(UTC).year + 1
    params = {"window_start": f"{year}-01-01T00:00Z", "window_end": f"{year}-01-01T05:00Z"}
    with pytest.raises(ValueError, match="lies in the future"):
        window(params)


def test_every_run_has_a_staging_schema_of_its_own_the_same_at_every_try() -> None:
    first = staging_schema("sparkify_hourly", "scheduled__2018-11-05T10:00:00+00:00")
    assert first == staging_schema("sparkify_hourly", "scheduled__2018-11-05T10:00:00+00:00")
    assert first != staging_schema("sparkify_hourly", "manual__2018-11-05T10:00:00+00:00")
    assert first.startswith("run_")
    assert first.isidentifier()
