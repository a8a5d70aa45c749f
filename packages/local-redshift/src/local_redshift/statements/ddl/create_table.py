"""Redshift's CREATE TABLE as PostgreSQL's: storage attributes and informational keys are removed.

What is removed is passed on in a comment, ``/*redshift {json}*/``, which an event trigger of the catalog reads: it
stores the attributes and creates the index that replaces zone maps. It also checks strings' lengths in bytes.

- keys inform the planner and are not enforced, but PRIMARY KEY columns are NOT NULL:
  https://docs.aws.amazon.com/redshift/latest/dg/t_Defining_constraints.html
- the grammar: https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_TABLE_NEW.html
- CREATE TABLE AS: https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_TABLE_AS.html
"""

from __future__ import annotations

from collections.abc import Sequence

from local_redshift.statements.ddl.columns import Column, read_column
from local_redshift.statements.ddl.keys import read_key
from local_redshift.statements.ddl.storage import Storage, read_storage
from local_redshift.statements.tokens.cursor import Cursor
from local_redshift.statements.tokens.edits import Edits
from local_redshift.statements.tokens.errors import syntax_error
from local_redshift.statements.tokens.lexer import NUMBER, SYMBOL, WORD, Token
from local_redshift.statements.tokens.reserved import RESERVED
from local_redshift.wire.errors import RedshiftError

_CONSTRAINTS = frozenset(("PRIMARY", "UNIQUE", "FOREIGN", "CONSTRAINT", "CHECK", "EXCLUDE"))


def rewrite_create_table(tokens: Sequence[Token], at: int, edits: Edits) -> int:
    """Add the edits that turn a CREATE TABLE into PostgreSQL's.

    :param tokens: the statement.
    :param at: index of the word TABLE.
    :param edits: takes the changes.
    :returns: index of the query of a CREATE TABLE AS, the number of tokens when there is none.
    :raises RedshiftError: for what Redshift does not take.
    """
    return _CreateTable(tokens, at, edits).rewrite()


class _CreateTable:
    def __init__(self, tokens: Sequence[Token], at: int, edits: Edits) -> None:
        self._cursor = Cursor(tokens, at + 1)
        self._edits = edits
        self._storage = Storage()
        self._columns: list[Column] = []

    def rewrite(self) -> int:
        cursor = self._cursor
        conditional = cursor.accept("IF", "NOT", "EXISTS")
        self._read_name(cursor)
        if cursor.peek("("):
            self._read_items(cursor)
        first = cursor.at
        read_storage(cursor, self._storage, [column.name for column in self._columns])
        if cursor.at > first:
            self._edits.remove(cursor.tokens[first : cursor.at])
        self._check_columns()
        is_query = cursor.peek("AS")
        if not is_query and not cursor.done:
            raise syntax_error(cursor.next)
        if not is_query and self._storage.has_places:
            place = next(token for token in cursor.tokens[first:] if token.kind is NUMBER)
            raise syntax_error(place, "Name the column: only CREATE TABLE AS takes its place.")
        if is_query and conditional:
            raise syntax_error(cursor.next, "CREATE TABLE AS takes no IF NOT EXISTS: DROP TABLE IF EXISTS first.")
        if not is_query and not self._columns and self._storage.like is None:
            raise syntax_error(None, "Redshift has no tables without columns.")
        self._edits.insert(cursor.tokens[cursor.at - 1].end, self._storage.comment())
        return cursor.at

    def _read_name(self, cursor: Cursor) -> None:
        token = cursor.next
        if token is not None and token.kind is WORD and token.upper in RESERVED:
            raise syntax_error(token, f'{token.upper} is a reserved word of Redshift. Quote it: "{token.name}".')
        parts = cursor.names()
        self._storage.table = parts[-1]
        self._storage.schema = parts[-2] if len(parts) > 1 else None

    def _read_items(self, cursor: Cursor) -> None:
        first = cursor.at
        items = cursor.bracketed()
        if all(len(item) == 1 for item in items) and items:  # CREATE TABLE t (a, b) AS …
            self._columns = [Column(item[0].name) for item in items]
            return
        opening, previous, kept = cursor.tokens[first], cursor.tokens[first], False
        for item in items:
            if item[0].upper in _CONSTRAINTS and item[0].kind is WORD:
                read_key(Cursor(item), self._storage)
                # with the comma before it, or, when nothing is kept yet, the one after it
                start = previous.end if kept else opening.end
                self._edits.replace(start, self._end_of(item, kept=kept), "")
            else:
                kept = True
                self._read_item(item)
            previous = item[-1]

    def _end_of(self, item: Sequence[Token], *, kept: bool) -> int:
        if kept:
            return item[-1].end
        following = next(token for token in self._cursor.tokens if token.start >= item[-1].end)
        return following.end if following.kind is SYMBOL and following.text == "," else item[-1].end

    def _read_item(self, item: Sequence[Token]) -> None:
        if item[0].upper == "LIKE" and item[0].kind is WORD:
            self._read_like(Cursor(item, 1))
            return
        self._columns.append(read_column(Cursor(item), self._storage, self._edits))

    def _read_like(self, cursor: Cursor) -> None:
        """LIKE copies the storage attributes, which then cannot be given; it does not copy the keys."""
        first = cursor.at
        cursor.names()
        self._storage.like = "".join(token.text for token in cursor.tokens[first : cursor.at])
        while not cursor.done:
            if not cursor.accept("INCLUDING") and not cursor.accept("EXCLUDING"):
                raise syntax_error(cursor.next)
            if not cursor.accept("DEFAULTS"):
                raise syntax_error(cursor.next, "LIKE takes INCLUDING DEFAULTS or EXCLUDING DEFAULTS.")

    def _check_columns(self) -> None:
        """Make the primary key NOT NULL; refuse names in keys that are not columns."""
        columns = {column.name: column for column in self._columns}
        storage = self._storage
        dist_key: list[str | int] = [storage.dist_key] if storage.dist_key is not None else []
        named: dict[str, Sequence[str | int]] = {"sortkey": storage.sort_key, "distkey": dist_key}
        for kind, what in (("f", "foreign key"), ("p", "primary key"), ("u", "unique key")):
            named[what] = [name for key in storage.keys if key.kind == kind for name in key.columns]
        for what, names in named.items():
            for name in names:
                if columns and isinstance(name, str) and name not in columns:
                    raise RedshiftError(
                        "42703",
                        f'column "{name}" named in {what} does not exist',
                        hint=f"The table's columns are {', '.join(columns)}.",
                    )
        for name in dict.fromkeys(storage.primary_key):
            column = columns.get(name)
            if column is not None and column.end and not column.not_null:
                self._edits.insert(column.end, " NOT NULL")
