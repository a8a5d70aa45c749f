"""Parts of query trees that several modules read. Pure."""

from __future__ import annotations

from local_redshift.query_tree.nodes import Node

#: Kinds of range table entries: https://github.com/postgres/postgres/blob/REL_18_STABLE/src/include/nodes/parsenodes.h
RELATION, SUBQUERY, JOIN, VALUES, CTE, GROUP = 0, 1, 2, 5, 6, 9


def targets(query: Node) -> list[Node]:
    """Return the entries of a query's SELECT list, without those that only ORDER BY or GROUP BY needs."""
    return [target for target in query.nodes("targetList") if target.fields.get("resjunk") != "true"]


def column_names(query: Node) -> tuple[str, ...]:
    """Return the names of a query's columns."""
    return tuple(str(target.fields.get("resname") or "") for target in targets(query))
