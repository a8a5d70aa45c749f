"""Checks the pipeline's surroundings, one line each."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowFailException

if TYPE_CHECKING:
    from airflow.sdk import Context

    from sparkify.settings import Settings

log = logging.getLogger(__name__)


class DiagnoseOperator(BaseOperator):
    """Runs the checks of :class:`~sparkify.monitoring.doctor.Doctor` and fails when one of them fails.

    :param settings: the pipeline's settings.
    """

    ui_color = "#f2e6c2"

    def __init__(self, *, settings: Settings, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.settings = settings

    def execute(self, context: Context) -> dict[str, int]:
        """Check, log a line for each, and return how many are ok, warn and failed."""
        from sparkify.monitoring.doctor import Doctor

        findings = list(Doctor(self.settings).examine())
        log.info("%s checks\n%s", len(findings), "\n".join(f"  {finding}" for finding in findings))
        failed = [finding for finding in findings if finding.status == "failed"]
        if failed:
            raise AirflowFailException(" | ".join(f"{f.name}: {f.seen} Do: {f.fix}" for f in failed))
        return {status: sum(f.status == status for f in findings) for status in ("ok", "warning", "failed")}
