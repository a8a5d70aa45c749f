"""Compares the keys of a source's lines with the expected ones. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sparkify.hooks.shortening import name_some
from sparkify.source.content import printable
from sparkify.source.jsonpaths import first_key

#: Keys that a message names, and characters of each.
_SHOWN_KEYS, _SHOWN_CHARACTERS = 40, 40


@dataclass(frozen=True)
class ExpectedKeys:
    """The keys that the lines of a source are expected to have.

    :param table: the staging table.
    :param columns: column → JSONPath in a line.
    :param identifying: the columns that identify a line.
    """

    table: str
    columns: Mapping[str, str]
    identifying: Sequence[str]


@dataclass(frozen=True)
class DriftedLine:
    """A line that lacks keys.

    :param number: its number in the file.
    :param found: the keys that it has.
    :param missing: the expected keys that it lacks.
    """

    number: int
    found: tuple[str, ...]
    missing: tuple[str, ...]

    def describe(self, uri: str) -> str:
        """Return the line as a sentence.

        :param uri: the file's address.
        """
        return (
            f"{uri}, line {self.number}: found the keys {_name(self.found) or '(none)'}; expected, but not found: "
            f"{_name(self.missing)}"
        )


def find_drifted(lines: Iterable[tuple[int, bytes]], expected: ExpectedKeys) -> DriftedLine | None:
    """Return the line that lacks the most identifying keys, ``None`` when no line lacks any.

    :param lines: lines with their numbers; a line that is not a JSON object does not count, because COPY rejects it.
    """
    identifying = {first_key(expected.columns[column]) for column in expected.identifying}
    keys = [first_key(path) for path in expected.columns.values()]
    worst, most = None, 0
    for number, line in lines:
        found = _keys(line)
        lacking = len(identifying - set(found)) if found is not None else 0
        if found is not None and lacking > most:
            missing = tuple(key for key in keys if key not in found)
            worst, most = DriftedLine(number, tuple(found), missing), lacking
    return worst


def _keys(line: bytes) -> dict[str, object] | None:
    try:
        value = json.loads(line)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _name(keys: Sequence[str]) -> str:
    return name_some([printable(key, _SHOWN_CHARACTERS) for key in keys], _SHOWN_KEYS)
