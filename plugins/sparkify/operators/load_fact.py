"""Loads a fact table from staging."""

from __future__ import annotations

from sparkify.loading.table_changes import LoadMode
from sparkify.operators.load import LoadOperator


class LoadFactOperator(LoadOperator):
    """Loads a fact table: appends by key unless another mode is given.

    Parameters: see :class:`~sparkify.operators.load.LoadOperator`.
    """

    ui_color = "#f7d6a5"
    default_mode = LoadMode.APPEND
