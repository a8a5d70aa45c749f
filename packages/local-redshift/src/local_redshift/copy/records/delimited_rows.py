"""Rows of delimited text, CSV and fixed-width files.

Contract: pure except for the count of lines. A line that cannot be split is an error.
https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-format.html
https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-conversion.html
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate

from local_redshift.copy.model import Column, LoadedFile, Record, RowError
from local_redshift.copy.source.lines import MAX_LINE
from local_redshift.copy.values.text import BLANKS, decode
from local_redshift.statements import CopyStatement

#: Splits a record's text into its fields; None is NULL.
Splitter = Callable[[str], list[str | None]]

_TEXT_TYPES = frozenset(("character varying", "character", "text"))


class DelimitedRows:
    """The fields of delimited files.

    :param copy: how they are written.
    :param columns: the columns that the fields are for.
    """

    def __init__(self, copy: CopyStatement, columns: Sequence[Column]) -> None:
        self._copy = copy
        self._columns = columns
        self._split = _splitter(copy)

    def read(self, file: LoadedFile, lines: Iterable[bytes], *, last: bool = True) -> Iterator[Record]:
        """Yield the rows of lines, counting these.

        :param file: what is counted in.
        :param lines: lines of a file, from the beginning of a record.
        :param last: whether the file ends with them; else a record that they only begin is left uncounted.
        """
        remaining, before = iter(lines), file.lines
        taken = 0
        while (parts := self._next(remaining, last)) is not None:
            file.lines = before + taken + 1
            taken += len(parts)
            record = b"\n".join(parts)
            if not (self._copy.ignore_blank_lines and not record.strip(b"\r")):
                yield record, self._values(record)
            file.lines = before + taken

    def _next(self, lines: Iterator[bytes], last: bool) -> list[bytes] | None:
        """Return the lines of the next record, which may be several in CSV and with ESCAPE; None at the end."""
        line = next(lines, None)
        if line is None or not self._continues(line, False):
            return None if line is None else [line]
        parts, size, continues = [line], len(line), True
        while continues and size <= MAX_LINE and (line := next(lines, None)) is not None:
            parts.append(line)
            size += len(line)
            continues = self._continues(line, True)
        return None if continues and size <= MAX_LINE and not last else parts

    def _continues(self, line: bytes, continued: bool) -> bool:
        if self._copy.format == "csv":
            # An odd number of quotes opens or closes a field: those within it are doubled.
            return (line.count(self._copy.quote.encode()) % 2 == 1) != continued
        return self._copy.escape and (len(line) - len(line.rstrip(b"\\"))) % 2 == 1

    def _values(self, record: bytes) -> list[str | None] | RowError:
        try:
            text = decode(record.removesuffix(b"\r"), self._copy.accept_inv_chars)
            return self._fit(text, self._split(text))
        except RowError as error:
            return error

    def _fit(self, text: str, fields: list[str | None]) -> list[str | None]:
        """Return as many fields as there are columns."""
        missing = len(self._columns) - len(fields)
        if missing == 0:
            return fields
        if missing < 0:
            # A delimiter after the last field, which benchmark generators write, does not begin a column.
            if missing == -1 and self._copy.format == "text" and fields[-1] == "":
                return fields[:-1]
            raise RowError(1202, "Extra column(s) found")
        if not self._copy.fill_record:
            if not text:
                raise RowError(1211, "Input line contained no data")
            raise RowError(1214, "Delimiter not found", self._columns[len(fields) - 1], fields[-1] or "")
        return fields + ["" if column.type_name in _TEXT_TYPES else None for column in self._columns[-missing:]]


def _splitter(copy: CopyStatement) -> Splitter:
    null = copy.null_as
    split = _FORMATS[copy.format](copy)

    def with_nulls(text: str) -> list[str | None]:
        return [None if field == null else field for field in split(text)]

    return with_nulls if not (copy.format == "text" and copy.escape) else _escaped(copy)


def _csv(copy: CopyStatement) -> Callable[[str], list[str]]:
    csv.field_size_limit(MAX_LINE)
    blanks = blanks_around_quotes(copy)
    field = _field_in_blanks(copy)

    def split(text: str) -> list[str]:
        if blanks.search(text):
            text = field.sub(lambda found: found[1] + (found[2] or found[3] or ""), text)
        reader = csv.reader([text], delimiter=copy.delimiter or ",", quotechar=copy.quote, strict=True)
        try:
            return next(reader, [""]) or [""]
        except csv.Error as error:
            raise RowError(1216, f"Invalid quote formatting for CSV: {error}") from None

    return split


def blanks_around_quotes(copy: CopyStatement) -> re.Pattern[str]:
    """Return what finds white space between a delimiter and a quotation mark, which "is ignored".

    It may find some within quotation marks too.
    https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-format.html#copy-csv
    """
    delimiter, quote, blanks = _csv_marks(copy)
    return re.compile(f"(?:^|{delimiter}){blanks}+{quote}|{quote}{blanks}+(?:{delimiter}|\\Z)")


def _field_in_blanks(copy: CopyStatement) -> re.Pattern[str]:
    """Return what matches a field with the delimiter before it; a quoted one without the white space around it."""
    delimiter, quote, blanks = _csv_marks(copy)
    quoted = f"{blanks}*({quote}(?:[^{quote}]|{quote}{quote})*{quote}){blanks}*(?={delimiter}|\\Z)"
    return re.compile(rf"(^|{delimiter})(?:{quoted}|([^{delimiter}]*))", re.DOTALL)


def _csv_marks(copy: CopyStatement) -> tuple[str, str, str]:
    delimiter = copy.delimiter or ","
    return re.escape(delimiter), re.escape(copy.quote), f"[{re.escape(BLANKS.replace(delimiter, ''))}]"


def _fixed_width(copy: CopyStatement) -> Callable[[str], list[str]]:
    ends = list(accumulate(copy.widths))
    starts = [0, *ends[:-1]]

    def split(text: str) -> list[str]:
        if len(text) > ends[-1] and text[ends[-1] :].strip(BLANKS):
            raise RowError(1202, "Extra column(s) found")
        present = [(start, end) for start, end in zip(starts, ends, strict=True) if start < len(text) or start == 0]
        return [text[start:end] for start, end in present]

    return split


def _text(copy: CopyStatement) -> Callable[[str], list[str]]:
    delimiter = copy.delimiter or "|"
    if not copy.remove_quotes:
        return lambda text: text.split(delimiter)

    def split(text: str) -> list[str]:
        fields = []
        at = 0
        while True:
            quoted = text[at : at + 1] in ('"', "'") and at < len(text)
            end = _quotes_end(text, at, delimiter) if quoted else text.find(delimiter, at)
            end = len(text) if end < 0 else end
            fields.append(text[at + quoted : end])
            at = end + quoted + len(delimiter)
            if at > len(text):
                return fields

    return split


def _quotes_end(text: str, at: int, delimiter: str) -> int:
    """Return the place of the quote that ends the quoted field at a place: it is before a delimiter or the end."""
    end = text.find(text[at] + delimiter, at + 1)
    if end < 0 and len(text) > at + 1 and text[-1] == text[at]:
        end = len(text) - 1
    if end < 0:
        raise RowError(1216, "Delimited value missing end quote", None, text[at:])
    return end


def _escaped(copy: CopyStatement) -> Splitter:
    r"""Text with ESCAPE: the character after a backslash is itself; a field that is NULL AS's text is NULL."""
    mark = re.escape(copy.delimiter or "|")
    quoted = rf"""(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')(?={mark}|\Z)|""" if copy.remove_quotes else ""
    field = re.compile(rf"({quoted}(?:\\.|(?!{mark})[^\\])*)(?:{mark}|\Z)", re.DOTALL)

    def split(text: str) -> list[str | None]:
        fields: list[str | None] = []
        at = 0
        while True:
            found = field.match(text, at)
            if found is None:
                raise RowError(1216, "The line ends after an escape character")
            fields.append(_unescape(found[1], copy))
            at = found.end()
            if at == found.end(1):
                return fields

    return split


def _unescape(raw: str, copy: CopyStatement) -> str | None:
    if raw == copy.null_as:
        return None
    if copy.remove_quotes and len(raw) > 0 and raw[0] in "\"'":
        if len(raw) < 2 or raw[-1] != raw[0]:
            raise RowError(1216, "Delimited value missing end quote", None, raw)
        raw = raw[1:-1]
    return re.sub(r"\\(.)", r"\1", raw, flags=re.DOTALL)


_FORMATS: dict[str, Callable[[CopyStatement], Callable[[str], list[str]]]] = {
    "csv": _csv,
    "text": _text,
    "fixedwidth": _fixed_width,
}
