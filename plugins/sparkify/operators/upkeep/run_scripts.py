"""Runs SQL scripts, each in a transaction of its own."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sparkify.operators.base import WarehouseOperator
from sparkify.params import is_true

if TYPE_CHECKING:
    from airflow.sdk import Context

log = logging.getLogger(__name__)


class RunScriptsOperator(WarehouseOperator):
    """Runs SQL scripts that belong to no load.

    :param scripts: SQL text or names of ``.sql`` files below the DAG's template path, run in order.
    :param enabled: whether to run them; may be a template. If not, the task logs that and does nothing.
    :param lock: the table on which writers queue, for scripts that change rows; ``None``: they need no lock.
    """

    template_fields: Sequence[str] = (*WarehouseOperator.template_fields, "scripts", "enabled")
    template_ext: Sequence[str] = (".sql",)
    template_fields_renderers = {"scripts": "sql"}  # noqa: RUF012 - Airflow's own attribute
    ui_color = "#e4e4e4"

    def __init__(
        self, *, scripts: Sequence[str], enabled: bool | str = True, lock: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.scripts = scripts
        self.enabled = enabled
        self.lock = lock

    def execute(self, context: Context) -> dict[str, Any]:
        """Run the scripts and return how many there were."""
        if not is_true(self.enabled):
            log.info("Not asked for: nothing was run.")
            return {"scripts": 0}
        with self.session(context) as session:
            for script in self.scripts:
                with session.transaction(lock=self.lock):
                    session.run_script(script)
        log.info("Ran %s script(s).", len(self.scripts))
        return {"scripts": len(self.scripts)}
