"""The pages' queries: files below ``sql/``, run by the reader."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from sparkify.hooks.sql_text import split_statements
from sparkify.pages.reader import Rows, WarehouseReader


class Queries:
    """Runs queries by name.

    :param folder: the folder of the SQL files.
    :param reader: what runs them.
    """

    def __init__(self, folder: Path, reader: WarehouseReader) -> None:
        self.folder = folder
        self._reader = reader

    def page(self, name: str, values: Mapping[str, Any] | None = None) -> Rows:
        """Run a query of ``sql/pages``."""
        return self._reader.read(_load(self.folder / "pages" / f"{name}.sql"), values)

    def analytics(self, name: str, values: Mapping[str, Any]) -> Rows:
        """Run a query of ``sql/analytics``."""
        return self._reader.read(_load(self.folder / "analytics" / f"{name}.sql"), values)

    def text(self, folder: str, name: str) -> str | None:
        """Return a query's text as it stands in its file, or ``None``."""
        path = self.folder / folder / f"{name}.sql"
        return path.read_text(encoding="utf-8") if path.is_file() else None


@cache
def _load(path: Path) -> str:
    [statement] = split_statements(path.read_text(encoding="utf-8"))
    return statement
