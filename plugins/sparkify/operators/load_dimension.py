"""Loads a dimension table from staging."""

from __future__ import annotations

from sparkify.loading.table_changes import LoadMode
from sparkify.operators.load import LoadOperator


class LoadDimensionOperator(LoadOperator):
    """Loads a dimension table: upserts by key unless another mode is given.

    ``mode="append"`` leaves rows that exist as they are; ``mode="replace"`` also removes rows that the query does not
    have. Parameters: see :class:`~sparkify.operators.load.LoadOperator`.
    """

    ui_color = "#a9d6c3"
    default_mode = LoadMode.UPSERT
