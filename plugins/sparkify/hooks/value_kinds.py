"""What a value of a connection's extra or of a setting may be, and how a text is read as one. Pure.

Settings are texts. So are all values in the extra of a connection that is given as a URI, whatever the driver wants:
https://airflow.apache.org/docs/apache-airflow/stable/howto/connection.html#uri-format
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")

#: Airflow's own words for booleans (``conf.getboolean``).
_BOOLEANS = {"true": True, "t": True, "1": True, "false": False, "f": False, "0": False}
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")


@dataclass(frozen=True)
class Kind:
    """One kind of value.

    :param right: what would be right, in words: ``true or false``.
    :param read: returns the value; raises ValueError for one of another kind.
    :param is_secret: whether the value must not be shown.
    """

    right: str
    read: Callable[[Any], Any]
    is_secret: bool = False


def boolean() -> Kind:
    """Return the kind of booleans."""
    return Kind("true or false", _read_boolean)


def flag() -> Kind:
    """Return the kind of booleans that libpq takes as 1 or 0."""
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
    """Return the kind of texts that are not blank."""

    def read(value: Any) -> str:
        if not isinstance(value, str) or not value.strip() or "\0" in value:
            raise ValueError
        return value

    return Kind("a text", read, is_secret)


def secret() -> Kind:
    """Return the kind of texts that must not be shown."""
    return text(is_secret=True)


def choice(*values: str) -> Kind:
    """Return the kind of one of several words, in upper or lower case."""
    spelled = {value.lower(): value for value in values}

    def read(value: Any) -> str:
        return _look_up(spelled, value)

    return Kind(f"one of {', '.join(values)}" if len(values) > 1 else values[0], read)


def texts() -> Kind:
    """Return the kind of lists of texts; one text with commas counts as well."""

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
            raise ValueError  # noqa: TRY004 - the caller says what would be right
        return value

    return Kind("a JSON object", read)


def _read_boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    return _look_up(_BOOLEANS, str(value) if isinstance(value, int) else value)


def _look_up(meanings: Mapping[str, T], value: Any) -> T:
    word = value.strip().lower() if isinstance(value, str) else ""
    if word not in meanings:
        raise ValueError
    return meanings[word]
