"""What a page of the guide holds, and what came of its examples. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True)
class Block:
    """A listing of a page.

    :param heading: the heading above it.
    :param text: as written, without the indentation of a list.
    :param before: the paragraph right before it.
    :param after: the paragraph right after it.
    """

    heading: str
    text: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Printed:
    """A result that a page prints.

    :param names: the columns' names.
    :param rows: the cells' texts, without the blanks around them.
    :param count: the number of rows that the page tells; None when it does not.
    :param is_whole: whether all rows are printed: ``...`` may stand for the others.
    """

    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    count: int | None = None
    is_whole: bool = True


@dataclass(frozen=True)
class Example:
    """A statement with what the page prints for it.

    :param sql: one statement.
    :param printed: its result.
    :param error: the text of its error.
    :param unread: what is printed after it in a layout that is not read.
    :param before: the paragraph before its listing.
    :param after: the paragraph after its listing, of which it is the last statement.
    """

    sql: str
    printed: Printed | None = None
    error: str | None = None
    unread: str | None = None
    before: str = ""
    after: str = ""

    @property
    def is_answered(self) -> bool:
        """Whether the page prints anything for it."""
        return any(part is not None for part in (self.printed, self.error, self.unread))


@dataclass(frozen=True)
class Page:
    """A page's statements in their order.

    :param name: the file's name without its suffix.
    :param examples: the statements.
    """

    name: str
    examples: tuple[Example, ...]


class Verdict(StrEnum):
    """What came of an example."""

    RIGHT = "right"
    WRONG = "wrong"
    REFUSED = "refused"
    FAILED = "failed"
    ACCEPTED = "accepted"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Outcome:
    """What came of an example.

    :param example: the example.
    :param verdict: in a word.
    :param reason: in a sentence.
    :param are_names_right: whether the columns' names are the printed ones; None when rows were not compared.
    """

    example: Example
    verdict: Verdict
    reason: str = ""
    are_names_right: bool | None = None
