"""Collects the keys of each file's rows while its lines are counted. Pure.

COPY does not say which file a row came from. If the keys of each file are known, and no two files of the load share
one, all files can be copied at once: the key identifies a row's file. A file whose keys are not certain has to be
copied by itself, so that its rows are known to be its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import orjson

from sparkify.hooks.s3_object import S3Object
from sparkify.source.jsonpaths import only_key

#: Longer keys, in bytes, are not compared.
KEY_BYTES = 256
#: Escapes that can stand for a letter of a name in ASCII.
_ASCII_ESCAPE = re.compile(rb"\\(?:u00[0-7]|/)")


@dataclass(frozen=True)
class RowKey:
    """The key by which a row's file is found.

    :param column: the column that holds the key; a row without a key gets no file.
    :param name: the key's name in the lines' JSON objects.
    :param object_column: the column that gets the file's address.
    """

    column: str
    name: str
    object_column: str

    @classmethod
    def of(cls, column: str | None, columns: Mapping[str, str], object_column: str) -> RowKey | None:
        """Return the row key of a column; ``None`` when its path is not one key of a line's object.

        :param columns: column → JSONPath.
        """
        name = only_key(columns.get(column or "", ""))
        return cls(column, name, object_column) if column and name else None


class LineKeys:
    """Collects the keys of one file, whose lines are added to it.

    A key is certain when COPY can load no other value: the line is one JSON object that has the name once, in upper or
    lower case, with a text that has no escapes, or with null. COPY's documentation does not say what happens to other
    texts, to names that occur twice, or to numbers and nested values in a column of text.
    https://docs.aws.amazon.com/redshift/latest/dg/copy-usage_notes-copy-from-json.html

    :param name: the name of the key in the lines' JSON objects.
    :ivar keys: the keys, without trailing blanks, which Redshift ignores when it compares.
    :ivar is_certain: whether COPY can load no other keys from the file.
    """

    def __init__(self, name: str) -> None:
        self.keys: set[str] = set()
        self.is_certain = True
        self._name = name
        self._lower = name.lower()
        self._quoted = f'"{self._lower}"'.encode()
        self._written = re.compile(rb'"%s"\s*:\s*"((?:[^"\\]|\\.)*)"' % re.escape(name.encode()))

    def add_line(self, line: bytes) -> None:
        """Add the key of a line that is not blank."""
        if self.is_certain:
            try:
                self.is_certain = self._take_plain(line) or self._take_any(line)
            except (ValueError, RecursionError):
                self.is_certain = False

    def _take_plain(self, line: bytes) -> bool:
        """Add the key of a usual line, fast: one in which only the outermost object can have the name."""
        may_hide = b"\\" in line and (not self._name.isascii() or _ASCII_ESCAPE.search(line))
        if may_hide or line.lower().count(self._quoted) != 1:
            return False
        found = orjson.loads(line)
        return isinstance(found, dict) and self._name in found and self._add_key(found[self._name], line)

    def _take_any(self, line: bytes) -> bool:
        """Add the key of any line, and return whether it is certain."""
        pairs = json.loads(line.decode(), object_pairs_hook=tuple)
        if not isinstance(pairs, tuple):
            return False
        named = [(name, value) for name, value in pairs if name.lower() == self._lower]
        if not named:
            return True
        return len(named) == 1 and named[0][0] == self._name and self._add_key(named[0][1], line)

    def _add_key(self, value: object, line: bytes) -> bool:
        """Add a key, and return whether it is certain."""
        if value is None:
            return True
        if not isinstance(value, str) or len(value.encode(errors="replace")) > KEY_BYTES:
            return False
        if b"\\" in line and self._written.findall(line) != [value.encode(errors="replace")]:
            return False
        self.keys.add(value.rstrip(" "))
        return True


class FileKeys:
    """The keys of a load's files.

    Memory grows with the number of different keys only.

    :param name: the name of the key in the lines' JSON objects.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._owners: dict[str, str] = {}
        self._separate: set[str] = set()

    def of_file(self) -> LineKeys:
        """Return a collector for the keys of one file."""
        return LineKeys(self.name)

    def add(self, uri: str, found: LineKeys) -> None:
        """Add the keys of a file that was read completely."""
        if not found.is_certain:
            self._separate.add(uri)
        for key in found.keys:
            owner = self._owners.setdefault(key, uri)
            if owner != uri:
                self._separate |= {owner, uri}

    def split(self, objects: Iterable[S3Object]) -> tuple[list[S3Object], list[S3Object]]:
        """Return the files that can be copied together, and those that have to be copied one at a time.

        Files of the first kind share no key with another file. A single such file is put with the second kind, where
        no keys are needed.
        """
        together: list[S3Object] = []
        separate: list[S3Object] = []
        for item in objects:
            (separate if item.uri in self._separate else together).append(item)
        return (together, separate) if len(together) > 1 else ([], [*together, *separate])

    def owners(self, objects: Iterable[S3Object]) -> Iterator[tuple[str, str]]:
        """Iterate over the keys of files that can be copied together, each with the address of its file."""
        uris = {item.uri for item in objects}
        return ((key, uri) for key, uri in self._owners.items() if uri in uris)
