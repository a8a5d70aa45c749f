"""The sources of one query, and which of its conditions apply to each. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlglot import exp

from local_redshift.scans.model import Kind
from local_redshift.scans.restrictions import Column, Restrictions, narrow, restrict
from local_redshift.statements.tokens.lexer import fold

#: Finds what a column of a condition is: the source's alias and the name there.
Locate = Callable[[exp.Column], Column | None]


@dataclass
class CommonTable:
    """A subquery of WITH.

    :param query: None inside of itself, when it is recursive.
    :param known: the ones that it sees.
    :param names: of its columns, as far as they are given.
    :param is_shared: whether several places read it: then it is evaluated once, for all of them.
    """

    query: exp.Query | None
    known: Mapping[str, CommonTable] = field(default_factory=dict)
    names: Sequence[str] = ()
    is_shared: bool = False
    is_read: bool = False


@dataclass(frozen=True)
class Source:
    """A table or query that a query reads from.

    :param table: a table's full name.
    :param columns: a table's columns, or the names that a query gives; None when they are not known.
    :param inner: its query when it is not a table.
    """

    alias: str
    table: str | None = None
    columns: Mapping[str, Kind] | None = None
    inner: CommonTable | None = None


@dataclass(frozen=True)
class Condition:
    """A condition, of this query or of one around it.

    :param node: its expression.
    :param locate: finds what its columns are here.
    :param aliases: the sources that it applies to; None for all.
    """

    node: exp.Expr
    locate: Locate
    aliases: frozenset[str] | None = None

    def applies_to(self, alias: str) -> bool:
        """Return whether it filters rows of a source before they are joined."""
        return self.aliases is None or alias in self.aliases


@dataclass
class Scope:
    """The sources of a query and its conditions."""

    sources: dict[str, Source] = field(default_factory=dict)
    conditions: list[Condition] = field(default_factory=list)

    def add(self, source: Source) -> None:
        """Add a source. Tables of two schemas may share a name: then the name refers to neither."""
        if source.alias in self.sources:
            first = self.sources.pop(source.alias)
            self.sources[f"?{source.alias}"] = replace(first, alias=f"?{source.alias}")
            source = replace(source, alias=f"?{len(self.sources)}{source.alias}")
        self.sources[source.alias] = source

    def locate(self, column: exp.Column) -> Column | None:
        """Return what a column of the query is; None when it is an outer query's, or may be several sources'."""
        name = fold(column.name)
        if column.table:
            source = self.sources.get(fold(column.table))
            return (source.alias, name) if source else None
        having = [source.alias for source in self.sources.values() if source.columns and name in source.columns]
        unknown = [source.alias for source in self.sources.values() if source.columns is None]
        # Of several that have it, which only USING allows, the first; it ran, so it is not ambiguous.
        found = having[:1] or (unknown if len(unknown) == 1 else [])
        return (found[0], name) if found else None

    def restrictions(self) -> tuple[Restrictions, frozenset[str]]:
        """Return what the conditions restrict, and the aliases of the sources of which no row meets them."""
        found: Restrictions = {}
        without_rows: set[str] = set()
        for condition in self.conditions:
            restrictions = restrict(condition.node, self._resolver(condition.locate))
            if restrictions is None:
                without_rows.update(alias for alias in self.sources if condition.applies_to(alias))
            else:
                applicable = {key: spans for key, spans in restrictions.items() if condition.applies_to(key[0])}
                found = narrow(found, applicable)
        return found, frozenset(without_rows)

    def conditions_on(self, alias: str) -> list[Condition]:
        """Return the conditions that apply to a source, for its query."""
        return [
            Condition(condition.node, _within(condition.locate, alias))
            for condition in self.conditions
            if condition.applies_to(alias)
        ]

    def _resolver(self, locate: Locate) -> Callable[[exp.Column], tuple[Column, Kind] | None]:
        def resolve(column: exp.Column) -> tuple[Column, Kind] | None:
            found = locate(column)
            if found is None:
                return None
            columns = self.sources[found[0]].columns or {}
            return found, columns.get(found[1], Kind.OTHER)

        return resolve


def _within(locate: Locate, alias: str) -> Locate:
    def located(column: exp.Column) -> Column | None:
        found = locate(column)
        return found if found is not None and found[0] == alias else None

    return located


def push_down(
    conditions: Sequence[Condition], select: exp.Select, names: Sequence[str], scope: Scope
) -> list[Condition]:
    """Return the conditions on a query's result as conditions on what it reads.

    A condition can be pushed down only on a column that the query returns unchanged, and only where rows are not
    numbered, limited or grouped before.

    :param select: the query.
    :param names: of its result's columns, none when they are its own.
    :param scope: the query's.
    """
    barriers = ("group", "limit", "offset", "having", "qualify")
    if any(select.args.get(each) for each in barriers) or select.find(exp.Window):
        return []
    outputs = dict(zip(names or [fold(each.alias_or_name) for each in select.selects], select.selects, strict=False))
    has_star = any(each.is_star for each in select.selects)

    def through(locate: Locate) -> Locate:
        def located(column: exp.Column) -> Column | None:
            found = locate(column)
            if found is None:
                return None
            if has_star:
                return scope.locate(exp.column(found[1], quoted=True)) if not names else None
            inner = outputs.get(found[1])
            inner = inner.unalias() if inner is not None else None
            return scope.locate(inner) if isinstance(inner, exp.Column) else None

        return located

    return [Condition(condition.node, through(condition.locate)) for condition in conditions]


def queries_in(node: exp.Expr) -> Iterator[exp.Query]:
    """Yield the outermost queries within an expression."""
    if isinstance(node, exp.Query):
        yield node
        return
    for child in node.iter_expressions():
        yield from queries_in(child)
