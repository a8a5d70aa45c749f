"""The steps of a publish: scripts, bounds, and tables that are updated from their candidates. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from sparkify.loading.table_changes import Target, add_missing, remove_differing
from sparkify.templated import Templated


@dataclass(frozen=True)
class Step(Templated):
    """A step of the publishing transaction.

    :param when: the name of bounds; the step is skipped if they have no range.
    """

    when: str = field(default="", kw_only=True)


@dataclass(frozen=True)
class SqlStep(Step):
    """A step that is written in SQL.

    :param sql: its SQL, or the name of a ``.sql`` file below the DAG's template path.
    :raises ValueError: when it is empty.
    """

    template_fields = ("sql",)

    sql: str

    def __post_init__(self) -> None:
        if not self.sql.strip():
            raise ValueError(f"sql of the {type(self).__name__} is empty: give SQL, or the name of a .sql file.")

    def serialize(self) -> str:
        """Return what Airflow's UI shows of the step: its SQL."""
        return self.sql


@dataclass(frozen=True)
class Script(SqlStep):
    """Runs statements; a DELETE or UPDATE whose bounds have no range is skipped."""


@dataclass(frozen=True)
class Bounds(SqlStep):
    """Reads bounds for the steps that follow, see :func:`~sparkify.loading.bounds.read_bounds`.

    :param names: the names that it defines; a name for which no range is found has none.
    :raises ValueError: when it defines no name, or one twice.
    """

    names: tuple[str, ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.names or len(set(self.names)) < len(self.names):
            raise ValueError(f"names of the Bounds are {self.names}: name what the query defines, once each.")


@dataclass(frozen=True)
class Merge(Step):
    """Updates a table from a table of candidates, see :mod:`sparkify.loading.table_changes`.

    :param target: the table, and the bounds within which its rows are looked at.
    :param candidate: the table of candidates, with columns named as the table's.
    :param chosen: a condition on the candidates, whose alias is ``c``; empty: all of them.
    :raises ValueError: when there is no table of candidates.
    """

    target: Target
    candidate: str
    chosen: str = ""

    def __post_init__(self) -> None:
        if not self.candidate:
            raise ValueError(f"candidate of the Merge into {self.target.table} is empty: name a table.")

    @property
    def statements(self) -> tuple[str, str]:
        """The statement that removes rows that differ from their candidate, and the one that adds what is missing."""
        return (
            remove_differing(self.target, self.candidate, self.chosen),
            add_missing(self.target, self.candidate, self.chosen),
        )

    def serialize(self) -> str:
        """Return what Airflow's UI shows of the step: its statements."""
        return ";\n\n".join(self.statements)
