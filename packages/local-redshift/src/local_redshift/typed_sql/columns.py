"""Gives the columns of a table or view that is made of a query the types that Redshift gives the query's expressions.

Contract: pure. The query stays as it is and becomes a subquery whose columns are cast, unless PostgreSQL gives the
same types. A string that is longer than its type is an error, as in Redshift, where a cast would cut it.
https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_TABLE_AS.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from local_redshift.expression_types import Catalog, RedshiftType, column_names, column_types, given_types
from local_redshift.expression_types.model import BPCHAR
from local_redshift.query_tree.nodes import Node
from local_redshift.statements.model import MadeFrom
from local_redshift.statements.queries.selects import end_of_list, select_items
from local_redshift.statements.tokens.edits import quoted
from local_redshift.statements.tokens.lexer import tokenize
from local_redshift.typed_sql.origins import origin

#: The subquery; the catalog's definitions of views leave out what is around one of the first name.
_SUBQUERY, _NAMED_SUBQUERY = "redshift_query", "redshift_named_query"

_COMMENT = re.compile(r" ?/\*redshift (\{.*?\})\*/")


def declare_columns(makes: MadeFrom, query: str, tree: Node, catalog: Catalog) -> str:
    """Return the statement to send.

    :param makes: its parts.
    :param query: the query's text; in place of that in ``makes`` when it has been changed.
    :param tree: the query's analyzed tree.
    :param catalog: names its functions.
    """
    names = column_names(tree)
    head = _with_origin(makes, tree, names) if makes.table else makes.head
    declared, given = column_types(tree, catalog), given_types(tree)
    casts = [_cast(f"c{at}", *types) for at, types in enumerate(zip(declared, given, strict=True), 1)]
    if not any(casts):
        return head + query
    columns = [f"c{at}" for at in range(1, len(names) + 1)]
    items = [f"{cast or column} AS {quoted(name)}" for cast, column, name in zip(casts, columns, names, strict=True)]
    named = _named(query, makes.columns) if makes.columns else query
    subquery = _NAMED_SUBQUERY if named is None else _SUBQUERY
    return f"{head}SELECT {', '.join(items)} FROM ({named or query}\n) AS {subquery} ({', '.join(columns)})"


def _named(query: str, names: Sequence[str]) -> str | None:
    """Return a query whose columns have the names that the statement gives them; None when it may mean another then."""
    tokens = tokenize(query)
    end = end_of_list(tokens, 1)
    items = list(select_items(tokens, 1, end))
    after, ordered = {token.name for token in tokens[end:]}, [token.upper for token in tokens].count("ORDER")
    is_used = any(item.alias in after for item in items) or (ordered and not after.isdisjoint(names))
    has_star = any(item.tokens and item.tokens[-1].text == "*" for item in items)
    if (
        tokens[0].upper != "SELECT"
        or is_used
        or has_star
        or len(items) != len(names)
        or not all(i.tokens for i in items)
    ):
        return None
    pieces, position = list[str](), 0
    for number, (item, name) in enumerate(zip(items, names, strict=True), 1):
        following = items[number].tokens[0] if number < len(items) else tokens[end] if end < len(tokens) else None
        stop = len(query) if following is None else following.start
        pieces += (query[position : item.tokens[-1].end], f" AS {quoted(name)}", ", " if number < len(items) else " ")
        position = stop
    return "".join([*pieces, query[position:]])


def _cast(column: str, declared: RedshiftType, given: RedshiftType) -> str | None:
    """Return a column as its type, None when it has it.

    What PostgreSQL does when it stores a string, called as a function, refuses one that is too long.
    """
    is_sized = declared.modifier >= 0
    if declared.sql is None or (declared.oid == given.oid and (not is_sized or declared.modifier == given.modifier)):
        return None
    if declared.is_string and given.is_string:
        kind = "bpchar" if declared.oid == BPCHAR else "varchar"
        column = f'pg_catalog."{kind}"({column}::{kind}, {declared.modifier}, false)'
    return f"{column}::{declared.sql}"


def _with_origin(makes: MadeFrom, tree: Node, names: Sequence[str]) -> str:
    """Return the head with what the table takes over of the table that its rows are of.

    The catalog's event trigger reads it in the comment, in which also the statement's own attributes stand.
    """
    found = origin(tree)
    own = (*makes.columns, *names[len(makes.columns) :])
    taken = {
        "from": found.table,
        "columns": {own[place - 1]: column for place, column in found.columns.items()},
        "order": [own[place - 1] for place in found.order],
    }
    match = _COMMENT.search(makes.head)
    known = json.loads(match[1]) if match else dict(zip(("table", "schema"), makes.table[::-1], strict=False))
    content = json.dumps({**known, **{name: value for name, value in taken.items() if value}})
    comment = f"/*redshift {content[:-1].replace('/', chr(92) + '/')}}}*/ "
    return _COMMENT.sub("", makes.head, count=1) + comment
