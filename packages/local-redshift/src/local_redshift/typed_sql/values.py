"""Gives values the scale that Redshift's types have: quotients, and what mixes decimals of several scales.

Contract: pure. PostgreSQL's decimals keep the scale that they were computed with; Redshift's have the scale of their
type. So a quotient becomes an operator of the catalog that is given the scale, and where decimals of several scales
meet (CASE, COALESCE, GREATEST, LEAST, set operations) those of another scale are cast.
https://docs.aws.amazon.com/redshift/latest/dg/r_numeric_computations201.html
"""

from __future__ import annotations

from local_redshift.expression_types import Catalog, Typer
from local_redshift.expression_types.decimals import may_overflow
from local_redshift.query_tree.nodes import Node
from local_redshift.statements.tokens.edits import matches
from local_redshift.typed_sql.operands import Extent, call_arguments, case_results, operand_extents
from local_redshift.typed_sql.scales import differs, scale_of, scale_type
from local_redshift.typed_sql.set_operations import pad_arms
from local_redshift.typed_sql.statement import TypedStatement, own_nodes
from local_redshift.typed_sql.wraps import Wraps

#: How an expression is changed: the scale of a quotient, the scales of the results of a CASE, None for those that stay;
#: nothing for a computation that is checked for overflow.
_Scales = tuple[int | None, ...]

_CALLS = ("COALESCE", "GREATEST", "LEAST")
_OPERATORS = frozenset("/*+-")

#: Computations whose precision may have to be cut to the largest there is.
_CHECKED = {"numeric_mul": "*", "numeric_add": "+", "numeric_sub": "-"}


def scaled(sql: str, tree: Node, catalog: Catalog) -> str:
    """Return a statement whose values have the scales of Redshift's types.

    :param sql: the statement that PostgreSQL analyzed.
    :param tree: its QUERY.
    :param catalog: names the functions of the tree.
    """
    editor = _Editor(TypedStatement(sql, tree), catalog)
    editor.visit(Typer(tree, catalog), tree)
    editor.repeat()
    return editor.wraps.apply()


class _Editor:
    def __init__(self, statement: TypedStatement, catalog: Catalog) -> None:
        self.wraps = Wraps(statement.sql)
        self._statement = statement
        self._catalog = catalog
        self._done: dict[tuple[str, ...], _Scales] = {}

    def visit(self, typer: Typer, query: Node) -> None:
        """Change the expressions of a query and of those inside of it."""
        own, inner = own_nodes(query)
        for node in own:
            index = self._statement.token_of(node)
            scales = self._scales(node, typer) if index is not None else None
            if index is not None and scales is not None:
                self._change(index, scales)
        pad_arms(self._statement, query, typer, self.wraps)
        for each in inner:
            self.visit(typer.inner(each), each)

    def repeat(self) -> None:
        """Change what stands again in GROUP BY or ORDER BY: the tree has it once."""
        if not self._done:
            return
        for index, token in enumerate(self._statement.tokens):
            is_candidate = token.text in _OPERATORS or token.upper in ("CASE", *_CALLS)
            if is_candidate and index not in self._statement.located:
                extent = self._extent(index)
                scales = self._done.get(self._statement.words(extent)) if extent is not None else None
                if scales is not None:
                    self._change(index, scales)

    def _scales(self, node: Node, typer: Typer) -> _Scales | None:
        if node.tag == "OPEXPR":
            return self._of_operator(node, typer)
        results = _results(node)
        if not results:
            return None
        scale = scale_of(typer.type_of(node))
        if scale is None:
            return None
        scales = tuple(scale if differs(typer.type_of(each), scale) else None for each in results)
        return scales if any(each is not None for each in scales) else None

    def _of_operator(self, node: Node, typer: Typer) -> _Scales | None:
        name, arguments = self._catalog.function_name(node.number("opfuncid")) or "", node.nodes("args")
        if name == "numeric_div":
            scale = scale_of(typer.type_of(node))
            return None if scale is None else (scale,)
        if name in _CHECKED and may_overflow(_CHECKED[name], *(typer.type_of(each) for each in arguments)):
            return ()
        return None

    def _extent(self, index: int) -> Extent | None:
        """Return the whole expression that an operator or a word stands for."""
        tokens = self._statement.tokens
        if tokens[index].text in _OPERATORS:
            first, second = operand_extents(tokens, index)
            return Extent(first.start, second.end)
        if tokens[index].upper == "CASE":
            return Extent(index, case_results(tokens, index)[1])
        return Extent(index, call_arguments(tokens, index)[-1].end + 1) if matches(tokens, index + 1, "(") else None

    def _change(self, index: int, scales: _Scales) -> None:
        extent = self._extent(index)
        if extent is None:
            return
        self._done[self._statement.words(extent)] = scales
        if self._statement.tokens[index].text in _OPERATORS:
            self._change_operator(index, extent, scales)
        else:
            self._cast_results(index, scales)

    def _change_operator(self, index: int, extent: Extent, scales: _Scales) -> None:
        """Replace an operator by the catalog's, with brackets: it binds less than PostgreSQL's own."""
        operator = self._statement.tokens[index]
        start, end = self._statement.characters(extent)
        new, after = f" OPERATOR(redshift_catalog.{operator.text}) ", ")"
        if scales:
            new, after = f"{new}ROW(", f", 1e{scales[0]}, 1e-{scales[0]})::redshift_catalog.divisor)"
        self.wraps.wrap(start, end, "(", after)
        self.wraps.replace(operator.start, operator.end, new)

    def _cast_results(self, index: int, scales: _Scales) -> None:
        tokens = self._statement.tokens
        is_case = tokens[index].upper == "CASE"
        results = case_results(tokens, index)[0] if is_case else call_arguments(tokens, index)
        for result, scale in zip(results, scales, strict=False):
            if scale is not None:
                start, end = self._statement.characters(result)
                self.wraps.wrap(start, end, "(", f")::{scale_type(scale)}", rank=1)


def _results(node: Node) -> list[Node]:
    """Return the expressions of which a node's value is one, in the order in which they are written."""
    if node.tag in ("COALESCEEXPR", "MINMAXEXPR"):
        return node.nodes("args")
    if node.tag != "CASEEXPR":
        return []
    results = [when.child("result") for when in node.nodes("args")] + [node.child("defresult")]
    return [each for each in results if each is not None]
