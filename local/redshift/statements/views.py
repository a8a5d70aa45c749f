"""Redshift's CREATE VIEW, CREATE MATERIALIZED VIEW and CREATE SCHEMA as PostgreSQL's.

https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_VIEW.html
https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-create-sql-command.html
https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_SCHEMA.html
"""

from __future__ import annotations

from collections.abc import Sequence

from local.redshift.statements.cursor import Cursor
from local.redshift.statements.edits import Edits, words
from local.redshift.statements.lexer import Token
from local.redshift.statements.storage import Storage, read_storage
from local.redshift.statements.verbs import not_here


def rewrite_view(tokens: Sequence[Token], edits: Edits) -> None:
    """Take WITH NO SCHEMA BINDING off a view's end.

    :param tokens: a CREATE VIEW.
    :param edits: takes the changes.
    :raises RedshiftError: for it, since PostgreSQL's views are bound to their tables.
    """
    at = len(tokens) - 4
    if at > 0 and words(tokens, at, "WITH", "NO", "SCHEMA", "BINDING"):
        raise not_here("WITH NO SCHEMA BINDING", tokens[at], "Leave it out: views are bound to their tables here.")


def rewrite_materialized_view(tokens: Sequence[Token], edits: Edits) -> None:
    """Take the storage attributes and AUTO REFRESH out of a materialized view.

    :param tokens: a CREATE MATERIALIZED VIEW.
    :param edits: takes the changes.
    :raises RedshiftError: for AUTO REFRESH YES, which nobody would do here.
    """
    cursor = Cursor(tokens, 3)
    cursor.names()
    first = cursor.at
    read_storage(cursor, Storage(), [])
    if cursor.accept("AUTO", "REFRESH"):
        if cursor.peek("YES"):
            raise not_here("AUTO REFRESH YES", tokens[cursor.at], "REFRESH MATERIALIZED VIEW by hand.")
        cursor.expect("NO")
    if cursor.at > first:
        edits.remove_with_gap(tokens, first, cursor.at)


def rewrite_schema(tokens: Sequence[Token], edits: Edits) -> None:
    """Take QUOTA out of a schema's definition.

    :param tokens: a CREATE SCHEMA.
    :param edits: takes the changes.
    """
    for index, token in enumerate(tokens):
        if token.upper == "QUOTA":
            edits.remove_with_gap(tokens, index, len(tokens))
            return
