"""Shows what a run of the hourly DAG would find and do, and does none of it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sparkify.ledger.changes import compare
from sparkify.ledger.ledger import Ledger
from sparkify.ledger.plan import PlannedHour, describe_hours, plan_hours, summarize
from sparkify.operators.base import WarehouseOperator
from sparkify.operators.report import format_counts
from sparkify.sources import event_source, song_source
from sparkify.windows import Window

if TYPE_CHECKING:
    from airflow.sdk import DAG, Context

    from sparkify.hooks.source_object import SourceObject
    from sparkify.hooks.warehouse import WarehouseSession
    from sparkify.settings import Settings

log = logging.getLogger(__name__)

_SHOWN = 400


class PlanLoadOperator(WarehouseOperator):
    """Lists a window's files, compares them with the ledger, and shows the SQL that would run. Changes nothing.

    :param hourly: the DAG that would run; the statements are those of its own tasks.
    :param settings: the pipeline's settings.
    :param window: the hours, as text; see :meth:`~sparkify.windows.Window.parse`.
    :param show_sql: whether the log shows the SQL as well.
    """

    template_fields: Sequence[str] = (*WarehouseOperator.template_fields, "window")
    ui_color = "#f2e6c2"

    def __init__(
        self,
        *,
        hourly: DAG,
        settings: Settings,
        window: str,
        show_sql: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(redshift_conn_id=settings.redshift_conn_id, **kwargs)
        self.hourly = hourly
        self.settings = settings
        self.window = window
        self.show_sql = show_sql

    def execute(self, context: Context) -> dict[str, Any]:
        """Show the plan and return its figures."""
        with self.session(context) as session:
            hours, songs = self._look(session)
        counts = {**summarize(hours), "new_song_files": len(songs)}
        lines = describe_hours(hours)
        more = [f"and {len(lines) - _SHOWN} more lines"] if len(lines) > _SHOWN else []
        log.info("The hours\n%s", "\n".join(f"  {line}" for line in [*lines[:_SHOWN], *more]))
        log.info("%s", format_counts("In all", counts))
        for task_id, statements in self._statements(context).items() if self.show_sql else ():
            log.info("-- %s\n%s", task_id, ";\n\n".join(statement.strip().rstrip(";") for statement in statements))
        return counts

    def _look(self, session: WarehouseSession) -> tuple[list[PlannedHour], list[SourceObject]]:
        from sparkify.hooks.object_store import ObjectStore
        from sparkify.staging.new_files import NewFiles

        settings, window = self.settings, Window.parse(self.window)
        store = ObjectStore(settings.aws_conn_id)
        listing, unclaimed = event_source(settings).survey(store, window)
        unclaimed.warn(log)
        loaded = Ledger("songplays", settings.sql_folder).read_hours(session, window)
        changes = compare(listing, loaded, window)
        new_songs = NewFiles(song_source(settings), Ledger("songs", settings.sql_folder)).peek(session, store)
        return plan_hours(listing, loaded.hours, changes, window), new_songs

    def _statements(self, context: Context) -> dict[str, list[str]]:
        """Return the statements of the hourly DAG's tasks, rendered as they would be for this window."""
        found: dict[str, list[str]] = {}
        given = context["params"]
        params = {**{name: self.hourly.params[name] for name in self.hourly.params if name not in given}, **given}
        for task in self.hourly.topological_sort():  # type: ignore[no-untyped-call]
            if isinstance(task, WarehouseOperator):
                copy: Any = task.prepare_for_execution()
                copy.resolve_template_files()
                copy.render_template_fields({**context, "dag": self.hourly, "task": copy, "params": params})
                found[task.task_id] = copy.statements()
        return found
