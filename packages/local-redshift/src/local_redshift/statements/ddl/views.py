"""Redshift's CREATE VIEW, CREATE MATERIALIZED VIEW and CREATE SCHEMA as PostgreSQL's.

https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_VIEW.html
https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-create-sql-command.html
https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_SCHEMA.html
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from local_redshift.statements.ddl.routines import PlanSql
from local_redshift.statements.ddl.storage import Storage, read_storage
from local_redshift.statements.tokens.cursor import Cursor
from local_redshift.statements.tokens.edits import Edits, literal, matches
from local_redshift.statements.tokens.errors import not_here
from local_redshift.statements.tokens.lexer import SYMBOL, Token, tokenize
from local_redshift.wire.errors import RedshiftError


def is_late_binding(tokens: Sequence[Token]) -> bool:
    """Return whether a statement is a CREATE VIEW … WITH NO SCHEMA BINDING.

    :param tokens: the statement.
    """
    at = len(tokens) - 4
    return at > 0 and matches(tokens, at, "WITH", "NO", "SCHEMA", "BINDING") and tokens[0].upper == "CREATE"


def late_binding_view(script: str, tokens: Sequence[Token], plan_sql: PlanSql) -> tuple[str, str]:
    """Return the call that makes a late-binding view, and its query as rewritten.

    :param script: the text that the tokens are of.
    :param tokens: the statement.
    :param plan_sql: plans the query.
    :raises RedshiftError: when a table's name is not qualified.
    """
    cursor = Cursor(tokens, 1)
    is_replaced = cursor.accept("OR", "REPLACE")
    cursor.expect("VIEW")
    first = cursor.at
    cursor.names()
    name = script[tokens[first].start : tokens[cursor.at - 1].end]
    listed = cursor.at
    if cursor.peek("("):
        cursor.bracketed()
    columns = _without_comments(tokens[listed : cursor.at])
    cursor.expect("AS")
    _require_qualified(tokens[cursor.at : -4])
    # without comments: the catalog stores it, and refuses text that could be more than one statement
    query = _without_comments(tokenize(plan_sql(script[tokens[cursor.at].start : tokens[-5].end])))
    values = ", ".join((literal(name), str(is_replaced).lower(), literal(columns), literal(query)))
    return f"CALL redshift_catalog.create_late_binding_view({values})", query


def _without_comments(tokens: Sequence[Token]) -> str:
    """Return the text of tokens as written, with one space for each gap: PG_VIEWS shows it."""
    parts = [token.text for token in tokens[:1]]
    for before, token in pairwise(tokens):
        parts.append(f" {token.text}" if token.start > before.end else token.text)
    return "".join(parts)


def _require_qualified(tokens: Sequence[Token]) -> None:
    """Refuse a table without its schema: https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_VIEW.html"""
    own = {
        token.name for i, token in enumerate(tokens) if matches(tokens, i + 1, "AS", "(") and token.kind is not SYMBOL
    }
    selects = [True]  # whether a query stands in each of the open brackets
    for index, token in enumerate(tokens[:-1]):
        following = tokens[index + 1]
        if token.text == "(":
            selects.append(following.upper in ("SELECT", "WITH"))
        elif token.text == ")" and len(selects) > 1:
            selects.pop()
        elif token.upper in ("FROM", "JOIN") and selects[-1] and following.kind is not SYMBOL:
            is_qualified = matches(tokens, index + 2, ".") or matches(tokens, index + 2, "(")
            if not is_qualified and following.name not in own:
                raise RedshiftError(
                    "42P01",
                    "All the relation names inside should be qualified when creating views with no schema binding.",
                    hint=f"Write the schema before {following.text}.",
                    position=following.start + 1,
                )


def rewrite_materialized_view(tokens: Sequence[Token], edits: Edits) -> None:
    """Move the storage attributes of a materialized view, and its text, into a comment for the catalog.

    :param tokens: a CREATE MATERIALIZED VIEW.
    :param edits: takes the changes.
    :raises RedshiftError: for AUTO REFRESH YES: this server does not refresh views by itself.
    """
    cursor = Cursor(tokens, 3)
    names = cursor.names()
    first = cursor.at
    storage = Storage(table=names[-1], schema=names[-2] if len(names) > 1 else None)
    storage.statement = f"{edits.text[tokens[0].start : tokens[-1].end]};"
    read_storage(cursor, storage, [])
    if storage.dist_key is None and storage.dist_style is None:
        storage.dist_style = "EVEN"
    if cursor.accept("AUTO", "REFRESH"):
        if cursor.peek("YES"):
            raise not_here("AUTO REFRESH YES", tokens[cursor.at], "REFRESH MATERIALIZED VIEW by hand.")
        cursor.expect("NO")
    edits.insert(tokens[first - 1].end, storage.comment())
    if cursor.at > first:
        edits.remove_with_gap(tokens, first, cursor.at)


def rewrite_schema(tokens: Sequence[Token], edits: Edits) -> None:
    """Remove QUOTA from a schema's definition.

    :param tokens: a CREATE SCHEMA.
    :param edits: takes the changes.
    """
    for index, token in enumerate(tokens):
        if token.upper == "QUOTA":
            edits.remove_with_gap(tokens, index, len(tokens))
            return
