"""The steps of a publish: scripts, bounds, and tables that are brought to what their candidates say."""

from __future__ import annotations

from dataclasses import dataclass

from sparkify.templated import Templated


@dataclass(frozen=True)
class Step(Templated):
    """A step of the publishing transaction.

    :param sql: its SQL, or the name of a ``.sql`` file below the DAG's template path.
    :param when: the name of bounds; without any range of these there is nothing to do.
    """

    template_fields = ("sql",)

    sql: str = ""
    when: str = ""

    def serialize(self) -> str:
        """Return what Airflow's UI shows of the step: its SQL."""
        return self.sql


@dataclass(frozen=True)
class Script(Step):
    """Runs statements; a DELETE or UPDATE whose bounds have no range is left out."""


@dataclass(frozen=True)
class Bounds(Step):
    """Reads bounds for the steps that follow, see :func:`~sparkify.loading.bounds.read_bounds`.

    :param names: the names that it gives; one of which it finds no range, or which it does not look for, has none.
    """

    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Merge(Step):
    """Brings a table's rows to what a table of candidates says, see :mod:`sparkify.loading.table_changes`.

    :param table: the table.
    :param columns: its columns.
    :param key: the columns that identify a row.
    :param candidate: the table of candidates, with columns named as the table's.
    :param within: the table's sort key.
    :param bounds: the name of the bounds of the candidates' sort keys.
    :param chosen: a condition on the candidates, whose alias is ``c``.
    """

    table: str = ""
    columns: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    candidate: str = ""
    within: str = ""
    bounds: str = ""
    chosen: str = ""
