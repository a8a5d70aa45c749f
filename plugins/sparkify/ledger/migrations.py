"""Changes of table definitions: numbered scripts below ``sql/migrations``, each applied once to every warehouse.

``sql/tables`` always says what a new warehouse gets; a migration takes one that was made earlier there. The first
statement of a script is a query that returns whether the change is still to be made, so that a script cut off before
it was noted does no harm when it runs again: Redshift has no ``ADD COLUMN IF NOT EXISTS``, and some changes, such as a
longer VARCHAR, are refused in a transaction (https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_TABLE.html).
Changes that belong together stand between BEGIN and COMMIT.

The number of the last script is the version of the tables. Code of one version does not load into tables of another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sparkify.hooks.errors import sqlstate
from sparkify.hooks.sql_text import split_statements

if TYPE_CHECKING:
    from sparkify.hooks.warehouse import WarehouseSession

_FILE = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql")
_APPLIED = "SELECT number FROM etl.migrations"
#: The tables' version that this code loads into: the highest number in ``sql/migrations``, which a test compares.
SCHEMA_VERSION = 8
_VERSION = "SELECT (SELECT MAX(number) FROM etl.migrations), (SELECT COUNT(*) FROM pg_namespace WHERE nspname = %s)"
#: SQLSTATEs of a table, and of a schema, that does not exist.
_MISSING = ("42P01", "3F000")


class SchemaVersionError(Exception):
    """The warehouse's tables are of another version than this code."""


@dataclass(frozen=True)
class Migration:
    """A change of table definitions.

    :param number: its place in the order, from 1.
    :param name: what it does.
    :param question: a query that returns one boolean: whether the change is still to be made.
    :param statements: the change.
    """

    number: int
    name: str
    question: str
    statements: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.number:04d}_{self.name}"

    def apply(self, session: WarehouseSession) -> bool:
        """Make the change unless it is there already, note it, and return whether it was made.

        This is not called in a transaction: a statement commits by itself, unless the script begins one.
        """
        is_needed = bool(session.one(self.question)[0])
        if is_needed:
            for statement in self.statements:
                session.run(statement)
        self.note(session)
        return is_needed

    def note(self, session: WarehouseSession) -> None:
        """Note that the warehouse has the change."""
        now = datetime.now(UTC).replace(tzinfo=None)
        session.run(
            "INSERT INTO etl.migrations (number, name, applied_at) VALUES (%s, %s, %s)", (self.number, self.name, now)
        )


def read_migrations(folder: Path) -> list[Migration]:
    """Return the migrations of a folder in their order.

    :raises ValueError: when a file is named otherwise, a number is missing or twice, or a script has no question.
    """
    migrations = [_read(path) for path in sorted(folder.glob("*.sql"))]
    numbers = [migration.number for migration in migrations]
    if numbers != list(range(1, len(numbers) + 1)):
        raise ValueError(f"{folder} has the numbers {numbers}: number its files from 0001 without gaps.")
    return migrations


def pending(migrations: Iterable[Migration], session: WarehouseSession) -> list[Migration]:
    """Return those that the warehouse does not have, in their order."""
    applied = {int(row[0]) for row in session.rows(_APPLIED)}
    return [migration for migration in migrations if migration.number not in applied]


def check_version(session: WarehouseSession, schema: str) -> bool:
    """Compare the version of the warehouse's tables with the code's, and return whether a schema exists.

    One statement. Outside of a transaction it sees what is committed, inside of one what its snapshot holds.

    :param schema: the schema's name.
    :raises SchemaVersionError: when they differ.
    """
    try:
        found, schemas = session.one(_VERSION, (schema,))
    except Exception as error:
        if sqlstate(error) not in _MISSING:
            raise
        raise SchemaVersionError(
            "The warehouse has no table etl.migrations: run the DAG sparkify_create_tables, then clear this task."
        ) from None
    refuse_other_version(None if found is None else int(found))
    return bool(schemas)


def refuse_other_version(found: int | None) -> None:
    """Refuse to load into tables of another version.

    :param found: the highest number in ``etl.migrations``, ``None`` when it is empty.
    :raises SchemaVersionError: when it is not :data:`SCHEMA_VERSION`.
    """
    if found == SCHEMA_VERSION:
        return
    versions = f"The warehouse's tables are of version {found or 0}, this code loads into version {SCHEMA_VERSION}"
    if found is None or found < SCHEMA_VERSION:
        step = "run the DAG sparkify_create_tables while nothing loads, then clear this task"
    else:
        step = "deploy the code that migrated them, or take the tables back (docs/upgrading.md)"
    raise SchemaVersionError(f"{versions}: {step}.")


def _read(path: Path) -> Migration:
    named = _FILE.fullmatch(path.name)
    if not named:
        raise ValueError(f"{path} is no name of a migration: call it like 0002_what_it_does.sql.")
    question, *statements = split_statements(path.read_text(encoding="utf-8")) or [""]
    if not question.upper().startswith("SELECT") or not statements:
        raise ValueError(f"{path} must begin with a SELECT of whether it is needed, and the change must follow.")
    return Migration(int(named[1]), named[2], question, tuple(statements))
