"""The types that PostgreSQL itself gives a query's columns.

Contract: pure. Where they are those that Redshift gives, nothing has to be cast.
"""

from __future__ import annotations

from local_redshift.expression_types.model import RedshiftType
from local_redshift.expression_types.trees import targets
from local_redshift.query_tree.nodes import Node

#: The fields that hold the type of an expression, and its modifier where its kind of node has one.
_FIELDS = {
    "VAR": ("vartype", "vartypmod"),
    "CONST": ("consttype", "consttypmod"),
    "PARAM": ("paramtype", "paramtypmod"),
    "FUNCEXPR": ("funcresulttype", ""),
    "OPEXPR": ("opresulttype", ""),
    "NULLIFEXPR": ("opresulttype", ""),
    "AGGREF": ("aggtype", ""),
    "WINDOWFUNC": ("wintype", ""),
    "CASEEXPR": ("casetype", ""),
    "COALESCEEXPR": ("coalescetype", ""),
    "MINMAXEXPR": ("minmaxtype", ""),
    "RELABELTYPE": ("resulttype", "resulttypmod"),
    "COERCEVIAIO": ("resulttype", ""),
    "SQLVALUEFUNCTION": ("type", "typmod"),
}

#: For an expression whose type is not looked up; it is no type, so it is cast.
_NONE = RedshiftType(0)


def given_types(query: Node) -> tuple[RedshiftType, ...]:
    """Return the types of a query's columns in PostgreSQL.

    :param query: the QUERY node.
    """
    operation = query.child("setOperations")
    if operation is not None:
        oids, modifiers = operation.items("colTypes"), operation.items("colTypmods")
        return tuple(RedshiftType(int(str(oid)), int(str(of))) for oid, of in zip(oids, modifiers, strict=True))
    return tuple(_given(target.child("expr")) for target in targets(query))


def _given(expression: Node | None) -> RedshiftType:
    fields = _FIELDS.get(expression.tag) if expression is not None else None
    if expression is None or fields is None:
        return _NONE
    return RedshiftType(expression.number(fields[0]), expression.number(fields[1]))
