"""A column's definition, in CREATE TABLE and in ALTER TABLE … ADD COLUMN.

https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_TABLE_NEW.html
"""

from __future__ import annotations

from dataclasses import dataclass

from local_redshift.statements.ddl.keys import read_reference
from local_redshift.statements.ddl.storage import Key, Storage
from local_redshift.statements.queries.expressions import rewrite_expressions
from local_redshift.statements.tokens.cursor import Cursor
from local_redshift.statements.tokens.edits import Edits
from local_redshift.statements.tokens.errors import syntax_error
from local_redshift.statements.tokens.keywords import keywords
from local_redshift.statements.tokens.lexer import SYMBOL, WORD, Token
from local_redshift.statements.tokens.reserved import RESERVED
from local_redshift.statements.tokens.types import DataType, check_encoding, read_type
from local_redshift.wire.errors import RedshiftError

_ATTRIBUTES = keywords(
    "DEFAULT IDENTITY GENERATED ENCODE DISTKEY SORTKEY COLLATE NOT NULL UNIQUE PRIMARY REFERENCES CONSTRAINT"
)
#: Values that a session takes at once, as a slice of Redshift does, so that the values have gaps.
_IDENTITY_CACHE = 16

_COLLATIONS = ("CASE_SENSITIVE", "CS", "CASE_INSENSITIVE", "CI")


@dataclass
class Column:
    """What was read.

    :param name: the column.
    :param end: where its definition ends in the script, 0 when it has none.
    :param not_null: whether the definition says NOT NULL.
    """

    name: str
    end: int = 0
    not_null: bool = False


def read_column(cursor: Cursor, storage: Storage, edits: Edits) -> Column:
    """Read a column's definition to its end, and add the edits that turn it into PostgreSQL's.

    :param cursor: at the column's name.
    :param storage: takes the attributes.
    :param edits: takes the changes.
    :raises RedshiftError: for what Redshift does not take.
    """
    return _Reader(cursor, storage, edits).read()


class _Reader:
    def __init__(self, cursor: Cursor, storage: Storage, edits: Edits) -> None:
        self._cursor = cursor
        self._storage = storage
        self._edits = edits
        self._column = Column(self._name(cursor))
        self._type: DataType | None = None

    def read(self) -> Column:
        cursor, column = self._cursor, self._column
        first = cursor.at
        self._type = read_type(cursor, f'Column "{column.name}"')
        if self._type.family == "interval":
            raise _no_interval(cursor.tokens[first], column.name)
        if self._type.sql is not None:
            self._edits.replace(cursor.tokens[first].start, cursor.tokens[cursor.at - 1].end, self._type.sql)
        while not cursor.done:
            start = cursor.at
            if self._read_attribute(cursor.upper):
                self._edits.remove_with_gap(cursor.tokens, start, cursor.at)
        column.end = cursor.tokens[-1].end
        return column

    @staticmethod
    def _name(cursor: Cursor) -> str:
        token = cursor.next
        if token is not None and token.kind is WORD and token.upper in RESERVED:
            raise syntax_error(token, f'{token.upper} is a reserved word of Redshift. Quote it: "{token.name}".')
        return cursor.name()

    def _read_attribute(self, word: str) -> bool:
        """Read one attribute; return whether it is to be removed."""
        cursor, storage, name = self._cursor, self._storage, self._column.name
        if word in ("NOT", "NULL", "DEFAULT", "IDENTITY", "GENERATED"):
            self._read_shared_attribute(word)
            return False
        key = cursor.name() if cursor.accept("CONSTRAINT") else None
        if self._read_storage():
            return True
        if cursor.accept("PRIMARY", "KEY"):
            storage.keys.append(Key("p", [name], key))
        elif cursor.accept("UNIQUE"):
            storage.keys.append(Key("u", [name], key))
        elif cursor.accept("REFERENCES"):
            storage.keys.append(read_reference(cursor, [name], key))
        elif cursor.accept("COLLATE"):
            self._read_collation()
        else:
            raise syntax_error(cursor.next, _hint(cursor.upper))
        return True

    def _read_storage(self) -> bool:
        cursor, storage, name = self._cursor, self._storage, self._column.name
        if cursor.accept("ENCODE"):
            encoding = cursor.take()
            check_encoding(encoding, self._type, name)
            storage.encodings[name] = encoding.text.lower()
        elif cursor.accept("DISTKEY"):
            storage.dist_key = name
        elif cursor.accept("SORTKEY"):
            storage.sort_key = [name]
        else:
            return False
        return True

    def _read_shared_attribute(self, word: str) -> None:
        cursor = self._cursor
        if word == "NOT":
            cursor.expect("NOT", "NULL")
            self._column.not_null = True
        elif word == "NULL":
            cursor.take()
        elif word == "DEFAULT":
            self._read_default()
        else:
            self._read_identity()

    def _read_default(self) -> None:
        cursor = self._cursor
        cursor.take()
        first, depth = cursor.at, 0
        while not cursor.done and (depth or cursor.at == first or cursor.upper not in _ATTRIBUTES):
            token = cursor.take()
            if token.kind is SYMBOL:
                depth += (token.text == "(") - (token.text == ")")
        if cursor.at == first:
            raise syntax_error(cursor.next)
        rewrite_expressions(cursor.tokens[first : cursor.at], self._edits)

    def _read_identity(self) -> None:
        """IDENTITY(seed, step) → PostgreSQL's; values are unique and have gaps, here between sessions."""
        cursor = self._cursor
        first = cursor.at
        by_default = cursor.accept("GENERATED")
        if by_default and not cursor.accept("BY", "DEFAULT", "AS"):
            raise syntax_error(cursor.next, "Redshift has GENERATED BY DEFAULT AS IDENTITY(seed, step).")
        cursor.expect("IDENTITY")
        # A real cluster takes IDENTITY without a seed and a step.
        numbers = (
            ["".join(token.text for token in item) for item in cursor.bracketed()] if cursor.peek("(") else ["1", "1"]
        )
        if len(numbers) != 2:
            raise syntax_error(cursor.tokens[cursor.at - 1], "IDENTITY takes a seed and a step: IDENTITY(1, 1).")
        if self._type is not None and self._type.family not in ("integer", "bigint"):
            text = f'The data type for an IDENTITY column must be INT or BIGINT, which "{self._column.name}" is not.'
            raise RedshiftError("42804", text, position=cursor.tokens[first].start + 1)
        how = "BY DEFAULT" if by_default else "ALWAYS"
        bits = 31 if self._type is not None and self._type.family == "integer" else 63
        sql = (
            f"GENERATED {how} AS IDENTITY (START WITH {numbers[0]} INCREMENT BY {numbers[1]} "
            f"MINVALUE {-(2**bits)} MAXVALUE {2**bits - 1} CACHE {_IDENTITY_CACHE})"
        )
        self._edits.replace(cursor.tokens[first].start, cursor.tokens[cursor.at - 1].end, sql)

    def _read_collation(self) -> None:
        token = self._cursor.take()
        if token.upper not in _COLLATIONS:
            raise syntax_error(token, "Redshift's collations are CASE_SENSITIVE and CASE_INSENSITIVE.")
        if token.upper in ("CASE_INSENSITIVE", "CI"):
            text = "COLLATE CASE_INSENSITIVE is not supported by this local Redshift."
            raise RedshiftError("0A000", text, hint="Compare LOWER(column).", position=token.start + 1)


def _no_interval(token: Token, column: str) -> RedshiftError:
    """Redshift has INTERVAL YEAR TO MONTH and INTERVAL DAY TO SECOND only.

    https://docs.aws.amazon.com/redshift/latest/dg/r_interval_data_types.html
    """
    return RedshiftError(
        "0A000",
        f'Column "{column}" has unsupported type "interval".',
        hint="This local Redshift has no columns of intervals; Redshift itself has INTERVAL YEAR TO MONTH and INTERVAL "
        "DAY TO SECOND. Keep a number of seconds, DATEDIFF(second, a, b) for instance.",
        position=token.start + 1,
    )


def _hint(word: str) -> str | None:
    if word == "CHECK":
        return "Redshift has no CHECK constraints: look for offending rows with a query."
    if word == "ON":
        return "Redshift's foreign keys are informational: they have no ON DELETE and ON UPDATE."
    return None
