"""The type, length, precision and scale that Redshift gives an expression of a query.

Contract: pure. Takes PostgreSQL's analyzed query tree, in which names and functions are resolved, and the names of
functions by their numbers. Columns keep their types; what is computed follows the pages that ``functions`` and
``decimals`` name. https://docs.aws.amazon.com/redshift/latest/dg/c_Supported_data_types.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from local_redshift.expression_types.model import BOOL, INT4, RedshiftType
from local_redshift.expression_types.rules import RULES, common
from local_redshift.expression_types.trees import CTE, GROUP, JOIN, SUBQUERY, VALUES, targets
from local_redshift.expression_types.widest import OF_NULL, declared, known, widest
from local_redshift.query_tree.nodes import Node, Value

#: SubLinkType of ``(SELECT …)`` as a value, and of ``ARRAY(SELECT …)``.
_SCALAR, _ARRAY = 4, 6


class Catalog(Protocol):
    """What the tree's numbers mean."""

    def function_name(self, oid: int) -> str | None:
        """Return the name of a function without its schema, None when it is not known."""


def column_types(query: Node, catalog: Catalog) -> tuple[RedshiftType, ...]:
    """Return the types of a query's columns.

    :param query: the QUERY node.
    :param catalog: names its functions.
    """
    return tuple(declared(each) for each in Typer(query, catalog).columns())


class Typer:
    """The types of the expressions of one query.

    :param query: the QUERY node.
    :param catalog: names its functions.
    :param parents: the typers of the queries around it, the nearest first.
    """

    def __init__(self, query: Node, catalog: Catalog, parents: Sequence[Typer] = ()) -> None:
        self._query = query
        self._catalog = catalog
        self._parents = parents
        self._columns: tuple[RedshiftType, ...] | None = None
        self._ranges: dict[int, Typer] = {}
        self._busy: set[tuple[int, int]] = set()
        self._found: dict[Node, RedshiftType] = {}

    def inner(self, query: Node) -> Typer:
        """Return the typer of a query inside of this one.

        :param query: its QUERY node.
        """
        return Typer(query, self._catalog, (self, *self._parents))

    def columns(self) -> tuple[RedshiftType, ...]:
        """Return the types of the query's columns."""
        if self._columns is None:
            operation = self._query.child("setOperations")
            if operation is not None:
                self._columns = tuple(self._of_set(operation, at) for at in range(len(operation.items("colTypes"))))
            else:
                self._columns = tuple(self.of(target.child("expr")) for target in targets(self._query))
        return self._columns

    def type_of(self, expression: Node) -> RedshiftType:
        """Return the type of an expression.

        :param expression: of this query, not of one inside of it.
        """
        return declared(self.of(expression))

    def of(self, expression: Node | None) -> RedshiftType:
        """Return the type of an expression; NULL without a type of its own stays marked as such (``is_null``).

        :param expression: of this query; None where the tree has none.
        """
        if expression is None:
            return RedshiftType(INT4)
        found = self._found.get(expression)
        if found is None:
            # The innermost first: expressions may be nested deeper than Python's stack is.
            for node in reversed(list(_inside(expression))):
                if node not in self._found:
                    self._found[node] = self._rule(node)
            found = self._found[expression]
        return found

    def _rule(self, node: Node) -> RedshiftType:
        rule = _RULES.get(node.tag)
        return RedshiftType(BOOL) if rule is None else rule(self, node)  # all other kinds are conditions

    def function_name(self, oid: int) -> str | None:
        """Return the name of a function without its schema, None when it is not known."""
        return self._catalog.function_name(oid)

    def var(self, node: Node) -> RedshiftType:
        """A column: of a table as declared, of anything else as computed there."""
        levels = node.number("varlevelsup", 0)
        owner = self if levels == 0 else self._parents[levels - 1] if levels <= len(self._parents) else None
        number, column = node.number("varno"), node.number("varattno")
        found = owner._of_range(number, column) if owner is not None and column > 0 else None
        return found or known(node.number("vartype"), node.number("vartypmod"))

    def _of_range(self, number: int, column: int) -> RedshiftType | None:
        entries = self._query.nodes("rtable")
        if not 0 < number <= len(entries) or (number, column) in self._busy:
            return None
        self._busy.add((number, column))
        try:
            return self._of_entry(number, entries[number - 1], column - 1)
        finally:
            self._busy.discard((number, column))

    def _of_entry(self, number: int, entry: Node, at: int) -> RedshiftType | None:
        kind = entry.number("rtekind")
        if kind == SUBQUERY:
            return _at(self._subquery(number, entry), at)
        if kind == CTE:
            return self._of_cte(entry, at)
        if kind == VALUES:
            rows = [row for row in entry.items("values_lists") if isinstance(row, list)]
            cells = [row[at] for row in rows if at < len(row)]
            return common(self, [cell for cell in cells if isinstance(cell, Node)], None)
        field = {JOIN: "joinaliasvars", GROUP: "groupexprs"}.get(kind)
        expressions = entry.items(field) if field else []
        expression = expressions[at] if at < len(expressions) else None
        return self.of(expression) if isinstance(expression, Node) else None

    def _subquery(self, number: int, entry: Node) -> tuple[RedshiftType, ...]:
        query = entry.child("subquery")
        if query is None:
            return ()
        if number not in self._ranges:
            self._ranges[number] = self.inner(query)
        return self._ranges[number].columns()

    def _of_cte(self, entry: Node, at: int) -> RedshiftType | None:
        levels = entry.number("ctelevelsup", 0)
        if levels > len(self._parents):
            return None
        owner = self if levels == 0 else self._parents[levels - 1]
        return owner._of_common_table(str(entry.fields.get("ctename")), at)

    def _of_common_table(self, name: str, at: int) -> RedshiftType | None:
        for number, table in enumerate(self._query.nodes("cteList")):
            query = table.child("ctequery")
            if table.fields.get("ctename") != name or query is None:
                continue
            key = -1 - number  # beside the range table's numbers
            if key not in self._ranges:
                self._ranges[key] = self.inner(query)
            typer = self._ranges[key]
            if typer._columns is None and (key, at) in self._busy:  # the table reads itself
                return None
            self._busy.add((key, at))
            try:
                return _at(typer.columns(), at)
            finally:
                self._busy.discard((key, at))
        return None

    def _of_set(self, operation: Node, at: int) -> RedshiftType:
        """A column of a set operation: https://docs.aws.amazon.com/redshift/latest/dg/r_UNION.html"""
        entries = self._query.nodes("rtable")
        found: list[RedshiftType] = []
        for leaf in (node for node in operation.walk() if node.tag == "RANGETBLREF"):
            number = leaf.number("rtindex")
            column = _at(self._subquery(number, entries[number - 1]), at)
            found += [column] if column is not None else []
        oid, modifier = operation.items("colTypes")[at], operation.items("colTypmods")[at]
        return widest(found, known(int(str(oid)), int(str(modifier))))

    def sublink(self, node: Node) -> RedshiftType:
        """A subquery as a value, or a condition on one."""
        query = node.child("subselect")
        if query is None or node.number("subLinkType") not in (_SCALAR, _ARRAY):
            return RedshiftType(BOOL)
        return _at(self.inner(query).columns(), 0) or OF_NULL


def _inside(expression: Node) -> Iterator[Node]:
    """Yield an expression and those in it, each before those in it, without the queries in it."""
    pending: list[Value] = [expression]
    while pending:
        value = pending.pop()
        if isinstance(value, Node) and value.tag != "QUERY":
            yield value
            pending.extend(value.fields.values())
        elif isinstance(value, list):
            pending.extend(value)


def _at(columns: Sequence[RedshiftType], at: int) -> RedshiftType | None:
    return columns[at] if at < len(columns) else None


#: What makes the type of a node, by its kind; all others are conditions.
_RULES: dict[str, Callable[[Typer, Node], RedshiftType]] = {**RULES, "VAR": Typer.var, "SUBLINK": Typer.sublink}
