"""Which table's columns a query returns as they are, and in which order: what CREATE TABLE AS takes keys from.

Contract: pure. "If the SELECT clause is a simple select operation from a single table, without a limit clause, order
by clause, or group by clause, then CTAS uses the source table's distribution style and sort key." Of a query with
ORDER BY the distribution is the table's, and the order is the sort key.
https://docs.aws.amazon.com/redshift/latest/dg/r_CTAS_usage_notes.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from local_redshift.expression_types.trees import CTE, RELATION, SUBQUERY, targets
from local_redshift.query_tree.nodes import Node

#: A query with any of these is no simple select.
_CLAUSES = ("groupClause", "groupingSets", "havingQual", "distinctClause", "limitOffset", "limitCount", "setOperations")
_FLAGS = ("hasAggs", "hasWindowFuncs", "hasTargetSRFs")


@dataclass(frozen=True)
class Origin:
    """Where a query's rows come from.

    :param table: the number of the one table that they are of; 0 when there is none.
    :param columns: the table's columns by their places in the query's SELECT list; both count from 1.
    :param order: the places of the columns that the rows are ordered by.
    """

    table: int = 0
    columns: dict[int, int] = field(default_factory=dict)
    order: tuple[int, ...] = ()


def origin(query: Node, around: Sequence[Node] = ()) -> Origin:
    """Return where a query's rows come from.

    :param query: the QUERY node.
    :param around: the queries that it stands in, the nearest first.
    """
    order = () if query.fields.get("limitCount") or query.fields.get("limitOffset") else _order(query)
    entry = _single_table(query)
    if entry is None:
        return Origin(order=order)
    inner = _origin_of(entry, query, around)
    columns = {
        place: column if inner is None else inner.columns[column]
        for place, target in enumerate(targets(query), 1)
        if (column := _column(target)) and (inner is None or column in inner.columns)
    }
    return Origin(entry.number("relid", 0) if inner is None else inner.table, columns, order)


def _origin_of(entry: Node, query: Node, around: Sequence[Node]) -> Origin | None:
    """Return where the rows of a subquery come from, None for a table."""
    if entry.number("rtekind") == RELATION:
        return None
    levels = (query, *around)
    if entry.number("rtekind") == SUBQUERY:
        inner = entry.child("subquery")
    else:
        level = entry.number("ctelevelsup", 0)
        tables = levels[level].nodes("cteList") if level < len(levels) else []
        named = [table for table in tables if table.fields.get("ctename") == entry.fields.get("ctename")]
        inner = named[0].child("ctequery") if named and named[0].fields.get("cterecursive") != "true" else None
        levels = levels[level:]
    found = origin(inner, levels) if inner is not None else Origin()
    return Origin() if found.order else found


def _single_table(query: Node) -> Node | None:
    """Return the one entry of a simple select's FROM."""
    if any(query.fields.get(clause) for clause in _CLAUSES) or any(query.fields.get(flag) == "true" for flag in _FLAGS):
        return None
    tree = query.child("jointree")
    sources = tree.nodes("fromlist") if tree is not None else []
    if len(sources) != 1 or sources[0].tag != "RANGETBLREF":
        return None
    entry = query.nodes("rtable")[sources[0].number("rtindex") - 1]
    return entry if entry.number("rtekind") in (RELATION, SUBQUERY, CTE) else None


def _column(target: Node) -> int:
    """Return the number of the column that an entry of the SELECT list is, 0 when it is something else."""
    expression = target.child("expr")
    is_column = expression is not None and expression.tag == "VAR" and expression.number("varlevelsup") == 0
    return max(expression.number("varattno"), 0) if expression is not None and is_column else 0


def _order(query: Node) -> tuple[int, ...]:
    places = {target.number("ressortgroupref"): place for place, target in enumerate(targets(query), 1)}
    order: list[int] = []
    for clause in query.nodes("sortClause"):
        place = places.get(clause.number("tleSortGroupRef"))
        if place is None or clause.fields.get("reverse_sort") == "true":
            break
        order.append(place)
    return tuple(order)
