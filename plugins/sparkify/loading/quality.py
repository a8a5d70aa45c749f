"""Data quality checks: what they are, the queries that run many of them at once, and how results are judged.

Pure: values in, values and SQL text out. A check is a query for offending rows, so that the statement which
decides is the one that shows what is wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sparkify.hooks.sql_text import quote_identifier, quote_literal
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


def has_rows(table: str, severity: Severity = Severity.ERROR, at_least: int = 1) -> Check:
    """Check that a table has at least so many rows."""
    return Check(
        f"{_label(table)}_has_rows",
        f"SELECT COUNT(*) AS found FROM {quote_identifier(table)} HAVING COUNT(*) < {int(at_least)}",
        severity,
    )


def not_null(table: str, columns: Sequence[str], severity: Severity = Severity.ERROR) -> Check:
    """Check that none of the columns holds NULL."""
    names = ", ".join(map(quote_identifier, columns))
    nulls = " OR ".join(f"{quote_identifier(column)} IS NULL" for column in columns)
    return Check(
        f"{_label(table)}_{'_'.join(columns)}_not_null",
        f"SELECT {names} FROM {quote_identifier(table)} WHERE {nulls}",
        severity,
    )


def unique(table: str, columns: Sequence[str], severity: Severity = Severity.ERROR) -> Check:
    """Check that no two rows share the columns' values, which Redshift's UNIQUE does not enforce."""
    names = ", ".join(map(quote_identifier, columns))
    return Check(
        f"{_label(table)}_{'_'.join(columns)}_unique",
        f"SELECT {names}, COUNT(*) AS copies FROM {quote_identifier(table)} GROUP BY {names} HAVING COUNT(*) > 1",
        severity,
    )


def references(table: str, column: str, parent: str, parent_column: str, severity: Severity = Severity.ERROR) -> Check:
    """Check that every non-null value is found in the parent, which Redshift's FOREIGN KEY does not enforce."""
    child, key = quote_identifier(column), quote_identifier(parent_column)
    return Check(
        f"{_label(table)}_{column}_references_{_label(parent)}",
        f"SELECT DISTINCT c.{child} FROM {quote_identifier(table)} AS c"
        f" LEFT JOIN {quote_identifier(parent)} AS p ON c.{child} = p.{key}"
        f" WHERE c.{child} IS NOT NULL AND p.{key} IS NULL",
        severity,
    )


def accepted_values(table: str, column: str, values: Sequence[str], severity: Severity = Severity.ERROR) -> Check:
    """Check that a column holds only these values; NULL is not one of them."""
    name = quote_identifier(column)
    accepted = ", ".join(map(quote_literal, values))
    return Check(
        f"{_label(table)}_{column}_accepted",
        f"SELECT DISTINCT {name} FROM {quote_identifier(table)} WHERE {name} IS NULL OR {name} NOT IN ({accepted})",
        severity,
    )


def fresh(table: str, column: str, max_age_hours: int, severity: Severity = Severity.ERROR) -> Check:
    """Check that the newest timestamp (UTC) is at most so many hours old; an empty table is not fresh."""
    newest = f"MAX({quote_identifier(column)})"
    return Check(
        f"{_label(table)}_{column}_fresh",
        f"SELECT {newest} AS newest FROM {quote_identifier(table)}"
        f" HAVING {newest} IS NULL OR {newest} < DATEADD(hour, -{int(max_age_hours)}, GETDATE())",
        severity,
    )


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


def _label(table: str) -> str:
    return table.rpartition(".")[2]
