"""Rows of JSON objects: usually one a line, but an object may span lines, and one may follow another.

https://docs.aws.amazon.com/redshift/latest/dg/copy-usage_notes-copy-from-json.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import orjson

from local.redshift.copy.jsonpaths import Extractor
from local.redshift.copy.lines import MAX_LINE
from local.redshift.copy.model import LoadedFile, Record, RowError
from local.redshift.copy.text import decode

_MARKS = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}\[\]]')
_BLANKS = re.compile(r"\s*")


class JsonRows:
    """The values of the objects in JSON files.

    :param extract: takes an object's values.
    :param arrays: whether an array is a row as well, as it is with JSONPaths.
    :param replacement: ACCEPTINVCHARS' character.
    """

    def __init__(self, extract: Extractor, *, arrays: bool, replacement: str | None) -> None:
        self._extract = extract
        self._kinds: tuple[type, ...] = (dict, list) if arrays else (dict,)
        self._replacement = replacement

    def read(self, file: LoadedFile, lines: Iterator[bytes]) -> Iterator[Record]:
        """Yield the rows of a file, counting its lines.

        :param file: what is counted in.
        :param lines: its lines.
        """
        waiting: list[bytes] = []
        depth = size = 0
        for line in lines:
            if waiting and line[:1] == b"{" and _is_whole(line):
                # The lines before are no beginning of this object: each is an error of its own.
                yield from self._alone(file, waiting)
                waiting, depth, size = [], 0, 0
            if not waiting:
                try:
                    found = orjson.loads(line)
                except orjson.JSONDecodeError:
                    depth = _depth(line)
                else:
                    file.lines += 1
                    yield line, self._values(found)
                    continue
                if depth <= 0:
                    yield from self._alone(file, [line])
                    continue
            else:
                depth += _depth(line)
            waiting.append(line)
            size += len(line)
            if depth <= 0 or size > MAX_LINE:
                yield from self._together(file, waiting)
                waiting, depth, size = [], 0, 0
        yield from self._alone(file, waiting)

    def _together(self, file: LoadedFile, lines: list[bytes]) -> Iterator[Record]:
        """An object that spans lines; its error names the line at which it begins."""
        whole = b"\n".join(lines)
        found = self._parse(whole)
        if isinstance(found, RowError):
            yield from self._alone(file, lines)
            return
        file.lines += 1
        for one in found:
            yield whole, self._values(one)
        file.lines += len(lines) - 1

    def _alone(self, file: LoadedFile, lines: list[bytes]) -> Iterator[Record]:
        for line in lines:
            file.lines += 1
            if not line or line.isspace():
                continue
            found = self._parse(line)
            if isinstance(found, RowError):
                yield line, found
                continue
            for one in found:
                yield line, self._values(one)

    def _parse(self, text: bytes) -> list[Any] | RowError:
        """Return the objects in a text, which may follow each other."""
        try:
            decoded = decode(text, self._replacement)
            return _objects(decoded)
        except RowError as error:
            return error
        except ValueError as error:
            return RowError(1214, f"Invalid JSON: {error}")

    def _values(self, found: Any) -> list[Any] | RowError:
        if not isinstance(found, self._kinds):
            return RowError(1214, "Invalid JSON: the line is no object")
        return self._extract(found)


def _objects(text: str) -> list[Any]:
    found = []
    at = _past_blanks(text, 0)
    while at < len(text):
        try:
            one, at = _DECODER.raw_decode(text, at)
        except RecursionError:
            raise ValueError("it is nested too deeply") from None
        found.append(one)
        at = _past_blanks(text, at)
    return found


def _past_blanks(text: str, at: int) -> int:
    match = _BLANKS.match(text, at)
    return match.end() if match else at


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON value")


_DECODER = json.JSONDecoder(parse_constant=_no_constant)


def _depth(line: bytes) -> int:
    """Return how many more brackets a line opens than it closes."""
    return sum((mark in (b"{", b"[")) - (mark in (b"}", b"]")) for mark in _MARKS.findall(line))


def _is_whole(line: bytes) -> bool:
    try:
        orjson.loads(line)
    except orjson.JSONDecodeError:
        return False
    return True
