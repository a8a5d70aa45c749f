"""Brings the warehouse's tables to what ``sql/`` says: what is missing is made, what changed is migrated."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sparkify.migrations import pending, read_migrations
from sparkify.operators.base import WarehouseOperator

if TYPE_CHECKING:
    from airflow.sdk import Context

    from sparkify.hooks.warehouse import WarehouseSession

log = logging.getLogger(__name__)

_TABLES = "SELECT COUNT(*) FROM svv_tables WHERE table_schema = 'etl' AND table_name = 'load_ledger'"
_GROUPS = "SELECT COUNT(*) FROM pg_group WHERE groname = %s"


class CreateTablesOperator(WarehouseOperator):
    """Creates tables, applies pending migrations and lets the readers read. What is there already stays as it is.

    :param scripts: definitions that say IF NOT EXISTS; SQL text or names of files below the DAG's template path.
    :param migrations_folder: the folder of the migrations.
    :param grants: what readers may do, run when their group exists.
    :param reader_group: the group.
    """

    template_fields: Sequence[str] = (*WarehouseOperator.template_fields, "scripts", "grants")
    template_ext: Sequence[str] = (".sql",)
    template_fields_renderers = {"scripts": "sql", "grants": "sql"}  # noqa: RUF012 - Airflow's own attribute
    ui_color = "#e4e4e4"

    def __init__(
        self, *, scripts: Sequence[str], migrations_folder: str, grants: str, reader_group: str, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.scripts = scripts
        self.migrations_folder = migrations_folder
        self.grants = grants
        self.reader_group = reader_group

    def execute(self, context: Context) -> dict[str, Any]:
        """Do so and return what was done."""
        with self.session(context) as session:
            is_new = not session.one(_TABLES)[0]
            for script in self.scripts:
                with session.transaction():
                    session.run_script(script)
            migrated = self._migrate(session, is_new=is_new)
            may_read = self._grant(session)
        log.info("Ran %s script(s); migrated: %s.", len(self.scripts), ", ".join(migrated) or "nothing to migrate")
        return {"scripts": len(self.scripts), "migrated": migrated, "readers": may_read}

    def _migrate(self, session: WarehouseSession, *, is_new: bool) -> list[str]:
        """Apply what is pending; new tables are made with all of it."""
        migrated = []
        for migration in pending(read_migrations(Path(self.migrations_folder)), session):
            if is_new:
                migration.note(session)
            elif migration.apply(session):
                log.info("Applied the migration %s.", migration)
                migrated.append(str(migration))
        return migrated

    def _grant(self, session: WarehouseSession) -> bool:
        if not session.one(_GROUPS, (self.reader_group,))[0]:
            log.warning(
                "There is no group %s, so the pages read by the loading user. As a superuser: CREATE GROUP %s, and "
                "run this again.",
                self.reader_group,
                self.reader_group,
            )
            return False
        with session.transaction():
            session.run_script(self.grants)
        return True
