"""The exception by which a run is refused before it has done anything."""

from __future__ import annotations

from airflow.sdk.exceptions import AirflowFailException


class RunRefusedError(AirflowFailException):
    """What the run was given makes no sense: nothing was staged, and no retry changes that."""
