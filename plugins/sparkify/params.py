"""What a DAG's params are once they have been rendered: texts."""

from __future__ import annotations


def is_true(value: bool | str) -> bool:
    """Say whether a param that is true or false is true, be it rendered as text or not."""
    return str(value).strip().lower() in ("true", "1")
