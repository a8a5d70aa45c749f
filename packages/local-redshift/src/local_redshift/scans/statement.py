"""Finds a statement's scans. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlglot import exp

from local_redshift.scans.model import Catalog, Kind, Scan
from local_redshift.scans.parsing import UnreadableStatementError, parse, parse_view
from local_redshift.scans.restrictions import Restrictions
from local_redshift.scans.scope import CommonTable, Condition, Scope, Source, push_down, queries_in
from local_redshift.statements.tokens.keywords import keywords
from local_redshift.statements.tokens.lexer import STRING, Token, fold, split, tokenize

#: Statements that read no rows of tables by a condition: ANALYZE and VACUUM choose what they read, COPY reads files.
_WITHOUT_SCANS = keywords(
    "ABORT ALTER ANALYZE ANALYSE BEGIN CALL CLOSE COMMENT COMMIT COPY DEALLOCATE DROP END EXECUTE EXPLAIN FETCH GRANT "
    "LOCK RESET REVOKE ROLLBACK SET SHOW START TRUNCATE USE VACUUM"
)
_WITH_SCANS = keywords("( CREATE DELETE INSERT MERGE SELECT UPDATE VALUES WITH")
_Known = Mapping[str, CommonTable]


def find_scans(
    text: str, catalog: Catalog, search_path: Sequence[str] = ("public",), temporary: Collection[str] = ()
) -> tuple[Scan, ...]:
    """Return the scans of base tables that a text causes.

    :param text: one statement or several, as they ran.
    :param catalog: the server's tables and views.
    :param search_path: the session's, for names without a schema.
    :param temporary: names of the session's temporary tables, which come before those.
    :raises UnreadableStatementError: when a statement cannot be read.
    """
    found: list[Scan] = []
    for tokens in split(tokenize(text)):
        walk = _Walk(catalog, search_path, temporary)
        walk.statement(text, tokens)
        found += walk.scans
    return tuple(found)


class _Walk:
    """Goes through one statement.

    :ivar scans: what was found.
    """

    def __init__(self, catalog: Catalog, search_path: Sequence[str], temporary: Collection[str]) -> None:
        self._catalog = catalog
        self._search_path = search_path
        self._temporary = temporary
        self.scans: list[Scan] = []

    def statement(self, text: str, tokens: Sequence[Token]) -> None:
        """Find the scans of a statement."""
        verb = tokens[0].upper
        own = text[tokens[0].start : tokens[-1].end]
        if verb in ("UNLOAD", "DECLARE", "PREPARE"):
            self._embedded(verb, own, tokens)
        elif verb in _WITH_SCANS:
            self._parsed(parse(own))
        elif verb not in _WITHOUT_SCANS:
            raise UnreadableStatementError(own, f"because {verb} is not known")

    def _embedded(self, verb: str, text: str, tokens: Sequence[Token]) -> None:
        """UNLOAD ('SELECT …'), DECLARE … CURSOR FOR SELECT …, PREPARE … AS …"""
        if verb == "UNLOAD":
            inner = next((token.value for token in tokens if token.kind is STRING), "")
        else:
            word = "FOR" if verb == "DECLARE" else "AS"
            after = next((token.end - tokens[0].start for token in tokens if token.upper == word), len(text))
            inner = text[after:]
        for each in split(tokenize(inner)):
            self.statement(inner, each)

    def _parsed(self, node: exp.Expr) -> None:
        if isinstance(node, exp.Query):
            self._query(node, {})
        elif isinstance(node, exp.Insert | exp.Create):
            if isinstance(node, exp.Insert) and node.expression is None and not node.args.get("default"):
                raise UnreadableStatementError(node.sql("redshift"), "because it does not say what is inserted")
            if isinstance(node.expression, exp.Query) and node.args.get("kind") != "VIEW":
                self._query(node.expression, self._common_tables(node, {}))
        elif isinstance(node, exp.Delete | exp.Update | exp.Merge):
            self._change(node)
        elif not isinstance(node, exp.Values):
            raise UnreadableStatementError(node.sql("redshift"), f"because it was read as {type(node).__name__}")

    def _change(self, node: exp.Delete | exp.Update | exp.Merge) -> None:
        """DELETE … USING, UPDATE … FROM, MERGE … USING: the table that is changed is scanned as well."""
        known = self._common_tables(node, {})
        scope = Scope()
        self._add_relation(node.this, scope, known)
        from_clause = node.args.get("from_")
        for other in [*_as_list(node.args.get("using")), *([from_clause.this] if from_clause else [])]:
            self._add_relation(other, scope, known)
        for name in ("where", "on"):
            condition = node.args.get(name)
            if condition is not None:
                inner = condition.this if isinstance(condition, exp.Where) else condition
                scope.conditions.append(Condition(inner, scope.locate))
        parts = [node.args.get("where"), node.args.get("on"), node.args.get("whens"), *node.expressions]
        self._scan(scope, known, [part for part in parts if part is not None])

    def _query(
        self, node: exp.Expr, known: _Known, conditions: Sequence[Condition] = (), names: Sequence[str] = ()
    ) -> None:
        known = self._common_tables(node, known)
        own = [each for name, each in known.items() if name in _names_of_common_tables(node)]
        if isinstance(node, exp.Subquery):
            self._query(node.this, known, conditions, names)
        elif isinstance(node, exp.SetOperation):
            arms = names or _output_names(node)
            pushed = conditions if arms and not node.args.get("limit") and not node.args.get("offset") else ()
            self._query(node.this, known, pushed, arms)
            self._query(node.expression, known, pushed, arms)
        elif isinstance(node, exp.Select):
            self._select(node, known, conditions, names)
        for unread in own:
            if not unread.is_read:
                self._inner(unread, [])

    def _select(self, node: exp.Select, known: _Known, conditions: Sequence[Condition], names: Sequence[str]) -> None:
        scope = Scope()
        from_clause = node.args.get("from_")
        if from_clause is not None:
            self._add_relation(from_clause.this, scope, known)
            self._add_joins(node.args.get("joins") or (), scope, known)
        where = node.args.get("where")
        if where is not None:
            scope.conditions.append(Condition(where.this, scope.locate))
        scope.conditions += push_down(conditions, node, names, scope)
        skipped = ("with_", "from_", "joins")
        parts = [part for name, value in node.args.items() if name not in skipped for part in _as_list(value)]
        parts += [join.args["on"] for join in node.args.get("joins") or () if join.args.get("on")]
        self._scan(scope, known, parts)

    def _scan(self, scope: Scope, known: _Known, parts: Iterable[exp.Expr]) -> None:
        """Record the scans of a scope's sources, and of the subqueries in other parts of the statement."""
        restrictions, without_rows = scope.restrictions()
        for source in scope.sources.values():
            if source.alias in without_rows:
                if source.inner is not None:
                    source.inner.is_read = True
            elif source.table is not None:
                self.scans.append(self._scan_of(source, restrictions))
            elif source.inner is not None:
                self._inner(source.inner, scope.conditions_on(source.alias))
        is_empty = bool(scope.sources) and len(without_rows) == len(scope.sources)
        for part in parts:
            if not (is_empty and isinstance(part, exp.Where)):
                for query in queries_in(part):
                    self._query(query, known)

    def _scan_of(self, source: Source, restrictions: Restrictions) -> Scan:
        table = self._catalog.tables.get(source.table or "")
        scans = [
            Scan(source.table or "", source.alias, column, restrictions[source.alias, column])
            for column in (table.restricting if table else ())
            if (source.alias, column) in restrictions
        ]
        scans.sort(key=lambda scan: not scan.is_bounded)
        return scans[0] if scans else Scan(source.table or "", source.alias)

    def _inner(self, inner: CommonTable, conditions: Sequence[Condition]) -> None:
        if inner.query is None or (inner.is_shared and inner.is_read):
            return
        inner.is_read = True
        self._query(inner.query, inner.known, () if inner.is_shared else conditions, inner.names)

    def _common_tables(self, node: exp.Expr, known: _Known) -> _Known:
        clause = node.args.get("with_")
        for each in clause.expressions if clause is not None else ():
            name, names = fold(each.alias), [fold(column.name) for column in each.args["alias"].columns]
            readers = [table for table in node.find_all(exp.Table) if not table.db and fold(table.name) == name]
            seen = {**known, name: CommonTable(None)} if clause and clause.recursive else known
            known = {**known, name: CommonTable(each.this, seen, names, is_shared=len(readers) > 1)}
        return known

    def _add_relation(self, node: exp.Expr, scope: Scope, known: _Known) -> None:
        if isinstance(node, exp.Subquery) and isinstance(node.this, exp.Table | exp.Subquery) and not node.alias:
            self._add_relation(node.this, scope, known)
        else:
            scope.add(self._source(node, known, len(scope.sources)))
        self._add_joins(node.args.get("joins") or (), scope, known)

    def _add_joins(self, joins: Iterable[exp.Join], scope: Scope, known: _Known) -> None:
        """Add what is joined: ON of an outer join leaves no row out of the side that is kept whole."""
        for join in joins:
            before = frozenset(scope.sources)
            self._add_relation(join.this, scope, known)
            added = frozenset(scope.sources) - before
            applicable = {"LEFT": added, "RIGHT": before, "FULL": frozenset[str]()}.get(join.side.upper())
            if join.args.get("on") is not None:
                scope.conditions.append(Condition(join.args["on"], scope.locate, applicable))

    def _source(self, node: exp.Expr, known: _Known, number: int) -> Source:
        alias = fold(node.alias_or_name) or f"?{number}"
        if isinstance(node, exp.Subquery):
            names = [fold(column.name) for column in node.args["alias"].columns] if node.args.get("alias") else []
            return _derived(alias, CommonTable(node.this, known, names))
        if not isinstance(node, exp.Table):
            inner = next(queries_in(node), None)
            return Source(alias, inner=CommonTable(inner, known))
        name = fold(node.name)
        if not node.db and name in known:
            return _derived(alias, known[name])
        if not node.db and name in self._temporary:
            return Source(alias, f"pg_temp.{name}")
        full = self._catalog.find(fold(node.db), name, self._search_path)
        if full in self._catalog.views:
            return _derived(alias, CommonTable(parse_view(self._catalog.views[full])))
        table = self._catalog.tables.get(full)
        return Source(alias, full, table.columns if table else None)


def _derived(alias: str, inner: CommonTable) -> Source:
    names = inner.names or _output_names(inner.query)
    return Source(alias, columns=dict.fromkeys(names, Kind.OTHER) if names else None, inner=inner)


def _output_names(node: exp.Expr | None) -> list[str]:
    """Return the names of a query's columns, none when a star hides them."""
    if not isinstance(node, exp.Query) or any(each.is_star for each in node.selects):
        return []
    return [fold(name) for name in node.named_selects]


def _names_of_common_tables(node: exp.Expr) -> set[str]:
    clause = node.args.get("with_")
    return {fold(each.alias) for each in clause.expressions} if clause is not None else set()


def _as_list(value: object) -> list[exp.Expr]:
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, exp.Expr)]
