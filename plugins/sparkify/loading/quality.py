"""Data quality checks: what they are, the queries that run many of them at once, and how results are judged.

Pure: values in, values and SQL text out. A check is a query for offending rows, so that the statement which
decides is the one that shows what is wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sparkify.hooks.sql_text import quote_literal
from sparkify.templated import Templated


class Severity(StrEnum):
    """What a failed check does."""

    #: The task fails.
    ERROR = "error"
    #: The task logs it and goes on.
    WARN = "warn"


@dataclass(frozen=True)
class Check(Templated):
    """One named check.

    :param name: how logs, results and pages call it; unique within an operator.
    :param sql: a SELECT of the offending rows; the check passes when there are none. Text, or the name of a
        ``.sql`` file below the DAG's template path.
    :param severity: what happens when it fails.
    """

    template_fields = ("sql",)

    name: str
    sql: str
    severity: Severity = Severity.ERROR

    def serialize(self) -> str:
        """Return what Airflow's UI shows of the check: its SQL."""
        return self.sql


@dataclass(frozen=True)
class Result:
    """The outcome of one check.

    :param failures: the number of offending rows.
    :param sample: some of them, one text each.
    """

    check: Check
    failures: int
    sample: tuple[str, ...] = ()

    @property
    def status(self) -> str:
        """``passed``, ``warned`` or ``failed``."""
        if not self.failures:
            return "passed"
        return "failed" if self.check.severity is Severity.ERROR else "warned"

    def describe(self) -> str:
        """Return the result as one line."""
        rows = "; ".join(self.sample)
        return f"{self.check.name}: {self.failures} offending row(s)" + (f", for example {rows}" if rows else "")


def checks_from(files: Mapping[str, Iterable[str]]) -> list[Check]:
    """Make checks of files: ``{"error": ["quality/songplays_unique.sql"], "warn": […]}``.

    Each is named by its file's stem.
    """
    return [
        Check(path.rpartition("/")[2].removesuffix(".sql"), path, Severity(severity))
        for severity, paths in files.items()
        for path in paths
    ]


def count_query(checks: Sequence[Check]) -> str:
    """Return one query for the number of offending rows of every check, as (check, failures)."""
    return "\nUNION ALL\n".join(
        f"SELECT {quote_literal(check.name)} AS check_name, COUNT(*) AS failures FROM (\n"
        f"{check.sql.strip().rstrip(';')}\n) AS offending"
        for check in checks
    )


def sample_query(check: Check, limit: int) -> str:
    """Return the query for some of a check's offending rows."""
    return f"SELECT * FROM (\n{check.sql.strip().rstrip(';')}\n) AS offending LIMIT {int(limit)}"


def sample_text(row: Mapping[str, Any]) -> str:
    """Return an offending row as text: its columns with their values."""
    return ", ".join(f"{name} {'NULL' if value is None else value}" for name, value in row.items())
