"""Loads a fact table from staging."""

from __future__ import annotations

from typing import Any

from sparkify.loading.table_changes import LoadMode
from sparkify.operators.load import LoadOperator


class LoadFactOperator(LoadOperator):
    """Loads a fact table: appends by key unless another mode is asked for.

    Parameters: see :class:`~sparkify.operators.load.LoadOperator`.
    """

    ui_color = "#f7d6a5"

    def __init__(self, *, mode: str = LoadMode.APPEND, **kwargs: Any) -> None:
        super().__init__(mode=mode, **kwargs)
