"""A stand-in for a warehouse session, which answers by the beginnings of statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sparkify.hooks import warehouse
from sparkify.hooks.sql_text import put_values


class FakeSession(warehouse.WarehouseSession):
    """Records statements; answers by the first matching prefix with rows or a row count, or fails as prepared.

    :param answers: beginnings of statements, with the rows that a query finds or the number of rows that are changed.
    :param failures: beginnings of statements, with what they fail with, one after the other.
    """

    def __init__(self, answers: Mapping[str, Any], failures: Mapping[str, list[Exception]] | None = None) -> None:
        self.answers = answers
        self.failures = failures or {}
        self.ran: list[str] = []
        self.pid = 1
        self.lock_wait_seconds = 900

    def run(self, sql: str, parameters: Sequence[Any] | None = None, *, secret: bool = False) -> int:
        """Note a statement and return how many rows it changes."""
        self._note(sql)
        return int(self._answer(0))

    def rows(self, sql: str, parameters: Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
        """Note a query and return its rows."""
        self._note(sql)
        return list(self._answer([]))

    def records(self, sql: str, values: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """Note a query and return its rows, which the answers have as dicts."""
        self._note(put_values(sql, values or {}))
        return list(self._answer([]))

    def _note(self, sql: str) -> None:
        self.ran.append(" ".join(sql.split()))
        for prefix, errors in self.failures.items():
            if self.ran[-1].startswith(prefix) and errors:
                raise errors.pop(0)

    def _answer(self, otherwise: Any) -> Any:
        return next((answer for prefix, answer in self.answers.items() if self.ran[-1].startswith(prefix)), otherwise)
