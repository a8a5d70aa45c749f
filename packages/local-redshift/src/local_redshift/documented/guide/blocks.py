"""The listings of a page in Markdown or HTML. Pure, but for reading the file."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from textwrap import dedent

from local_redshift.documented.guide.model import Block

_FENCE = re.compile(r"^(?P<indent>\s*)(?P<fence>`{3,}|~{3,})[^`]*$")
_HEADING = re.compile(r"^#{1,6}\s+(?P<text>.*?)(?:<a name=.*)?$")
#: What AWS's pages have around a listing's text: buttons, and nothing that belongs to it.
_AROUND = frozenset(("button", "awsui-button", "script", "style"))
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))

SUFFIXES = (".md", ".html", ".htm")


def read_blocks(path: Path) -> list[Block]:
    """Return the listings of a page in their order.

    :param path: a file whose suffix is one of ``SUFFIXES``.
    """
    text = path.read_text(encoding="utf-8", errors="replace")
    return markdown_blocks(text) if path.suffix == ".md" else html_blocks(text)


def markdown_blocks(text: str) -> list[Block]:
    """Return the fenced blocks of a page in Markdown."""
    blocks: list[Block] = []
    heading, fence, lines = "", None, list[str]()
    for line in text.splitlines():
        match = _FENCE.match(line)
        if fence is not None:
            if match and match["fence"] == fence:
                blocks.append(_block(heading, "\n".join(lines)))
                fence = None
            else:
                lines.append(line)
        elif match:
            fence, lines = match["fence"], []
        elif found := _HEADING.match(line):
            heading = found["text"].replace("\\", "").strip()
    return blocks


def html_blocks(text: str) -> list[Block]:
    """Return the texts of a page's ``pre`` elements."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.blocks


def _block(heading: str, text: str) -> Block:
    # AWS's pages have no-break spaces where an editor put them; as SQL they are blanks.
    return Block(heading, dedent(text.replace("\t", "    ").replace("\xa0", " ")).strip("\n"))


class _Reader(HTMLParser):
    """Reads listings and the headings above them; a listing's ``code``, where it has one, is its text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self._heading = ""
        self._open: list[str] = []
        self._text: list[str] = []
        self._code: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _HEADINGS or (tag == "pre" and "pre" not in self._open):
            self._text, self._code = [], []
        if tag == "br":
            self.handle_data("\n")
        if tag in _HEADINGS | _AROUND | {"pre", "code"}:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self._open:
            return
        while self._open.pop() != tag:
            pass
        if tag in _HEADINGS:
            self._heading = " ".join("".join(self._text).split())
        elif tag == "pre":
            self.blocks.append(_block(self._heading, "".join(self._code or self._text)))

    def handle_data(self, data: str) -> None:
        if not self._open or _AROUND & set(self._open):
            return
        self._text.append(data)
        if "pre" in self._open and "code" in self._open:
            self._code.append(data)
