"""Statements and what is printed for them, in the order of a page. Pure, but for reading the file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from local_redshift.documented.guide.blocks import read_blocks
from local_redshift.documented.guide.model import Block, Example, Page, Printed
from local_redshift.documented.guide.printed import Unreadable, end_of_table, find_table, read_table
from local_redshift.documented.guide.rules import begins_statement, is_command_tag, is_syntax, without_prompts
from local_redshift.documented.model import split_script

_ERROR = re.compile(r"^\s*(?:ERROR|Error|error)\s*(?::|\d)|^\s*An error occurred|^\s*\[Amazon\]|^\s*Invalid operation")
_NOTICE = re.compile(r"^\s*(?:INFO|NOTICE|WARNING)\s*:")
_DOLLARS = re.compile(r"\$(?:[^\W\d]\w*)?\$")
_COMMENT = re.compile(r"--.*$")

#: A part of a listing: SQL, a printed result, an error, or text that is none of them.
_Part = tuple[str, "str | Printed"]


def read_page(path: Path) -> Page:
    """Return a page's statements with what it prints for them.

    :param path: a file in Markdown or HTML.
    """
    examples: list[Example] = []
    heading = None
    for block in read_blocks(path):
        parts = list(_parts(block))
        if parts and parts[0][0] != "sql":
            # A result in a listing of its own belongs to the statement before it in the same section.
            if block.heading == heading and examples and not examples[-1].is_answered:
                examples[-1] = _with_answer(examples[-1], *parts[0])
            continue
        for kind, content in parts:
            if kind == "sql":
                examples.extend(Example(sql, before=block.before) for sql in split_script(str(content)))
            elif examples and not examples[-1].is_answered:
                examples[-1] = _with_answer(examples[-1], kind, content)
        if examples:
            examples[-1] = replace(examples[-1], after=block.after)
        heading = block.heading
    return Page(path.stem, tuple(examples))


def _with_answer(example: Example, kind: str, content: str | Printed) -> Example:
    if isinstance(content, Printed):
        return replace(example, printed=content)
    return replace(example, error=content) if kind == "error" else replace(example, unread=content)


def _parts(block: Block) -> Iterator[_Part]:
    """Return the parts of a listing; none when it is the syntax of a statement, or holds neither SQL nor a result."""
    text = without_prompts(block.text)
    if is_syntax(block.heading, text):
        return
    lines = text.splitlines()
    at = 0
    while at < len(lines):
        table = find_table(lines, at)
        yield from _before_table(lines[at:table])
        if table is None:
            return
        try:
            printed, at = read_table(lines, table)
            yield "printed", printed
        except Unreadable:
            at = end_of_table(lines, table)
            yield "unread", "\n".join(lines[table:at])


def _before_table(lines: Sequence[str]) -> Iterator[_Part]:
    """Return the parts of lines that hold no table: statements, errors, and what else is printed after statements."""
    kind, held, is_quoted = "sql", list[str](), False
    for line in [*lines, ""]:
        new = _kind_of(line, kind, held) if not is_quoted else kind
        if new != kind:
            yield from _held(kind, held)
            kind, held = new, []
        held.append(line)
        is_quoted ^= kind == "sql" and len(_DOLLARS.findall(line)) % 2 == 1
    yield from _held(kind, held)


def _held(kind: str, held: Sequence[str]) -> Iterator[_Part]:
    text = "\n".join(held).strip()
    if text and kind != "notice" and (kind != "sql" or begins_statement(text)):
        yield kind, text


def _kind_of(line: str, kind: str, held: Sequence[str]) -> str:
    """Return what a line belongs to, given what the lines before it are."""
    if _ERROR.match(line):
        return "error"
    if _NOTICE.match(line) or (_is_complete(held, kind) and is_command_tag(line)):
        return "notice"
    if not line.strip():
        return kind
    if kind == "sql":
        return "sql" if not _is_complete(held, kind) or _is_sql(line) else "unread"
    # What is printed ends with a blank line, or with a line that no result begins with.
    return "sql" if (not held or not held[-1].strip() or kind == "notice") and begins_statement(line) else kind


def _is_sql(line: str) -> bool:
    return line.strip().startswith(("--", "/*")) or begins_statement(line)


def _is_complete(held: Sequence[str], kind: str) -> bool:
    """Return whether no statement is open: the last line that is not blank ends one."""
    if kind != "sql":
        return True
    last = next((line for line in reversed(held) if line.strip()), "")
    return _COMMENT.sub("", last).rstrip().endswith(";")
