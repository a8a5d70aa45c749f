"""The base of the value objects that operators take, which Airflow's templater renders.

The templater writes what it rendered into the object that it found, see ``_do_render_template_fields`` in
``airflow.sdk.definitions._internal.templater``. An object that two tasks share would keep what the first of them
rendered, so :class:`~sparkify.operators.base.WarehouseOperator` replaces value objects by rendered copies instead.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar, Self


@dataclass(frozen=True)
class Templated:
    """A frozen dataclass of which some fields may hold templates.

    A subclass names these fields and checks itself in ``__post_init__``, which runs again for the rendered copy: a
    template passes a check for its type and for not being empty, what it renders to passes all of them.
    """

    template_fields: ClassVar[tuple[str, ...]] = ()

    def rendered(self, render: Callable[[Any], Any]) -> Self:
        """Return a copy of the object with its templates rendered.

        :param render: renders one value.
        :raises ValueError: when a rendered value is not valid.
        """
        return replace(self, **{name: render(getattr(self, name)) for name in self.template_fields})

    def serialize(self) -> Any:
        """Return what Airflow's UI shows of the object under *Rendered Templates*: its fields by their names."""
        return {field.name: getattr(self, field.name) for field in fields(self)}
