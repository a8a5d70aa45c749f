"""Primary, unique and foreign keys: not enforced, but not without meaning either.

A foreign key needs its table, and a key of that table: the catalog's event trigger sees to it.
https://docs.aws.amazon.com/redshift/latest/dg/t_Defining_constraints.html
"""

from __future__ import annotations

from local.redshift.statements.cursor import Cursor, syntax_error
from local.redshift.statements.storage import ForeignKey, Storage


def read_key(cursor: Cursor, storage: Storage) -> None:
    """Read a key of the table to its end.

    :param cursor: at CONSTRAINT, PRIMARY, UNIQUE or FOREIGN.
    :param storage: takes it.
    :raises RedshiftError: for what Redshift does not take.
    """
    if cursor.accept("CONSTRAINT"):
        cursor.name()
    if cursor.accept("PRIMARY", "KEY"):
        storage.primary_key += cursor.bracketed_names()
    elif cursor.accept("UNIQUE"):
        storage.unique_keys.append(cursor.bracketed_names())
    elif cursor.accept("FOREIGN", "KEY"):
        columns = cursor.bracketed_names()
        cursor.expect("REFERENCES")
        read_reference(cursor, columns, storage)
    else:
        hint = f"Redshift has no {cursor.upper} constraints: look for offending rows with a query."
        raise syntax_error(cursor.next, hint)
    if not cursor.done:
        raise syntax_error(cursor.next, "Redshift's keys are informational and take no further words.")


def read_reference(cursor: Cursor, columns: list[str], storage: Storage) -> None:
    """Read the table, and its columns if any, that a foreign key refers to.

    :param cursor: after REFERENCES.
    :param columns: the referring columns.
    :param storage: takes the key.
    """
    first = cursor.at
    cursor.names()
    table = "".join(token.text for token in cursor.tokens[first : cursor.at])
    references = cursor.bracketed_names() if cursor.peek("(") else []
    storage.foreign_keys.append(ForeignKey(columns, table, references))
