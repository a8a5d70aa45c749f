"""Rows that nothing delivers: what ``sql/upkeep/orphans.sql`` counts, and what to do about each kind. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

_REMOVE = "trigger sparkify_maintenance with remove_orphans"
_RELOAD = "load the hours that hold them again (sparkify_hourly with window_start and window_end)"
_ACCEPT = "run sparkify_hourly once with accept_removed: it loads all song files, and removes what has none"

#: What to do about each kind of row that the query counts.
STEPS: Mapping[str, str] = {
    "users without an observation": _REMOVE,
    "users not as last observed": _REMOVE,
    "times without a play": _REMOVE,
    "songs without a file": _REMOVE,
    "artists without a song": _REMOVE,
    "plays without a delivery": _RELOAD,
    "deliveries of hours that the ledger does not have": _RELOAD,
    "song files that the ledger does not have": _ACCEPT,
    "songs known from before files were": _ACCEPT,
}


def describe_orphans(rows: Iterable[tuple[Any, ...]]) -> tuple[str, str]:
    """Return what there is and what to do about it, as two sentences; empty when there is nothing.

    :param rows: kind, number and one of them, of each kind.
    """
    found = [(str(kind), int(number), str(example).strip()) for kind, number, example in rows if number]
    seen = "; ".join(f"{kind}: {number:,} (for instance {example})" for kind, number, example in found)
    steps = "; then ".join(dict.fromkeys(STEPS[kind] for kind, _, _ in found))
    return (f"{seen}.", f"{steps}.") if found else ("", "")
