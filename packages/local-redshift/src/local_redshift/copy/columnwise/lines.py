"""The fast path of COPY: whole lines of JSON or delimited text into rows, a column at a time.

Contract: returns exactly the rows that ``records`` returns, or raises ``Uncertain`` or a RowError when anything about a
line is not plain. Then the caller converts the lines record by record. Pure.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any

import orjson

from local_redshift.copy.columnwise.typed_objects import TypedObjects
from local_redshift.copy.columnwise.vectors import Uncertain, join_rows, vector
from local_redshift.copy.model import Column
from local_redshift.copy.records.delimited_rows import blanks_around_quotes
from local_redshift.copy.records.jsonpaths import Extractor
from local_redshift.copy.source.lines import split_lines
from local_redshift.copy.values.numbers import float_places, may_underflow
from local_redshift.statements import CopyStatement

#: Bytes of lines that are converted at once: their values fit into a processor's cache.
_BATCH = 128 * 1024

#: Longer numbers may have digits that a float does not keep.
_LONG_NUMBER = re.compile(rb"[0-9.]{17}")

#: Takes lines, returns their values column by column.
Splitter = Callable[[Sequence[bytes]], Iterable[Sequence[Any]]]


class Columnwise:
    """Converts many lines at once.

    :param split: splits lines into values.
    :param copy: the options of the load.
    :param columns: the columns, in the order of the values.
    :param typed: a faster reader for lines that are like those before; None when there is none.
    """

    def __init__(
        self, split: Splitter, copy: CopyStatement, columns: Sequence[Column], typed: TypedObjects | None = None
    ) -> None:
        self._split = split
        self._vectors = [vector(column, copy) for column in columns]
        self._decimals = [place for place, column in enumerate(columns) if column.type_name == "numeric"]
        self._floats = float_places(columns) if copy.format == "json" else ()
        self._typed = typed
        self._learnt = False

    def rows(self, block: bytes) -> tuple[bytes, int]:
        """Return the rows of lines, and how many there are.

        :param block: the lines.
        :raises Uncertain: when a line is not plain.
        :raises RowError: when a value does not fit.
        """
        found = list(map(self._batch, _batches(block)))
        return b"".join(rows for rows, _ in found), sum(count for _, count in found)

    def _batch(self, block: bytes) -> tuple[bytes, int]:
        has_long = bool(self._decimals) and _LONG_NUMBER.search(block) is not None
        if self._typed is not None and self._learnt and not has_long:
            try:
                return self._typed.rows(block)
            except Uncertain:
                pass
        lines = split_lines(block)
        columns = list(self._split(lines))
        if may_underflow(block, [columns[place] for place in self._floats]):
            raise Uncertain
        if has_long and any(float in set(map(type, columns[place])) for place in self._decimals):
            raise Uncertain
        fields = [convert(values) for convert, values in zip(self._vectors, columns, strict=True)]
        if self._typed is not None:
            self._typed.learn(columns)
            self._learnt = True
        return join_rows(fields), len(lines)


def _batches(block: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(block):
        end = block.find(b"\n", at + _BATCH) + 1 or len(block)
        yield block[at:end]
        at = end


def json_splitter(extract: Extractor, keys: Sequence[str] | None) -> Splitter:
    """Return the function that splits JSON objects into values.

    :param extract: takes an object's values.
    :param keys: the keys of these values if all are keys of the outer object; else None.
    """
    get = itemgetter(*keys) if keys and len(keys) > 1 else None

    def split(lines: Sequence[bytes]) -> Iterable[Sequence[Any]]:
        try:
            found = list(map(orjson.loads, lines))
        except orjson.JSONDecodeError:
            raise Uncertain from None
        if set(map(type, found)) != {dict}:
            raise Uncertain
        if get is not None:
            try:
                return zip(*map(get, found), strict=True)
            except KeyError:  # an object lacks a key
                pass
        return zip(*map(extract, found), strict=True)

    return split


def delimited_splitter(copy: CopyStatement, width: int) -> Splitter | None:
    """Return the function that splits delimited text or CSV; None when only ``records`` can.

    :param copy: the options of the load.
    :param width: number of columns.
    """
    if copy.format not in ("text", "csv") or copy.escape or copy.remove_quotes:
        return None
    delimiter = copy.delimiter or ("," if copy.format == "csv" else "|")
    quote = copy.quote if copy.format == "csv" else None
    blanks = blanks_around_quotes(copy) if quote is not None else None

    def split(lines: Sequence[bytes]) -> Iterable[Sequence[Any]]:
        texts = _texts(lines, quote)
        if quote is not None and any(quote in text for text in texts):
            if blanks is not None and any(map(blanks.search, texts)):
                raise Uncertain
            found = _read_csv(texts, delimiter, quote)
        else:
            found = [text.split(delimiter) for text in texts]
        if set(map(len, found)) != {width}:
            raise Uncertain
        return [
            [None if field == copy.null_as else field for field in column] if copy.null_as in column else column
            for column in zip(*found, strict=True)
        ]

    return split


def _texts(lines: Sequence[bytes], quote: str | None) -> list[str]:
    """Return plain lines as texts without their ends."""
    try:
        texts = [line.removesuffix(b"\r").decode() for line in lines]
    except UnicodeDecodeError:
        raise Uncertain from None
    if not all(texts) or (quote is not None and any("\r" in text or "\0" in text for text in texts)):
        raise Uncertain
    return texts


def _read_csv(texts: list[str], delimiter: str, quote: str) -> list[list[str]]:
    if any(text.count(quote) % 2 for text in texts):  # a record of several lines
        raise Uncertain
    try:
        found = list(csv.reader(texts, delimiter=delimiter, quotechar=quote, strict=True))
    except csv.Error:
        raise Uncertain from None
    # Within quotes the reader continues with the next line: then there are fewer records than lines.
    if len(found) != len(texts):
        raise Uncertain
    return found
