"""Rows of JSON objects: usually one a line, but an object may span lines, and one may follow another.

https://docs.aws.amazon.com/redshift/latest/dg/copy-usage_notes-copy-from-json.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from math import isinf
from typing import Any

import orjson

from local_redshift.copy.model import LoadedFile, Record, RowError
from local_redshift.copy.records.jsonpaths import Extractor
from local_redshift.copy.source.lines import MAX_LINE
from local_redshift.copy.values.numbers import JsonNumber, underflows
from local_redshift.copy.values.text import decode

_MARKS = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}\[\]]')
_BLANKS = re.compile(r"\s*", re.ASCII)


class JsonRows:
    """The values of the objects in JSON files.

    :param extract: takes an object's values.
    :param arrays: whether an array is a row as well, as it is with JSONPaths.
    :param replacement: ACCEPTINVCHARS' character.
    :param verbatim: places of values whose fractions are kept as written, because their columns hold texts or
        decimals.
    """

    def __init__(
        self, extract: Extractor, *, arrays: bool, replacement: str | None, verbatim: Sequence[int] = ()
    ) -> None:
        self._extract = extract
        self._verbatim = frozenset(verbatim)
        self._kinds: tuple[type, ...] = (dict, list) if arrays else (dict,)
        self._replacement = replacement

    def read(self, file: LoadedFile, lines: Iterable[bytes], *, last: bool = True) -> Iterator[Record]:
        """Yield the rows of lines, counting these.

        :param file: what is counted in.
        :param lines: lines of a file, from the beginning of an object.
        :param last: whether the file ends with them; else an object that they only begin is left uncounted.
        """
        waiting: list[bytes] = []
        depth = size = 0
        for line in lines:
            if waiting and line[:1] == b"{" and _is_whole(line):
                # The lines before are not the beginning of this object: each is an error.
                yield from self._line_by_line(file, waiting)
                waiting, depth, size = [], 0, 0
            if not waiting:
                try:
                    found = orjson.loads(line)
                except orjson.JSONDecodeError:
                    depth = _depth(line)
                else:
                    file.lines += 1
                    yield line, self._values(found, line)
                    continue
                if depth <= 0:
                    yield from self._line_by_line(file, [line])
                    continue
            else:
                depth += _depth(line)
            waiting.append(line)
            size += len(line)
            if depth <= 0 or size > MAX_LINE:
                yield from self._as_one(file, waiting)
                waiting, depth, size = [], 0, 0
        if last:
            yield from self._line_by_line(file, waiting)

    def _as_one(self, file: LoadedFile, lines: list[bytes]) -> Iterator[Record]:
        """Yield the values of an object that spans lines; an error names the line where it ends.

        https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-format.html#copy-json-data-file
        """
        whole = b"\n".join(lines)
        found = self._parse(whole)
        if isinstance(found, RowError):
            yield from self._line_by_line(file, lines)
            return
        file.lines += len(lines)
        for one, text in found:
            yield whole, self._values(one, text)

    def _line_by_line(self, file: LoadedFile, lines: list[bytes]) -> Iterator[Record]:
        for line in lines:
            file.lines += 1
            if not line or line.isspace():
                continue
            found = self._parse(line)
            if isinstance(found, RowError):
                yield line, found
                continue
            for one, text in found:
                yield line, self._values(one, text)

    def _parse(self, text: bytes) -> list[tuple[Any, str]] | RowError:
        """Return the objects in a text, which may follow each other, each with its text."""
        try:
            return _objects(decode(text, self._replacement))
        except RowError as error:
            return error
        except ValueError as error:
            return RowError(1214, f"Invalid JSON: {_problem(text) or error}")

    def _values(self, found: Any, text: bytes | str) -> list[Any] | RowError:
        if not isinstance(found, self._kinds):
            return RowError(1214, "Invalid JSON: the line is not an object")
        try:
            return self._verbatim_values(self._extract(found), text)
        except RowError as error:
            return error

    def _verbatim_values(self, values: list[Any], text: bytes | str) -> list[Any]:
        """Replace fractions of verbatim columns, and numbers that underflow to zero, by their texts."""
        places = [place for place, value in enumerate(values) if type(value) is float]
        if not any(place in self._verbatim or not values[place] for place in places):
            return values
        written = self._extract(_VERBATIM.decode(text if isinstance(text, str) else text.decode()))
        for place in places:
            if place in self._verbatim or (not values[place] and underflows(str(written[place]))):
                values[place] = written[place]
        return values


def _objects(text: str) -> list[tuple[Any, str]]:
    found = []
    at = _skip_blanks(text, 0)
    while at < len(text):
        try:
            one, end = _DECODER.raw_decode(text, at)
        except RecursionError:
            raise ValueError("it is nested too deeply") from None
        found.append((one, text[at:end]))
        at = _skip_blanks(text, end)
    return found


def _problem(text: bytes) -> str:
    """Return the message of orjson, which is the same in every version of Python."""
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError as error:
        return str(error)
    return ""


def _skip_blanks(text: str, at: int) -> int:
    match = _BLANKS.match(text, at)
    return match.end() if match else at


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not a JSON value")


def _fraction(written: str) -> float | JsonNumber:
    """Return a number, or what is written when it is beyond all floats."""
    number = float(written)
    return JsonNumber(written) if isinf(number) else number


def _integer(written: str) -> int | JsonNumber:
    """Return an integer, or what is written when it may not fit 64 bits."""
    return int(written) if len(written) < 19 else JsonNumber(written)


_DECODER = json.JSONDecoder(parse_float=_fraction, parse_int=_integer, parse_constant=_no_constant)
#: Fractions, and integers beyond 64 bits, as they are written.
_VERBATIM = json.JSONDecoder(parse_float=JsonNumber, parse_int=_integer)


def _depth(line: bytes) -> int:
    """Return how many more brackets a line opens than it closes."""
    return sum((mark in (b"{", b"[")) - (mark in (b"}", b"]")) for mark in _MARKS.findall(line))


def _is_whole(line: bytes) -> bool:
    try:
        orjson.loads(line)
    except orjson.JSONDecodeError:
        return False
    return True
