"""Value objects of operators: checked when they are made and when they are rendered, and never changed in place."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass
from typing import Any

import pytest
from airflow.sdk import DAG

from sparkify.hooks.refusal import RunRefusedError
from sparkify.operators.base import WarehouseOperator
from sparkify.templated import Templated


@dataclass(frozen=True)
class Limit(Templated):
    template_fields = ("share",)

    share: str
    note: str = "{{ untouched }}"

    def __post_init__(self) -> None:
        if not self.share.startswith("{{") and not 0 <= float(self.share) <= 1:
            raise ValueError(f"share is {self.share}: give a number from 0 to 1.")


@dataclass(frozen=True)
class Pair(Templated):
    template_fields = ("first", "more")

    first: Limit
    more: tuple[Limit, ...] = ()


class LimitedOperator(WarehouseOperator):
    template_fields = ("limit", "limits")

    def __init__(self, *, limit: Any, limits: Any = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.limit = limit
        self.limits = limits


def rendered(limit: Any, *, params: dict[str, Any], **options: Any) -> LimitedOperator:
    """Return the operator as a run with these params has it."""
    with DAG("d", schedule=None):
        operator = LimitedOperator(task_id="t", limit=limit, **options)
    copy = operator.prepare_for_execution()
    copy.render_template_fields({"params": params})  # type: ignore[typeddict-item]
    return copy


def test_the_named_fields_are_rendered_into_a_copy() -> None:
    shared = Limit("{{ params.share }}")
    assert rendered(shared, params={"share": "0.5"}).limit == Limit("0.5")
    assert rendered(shared, params={"share": "0.7"}).limit == Limit("0.7"), "another run renders the template again"
    assert shared.share == "{{ params.share }}"


def test_objects_within_objects_and_collections_are_rendered() -> None:
    pair = Pair(Limit("{{ params.share }}"), (Limit("{{ params.share }}"), Limit("1")))
    operator = rendered(pair, params={"share": "0.5"}, limits=[Limit("{{ params.share }}")])
    assert operator.limit == Pair(Limit("0.5"), (Limit("0.5"), Limit("1")))
    assert operator.limits == [Limit("0.5")]


def test_a_value_that_is_known_only_when_it_is_rendered_is_checked_then() -> None:
    with pytest.raises(RunRefusedError, match="t cannot start: share is 2: give a number"):
        rendered(Limit("{{ params.share }}"), params={"share": "2"})


def test_a_value_object_cannot_be_changed_and_is_shown_by_its_fields() -> None:
    limit = Limit("0.5")
    with pytest.raises(FrozenInstanceError):
        limit.share = "0.7"  # type: ignore[misc]
    assert limit.serialize() == {"share": "0.5", "note": "{{ untouched }}"}
