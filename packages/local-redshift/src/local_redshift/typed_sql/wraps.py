"""Puts text around parts of a statement that lie inside each other. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class _Wrap(NamedTuple):
    start: int
    end: int
    rank: int
    before: str
    after: str


@dataclass
class Wraps:
    """What to put around parts of a text, and in place of some of its characters.

    :param text: the text.
    """

    text: str
    _wraps: set[_Wrap] = field(default_factory=set)
    _replaced: dict[int, tuple[int, str]] = field(default_factory=dict)

    def wrap(self, start: int, end: int, before: str, after: str, *, rank: int = 0) -> None:
        """Put text around the characters from start to end.

        :param rank: of two wraps of the same characters, the one with the higher rank is outside.
        """
        self._wraps.add(_Wrap(start, end, rank, before, after))

    def replace(self, start: int, end: int, new: str) -> None:
        """Put text in place of the characters from start to end."""
        self._replaced[start] = (end, new)

    def apply(self) -> str:
        """Return the text with all changes made."""
        if not self._wraps and not self._replaced:
            return self.text
        before = sorted(self._wraps, key=lambda wrap: (wrap.start, -wrap.end, -wrap.rank))
        after = sorted(self._wraps, key=lambda wrap: (wrap.end, -wrap.start, wrap.rank))
        # At one place, what ends there comes before what begins there.
        changes = [(wrap.end, 0, wrap.end, wrap.after) for wrap in after]
        changes += [(wrap.start, 1, wrap.start, wrap.before) for wrap in before]
        changes += [(start, 2, end, new) for start, (end, new) in self._replaced.items()]
        pieces, position = list[str](), 0
        for start, _, end, new in sorted(changes, key=lambda change: change[:2]):
            pieces += (self.text[position:start], new)
            position = end
        return "".join([*pieces, self.text[position:]])
