"""Loads a dimension table from staging."""

from __future__ import annotations

from typing import Any

from sparkify.loading.table_changes import LoadMode
from sparkify.operators.load import LoadOperator


class LoadDimensionOperator(LoadOperator):
    """Loads a dimension table: upserts by key unless another mode is asked for.

    ``mode="append"`` leaves rows that exist as they are; ``mode="replace"`` also removes rows that the query does not
    have. Parameters: see :class:`~sparkify.operators.load.LoadOperator`.
    """

    ui_color = "#a9d6c3"

    def __init__(self, *, mode: str = LoadMode.UPSERT, **kwargs: Any) -> None:
        super().__init__(mode=mode, **kwargs)
