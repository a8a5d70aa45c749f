"""The pages' queries: files below ``sql/``, run by the reader."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from sparkify.hooks.sql_files import SqlFiles
from sparkify.ledger.ledger import Ledger, LoadedHours, NewestLoad
from sparkify.pages.reader import Rows, WarehouseReader
from sparkify.tables import WRITERS_LOCK
from sparkify.windows import Window


class Queries:
    """Runs queries by name.

    :param folder: the folder of the SQL files.
    :param reader: what runs them.
    """

    def __init__(self, folder: Path, reader: WarehouseReader) -> None:
        self._sql = SqlFiles(folder)
        self._reader = reader
        self._ledger = Ledger("songplays", str(folder), WRITERS_LOCK)

    def page(self, name: str, values: Mapping[str, Any] | None = None) -> Rows:
        """Run a query of ``sql/pages``."""
        return self._reader.read(_statement(self._sql, f"pages/{name}.sql"), values)

    def analytics(self, name: str, values: Mapping[str, Any]) -> Rows:
        """Run a query of ``sql/analytics``."""
        return self._reader.read(_statement(self._sql, f"analytics/{name}.sql"), values)

    def newest_load(self) -> NewestLoad:
        """Return how far the loads of the plays have got."""
        return self._ledger.newest_load(self._reader)

    def loaded_hours(self, window: Window) -> LoadedHours:
        """Return the window's hours that are loaded, with the files that each was loaded from."""
        return self._ledger.read_hours(self._reader, window)

    def text(self, folder: str, name: str) -> str | None:
        """Return a query's text as it stands in its file, or ``None``."""
        try:
            return self._sql.text(f"{folder}/{name}.sql")
        except FileNotFoundError:
            return None


@cache
def _statement(sql: SqlFiles, name: str) -> str:
    return sql.statement(name)
