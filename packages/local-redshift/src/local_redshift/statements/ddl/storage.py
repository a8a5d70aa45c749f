"""How Redshift stores a table: distribution, sort key, encodings.

https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_TABLE_NEW.html
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from local_redshift.statements.tokens.cursor import Cursor
from local_redshift.statements.tokens.errors import syntax_error
from local_redshift.statements.tokens.lexer import NUMBER
from local_redshift.wire.errors import RedshiftError

_STYLES = ("AUTO", "EVEN", "KEY", "ALL")


@dataclass(frozen=True)
class Key:
    """A primary (``p``), unique (``u``) or foreign (``f``) key as written.

    :param name: the constraint's; None when it has none.
    :param table: what a foreign key refers to.
    :param references: its columns there; empty for that table's primary key.
    """

    kind: str
    columns: list[str]
    name: str | None = None
    table: str | None = None
    references: list[str] = field(default_factory=list)


@dataclass
class Storage:
    """The attributes in a CREATE TABLE or ALTER TABLE.

    Keys name columns, or tell the places of a query's columns.
    ``like`` names the table whose storage is copied, ``removed`` the attributes that an ALTER TABLE takes away. Of a
    materialized view, ``statement`` is the text that made it, which the catalog shows.
    """

    table: str = ""
    schema: str | None = None
    like: str | None = None
    dist_style: str | None = None
    dist_key: str | int | None = None
    sort_style: str | None = None
    sort_key: list[str | int] = field(default_factory=list)
    encodings: dict[str, str] = field(default_factory=dict)
    keys: list[Key] = field(default_factory=list)
    dropped_key: str | None = None
    removed: list[str] = field(default_factory=list)
    statement: str | None = None

    @property
    def primary_key(self) -> list[str]:
        """The columns of the primary key; empty when there is none."""
        return [name for key in self.keys if key.kind == "p" for name in key.columns]

    @property
    def has_places(self) -> bool:
        """Whether a key names a column by its place."""
        return any(isinstance(column, int) for column in (self.dist_key, *self.sort_key))

    def comment(self) -> str:
        """Return the comment for the catalog's event trigger, empty when there is nothing to pass on."""
        given = _without_empty(asdict(self))
        if self.keys:
            given["keys"] = [_without_empty(asdict(key)) for key in self.keys]
        if set(given) <= {"table", "schema"}:
            return ""
        # JSON may write '/' as '\/': so nothing in it ends the comment or begins another
        return f" /*redshift {json.dumps(given)[:-1].replace('/', chr(92) + '/')}}}*/"


def _without_empty(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}


def read_storage(cursor: Cursor, storage: Storage, columns: Sequence[str]) -> None:
    """Read the table attributes that come next, if any.

    :param cursor: after the columns.
    :param storage: takes them.
    :param columns: the table's columns, empty when they are not known.
    :raises RedshiftError: for what Redshift does not take.
    """
    first = cursor.next
    while _read_one(cursor, storage):
        if storage.like is not None:
            raise syntax_error(first, "A table made LIKE another takes over its storage; give no attributes.")
    if storage.dist_style == "KEY" and storage.dist_key is None:
        raise RedshiftError(
            "42P16",
            "DISTSTYLE KEY needs a DISTKEY.",
            hint=f"Add DISTKEY ({columns[0] if columns else 'column'}).",
        )
    if storage.dist_key is not None and storage.dist_style not in (None, "KEY"):
        text = f"DISTSTYLE {storage.dist_style} does not go with a DISTKEY."
        raise RedshiftError("42P16", text, hint="Leave one of them out.")


def _read_one(cursor: Cursor, storage: Storage) -> bool:
    if cursor.accept("BACKUP"):
        if not cursor.accept("YES"):
            cursor.expect("NO")
    elif cursor.accept("DISTSTYLE"):
        token = cursor.take()
        if token.upper not in _STYLES:
            raise syntax_error(token, f"DISTSTYLE is one of {', '.join(_STYLES)}.")
        storage.dist_style = token.upper
    elif cursor.accept("DISTKEY"):
        names = _key_columns(cursor)
        if len(names) != 1:
            raise RedshiftError("42P16", "DISTKEY takes one column.", hint="Choose the one that is joined most.")
        storage.dist_key = names[0]
    elif cursor.accept("ENCODE"):
        cursor.expect("AUTO")
    else:
        return _read_sort_key(cursor, storage)
    return True


def _read_sort_key(cursor: Cursor, storage: Storage) -> bool:
    if cursor.upper in ("COMPOUND", "INTERLEAVED"):
        storage.sort_style = cursor.take().upper
        cursor.expect("SORTKEY")
    elif not cursor.accept("SORTKEY"):
        return False
    if cursor.accept("AUTO"):
        return True
    storage.sort_key = _key_columns(cursor)
    if storage.sort_style == "INTERLEAVED" and len(storage.sort_key) > 8:
        raise RedshiftError("42P16", "An INTERLEAVED SORTKEY has 8 columns at most.", hint="Use a COMPOUND one.")
    return True


def _key_columns(cursor: Cursor) -> list[str | int]:
    """Return the columns in the brackets that open next; of a query's columns, also their places, from 1.

    https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_TABLE_AS.html
    """
    columns: list[str | int] = []
    for item in cursor.bracketed():
        inner = Cursor(item)
        token = inner.next
        is_place = token is not None and token.kind is NUMBER and token.text.isdigit()
        columns.append(int(inner.take().text) if is_place else inner.name())
        if not inner.done:
            raise syntax_error(inner.next)
    return columns
