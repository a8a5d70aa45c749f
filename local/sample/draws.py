"""Random draws that are the same on every Python: ``random()`` is the only method with that promise.

https://docs.python.org/3/library/random.html#notes-on-reproducibility
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar

Item = TypeVar("Item")

_ID_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


class Draws:
    """A stream of draws.

    :param name: what the stream is for; streams of different names are independent.
    """

    def __init__(self, name: str) -> None:
        self.random = Random(name).random

    def chance(self, probability: float) -> bool:
        """Return True with a probability."""
        return self.random() < probability

    def below(self, limit: int) -> int:
        """Return a whole number from 0 up to, but not including, a limit."""
        return int(self.random() * limit)

    def between(self, low: float, high: float) -> float:
        """Return a number between two."""
        return low + self.random() * (high - low)

    def pick(self, items: Sequence[Item]) -> Item:
        """Return one of several, all equally likely."""
        return items[int(self.random() * len(items))]

    def pick_early(self, items: Sequence[Item], slope: float = 2.0) -> Item:
        """Return one of several, early ones more often, as popular songs are."""
        return items[int(self.random() ** slope * len(items))]

    def identifier(self, length: int) -> str:
        """Return capital letters and digits."""
        return "".join(_ID_LETTERS[self.below(len(_ID_LETTERS))] for _ in range(length))
