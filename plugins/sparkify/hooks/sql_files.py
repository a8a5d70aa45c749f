"""The statements of a folder of SQL files, read by name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sparkify.hooks.sql_text import split_statements


@dataclass(frozen=True)
class SqlFiles:
    """A folder of SQL files.

    :param folder: the folder; files are named relative to it, e.g. ``ledger/loaded_hours.sql``.
    """

    folder: str | Path

    def __post_init__(self) -> None:
        if not str(self.folder):
            raise ValueError("The folder of the SQL files is empty: name the folder, for instance /opt/airflow/sql.")

    def text(self, name: str) -> str:
        """Return a file as it stands, with its comments.

        :raises FileNotFoundError: when there is no such file.
        """
        return (Path(self.folder) / name).read_text(encoding="utf-8")

    def statements(self, name: str) -> list[str]:
        """Return a file's statements without comments."""
        return split_statements(self.text(name))

    def statement(self, name: str) -> str:
        """Return the only statement of a file.

        :raises ValueError: when the file holds none or several.
        """
        statements = self.statements(name)
        if len(statements) != 1:
            raise ValueError(f"{Path(self.folder) / name} holds {len(statements)} statements: one is expected.")
        return statements[0]
