"""Ledgers that run the project's own SQL files."""

from __future__ import annotations

from pathlib import Path

from sparkify.ledger.ledger import Ledger
from sparkify.tables import WRITERS_LOCK

SQL_FOLDER = str(Path(__file__).parents[2] / "sql")


def ledger_of(target: str) -> Ledger:
    """Return the ledger of a source."""
    return Ledger(target, SQL_FOLDER, WRITERS_LOCK)
