"""Reads a DAG's params, which are text once a template has rendered them."""

from __future__ import annotations


def is_true(value: bool | str) -> bool:
    """Return whether a boolean param is true, whether or not it was rendered as text."""
    return str(value).strip().lower() in ("true", "1")
