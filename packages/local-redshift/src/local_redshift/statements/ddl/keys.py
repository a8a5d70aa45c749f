"""Primary, unique and foreign keys: not enforced, but checked.

A foreign key must refer to a table that exists, and to a key of it: the catalog's event trigger checks this.
https://docs.aws.amazon.com/redshift/latest/dg/t_Defining_constraints.html
"""

from __future__ import annotations

from local_redshift.statements.ddl.storage import Key, Storage
from local_redshift.statements.tokens.cursor import Cursor
from local_redshift.statements.tokens.errors import syntax_error


def read_key(cursor: Cursor, storage: Storage) -> None:
    """Read a key of the table to its end.

    :param cursor: at CONSTRAINT, PRIMARY, UNIQUE or FOREIGN.
    :param storage: takes it.
    :raises RedshiftError: for what Redshift does not take.
    """
    name = cursor.name() if cursor.accept("CONSTRAINT") else None
    if cursor.accept("PRIMARY", "KEY"):
        storage.keys.append(Key("p", cursor.bracketed_names(), name))
    elif cursor.accept("UNIQUE"):
        storage.keys.append(Key("u", cursor.bracketed_names(), name))
    elif cursor.accept("FOREIGN", "KEY"):
        columns = cursor.bracketed_names()
        cursor.expect("REFERENCES")
        storage.keys.append(read_reference(cursor, columns, name))
    else:
        hint = f"Redshift has no {cursor.upper} constraints: look for offending rows with a query."
        raise syntax_error(cursor.next, hint)
    if not cursor.done:
        raise syntax_error(cursor.next, "Redshift's keys are informational and take no further words.")


def read_reference(cursor: Cursor, columns: list[str], name: str | None = None) -> Key:
    """Return the foreign key that refers to the table, and its columns if any, that come next.

    :param cursor: after REFERENCES.
    :param columns: the referring columns.
    :param name: the constraint's name.
    """
    first = cursor.at
    cursor.names()
    table = "".join(token.text for token in cursor.tokens[first : cursor.at])
    return Key("f", columns, name, table, cursor.bracketed_names() if cursor.peek("(") else [])
