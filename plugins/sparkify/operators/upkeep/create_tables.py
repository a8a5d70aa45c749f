"""Brings the warehouse's tables to what ``sql/`` says: what is missing is made, what changed is migrated."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from airflow.sdk.exceptions import AirflowFailException

from sparkify.hooks.sql_files import SqlFiles
from sparkify.hooks.sql_text import put_values
from sparkify.ledger.migrations import Migration, Migrations
from sparkify.operators.base import WarehouseOperator

if TYPE_CHECKING:
    from airflow.sdk import Context

    from sparkify.hooks.warehouse import WarehouseSession

log = logging.getLogger(__name__)


class CreateTablesOperator(WarehouseOperator):
    """Creates tables, applies pending migrations and lets the readers read. What is there already stays as it is.

    :param sql_folder: the folder of the SQL files; its subfolder ``migrations`` holds the migrations.
    :param scripts: definitions that say IF NOT EXISTS; SQL text or names of files below the DAG's template path.
    :param loaded_by: the DAG that loads the tables: nothing is migrated while a run of it is running.
    :param comments: what the tables and columns mean; run last, because migrations make columns.
    :param grants: what readers may do, run when their group exists.
    :param reader_group: the group.
    """

    template_fields: Sequence[str] = (*WarehouseOperator.template_fields, "scripts", "comments", "grants")
    template_ext: Sequence[str] = (".sql",)
    template_fields_renderers = {  # noqa: RUF012 - Airflow's own attribute
        "scripts": "sql",
        "comments": "sql",
        "grants": "sql",
    }
    ui_color = "#e4e4e4"

    def __init__(
        self,
        *,
        sql_folder: str,
        scripts: Sequence[str],
        loaded_by: str,
        grants: str,
        reader_group: str,
        comments: Sequence[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.sql_folder = sql_folder
        self.scripts = scripts
        self.loaded_by = loaded_by
        self.comments = comments
        self.grants = grants
        self.reader_group = reader_group

    def execute(self, context: Context) -> dict[str, Any]:
        """Create, migrate and grant, and return what was done.

        :raises AirflowFailException: when there is something to migrate, and a run loads.
        """
        sql = SqlFiles(self.sql_folder)
        with self.session(context) as session:
            is_new = not session.one(sql.statement("upkeep/has_ledger.sql"))[0]
            self._run_scripts(session, self.scripts)
            missing = Migrations(sql).pending(session)
            if missing and not is_new:
                self._refuse_beside_loads(context, missing)
            migrated = self._migrate(session, missing, is_new=is_new)
            self._run_scripts(session, self.comments)
            may_read = self._grant(session)
        count = len(self.scripts) + len(self.comments)
        log.info("Ran %s script(s); migrated: %s.", count, ", ".join(migrated) or "nothing to migrate")
        return {"scripts": count, "migrated": migrated, "readers": may_read}

    @staticmethod
    def _run_scripts(session: WarehouseSession, scripts: Sequence[str]) -> None:
        for script in scripts:
            with session.transaction():
                session.run_script(script)

    def _refuse_beside_loads(self, context: Context, missing: Sequence[Migration]) -> None:
        """Refuse to migrate while a run loads: it has read the old tables, or writes them between two migrations.

        A run that begins later is refused by :func:`~sparkify.ledger.migrations.check_version` until the last one is
        recorded.
        """
        running = context["ti"].get_dr_count(dag_id=self.loaded_by, states=["running"])
        if running:
            raise AirflowFailException(
                f"{len(missing)} migration(s) are to be made ({', '.join(map(str, missing))}), and {running} run(s) of "
                f"{self.loaded_by} are running: pause that DAG, wait until they have ended or mark them as failed, "
                "then clear this task."
            )

    def _migrate(self, session: WarehouseSession, missing: Sequence[Migration], *, is_new: bool) -> list[str]:
        """Apply what is pending; new tables are made with all of it."""
        migrations, migrated = Migrations(SqlFiles(self.sql_folder)), []
        for migration in missing:
            if is_new:
                migrations.record(session, migration)
            elif migrations.apply(session, migration):
                log.info("Applied the migration %s.", migration)
                migrated.append(str(migration))
        return migrated

    def _grant(self, session: WarehouseSession) -> bool:
        has_group = SqlFiles(self.sql_folder).statement("upkeep/has_group.sql")
        if not session.one(put_values(has_group, {"group_name": self.reader_group}))[0]:
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
