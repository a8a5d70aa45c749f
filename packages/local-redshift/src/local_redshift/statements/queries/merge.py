"""MERGE: https://docs.aws.amazon.com/redshift/latest/dg/r_MERGE.html"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from local_redshift.statements.tokens.cursor import Cursor
from local_redshift.statements.tokens.errors import syntax_error
from local_redshift.statements.tokens.lexer import Token
from local_redshift.wire.errors import RedshiftError


def check_merge(cursor: Cursor) -> None:
    """Refuse what PostgreSQL's MERGE takes and Redshift's does not.

    MERGE INTO t USING s ON … WHEN MATCHED THEN … WHEN NOT MATCHED THEN INSERT …, or REMOVE DUPLICATES.

    :param cursor: after the word MERGE.
    :raises RedshiftError: for conditions, subqueries and other actions.
    """
    cursor.expect("INTO")
    cursor.names()
    if not cursor.peek("USING"):
        raise syntax_error(cursor.next, "MERGE takes no alias for its target: write the table's name.")
    cursor.expect("USING")
    if cursor.peek("("):
        raise syntax_error(cursor.next, "The source of MERGE is a table: put the query into a temporary table first.")
    found = set()
    while not cursor.done:
        token = cursor.take()
        if token.upper == "REMOVE" and cursor.peek("DUPLICATES"):
            return
        if token.upper != "WHEN":
            continue
        negative = cursor.accept("NOT")
        if not cursor.accept("MATCHED"):
            continue  # WHEN of a CASE expression
        if not cursor.peek("THEN"):
            raise syntax_error(cursor.next, "WHEN MATCHED takes no further condition: filter the source before.")
        found.add(negative)
        if cursor.peek("THEN", "DO"):
            raise syntax_error(cursor.tokens[cursor.at + 1], "MERGE has no DO NOTHING.")
    if found != {True, False}:
        text = "MERGE needs both WHEN MATCHED and WHEN NOT MATCHED."
        hint = "The grammar: https://docs.aws.amazon.com/redshift/latest/dg/r_MERGE.html"
        raise RedshiftError("42601", text, hint=hint)


def remove_duplicates(script: str, tokens: Sequence[Token], at: int, columns: Mapping[str, Sequence[str]]) -> str:
    """Return what MERGE INTO t USING s ON … REMOVE DUPLICATES means: delete t's matches, insert s's rows, each once.

    :param script: the text that the tokens are of.
    :param tokens: the statement's.
    :param at: index of REMOVE.
    :param columns: not needed.
    """
    using = next(index for index, token in enumerate(tokens) if token.upper == "USING")
    on = next(index for index, token in enumerate(tokens) if token.upper == "ON" and index > using)
    target = script[tokens[2].start : tokens[using - 1].end]
    source = script[tokens[using + 1].start : tokens[on - 1].end]
    condition = script[tokens[on + 1].start : tokens[at - 1].end]
    return (
        f"WITH redshift_removed AS (DELETE FROM {target} USING {source} WHERE {condition}) "
        f"INSERT INTO {target} SELECT DISTINCT * FROM {source}"
    )
