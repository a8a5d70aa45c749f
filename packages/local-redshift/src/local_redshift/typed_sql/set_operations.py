"""Gives the columns of UNION, INTERSECT and EXCEPT one scale, whichever of the queries a row comes from.

Contract: pure. A query whose decimals have another scale is put into a subquery, whose columns are cast.
https://docs.aws.amazon.com/redshift/latest/dg/r_numeric_computations201.html
"""

from __future__ import annotations

from collections.abc import Sequence

from local_redshift.expression_types import RedshiftType, Typer, column_names
from local_redshift.expression_types.model import NUMERIC
from local_redshift.expression_types.trees import targets
from local_redshift.query_tree.nodes import Node
from local_redshift.statements.tokens.edits import closing, quoted
from local_redshift.statements.tokens.keywords import keywords
from local_redshift.statements.tokens.lexer import SYMBOL, Token
from local_redshift.typed_sql.operands import Extent
from local_redshift.typed_sql.scales import differs, scale_of, scale_type
from local_redshift.typed_sql.statement import TypedStatement
from local_redshift.typed_sql.wraps import Wraps

_OPERATIONS = keywords("UNION INTERSECT EXCEPT")

#: What may follow the last query and belongs to all of them.
_LAST_CLAUSES = keywords("ORDER LIMIT OFFSET FETCH FOR")

#: Literals in a subquery are text, so the types of literals in such a query have to be written.
_NAMES = {
    16: "boolean",
    20: "bigint",
    21: "smallint",
    23: "integer",
    25: "text",
    700: "real",
    701: "double precision",
    1042: "bpchar",
    1043: "varchar",
    1082: "date",
    1083: "time",
    1114: "timestamp",
    1184: "timestamptz",
    1266: "timetz",
    NUMERIC: "numeric",
}


def pad_arms(statement: TypedStatement, query: Node, typer: Typer, wraps: Wraps) -> None:
    """Cast the columns of the queries that a set operation joins.

    :param statement: the statement.
    :param query: a QUERY of it, with a set operation or without one.
    :param typer: of that query.
    :param wraps: takes the changes.
    """
    if query.child("setOperations") is not None:
        _pad(statement, query, typer, [_scale(column) for column in typer.columns()], wraps)


def _pad(statement: TypedStatement, query: Node, typer: Typer, scales: Sequence[int | None], wraps: Wraps) -> None:
    operation, entries = query.child("setOperations"), query.nodes("rtable")
    leaves = [node for node in operation.walk() if node.tag == "RANGETBLREF"] if operation is not None else []
    for leaf in leaves:
        arm = entries[leaf.number("rtindex") - 1].child("subquery")
        if arm is None:
            continue
        inner = typer.inner(arm)
        if arm.child("setOperations") is not None:  # in brackets, with an ORDER BY or a LIMIT of its own
            _pad(statement, arm, inner, scales, wraps)
        else:
            _pad_arm(statement, arm, inner.columns(), scales, wraps)


def _pad_arm(
    statement: TypedStatement, arm: Node, columns: Sequence[RedshiftType], scales: Sequence[int | None], wraps: Wraps
) -> None:
    is_cast = [scale is not None and differs(column, scale) for column, scale in zip(columns, scales, strict=False)]
    extent = _extent(statement, arm) if any(is_cast) else None
    if extent is None:
        return
    items = list[str]()
    for number, (target, name) in enumerate(zip(targets(arm), column_names(arm), strict=True)):
        scale = scales[number] if is_cast[number] else None
        type_name = scale_type(scale) if scale is not None else _literal_type(target)
        cast = "" if type_name is None else f"::{type_name}"
        items.append(f"redshift_{number}{cast} AS {quoted(name)}")
    names = ", ".join(f"redshift_{number}" for number in range(len(items)))
    start, end = statement.characters(extent)
    wraps.wrap(start, end, f"SELECT {', '.join(items)} FROM (", f") AS redshift_arm ({names})", rank=2)


def _scale(column: RedshiftType) -> int | None:
    return scale_of(column) if column.oid == NUMERIC else None


def _literal_type(target: Node) -> str | None:
    expression = target.child("expr")
    return _NAMES.get(expression.number("consttype")) if expression is not None and expression.tag == "CONST" else None


def _extent(statement: TypedStatement, arm: Node) -> Extent | None:
    """Return where a query stands in the text, without brackets around it; None when it is not found."""
    tokens = statement.tokens
    places = [statement.token_of(node) for target in targets(arm)[:1] for node in target.walk()]
    first = min((place for place in places if place is not None), default=None)
    start = _start(tokens, first) if first is not None else None
    if start is None:
        return None
    has_clauses = any(arm.fields.get(name) for name in ("sortClause", "limitCount", "limitOffset"))
    end = _end(tokens, start, whole=has_clauses)
    is_into = any(token.upper == "INTO" for token in tokens[start:end])
    return None if is_into else Extent(start, end)


def _start(tokens: Sequence[Token], index: int) -> int | None:
    """Return the index of the SELECT that a token of its list belongs to."""
    depth = 0
    while index >= 0:
        token = tokens[index]
        if token.kind is SYMBOL:
            depth += (token.text in ")]") - (token.text in "([")
        if token.upper == "SELECT" and depth <= 0:
            return index
        index -= 1
    return None


def _end(tokens: Sequence[Token], index: int, *, whole: bool) -> int:
    """Return where a SELECT ends.

    :param whole: whether an ORDER BY or a LIMIT at its end is its own.
    """
    ends = _OPERATIONS if whole else _OPERATIONS | _LAST_CLAUSES
    while index < len(tokens):
        token = tokens[index]
        if token.kind is SYMBOL and token.text in "([":
            index = closing(tokens, index)
        elif token.upper in ends or (token.kind is SYMBOL and token.text in ");"):
            break
        index += 1
    return index
