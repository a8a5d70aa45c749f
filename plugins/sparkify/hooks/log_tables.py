"""Short tables for people who read task logs. Pure: values in, text out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def format_counts(title: str, counts: Mapping[str, Any]) -> str:
    """Return a table of names and right-aligned numbers under a title.

    :param counts: what was counted; integers are grouped in thousands, floats get three decimals.
    """
    values = {name.replace("_", " "): _text(value) for name, value in counts.items()}
    name_width = max(map(len, values), default=0)
    value_width = max(map(len, values.values()), default=0)
    lines = (f"  {name:<{name_width}}  {value:>{value_width}}" for name, value in values.items())
    return "\n".join([title, *lines])


def rate(name: str, counts: Mapping[str, Any]) -> dict[str, int]:
    """Return a count for each second, empty when there is nothing to divide.

    :param name: of the count.
    :param counts: the counts, ``seconds`` among them.
    """
    count, seconds = counts.get(name), counts.get("seconds")
    return {f"{name}_per_second": round(count / seconds)} if count and seconds else {}


def _text(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.3f}" if isinstance(value, float) else str(value)
