"""Redshift's ALTER TABLE as PostgreSQL's.

The grammar: https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_TABLE.html. Changes of the storage and of keys
have no counterpart; they become a statement that changes nothing, but fails unless the table exists and belongs to
the user.
"""

from __future__ import annotations

from collections.abc import Sequence

from local_redshift.statements.ddl.columns import read_column
from local_redshift.statements.ddl.keys import read_key
from local_redshift.statements.ddl.storage import Storage
from local_redshift.statements.tokens.cursor import Cursor
from local_redshift.statements.tokens.edits import Edits, literal
from local_redshift.statements.tokens.errors import syntax_error
from local_redshift.statements.tokens.lexer import Token
from local_redshift.statements.tokens.types import read_type
from local_redshift.wire.errors import RedshiftError

_CHANGES_NOTHING = "RESET (fillfactor)"


def rewrite_alter_table(tokens: Sequence[Token], edits: Edits) -> None:
    """Add the edits that turn an ALTER TABLE into PostgreSQL's.

    :param tokens: the statement.
    :param edits: takes the changes.
    :raises RedshiftError: for what Redshift does not take.
    """
    cursor = Cursor(tokens, 2)
    if cursor.peek("IF", "EXISTS"):
        raise syntax_error(cursor.tokens[cursor.at + 1], "Redshift's ALTER TABLE has no IF EXISTS.")
    names = cursor.names()
    storage = Storage(table=names[-1], schema=names[-2] if len(names) > 1 else None)
    _Alter(cursor, storage, edits).rewrite()


def append_call(script: str, tokens: Sequence[Token]) -> str | None:
    """Return the call that replaces ALTER TABLE … APPEND, None for other changes.

    https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_TABLE_APPEND.html

    :param script: the text that the tokens are of.
    :param tokens: an ALTER TABLE.
    """
    cursor = Cursor(tokens, 2)
    cursor.names()
    target = script[tokens[2].start : tokens[cursor.at - 1].end]
    if not cursor.accept("APPEND", "FROM"):
        return None
    first = cursor.at
    cursor.names()
    source = script[tokens[first].start : tokens[cursor.at - 1].end]
    ignores_extra, fills_target = cursor.accept("IGNOREEXTRA"), cursor.accept("FILLTARGET")
    if not cursor.done:
        raise syntax_error(cursor.next)
    flags = f"{str(ignores_extra).lower()}, {str(fills_target).lower()}"
    return f"CALL redshift_catalog.append_table({literal(target)}, {literal(source)}, {flags})"


class _Alter:
    def __init__(self, cursor: Cursor, storage: Storage, edits: Edits) -> None:
        self._cursor = cursor
        self._storage = storage
        self._edits = edits
        self._first = cursor.at

    def rewrite(self) -> None:
        action = {
            "ADD": self._add,
            "DROP": self._drop,
            "RENAME": self._rename,
            "ALTER": self._alter,
            "OWNER": self._owner,
        }.get(self._cursor.upper)
        if action is None:
            raise syntax_error(self._cursor.next)
        self._cursor.take()
        action()
        if not self._cursor.done:
            hint = "Redshift changes one thing at a time: write one ALTER TABLE for each."
            raise syntax_error(self._cursor.next, hint if self._cursor.peek(",") else None)
        self._edits.insert(self._cursor.tokens[-1].end, self._storage.comment())

    def _add(self) -> None:
        cursor = self._cursor
        if cursor.upper in ("CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN"):
            read_key(cursor, self._storage)
            self._nothing()
            return
        if cursor.upper in ("CHECK", "EXCLUDE"):
            raise syntax_error(cursor.next, f"Redshift has no {cursor.upper} constraints.")
        cursor.accept("COLUMN")
        if cursor.peek("IF", "NOT", "EXISTS"):
            raise syntax_error(cursor.tokens[cursor.at + 1], "Redshift's ADD COLUMN has no IF NOT EXISTS.")
        comma = _top_level_comma(cursor)
        if comma is not None:
            hint = "Redshift adds one column at a time: write one ALTER TABLE … ADD COLUMN for each."
            raise syntax_error(comma, hint)
        read_column(cursor, self._storage, self._edits)

    def _drop(self) -> None:
        cursor = self._cursor
        if cursor.accept("CONSTRAINT"):
            self._storage.dropped_key = cursor.name()
            if not cursor.accept("CASCADE"):
                cursor.accept("RESTRICT")
            self._nothing()
            return
        cursor.accept("COLUMN")
        if cursor.peek("IF", "EXISTS"):
            raise syntax_error(cursor.tokens[cursor.at + 1], "Redshift's DROP COLUMN has no IF EXISTS.")
        cursor.name()
        if not cursor.accept("CASCADE"):
            cursor.accept("RESTRICT")

    def _rename(self) -> None:
        cursor = self._cursor
        if not cursor.accept("TO"):
            cursor.accept("COLUMN")
            cursor.name()
            cursor.expect("TO")
        cursor.name()

    def _owner(self) -> None:
        self._cursor.expect("TO")
        self._cursor.name()

    def _alter(self) -> None:
        cursor = self._cursor
        if cursor.upper in ("DISTKEY", "DISTSTYLE", "SORTKEY", "COMPOUND", "ENCODE"):
            self._alter_storage()
            while cursor.accept(","):
                cursor.expect("ALTER")
                self._alter_storage()
            self._nothing()
            return
        cursor.accept("COLUMN")
        column = cursor.name()
        if cursor.peek("ENCODE"):
            self._alter_encoding(column)
            self._nothing()
        elif cursor.accept("TYPE"):
            self._alter_type()
        else:
            raise syntax_error(cursor.next, "Redshift can change a column's TYPE (of VARCHAR) and ENCODE only.")

    def _alter_storage(self) -> None:
        """ALTER DISTSTYLE …, ALTER DISTKEY column, ALTER [COMPOUND] SORTKEY (…) | AUTO | NONE, ALTER ENCODE AUTO.

        They may be a list: https://docs.aws.amazon.com/redshift/latest/dg/r_shred_super.html
        """
        cursor, storage = self._cursor, self._storage
        if cursor.accept("DISTSTYLE"):
            storage.dist_style = cursor.take().upper
            storage.removed.append("dist_key")
            if storage.dist_style != "KEY":
                return
        if cursor.accept("DISTKEY"):
            storage.dist_key = cursor.name()
            storage.removed.append("dist_style")
        elif cursor.accept("ENCODE"):
            cursor.expect("AUTO")
            storage.removed.append("encodings")
        elif cursor.accept("SORTKEY", "NONE") or cursor.accept("SORTKEY", "AUTO"):
            storage.removed += ["sort_key", "sort_style"]
        else:
            cursor.accept("COMPOUND")
            cursor.expect("SORTKEY")
            storage.removed.append("sort_style")
            storage.sort_key = list(cursor.bracketed_names())

    def _alter_encoding(self, column: str) -> None:
        """ALTER COLUMN a ENCODE x[, ALTER COLUMN b ENCODE y …]: the one list of changes that is allowed."""
        cursor = self._cursor
        cursor.expect("ENCODE")
        self._storage.encodings[column] = cursor.unquoted()
        while cursor.accept(","):
            cursor.expect("ALTER")
            cursor.accept("COLUMN")
            column = cursor.name()
            cursor.expect("ENCODE")
            self._storage.encodings[column] = cursor.unquoted()

    def _alter_type(self) -> None:
        """Only the length of a VARCHAR can change."""
        cursor = self._cursor
        first = cursor.at
        changed = read_type(cursor, "The column")
        token = cursor.tokens[first]
        if changed.family != "varchar":
            text = "ALTER COLUMN TYPE is only supported for VARCHAR"
            raise RedshiftError("0A000", text, hint="Add a column and UPDATE it.", position=token.start + 1)
        if changed.sql is not None:
            self._edits.replace(token.start, cursor.tokens[cursor.at - 1].end, changed.sql)

    def _nothing(self) -> None:
        tokens = self._cursor.tokens
        self._edits.replace(tokens[self._first].start, tokens[-1].end, _CHANGES_NOTHING)


def _top_level_comma(cursor: Cursor) -> Token | None:
    depth = 0
    for token in cursor.tokens[cursor.at :]:
        depth += (token.text == "(") - (token.text == ")")
        if token.text == "," and depth == 0:
            return token
    return None
