"""Parses statements and the queries of views. Pure.

sqlglot only parses here; its translation to other dialects is not used. A statement that it cannot read is an error: a
missed scan would look like no scan.
"""

from __future__ import annotations

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from local_redshift.statements.tokens.lexer import fold


class UnreadableStatementError(ValueError):
    """A statement whose scans are not known."""

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(f"What this statement scans is unknown, {reason}: {text}")


def parse(text: str) -> exp.Expr:
    """Return a statement's tree.

    :raises UnreadableStatementError: when sqlglot cannot parse it.
    """
    try:
        found = sqlglot.parse_one(text, dialect="redshift")
    except SqlglotError as error:
        raise UnreadableStatementError(text, f"because it cannot be parsed ({error})") from error
    if isinstance(found, exp.Command):
        raise UnreadableStatementError(text, "because it is of an unknown kind")
    return found


def parse_view(text: str) -> exp.Query:
    """Parse a view's query as the catalog has it.

    PostgreSQL writes a cast of each VARCHAR to text, which changes nothing, and leaves out the schema public; of a
    late-binding view it is the whole CREATE VIEW.

    :raises UnreadableStatementError: when it is not a query.
    """
    tree = parse(text).transform(
        lambda node: node.this.unnest() if isinstance(node, exp.Cast) and _is_text_of_column(node) else node
    )
    query = tree.expression if isinstance(tree, exp.Create) else tree
    if not isinstance(query, exp.Query):
        raise UnreadableStatementError(text, "because a view has to be a query")
    common = {fold(table.alias) for table in query.find_all(exp.CTE)}
    for table in query.find_all(exp.Table):
        if not table.db and fold(table.name) not in common:
            table.set("db", exp.to_identifier("public"))
    return query


def _is_text_of_column(node: exp.Cast) -> bool:
    return isinstance(node.this.unnest(), exp.Column) and node.to.this is exp.DType.TEXT
