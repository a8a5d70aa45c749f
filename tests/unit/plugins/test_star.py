"""The publish of the star fits together: its files exist, and each ``:name`` in them has a value when it runs."""

from __future__ import annotations

import re
import runpy
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from sparkify.checks import CHECK_BOUNDS
from sparkify.hooks.sql_text import Ranges, put_values, split_statements
from sparkify.hooks.table_definitions import defined_tables
from sparkify.loading.earlier_loads import EarlierLoads
from sparkify.loading.steps import Bounds, Merge, SqlStep, Step
from sparkify.operators.load import LoadOperator
from sparkify.operators.publish import PublishOperator
from sparkify.star import ASSERTIONS, EARLIER, RUN_BOUNDS, STAR_TABLES, STEPS
from sparkify.tables import SQL_VALUES

SQL = Path(__file__).parents[3] / "sql"
DAGS = Path(__file__).parents[3] / "dags"
FOUND = Ranges((("a", "b"),))
#: What identifies the task, see PublishOperator.
IDENTITY = {"dag_id": "d", "run_id": "r", "task_id": "t", "try_number": 1}
OF_RUN: dict[str, Any] = {**SQL_VALUES, **IDENTITY, **dict.fromkeys(RUN_BOUNDS.names, FOUND)}
OF_EARLIER: dict[str, Any] = {**EarlierLoads().values(Ranges()), "seconds": 0.5}


def text(name: str) -> str:
    return (SQL / name).read_text(encoding="utf-8")


def bounds_of(steps: Iterable[Step]) -> list[Bounds]:
    return [step for step in steps if isinstance(step, Bounds)]


def missing(sql: str, values: Mapping[str, Any]) -> list[str]:
    """Return the places without a value, or with ranges where a literal belongs or the other way round."""
    found = []
    for statement in split_statements(sql):
        try:
            put_values(statement, values)
        except (KeyError, TypeError) as error:
            found.append(repr(error))
    return found


@pytest.mark.parametrize(
    ("sql", "values", "is_sound"),
    [
        ("SELECT :a", {"a": 1}, True),
        ("SELECT :a", {}, False),
        ("SELECT 1 WHERE b BETWEEN :a_from AND :a_to", {"a": FOUND}, True),
        ("SELECT 1 WHERE b BETWEEN :a_from AND :a_to", {"a": 1}, False),
        ("SELECT :a", {"a": FOUND}, False),
        ("SELECT ':a'; SELECT :a", {}, False),
    ],
)
def test_a_place_without_its_value_is_found(sql: str, values: dict[str, Any], is_sound: bool) -> None:
    assert (missing(sql, values) == []) is is_sound


def test_every_value_of_a_step_comes_from_a_step_before() -> None:
    values = OF_RUN | OF_EARLIER
    for step in STEPS:
        assert not step.when or isinstance(values.get(step.when), Ranges), f"{step} waits for bounds of no earlier step"
        if isinstance(step, Merge):
            assert isinstance(values.get(step.target.bounds), Ranges), step
        elif isinstance(step, SqlStep):
            assert missing(text(step.sql), values) == [], step.sql
        if isinstance(step, Bounds):
            values |= dict.fromkeys(step.names, FOUND)
    for step in ASSERTIONS:
        assert not step.when or isinstance(values.get(step.when), Ranges), step
        assert missing(text(step.sql), values) == [], step.sql


def test_what_runs_around_the_steps_has_its_values_too() -> None:
    publish = hourly().get_task("publish")
    assert missing(text(publish.guard_sql), SQL_VALUES) == []
    assert missing(text(RUN_BOUNDS.sql), {}) == []
    assert isinstance(OF_RUN[EARLIER.fact_days], Ranges)
    for name in EARLIER.serialize():
        assert missing(text(name), OF_RUN) == []
    assert publish.earlier == EARLIER


def test_every_value_of_a_check_and_of_a_load_is_given() -> None:
    dag = hourly()
    values: dict[str, Any] = {**SQL_VALUES, "run_id": "r"}
    assert [
        missing(text(check.sql), values)
        for check in dag.get_task("audit_run").checks
        if missing(text(check.sql), values)
    ] == []
    for bounds in CHECK_BOUNDS:
        assert missing(text(bounds.sql), values) == []
        values |= dict.fromkeys(bounds.names, FOUND)
    for check in dag.get_task("check_quality").checks:
        assert missing(text(check.sql), values) == [], check
    for task in dag.tasks:
        if isinstance(task, LoadOperator):
            assert missing(text(task.load.sql), task.sql_values) == [], task.load
    for name in dag.get_task("open_staging").views_sql:
        assert missing(text(name), {}) == [], name


@pytest.mark.parametrize("bounds", [RUN_BOUNDS, *bounds_of(STEPS), *CHECK_BOUNDS], ids=lambda bounds: bounds.sql)
def test_bounds_declare_the_names_that_their_query_gives_and_no_others(bounds: Bounds) -> None:
    given = re.findall(r"'(\w+)' AS name", text(bounds.sql))
    assert sorted(given) == sorted(bounds.names)
    kinds = re.findall(r"'(\w+)' AS kind", text(bounds.sql))
    assert len(kinds) == len(given)
    assert set(kinds) <= {"number", "time", "text"}


@pytest.mark.parametrize("bounds", [RUN_BOUNDS, *bounds_of(STEPS), *CHECK_BOUNDS], ids=lambda bounds: bounds.sql)
def test_times_are_written_to_the_microsecond_in_a_documented_form(bounds: Bounds) -> None:
    """What CAST makes of a timestamp is not documented, nor is text in double quotes in a format.

    https://docs.aws.amazon.com/redshift/latest/dg/r_FORMAT_strings.html
    """
    sql = text(bounds.sql)
    assert sql.count("'YYYY-MM-DD HH24:MI:SS.US'") == 2 * sql.count("'time' AS kind")
    assert '"' not in sql


def test_no_step_gives_a_name_that_another_gives() -> None:
    names = [*OF_RUN, *OF_EARLIER, *(name for bounds in bounds_of(STEPS) for name in bounds.names)]
    assert len(names) == len(set(names))


def test_each_file_runs_once_and_none_is_left_over() -> None:
    publish = hourly().get_task("publish")
    used = [step.sql for step in (*STEPS, *ASSERTIONS, RUN_BOUNDS) if isinstance(step, SqlStep)]
    used += [*EARLIER.serialize(), publish.result_sql]
    assert sorted(used) == sorted(f"publish/{path.name}" for path in (SQL / "publish").iterdir())


def test_every_table_of_the_star_is_merged_or_written_once() -> None:
    writers = {table: [step for step in STEPS if is_writer(step, table)] for table in STAR_TABLES.values()}
    assert {table: len(steps) for table, steps in writers.items()} == dict.fromkeys(STAR_TABLES.values(), 1)


def test_a_merged_tables_columns_are_the_tables_and_its_bounds_are_of_its_sort_key() -> None:
    scripts = [path.read_text(encoding="utf-8") for path in sorted((SQL / "tables").glob("*.sql"))]
    tables, definitions = defined_tables(scripts), "\n".join(scripts)
    for step in STEPS:
        if not isinstance(step, Merge):
            continue
        target = step.target
        assert set(target.columns) == set(tables[target.table])
        assert set(target.key) < set(target.columns)
        definition = re.search(rf"CREATE TABLE IF NOT EXISTS {target.table} \(.*?;", definitions, re.DOTALL)
        assert definition is not None
        sort_key = re.search(r'SORTKEY \("?(\w+)', definition[0])
        assert sort_key is not None
        assert target.within == sort_key[1], target.table


def is_writer(step: Step, table: str) -> bool:
    """Return whether a step inserts rows into a table."""
    if isinstance(step, Merge):
        return step.target.table == table
    assert isinstance(step, SqlStep)
    return any(re.match(rf"INSERT INTO {table}\b", statement) for statement in split_statements(text(step.sql)))


def hourly() -> Any:
    """Return the DAG, with the names of files in place of their texts."""
    sys.path.insert(0, str(DAGS))
    try:
        dag = runpy.run_path(str(DAGS / "sparkify_hourly.py"))["dag"]
    finally:
        sys.path.pop(0)
    assert isinstance(dag.get_task("publish"), PublishOperator)
    return dag
