"""What a load operator is given: a table load that makes no sense cannot be made."""

from __future__ import annotations

from typing import Any

import pytest

from sparkify.loading.table_changes import LoadMode, Target
from sparkify.loading.table_load import Fill, TableLoad

GIVEN: dict[str, Any] = {"table": "public.t", "columns": ["id", "name"], "key": ["id"], "sql": "SELECT 1, 'a'"}


def test_a_load_names_its_target() -> None:
    assert TableLoad(**GIVEN, within="name").target == Target("public.t", ("id", "name"), ("id",), "name")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"table": ""}, "table of the load is empty"),
        ({"columns": []}, "columns of the load is empty"),
        ({"key": ()}, "key of the load is empty"),
        ({"sql": ""}, "sql of the load is empty"),
        ({"key": ["ident"]}, "ident not among the columns of public.t"),
        ({"within": "moment"}, "moment not among the columns of public.t"),
    ],
)
def test_a_load_that_makes_no_sense_is_refused_with_its_value(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        TableLoad(**{**GIVEN, **changes})


def test_a_mode_that_there_is_not_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="mode is 'upsrt': set it to one of append, upsert, replace, or to a Fill"):
        LoadMode("upsrt")


def test_the_ui_shows_the_query_of_a_load_by_itself() -> None:
    assert TableLoad(**GIVEN).serialize() == {
        "table": "public.t",
        "columns": ["id", "name"],
        "key": ["id"],
        "within": None,
    }


def test_a_table_of_no_staging_is_not_recorded() -> None:
    assert Fill().record("run_users") == []
