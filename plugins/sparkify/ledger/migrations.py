"""Changes of table definitions: numbered scripts below ``sql/migrations``, each applied once to every warehouse.

``sql/tables`` always says what a new warehouse gets; a migration takes one that was made earlier there. The first
statement of a script is a query that returns whether the change still has to be made, so that a script cut off before
it was recorded does no harm when it runs again: Redshift has no ``ADD COLUMN IF NOT EXISTS``, and some changes, such
as a longer VARCHAR, are refused in a transaction (https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_TABLE.html).
Changes that belong together stand between BEGIN and COMMIT.

The number of the last script is the version of the tables. Code of one version does not load into tables of another.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sparkify.hooks.errors import sqlstate
from sparkify.hooks.sql_files import SqlFiles
from sparkify.hooks.sql_text import put_values

if TYPE_CHECKING:
    from sparkify.hooks.warehouse import WarehouseSession

_FILE = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql")
#: The tables' version that this code loads into: the highest number in ``sql/migrations``, which a test compares.
SCHEMA_VERSION = 8
#: SQLSTATEs of a table, and of a schema, that does not exist.
_MISSING = ("42P01", "3F000")


class SchemaVersionError(Exception):
    """The warehouse's tables are of another version than this code."""


@dataclass(frozen=True)
class Migration:
    """A change of table definitions.

    :param number: its place in the order, from 1.
    :param name: what it does.
    :param question: a query that returns one boolean: whether the change still has to be made.
    :param statements: the change.
    """

    number: int
    name: str
    question: str
    statements: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.number:04d}_{self.name}"


@dataclass(frozen=True)
class Migrations:
    """The migrations of the SQL files, and which of them a warehouse has.

    :param sql: the SQL files; the subfolder ``migrations`` holds the scripts.
    """

    sql: SqlFiles

    def read(self) -> list[Migration]:
        """Return all migrations in their order.

        :raises ValueError: when a file has another kind of name, a number is missing or there twice, or a script does
            not begin with a question.
        """
        folder = Path(self.sql.folder) / "migrations"
        migrations = [self._read(path.name) for path in sorted(folder.glob("*.sql"))]
        numbers = [migration.number for migration in migrations]
        if numbers != list(range(1, len(numbers) + 1)):
            raise ValueError(f"{folder} has the numbers {numbers}: number its files from 0001 without gaps.")
        return migrations

    def pending(self, session: WarehouseSession) -> list[Migration]:
        """Return those that the warehouse does not have, in their order."""
        applied = {int(row[0]) for row in session.rows(self.sql.statement("upkeep/applied_migrations.sql"))}
        return [migration for migration in self.read() if migration.number not in applied]

    def apply(self, session: WarehouseSession, migration: Migration) -> bool:
        """Make a change unless it is there already, record it, and return whether it was made.

        This is not called in a transaction: a statement commits by itself, unless the script begins one.
        """
        is_needed = bool(session.one(migration.question)[0])
        if is_needed:
            for statement in migration.statements:
                session.run(statement)
        self.record(session, migration)
        return is_needed

    def record(self, session: WarehouseSession, migration: Migration) -> None:
        """Record that the warehouse has a change."""
        values = {"number": migration.number, "name": migration.name}
        session.run(put_values(self.sql.statement("upkeep/record_migration.sql"), values))

    def _read(self, file_name: str) -> Migration:
        named = _FILE.fullmatch(file_name)
        if not named:
            raise ValueError(f"{file_name} is not the name of a migration: call it like 0002_what_it_does.sql.")
        question, *statements = self.sql.statements(f"migrations/{file_name}") or [""]
        if not question.upper().startswith("SELECT") or not statements:
            raise ValueError(
                f"{file_name} must begin with a SELECT of whether it is needed, and the change must follow."
            )
        return Migration(int(named[1]), named[2], question, tuple(statements))


def check_version(session: WarehouseSession, sql: str, schema: str, created_by: str) -> bool:
    """Compare the version of the warehouse's tables with the code's, and return whether a schema exists.

    It is one statement. Outside a transaction it sees what is committed, inside one what the snapshot holds.

    :param sql: a query of the highest number in ``etl.migrations`` and of how many schemas are called ``:schema_name``.
    :param schema: the schema's name.
    :param created_by: the DAG that creates and migrates the tables.
    :raises SchemaVersionError: when they differ.
    """
    try:
        found, schemas = session.one(put_values(sql.strip().rstrip(";"), {"schema_name": schema}))
    except Exception as error:
        if sqlstate(error) not in _MISSING:
            raise
        raise SchemaVersionError(
            f"The warehouse has no table etl.migrations: run the DAG {created_by}, then clear this task."
        ) from None
    refuse_other_version(None if found is None else int(found), created_by)
    return bool(schemas)


def refuse_other_version(found: int | None, created_by: str = "that creates the tables") -> None:
    """Refuse to load into tables of another version.

    :param found: the highest number in ``etl.migrations``, ``None`` when it is empty.
    :param created_by: the DAG that creates and migrates the tables.
    :raises SchemaVersionError: when it is not :data:`SCHEMA_VERSION`.
    """
    if found == SCHEMA_VERSION:
        return
    versions = f"The warehouse's tables are of version {found or 0}, this code loads into version {SCHEMA_VERSION}"
    if found is None or found < SCHEMA_VERSION:
        step = f"run the DAG {created_by} while nothing loads, then clear this task"
    else:
        step = "deploy the code that migrated them, or take the tables back (docs/upgrading.md)"
    raise SchemaVersionError(f"{versions}: {step}.")
