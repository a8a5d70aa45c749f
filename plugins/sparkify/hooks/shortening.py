"""Lists and texts that are shortened, for messages and for columns that hold so much and no more. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def name_some(things: Sequence[str], shown: int = 3, joined_by: str = " and") -> str:
    """Return the first few names on a line, and how many more there are.

    :param things: the names.
    :param shown: how many are named.
    :param joined_by: what stands before the number of the others.
    """
    return ", ".join(things[:shown]) + "".join(f"{joined_by} {more}" for more in _more(things, shown))


def first_lines(lines: Sequence[str], shown: int, unit: str = "") -> list[str]:
    """Return the first few lines, and one that says how many more there are.

    :param lines: the lines.
    :param shown: how many are left.
    :param unit: what the lines are, for the last one.
    """
    return [*lines[:shown], *(f"and {more} {unit}".rstrip() for more in _more(lines, shown))]


def cut(data: bytes | str, limit: int) -> str:
    """Return text that fits a VARCHAR of ``limit`` bytes; what no text can hold is replaced."""
    text = (data if isinstance(data, str) else data.decode(errors="replace")).replace("\x00", "\ufffd")
    return text.encode(errors="replace")[:limit].decode(errors="ignore")


def _more(things: Sequence[str], shown: int) -> Iterable[str]:
    return [f"{len(things) - shown} more"] if len(things) > shown else []
