"""What a value in a connection's extra may be, and how a text is read as one. Pure.

An Airflow connection that is given as a URI has only texts in its extra, whatever the driver wants:
https://airflow.apache.org/docs/apache-airflow/stable/howto/connection.html#uri-format
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

#: Airflow's own words for booleans (``conf.getboolean``).
_BOOLEANS = {"true": True, "t": True, "1": True, "false": False, "f": False, "0": False}
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")


@dataclass(frozen=True)
class Kind:
    """One kind of value.

    :param right: what would be right, in words: ``true or false``.
    :param read: returns the value for the driver; raises ValueError or TypeError for one of another kind.
    :param is_secret: whether the value must not be shown.
    """

    right: str
    read: Callable[[Any], Any]
    is_secret: bool = False


def boolean() -> Kind:
    """Return the kind of what is on or off."""
    return Kind("true or false", _read_boolean)


def flag() -> Kind:
    """Return the kind of what libpq takes as 1 or 0."""
    return Kind("1 or 0", lambda value: int(_read_boolean(value)))


def whole(low: int, high: int) -> Kind:
    """Return the kind of whole numbers within a range."""

    def read(value: Any) -> int:
        if isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise ValueError
        return value

    return Kind(f"a whole number from {low} to {high}", read)


def text(*, is_secret: bool = False) -> Kind:
    """Return the kind of any text that is not empty."""

    def read(value: Any) -> str:
        if not isinstance(value, str) or not value.strip() or "\0" in value:
            raise ValueError
        return value

    return Kind("a text", read, is_secret)


def secret() -> Kind:
    """Return the kind of a text that must not be shown."""
    return text(is_secret=True)


def choice(*values: str) -> Kind:
    """Return the kind of one of several words, in capitals or not."""
    spelled = {value.lower(): value for value in values}

    def read(value: Any) -> str:
        return spelled[value.strip().lower()] if isinstance(value, str) else spelled[value]

    return Kind(f"one of {', '.join(values)}" if len(values) > 1 else values[0], read)


def texts() -> Kind:
    """Return the kind of a list of texts, also as one text with commas."""

    def read(value: Any) -> list[str]:
        parts = value.split(",") if isinstance(value, str) else value
        if (
            not isinstance(parts, list)
            or not parts
            or not all(isinstance(part, str) and part.strip() for part in parts)
        ):
            raise ValueError
        return [part.strip() for part in parts]

    return Kind("a list of texts", read)


def mapping() -> Kind:
    """Return the kind of a JSON object."""

    def read(value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise TypeError
        return value

    return Kind("a JSON object", read)


def _read_boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, int | str):
        return _BOOLEANS[str(value).strip().lower()]
    raise TypeError
