"""The type, length, precision and scale that Redshift gives an expression of a query.

Contract: pure. Takes PostgreSQL's analyzed query tree, in which names and functions are resolved, and the names of
functions by their numbers. Columns keep their types; what is computed follows the pages that ``functions`` and
``decimals`` name. https://docs.aws.amazon.com/redshift/latest/dg/c_Supported_data_types.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, Protocol

from local_redshift.expression_types import decimals
from local_redshift.expression_types.functions import Call, call_type, default_type, string_of_first, text_length
from local_redshift.expression_types.literals import number_type, string_type
from local_redshift.expression_types.model import (
    BOOL,
    BPCHAR,
    FLOAT8,
    FLOATS,
    INT4,
    NAME,
    NUMERIC,
    RedshiftType,
    char,
    varchar,
)
from local_redshift.expression_types.trees import CTE, GROUP, JOIN, SUBQUERY, VALUES, targets
from local_redshift.query_tree.nodes import Node, Value

#: SubLinkType of ``(SELECT …)`` as a value, and of ``ARRAY(SELECT …)``.
_SCALAR, _ARRAY = 4, 6

#: CoercionForm of a cast that the statement does not write.
_IMPLICIT = 2

#: VARCHAR(1): what CREATE TABLE AS makes of NULL.
_OF_NULL = varchar(1)


class Catalog(Protocol):
    """What the tree's numbers mean."""

    def function_name(self, oid: int) -> str | None:
        """Return the name of a function without its schema, None when it is not known."""


def column_types(query: Node, catalog: Catalog) -> tuple[RedshiftType, ...]:
    """Return the types of a query's columns.

    :param query: the QUERY node.
    :param catalog: names its functions.
    """
    return tuple(_declared(each) for each in Typer(query, catalog).columns())


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
                self._columns = tuple(self._of(target.child("expr")) for target in targets(self._query))
        return self._columns

    def type_of(self, expression: Node) -> RedshiftType:
        """Return the type of an expression.

        :param expression: of this query, not of one inside of it.
        """
        return _declared(self._of(expression))

    def _of(self, expression: Node | None) -> RedshiftType:
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

    def _all(self, expressions: Iterable[Node | None]) -> list[RedshiftType]:
        return [self._of(each) for each in expressions]

    # -- columns

    def var(self, node: Node) -> RedshiftType:
        """A column: of a table as declared, of anything else as computed there."""
        levels = node.number("varlevelsup", 0)
        owner = self if levels == 0 else self._parents[levels - 1] if levels <= len(self._parents) else None
        number, column = node.number("varno"), node.number("varattno")
        found = owner._of_range(number, column) if owner is not None and column > 0 else None
        return found or _known(node.number("vartype"), node.number("vartypmod"))

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
            return self.common([cell for cell in cells if isinstance(cell, Node)], None)
        field = {JOIN: "joinaliasvars", GROUP: "groupexprs"}.get(kind)
        expressions = entry.items(field) if field else []
        expression = expressions[at] if at < len(expressions) else None
        return self._of(expression) if isinstance(expression, Node) else None

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
        return _common(found, _known(int(str(oid)), int(str(modifier))))

    # -- values

    def common(self, expressions: Sequence[Node], oid: int | None) -> RedshiftType:
        """The type that takes the values of several expressions, of which PostgreSQL gives the kind."""
        types = self._all(expressions)
        kind = oid if oid is not None else next((each.oid for each in types if not each.is_null), NAME)
        return _common(types, _known(kind, -1))

    def call(self, node: Node, field: str, result: str, arguments: Sequence[Node]) -> RedshiftType:
        """A call of a function, an operator or an aggregate.

        :param node: the call.
        :param field: the name of its field with the function's number.
        :param result: the name of its field with the result's type.
        :param arguments: its arguments.
        """
        constants = {at: _integer(each) for at, each in enumerate(arguments) if _is_constant(each, INT4)}
        texts = {at: _text(each) for at, each in enumerate(arguments) if _is_constant(each, *_TEXTS)}
        types = self._all(arguments)
        oid = node.number(result)
        return call_type(self._catalog.function_name(node.number(field)), Call(oid, types, constants, texts))

    def function(self, node: Node) -> RedshiftType:
        """A function's call, or a cast that calls one."""
        arguments, oid = node.nodes("args"), node.number("funcresulttype")
        is_cast = node.number("funcformat") in (1, _IMPLICIT)
        if is_cast and len(arguments) > 1 and _is_constant(arguments[1], INT4):
            return _known(oid, _integer(arguments[1]))
        if is_cast and len(arguments) == 1 and RedshiftType(oid).is_string:
            given = self._of(arguments[0])
            if given.is_null or (given.oid == BPCHAR and node.number("funcformat") == _IMPLICIT):
                return given
            return string_of_first(Call(oid, [given], {}, {}))
        return self.call(node, "funcid", "funcresulttype", arguments)

    def aggregate(self, node: Node) -> RedshiftType:
        """An aggregate's call."""
        arguments = [each for target in node.nodes("args") if (each := target.child("expr")) is not None]
        return self.call(node, "aggfnoid", "aggtype", arguments)

    def constant(self, node: Node) -> RedshiftType:
        """A literal, after a cast of it that PostgreSQL has carried out."""
        oid, modifier, value = node.number("consttype"), node.number("consttypmod"), node.fields.get("constvalue")
        if modifier >= 0:
            return _known(oid, modifier)
        if not isinstance(value, bytes):
            return RedshiftType(oid, is_null=True)
        if RedshiftType(oid).is_string and node.number("constlen") == -1:
            return string_type(oid, value)
        return number_type(value) if oid == NUMERIC else RedshiftType(oid)

    def relabelled(self, node: Node) -> RedshiftType:
        """A cast that changes nothing of the value: of VARCHAR to TEXT."""
        oid, modifier = node.number("resulttype"), node.number("resulttypmod")
        given = self._of(node.child("arg"))
        if modifier >= 0:
            return _known(oid, modifier)
        if given.is_null:
            return given
        if RedshiftType(oid).is_string and given.is_string and given.oid != NAME:
            return given if node.number("relabelformat") == _IMPLICIT or oid == given.oid else varchar(given.length)
        return _known(oid, -1)

    def through_text(self, node: Node) -> RedshiftType:
        """A cast by way of the value's text."""
        oid, given = node.number("resulttype"), self._of(node.child("arg"))
        return varchar(text_length(given)) if RedshiftType(oid).is_string else RedshiftType(oid)

    def case(self, node: Node) -> RedshiftType:
        """https://docs.aws.amazon.com/redshift/latest/dg/r_CASE_function.html"""
        results = [when.child("result") for when in node.nodes("args")]
        expressions = [each for each in (*results, node.child("defresult")) if each is not None]
        return self.common(expressions, node.number("casetype"))

    def sublink(self, node: Node) -> RedshiftType:
        """A subquery as a value, or a condition on one."""
        query = node.child("subselect")
        if query is None or node.number("subLinkType") not in (_SCALAR, _ARRAY):
            return RedshiftType(BOOL)
        return _at(Typer(query, self._catalog, (self, *self._parents)).columns(), 0) or _OF_NULL


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


def _known(oid: int, modifier: int) -> RedshiftType:
    """Return a type of PostgreSQL's; a string without a length is as long as one can be."""
    return default_type(oid) if modifier < 0 else RedshiftType(oid, modifier)


def _declared(found: RedshiftType) -> RedshiftType:
    """Return the type of a column that holds such values: of NULL by itself VARCHAR(1)."""
    if not found.is_null:
        return found
    return _OF_NULL if found.is_string else RedshiftType(found.oid)


def _common(types: Sequence[RedshiftType], kind: RedshiftType) -> RedshiftType:
    """Return the widest of several types, which are of one kind."""
    given = [each for each in types if not each.is_null]
    if not given:
        return RedshiftType(kind.oid, is_null=True)
    if kind.is_string and kind.oid != NAME:
        length = max(text_length(each) for each in given)
        return char(length) if all(each.oid == BPCHAR for each in given) else varchar(length)
    if any(each.oid in FLOATS for each in given) and kind.oid == NUMERIC:
        return RedshiftType(FLOAT8)
    return decimals.common(given) if kind.oid == NUMERIC else kind


def _is_constant(node: Node, *oids: int) -> bool:
    return node.tag == "CONST" and node.number("consttype") in oids and isinstance(node.fields["constvalue"], bytes)


def _integer(node: Node) -> int:
    value = node.fields["constvalue"]
    return int.from_bytes(value[:4], "little", signed=True) if isinstance(value, bytes) else 0


def _text(node: Node) -> str:
    value = node.fields["constvalue"]
    return value[4:].decode("utf-8", "replace") if isinstance(value, bytes) else ""


_TEXTS: Final = (25, 1043, 705)

_Rule = Callable[[Typer, Node], RedshiftType]


def _operator(typer: Typer, node: Node) -> RedshiftType:
    return typer.call(node, "opfuncid", "opresulttype", node.nodes("args"))


def _window(typer: Typer, node: Node) -> RedshiftType:
    return typer.call(node, "winfnoid", "wintype", node.nodes("args"))


def _typed(field: str, modifier: str = "") -> _Rule:
    return lambda typer, node: _known(node.number(field), node.number(modifier))


def _argument(typer: Typer, node: Node) -> RedshiftType:
    return typer._of(node.child("arg"))


def _first(typer: Typer, node: Node) -> RedshiftType:
    """NULLIF: https://docs.aws.amazon.com/redshift/latest/dg/r_NULLIF_function.html"""
    return typer._of(node.nodes("args")[0])


#: What makes the type of a node, by its kind; all others are conditions.
_RULES: dict[str, _Rule] = {
    "VAR": Typer.var,
    "CONST": Typer.constant,
    "PARAM": _typed("paramtype", "paramtypmod"),
    "FUNCEXPR": Typer.function,
    "OPEXPR": _operator,
    "NULLIFEXPR": _first,
    "AGGREF": Typer.aggregate,
    "WINDOWFUNC": _window,
    "CASEEXPR": Typer.case,
    "CASETESTEXPR": _typed("typeId", "typeMod"),
    "COALESCEEXPR": lambda typer, node: typer.common(node.nodes("args"), node.number("coalescetype")),
    "MINMAXEXPR": lambda typer, node: typer.common(node.nodes("args"), node.number("minmaxtype")),
    "RELABELTYPE": Typer.relabelled,
    "COERCEVIAIO": Typer.through_text,
    "COLLATEEXPR": _argument,
    "COERCETODOMAIN": _typed("resulttype", "resulttypmod"),
    "SUBLINK": Typer.sublink,
    "SQLVALUEFUNCTION": _typed("type", "typmod"),
    "GROUPINGFUNC": lambda typer, node: RedshiftType(INT4),
    "ARRAYEXPR": _typed("array_typeid"),
    "ARRAYCOERCEEXPR": _typed("resulttype"),
    "CONVERTROWTYPEEXPR": _typed("resulttype"),
    "ROWEXPR": _typed("row_typeid"),
    "FIELDSELECT": _typed("resulttype", "resulttypmod"),
    "SUBSCRIPTINGREF": _typed("refrestype", "reftypmod"),
    "SETTODEFAULT": _typed("typeId", "typeMod"),
    "NEXTVALUEEXPR": _typed("typeId"),
}
