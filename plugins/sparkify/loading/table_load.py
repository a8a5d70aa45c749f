"""What a load operator loads: one table from one query, and how the table's rows are treated. Pure.

The INSERT is put together here: this room is generic, and ``sql/`` is the project's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sparkify.hooks.sql_text import quote_identifier, quote_literal
from sparkify.loading.table_changes import Target
from sparkify.templated import Templated


@dataclass(frozen=True)
class TableLoad(Templated):
    """One table, and the query of its rows.

    :param table: the table to load, with or without a schema.
    :param columns: its columns, in the order of the query's.
    :param key: the columns that identify a row; candidates must have them, once each.
    :param sql: a SELECT, as text or as the name of a ``.sql`` file below the DAG's template path.
    :param within: a column, best the sort key: only the part of the table between the candidates' lowest and highest
        value of it is read.
    :raises ValueError: when the table or the query is empty, or when ``key`` or ``within`` is no column.
    """

    template_fields = ("table", "sql")

    table: str
    columns: Sequence[str]
    key: Sequence[str]
    sql: str
    within: str | None = None

    def __post_init__(self) -> None:
        for name in ("table", "columns", "key", "sql"):
            if not getattr(self, name):
                raise ValueError(f"{name} of the load is empty: name what to load.")
        Target(self.table, tuple(self.columns), tuple(self.key), self.within)  # which checks key and within

    @property
    def target(self) -> Target:
        """The table, for the statements of :mod:`sparkify.loading.table_changes`."""
        return Target(self.table, tuple(self.columns), tuple(self.key), self.within)

    def serialize(self) -> dict[str, Any]:
        """Return what Airflow's UI shows of the load; the query is left out, because the UI shows it separately."""
        return {name: value for name, value in super().serialize().items() if name != "sql"}


@dataclass(frozen=True)
class Fill:
    """Fills an empty table of the run's own schema; a table with rows was filled by an earlier try, and is left.

    :param staged_as: the staging table that the query reads. What was built, from which staging, is recorded in the
        table ``run_loads``, and is published only as long as both are the same. Empty: nothing is recorded.
    :param files_staged_by: the id of the task that stages the query's files: if it staged none, there is nothing to do.
        Empty: the query runs in any case.
    """

    staged_as: str = ""
    files_staged_by: str = ""

    def record(self, table: str) -> list[str]:
        """Return the statement that records what was built, if it is to be recorded.

        :param table: the table that was filled.
        """
        if not self.staged_as:
            return []
        name = quote_literal(table)
        return [
            "INSERT INTO run_loads (table_name, row_count, as_of)"
            f"\nSELECT {name}, (SELECT COUNT(*) FROM {quote_identifier(table)}), MAX(as_of)"
            f"\nFROM staged_partitions WHERE table_name = {quote_literal(self.staged_as)}"
            f" AND NOT EXISTS (SELECT 1 FROM run_loads WHERE table_name = {name})"
            "\nGROUP BY table_name"  # an aggregate of no rows would be a row
        ]
