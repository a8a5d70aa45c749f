"""The type of an expression, by the kind of its node in the query tree and the types of what is in it.

Contract: pure. Columns and subqueries, whose types are those of other queries, are for ``typer``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Protocol

from local_redshift.expression_types.functions import Call, call_type, string_of_first, text_length
from local_redshift.expression_types.literals import integer_of, is_constant, number_type, string_type, text_of
from local_redshift.expression_types.model import BPCHAR, INT4, NAME, NUMERIC, RedshiftType, varchar
from local_redshift.expression_types.widest import known, widest
from local_redshift.query_tree.nodes import Node

#: CoercionForm of casts: one that the statement writes, and one that it does not.
_EXPLICIT, _IMPLICIT = 1, 2

#: Types of literals that are strings: TEXT, VARCHAR and PostgreSQL's unknown.
_TEXTS: Final = (25, 1043, 705)


class Types(Protocol):
    """What a rule asks of the query that an expression is of."""

    def of(self, expression: Node | None) -> RedshiftType:
        """Return the type of an expression inside of the one that the rule is for."""

    def function_name(self, oid: int) -> str | None:
        """Return the name of a function without its schema, None when it is not known."""


Rule = Callable[[Types, Node], RedshiftType]


def common(query: Types, expressions: Sequence[Node], oid: int | None) -> RedshiftType:
    """Return the type that takes the values of several expressions.

    :param query: that they are of.
    :param expressions: as they stand in the tree.
    :param oid: the type that PostgreSQL gives them in common; None when the tree does not tell.
    """
    types = [query.of(each) for each in expressions]
    kind = oid if oid is not None else next((each.oid for each in types if not each.is_null), NAME)
    return widest(types, known(kind, -1))


def _call(query: Types, node: Node, field: str, result: str, arguments: Sequence[Node]) -> RedshiftType:
    """A call of a function, an operator or an aggregate.

    :param query: that it is of.
    :param node: the call.
    :param field: the name of its field with the function's number.
    :param result: the name of its field with the result's type.
    :param arguments: its arguments.
    """
    constants = {at: integer_of(each) for at, each in enumerate(arguments) if is_constant(each, INT4)}
    texts = {at: text_of(each) for at, each in enumerate(arguments) if is_constant(each, *_TEXTS)}
    types = [query.of(each) for each in arguments]
    oid = node.number(result)
    return call_type(query.function_name(node.number(field)), Call(oid, types, constants, texts))


def _function(query: Types, node: Node) -> RedshiftType:
    """A function's call, or a cast that calls one."""
    arguments, oid = node.nodes("args"), node.number("funcresulttype")
    is_cast = node.number("funcformat") in (_EXPLICIT, _IMPLICIT)
    if is_cast and len(arguments) > 1 and is_constant(arguments[1], INT4):
        return known(oid, integer_of(arguments[1]))
    if is_cast and len(arguments) == 1 and RedshiftType(oid).is_string:
        given = query.of(arguments[0])
        if given.is_null or (given.oid == BPCHAR and node.number("funcformat") == _IMPLICIT):
            return given
        return string_of_first(Call(oid, [given], {}, {}))
    return _call(query, node, "funcid", "funcresulttype", arguments)


def _aggregate(query: Types, node: Node) -> RedshiftType:
    """An aggregate's call."""
    arguments = [each for target in node.nodes("args") if (each := target.child("expr")) is not None]
    return _call(query, node, "aggfnoid", "aggtype", arguments)


def _constant(query: Types, node: Node) -> RedshiftType:
    """A literal, after a cast of it that PostgreSQL has carried out."""
    oid, modifier, value = node.number("consttype"), node.number("consttypmod"), node.fields.get("constvalue")
    if modifier >= 0:
        return known(oid, modifier)
    if not isinstance(value, bytes):
        return RedshiftType(oid, is_null=True)
    if RedshiftType(oid).is_string and node.number("constlen") == -1:
        return string_type(oid, value)
    return number_type(value) if oid == NUMERIC else RedshiftType(oid)


def _relabelled(query: Types, node: Node) -> RedshiftType:
    """A cast that changes nothing of the value: of VARCHAR to TEXT."""
    oid, modifier = node.number("resulttype"), node.number("resulttypmod")
    given = query.of(node.child("arg"))
    if modifier >= 0:
        return known(oid, modifier)
    if given.is_null:
        return given
    if RedshiftType(oid).is_string and given.is_string and given.oid != NAME:
        return given if node.number("relabelformat") == _IMPLICIT or oid == given.oid else varchar(given.length)
    return known(oid, -1)


def _through_text(query: Types, node: Node) -> RedshiftType:
    """A cast by way of the value's text."""
    oid, given = node.number("resulttype"), query.of(node.child("arg"))
    return varchar(text_length(given)) if RedshiftType(oid).is_string else RedshiftType(oid)


def _case(query: Types, node: Node) -> RedshiftType:
    """https://docs.aws.amazon.com/redshift/latest/dg/r_CASE_function.html"""
    results = [when.child("result") for when in node.nodes("args")]
    expressions = [each for each in (*results, node.child("defresult")) if each is not None]
    return common(query, expressions, node.number("casetype"))


def _operator(query: Types, node: Node) -> RedshiftType:
    return _call(query, node, "opfuncid", "opresulttype", node.nodes("args"))


def _window(query: Types, node: Node) -> RedshiftType:
    return _call(query, node, "winfnoid", "wintype", node.nodes("args"))


def _typed(field: str, modifier: str = "") -> Rule:
    return lambda query, node: known(node.number(field), node.number(modifier))


def _argument(query: Types, node: Node) -> RedshiftType:
    return query.of(node.child("arg"))


def _first(query: Types, node: Node) -> RedshiftType:
    """NULLIF: https://docs.aws.amazon.com/redshift/latest/dg/r_NULLIF_function.html"""
    return query.of(node.nodes("args")[0])


#: The rules by the kinds of nodes.
RULES: dict[str, Rule] = {
    "CONST": _constant,
    "PARAM": _typed("paramtype", "paramtypmod"),
    "FUNCEXPR": _function,
    "OPEXPR": _operator,
    "NULLIFEXPR": _first,
    "AGGREF": _aggregate,
    "WINDOWFUNC": _window,
    "CASEEXPR": _case,
    "CASETESTEXPR": _typed("typeId", "typeMod"),
    "COALESCEEXPR": lambda query, node: common(query, node.nodes("args"), node.number("coalescetype")),
    "MINMAXEXPR": lambda query, node: common(query, node.nodes("args"), node.number("minmaxtype")),
    "RELABELTYPE": _relabelled,
    "COERCEVIAIO": _through_text,
    "COLLATEEXPR": _argument,
    "COERCETODOMAIN": _typed("resulttype", "resulttypmod"),
    "SQLVALUEFUNCTION": _typed("type", "typmod"),
    "GROUPINGFUNC": lambda query, node: RedshiftType(INT4),
    "ARRAYEXPR": _typed("array_typeid"),
    "ARRAYCOERCEEXPR": _typed("resulttype"),
    "CONVERTROWTYPEEXPR": _typed("resulttype"),
    "ROWEXPR": _typed("row_typeid"),
    "FIELDSELECT": _typed("resulttype", "resulttypmod"),
    "SUBSCRIPTINGREF": _typed("refrestype", "reftypmod"),
    "SETTODEFAULT": _typed("typeId", "typeMod"),
    "NEXTVALUEEXPR": _typed("typeId"),
}
