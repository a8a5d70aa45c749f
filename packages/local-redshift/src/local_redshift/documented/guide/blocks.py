"""The listings of a page in Markdown or HTML, with what is said of them. Pure, but for reading the file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from enum import Enum, auto
from html.parser import HTMLParser
from pathlib import Path
from textwrap import dedent

from local_redshift.documented.guide.model import Block

_FENCE = re.compile(r"^\s*(?P<fence>`{3,}|~{3,})[^`]*$")
_HEADING = re.compile(r"^#{1,6}\s+(?P<text>.*?)(?:<a name=.*)?$")
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_PROSE = frozenset(("p", "li", "dd"))
#: What AWS's pages have around a listing's text: buttons, and nothing that belongs to it.
_AROUND = frozenset(("button", "awsui-button", "script", "style"))

SUFFIXES = (".md", ".html", ".htm")


class _Kind(Enum):
    HEADING = auto()
    PROSE = auto()
    LISTING = auto()
    TABLE = auto()


#: How cells are kept in an item's text.
_CELL, _ROW = "\x1f", "\x1e"
#: AWS describes its sample tables by their columns: https://docs.aws.amazon.com/redshift/latest/dg/c_sampledb.html
_SAMPLE = re.compile(r"^(\w+) table$", re.IGNORECASE)
_DESCRIBED = ["column name", "data type"]

_Item = tuple[_Kind, str]


def read_blocks(path: Path) -> list[Block]:
    """Return the listings of a page in their order.

    :param path: a file whose suffix is one of ``SUFFIXES``.
    """
    text = path.read_text(encoding="utf-8", errors="replace")
    return markdown_blocks(text) if path.suffix == ".md" else html_blocks(text)


def markdown_blocks(text: str) -> list[Block]:
    """Return the fenced listings of a page in Markdown."""
    return _blocks(_markdown_items(text))


def html_blocks(text: str) -> list[Block]:
    """Return the ``pre`` elements of a page in HTML."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return _blocks(reader.items)


def _blocks(items: Iterable[_Item]) -> list[Block]:
    blocks: list[Block] = []
    heading, before, title, last = "", "", "", _Kind.HEADING
    for kind, text in items:
        title = title or (text if kind is _Kind.HEADING else "")
        if kind is _Kind.TABLE:
            blocks += [Block(heading, sql)] if (sql := _definition(title, text)) else []
        elif kind is _Kind.HEADING:
            heading, before = text, ""
        elif kind is _Kind.PROSE:
            if blocks and last is _Kind.LISTING:
                blocks[-1] = replace(blocks[-1], after=text)
            before = text
        else:
            blocks.append(Block(heading, _listing(text), before))
            before = ""
        last = kind
    return blocks


def _definition(title: str, table: str) -> str | None:
    """Return the CREATE TABLE of a page that describes a sample table by its columns, or None."""
    header, *rows = [[cell.strip() for cell in row.split(_CELL)] for row in table.split(_ROW)]
    sample = _SAMPLE.match(title)
    if sample is None or [cell.lower() for cell in header[:2]] != _DESCRIBED:
        return None
    columns = ", ".join(f"{row[0].lower()} {row[1]}" for row in rows if len(row) > 1)
    return f"create table {sample[1].lower()} ({columns});"


def _listing(text: str) -> str:
    # AWS's pages have no-break spaces where an editor put them; as SQL they are blanks.
    return dedent(text.replace("\xa0", " ").expandtabs(4)).strip("\n")


def _markdown_items(text: str) -> Iterator[_Item]:
    fence, lines, rows = None, list[str](), list[str]()
    for line in text.splitlines():
        match = _FENCE.match(line)
        if fence is None and line.startswith("|"):
            rows.append(line)
            continue
        if rows:
            yield _Kind.TABLE, _markdown_table(rows)
            rows = []
        if fence is not None:
            if match and match["fence"] == fence:
                yield _Kind.LISTING, "\n".join(lines)
                fence = None
            else:
                lines.append(line)
        elif match:
            fence, lines = match["fence"], []
        elif line.strip():
            yield _markdown_text(line)


def _markdown_text(line: str) -> _Item:
    plain = line.replace("\\", "")
    heading = _HEADING.match(plain)
    return (_Kind.HEADING, heading["text"].strip()) if heading else (_Kind.PROSE, plain.strip())


def _markdown_table(lines: list[str]) -> str:
    rows = [line.replace("\\", "").strip().strip("|").split("|") for line in lines]
    return _ROW.join(_CELL.join(row) for row in rows if not all(set(cell.strip()) <= set("-:") for cell in row))


class _Reader(HTMLParser):
    """Reads headings, paragraphs and listings; a listing's ``code``, where it has one, is its text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.items: list[_Item] = []
        self._open: list[str] = []
        self._text: list[str] = []
        self._code: list[str] = []
        self._rows: list[list[str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin the text of an element."""
        if tag == "table":
            self._rows = []
        elif tag == "tr":
            self._rows.append([])
        elif tag in ("td", "th") and self._rows:
            self._rows[-1].append("")
        if tag in _HEADINGS | _PROSE | {"pre"}:
            self._end_prose()
        if tag == "br":
            self.handle_data("\n")
        if tag in _HEADINGS | _PROSE | _AROUND | {"pre", "code"}:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """End the text of an element."""
        if tag == "table" and self._rows:
            self.items.append((_Kind.TABLE, _ROW.join(_CELL.join(row) for row in self._rows)))
            self._rows = []
        if tag not in self._open:
            return
        while self._open.pop() != tag:
            pass
        if tag == "pre":
            self.items.append((_Kind.LISTING, "".join(self._code or self._text)))
            self._text, self._code = [], []
        elif tag in _HEADINGS:
            self.items.append((_Kind.HEADING, " ".join("".join(self._text).split())))
            self._text = []
        elif tag in _PROSE:
            self._end_prose()

    def handle_data(self, data: str) -> None:
        """Keep text that belongs to a heading, a paragraph, a listing or a table's cell."""
        if self._rows and self._rows[-1]:
            self._rows[-1][-1] += data
        if not self._open or _AROUND & set(self._open):
            return
        self._text.append(data)
        if "pre" in self._open and "code" in self._open:
            self._code.append(data)

    def _end_prose(self) -> None:
        if text := " ".join("".join(self._text).split()):
            self.items.append((_Kind.PROSE, text))
        self._text, self._code = [], []
