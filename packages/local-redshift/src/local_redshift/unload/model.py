"""What an UNLOAD writes. Values only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ResultColumn:
    """A column of the query's result.

    :param type_oid: PostgreSQL's number of its type.
    :param modifier: the type's modifier, -1 for none.
    """

    name: str
    type_oid: int
    modifier: int = -1


@dataclass(frozen=True)
class WrittenFile:
    """A file that was written."""

    uri: str
    rows: int
    size: int


#: A row's values as PostgreSQL writes them.
Row = list[str | None]
