"""Checks what a pipeline needs of its surroundings, one line for each check."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowFailException

if TYPE_CHECKING:
    from airflow.sdk import Context

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Finding:
    """The outcome of a check.

    :param name: the check.
    :param status: ``ok``, ``warning`` or ``failed``.
    :param seen: what was seen.
    :param fix: what to do when it is not ok.
    """

    name: str
    status: str
    seen: str
    fix: str = ""

    def __str__(self) -> str:
        return f"{self.name:<18} {self.status:<8} {self.seen}{f' Do: {self.fix}' if self.fix else ''}"


class DiagnoseOperator(BaseOperator):
    """Runs checks, logs what each has found, and fails when one of them fails.

    :param examine: runs the checks.
    """

    ui_color = "#f2e6c2"

    def __init__(self, *, examine: Callable[[], Iterable[Finding]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.examine = examine

    def execute(self, context: Context) -> dict[str, int]:
        """Check, log a line for each, and return how many are ok, warn and failed."""
        findings = list(self.examine())
        log.info("%s checks\n%s", len(findings), "\n".join(f"  {finding}" for finding in findings))
        failed = [finding for finding in findings if finding.status == "failed"]
        if failed:
            raise AirflowFailException(" | ".join(f"{f.name}: {f.seen} Do: {f.fix}" for f in failed))
        return {status: sum(f.status == status for f in findings) for status in ("ok", "warning", "failed")}
