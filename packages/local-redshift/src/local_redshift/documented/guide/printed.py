"""The results that a page prints, in the layouts of psql and of the query editors. Pure.

A result is found by the line of dashes below its header::

     venuename | seats            +-----------+-------+            seats
    -----------+-------           | venuename | seats |            -----
     Coliseum  | 63026            +-----------+-------+            63026
    (1 row)                       | Coliseum  | 63026 |
                                  +-----------+-------+
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from local_redshift.documented.guide.model import Printed

#: A line below a header; two dashes and nothing else are a comment.
_DASHES = re.compile(r"^(?!\s*--\s*$)\s*[-+|]*-{2,}[-+|\s]*$")
_BOX_EDGE = re.compile(r"^\s*\+[-=+]*-[-=+]*\+?\s*$")
_COUNT = re.compile(r"^\s*\(?\s*(\d[\d,]*)\s+(?:rows?|record\(?s?\)?)\b.*$", re.IGNORECASE)
_GAP = re.compile(r"^[\s|]*(?:\.\s*){2,}[\s.|]*$|^[\s|]*…[\s…|]*$")


class Unreadable(Exception):
    """A printed result whose columns cannot be told."""


def find_table(lines: Sequence[str], start: int) -> int | None:
    """Return the line at which a printed result's header begins, the first one from a line on; None without any.

    :param lines: of a listing.
    :param start: where to begin.
    """
    for at in range(start, len(lines)):
        if _BOX_EDGE.match(lines[at]) and at + 1 < len(lines) and lines[at + 1].strip().startswith("|"):
            return at
        if at > start and _DASHES.match(lines[at]) and _is_header(lines[at - 1]):
            return at - 1
    return None


def _is_header(line: str) -> bool:
    text = line.strip()
    return bool(text) and not text.startswith("--") and not text.endswith((";", "(", ","))


def read_table(lines: Sequence[str], start: int) -> tuple[Printed, int]:
    """Return a printed result, and the line after it.

    :param lines: of a listing.
    :param start: where ``find_table`` found it.
    :raises Unreadable: when its rows have not the header's columns.
    """
    return _read_box(lines, start) if _BOX_EDGE.match(lines[start]) else _read_psql(lines, start)


def end_of_table(lines: Sequence[str], start: int) -> int:
    """Return the line after an unreadable result: the next blank one."""
    return next((at for at in range(start + 2, len(lines)) if not lines[at].strip()), len(lines))


def _read_box(lines: Sequence[str], start: int) -> tuple[Printed, int]:
    at = start + 1
    names = _cells(lines[at])
    while at < len(lines) and not _BOX_EDGE.match(lines[at]):
        at += 1
    rows: list[str] = []
    at += 1
    while at < len(lines) and (lines[at].strip().startswith("|") or _GAP.match(lines[at])):
        rows.append(lines[at])
        at += 1
    while at < len(lines) and _BOX_EDGE.match(lines[at]):
        at += 1
    return _table(names, [None if _GAP.match(row) else _cells(row) for row in rows], lines, at)


def _cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|"))


def _read_psql(lines: Sequence[str], start: int) -> tuple[Printed, int]:
    end = _end_of_rows(lines, start + 2)
    cut = _cutter(lines[start], lines[start + 1], lines[start + 2 : end])
    rows = [None if _GAP.match(line) else cut(line) for line in lines[start + 2 : end]]
    return _table(cut(lines[start]), rows, lines, end)


def _cutter(header: str, dashes: str, rows: Sequence[str]) -> Callable[[str], tuple[str, ...]]:
    """Return the function that cuts a line of a result into cells."""
    if "|" in header:
        width = header.strip().removesuffix("|").count("|") + 1
        return lambda line: tuple(cell.strip() for cell in _as_wide(line, width))
    if len(header.split()) > 1 and _are_words(rows, len(header.split())):
        return lambda line: tuple(line.split())
    columns = [match.span() for match in re.finditer("-+", dashes)]
    edges = [begin for begin, _ in columns[1:]]
    return lambda line: tuple(line[a:b].strip() for a, b in zip([0, *edges], [*edges, None], strict=True))


def _are_words(rows: Sequence[str], width: int) -> bool:
    """Return whether all rows have as many words as the header: then each is a column, and blanks are between them."""
    whole = [row for row in rows if not _GAP.match(row)]
    return bool(whole) and all(len(row.split()) == width for row in whole)


def _as_wide(line: str, width: int) -> list[str]:
    """Return a line's cells: a bar after the last column closes the line, and a value may hold bars itself."""
    cells = line.split("|")
    if len(cells) == width + 1 and not cells[-1].strip():
        cells.pop()
    return ["|".join(cells)] if width == 1 else cells


def _end_of_rows(lines: Sequence[str], start: int) -> int:
    at = start
    while at < len(lines) and lines[at].strip() and not _COUNT.match(lines[at]):
        at += 1
    # A row that is nothing but NULLs or blanks is a blank line; only the number of rows after it tells.
    after = next((place for place in range(at, len(lines)) if lines[place].strip()), len(lines))
    count = _COUNT.match(lines[after]) if after < len(lines) else None
    if count and int(count[1].replace(",", "")) >= after - start:
        return after
    return at


def _table(
    names: tuple[str, ...], rows: Sequence[tuple[str, ...] | None], lines: Sequence[str], end: int
) -> tuple[Printed, int]:
    whole = [row for row in rows if row is not None]
    is_gapless = len(whole) == len(rows)
    if any(len(row) != len(names) for row in whole):
        raise Unreadable("Its rows have not as many columns as its header.")
    after = next((at for at in range(end, len(lines)) if lines[at].strip()), len(lines))
    count = _COUNT.match(lines[after]) if after < len(lines) else None
    told = int(count[1].replace(",", "")) if count else None
    if told == 1 and not rows:
        whole = [("",) * len(names)]
    is_whole = is_gapless and (told is None or told == len(whole))
    return Printed(names, tuple(whole), told, is_whole), after + 1 if count else end
