"""The Data API's values and parameters."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from local_redshift.data_api.errors import ApiError
from local_redshift.data_api.values import field, numbered


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, {"isNull": True}),
        (True, {"booleanValue": True}),
        (7, {"longValue": 7}),
        (1.5, {"doubleValue": 1.5}),
        (Decimal("1.50"), {"stringValue": "1.50"}),
        (date(2018, 11, 1), {"stringValue": "2018-11-01"}),
        ("x", {"stringValue": "x"}),
    ],
)
def test_a_value_is_written_by_its_kind(value: Any, written: dict[str, Any]) -> None:
    # https://docs.aws.amazon.com/redshift-data/latest/APIReference/API_Field.html
    assert field(value) == written


def test_named_parameters_are_numbered_outside_of_strings_and_casts() -> None:
    parameters = [{"name": "a", "value": "1"}, {"name": "b", "value": "x"}]
    sql = "SELECT :a::INT, ':b', :b -- :c\n FROM t WHERE x = :a"
    assert numbered(sql, parameters) == ("SELECT $1::INT, ':b', $2 -- :c\n FROM t WHERE x = $1", ["1", "x"])
    assert numbered("SELECT ':a'", []) == ("SELECT ':a'", [])


def test_a_parameter_without_a_value_is_an_error() -> None:
    with pytest.raises(ApiError, match="Parameter b"):
        numbered("SELECT :a, :b", [{"name": "a", "value": "1"}])
