"""Sets of words, written as text."""

from __future__ import annotations


def keywords(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(text.split())
