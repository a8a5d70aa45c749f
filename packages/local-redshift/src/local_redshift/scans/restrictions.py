"""Within which literals a condition bounds columns. Pure.

The operands of an AND narrow each other; the operands of an OR must all bound the same column. NOT, <>, NULL, LIKE,
functions of the column and comparisons with other columns or subqueries bound nothing. Neither does a bound on another
table's column that a join makes equal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlglot import exp

from local_redshift.scans.literals import constant, is_false
from local_redshift.scans.model import Kind, Span, Spans, intersect

#: Alias of a table and name of its column.
Column = tuple[str, str]
Restrictions = Mapping[Column, Spans]
#: Finds a column's table, and the kind of its values; None when it is not a column of a table of the query.
Resolver = Callable[[exp.Column], tuple[Column, Kind] | None]

_TURNED: Mapping[type[exp.Expr], type[exp.Expr]] = {
    exp.GT: exp.LT,
    exp.GTE: exp.LTE,
    exp.LT: exp.GT,
    exp.LTE: exp.GTE,
    exp.EQ: exp.EQ,
}


def restrict(condition: exp.Expr, resolve: Resolver) -> Restrictions | None:
    """Return what a condition restricts, None when it is FALSE.

    :param condition: of a WHERE or ON.
    :param resolve: see :data:`Resolver`.
    """
    if isinstance(condition, exp.Paren):
        return restrict(condition.this, resolve)
    if isinstance(condition, exp.And):
        return _all(condition, resolve)
    if isinstance(condition, exp.Or):
        return _any(condition, resolve)
    if is_false(condition):
        return None
    found = _compare(condition, resolve)
    return {found[0]: found[1]} if found else {}


def narrow(one: Restrictions, other: Restrictions) -> Restrictions:
    """Return what holds when both hold."""
    both = {column: intersect(one[column], other[column]) for column in one.keys() & other.keys()}
    return {**one, **other, **both}


def _all(condition: exp.And, resolve: Resolver) -> Restrictions | None:
    found: Restrictions = {}
    for arm in condition.flatten(unnest=False):
        restrictions = restrict(arm, resolve)
        if restrictions is None:
            return None
        found = narrow(found, restrictions)
    return found


def _any(condition: exp.Or, resolve: Resolver) -> Restrictions | None:
    arms = [arm for each in condition.flatten(unnest=False) if (arm := restrict(each, resolve)) is not None]
    if not arms:
        return None
    common = set(arms[0]).intersection(*arms[1:])
    return {column: tuple(dict.fromkeys(span for arm in arms for span in arm[column])) for column in common}


def _compare(node: exp.Expr, resolve: Resolver) -> tuple[Column, Spans] | None:
    if type(node) in _TURNED:
        return _compare_values(type(node), node.this, node.expression, resolve) or _compare_values(
            _TURNED[type(node)], node.expression, node.this, resolve
        )
    if isinstance(node, exp.Between) and not node.args.get("symmetric"):
        return _between(node, resolve)
    if isinstance(node, exp.In) and node.expressions:
        return _spans_of(node.this, resolve, lambda kind: [(value, value) for value in _values(node.expressions, kind)])
    return None


def _compare_values(
    operator: type[exp.Expr], column: exp.Expr, value: exp.Expr, resolve: Resolver
) -> tuple[Column, Spans] | None:
    def spans(kind: Kind) -> list[Span]:
        (found,) = _values([value], kind)
        return [(None if operator in (exp.LT, exp.LTE) else found, None if operator in (exp.GT, exp.GTE) else found)]

    return _spans_of(column, resolve, spans)


def _between(node: exp.Between, resolve: Resolver) -> tuple[Column, Spans] | None:
    """Return the span of a BETWEEN; if one end is not a literal, only the other bounds."""

    def spans(kind: Kind) -> list[Span]:
        first, last = (constant(node.args[end], kind) for end in ("low", "high"))
        if first is None and last is None:
            raise LookupError
        return [(first, last)] if first is None or last is None or _is_ordered(first, last) else []

    return _spans_of(node.this, resolve, spans)


def _is_ordered(first: Any, last: Any) -> bool:
    return bool(first <= last)


def _values(nodes: list[exp.Expr], kind: Kind) -> list[Any]:
    values = [constant(node, kind) for node in nodes]
    if None in values:
        raise LookupError
    return values


def _spans_of(node: exp.Expr, resolve: Resolver, spans: Callable[[Kind], list[Span]]) -> tuple[Column, Spans] | None:
    node = node.unnest()
    if not isinstance(node, exp.Column):
        return None
    found = resolve(node)
    if found is None:
        return None
    try:
        return found[0], tuple(spans(found[1]))
    except LookupError:
        return None
