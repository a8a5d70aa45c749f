"""QUALIFY: https://docs.aws.amazon.com/redshift/latest/dg/r_QUALIFY_clause.html

``SELECT a, * FROM t QUALIFY x`` becomes a query of a subquery that also computes x. A star stands for whole rows in
the subquery, since a star outside would show the condition too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from local_redshift.statements.queries.default_names import default_name
from local_redshift.statements.queries.expressions import RENAMED
from local_redshift.statements.queries.selects import (
    SelectItem,
    end_of_list,
    is_within_group,
    relations,
    written_items,
)
from local_redshift.statements.tokens.edits import Edits, closing, quoted, split_at
from local_redshift.statements.tokens.errors import not_here, syntax_error
from local_redshift.statements.tokens.keywords import keywords
from local_redshift.statements.tokens.lexer import NUMBER, QUOTED, WORD, Token

_SET_OPERATIONS = keywords("UNION EXCEPT MINUS INTERSECT")
_CLAUSES = keywords("WHERE GROUP HAVING QUALIFY ORDER LIMIT OFFSET")


def expand_qualify(script: str, tokens: Sequence[Token], at: int, columns: Mapping[str, Sequence[str]]) -> str:
    """Return a statement without the QUALIFY at a place.

    :param script: the text that the tokens are of.
    :param tokens: the statement's.
    :param at: index of QUALIFY.
    :param columns: not needed.
    :raises RedshiftError: when it belongs to no SELECT.
    """
    return _Qualify(script, tokens, at).expand()


class _Qualify:
    def __init__(self, script: str, tokens: Sequence[Token], at: int) -> None:
        self._tokens, self._at = tokens, at
        self._edits = Edits(script)
        self._select = _select_of(tokens, at)
        self._end_of_list = end_of_list(tokens, self._select + 1)
        self._items = written_items(tokens, self._select + 1, self._end_of_list)
        self._names: list[str] = []
        self._shown: list[str] = []

    def expand(self) -> str:
        tokens, edits = self._tokens, self._edits
        self._require_alias()
        for number, item in enumerate(self._items):
            self._name(number, item)
        condition, order, rest = self._clauses()
        shown, first = ", ".join(self._shown), tokens[self._select + 1]
        distinct = first.upper == "DISTINCT"
        edits.insert(tokens[self._select].start, f"SELECT {'DISTINCT ' if distinct else ''}{shown} FROM (")
        if distinct:
            edits.remove([first])
        edits.insert(tokens[self._end_of_list - 1].end, f", ({self._inlined(condition)}) AS redshift_qualify")
        ending = ") AS redshift_qualified WHERE redshift_qualify"
        outside = not order or self._is_of_result(order)
        edits.replace(tokens[self._at].start, condition[-1].end, ending if outside else "")
        if not outside:
            edits.insert(tokens[rest - 1].end, ending)
        return edits.apply(0, len(edits.text))

    def _require_alias(self) -> None:
        """Refuse FROM t QUALIFY …, where Redshift takes QUALIFY for the alias."""
        from_clause = self._tokens[self._end_of_list + 1 : self._at]
        if _next_clause(self._tokens, self._end_of_list + 1, self._at) < self._at or not from_clause:
            return
        last = relations(from_clause)[-1]
        if last.alias is None and last.tokens[-1] is from_clause[-1]:
            hint = "Directly after FROM, the relation needs an alias: FROM t AS x QUALIFY …."
            raise syntax_error(self._tokens[self._at], hint)

    def _name(self, number: int, item: SelectItem) -> None:
        """Name an item in the subquery, and record how the query shows it."""
        last = item.tokens[-1]
        if last.text == "*" and (len(item.tokens) == 1 or item.tokens[-2].text == "."):
            rows = (
                [".".join(token.text for token in item.tokens[:-2:2])]
                if len(item.tokens) > 1
                else self._relations(last)
            )
            named = [f"redshift_row_{number}_{place}" for place, _ in enumerate(rows)]
            text = ", ".join(f"{row} AS {name}" for row, name in zip(rows, named, strict=True))
            self._edits.replace(item.tokens[0].start, last.end, text)
            self._shown += [f"({name}).*" for name in named]
        elif item.alias is not None:
            self._show(item.alias)
        elif _is_column(item.tokens) and last.name not in self._names:
            self._show(last.name)
        else:
            self._edits.insert(last.end, f" AS redshift_column_{number}")
            self._shown.append(f"redshift_column_{number} AS {quoted(default_name(item.tokens, RENAMED))}")

    def _show(self, name: str) -> None:
        self._names.append(name)
        self._shown.append(quoted(name))

    def _relations(self, star: Token) -> list[str]:
        """Return the names of what the star shows."""
        tokens, start = self._tokens, self._end_of_list + 1
        end = _next_clause(tokens, start, self._at)
        joined = [token.upper for token in tokens[start:end]]
        if "USING" in joined or "NATURAL" in joined:
            raise not_here("QUALIFY beside * and USING", star, "Name the columns instead of *.")
        return [quoted(relation.name) for relation in relations(tokens[start:end])]

    def _clauses(self) -> tuple[Sequence[Token], Sequence[Token], int]:
        """Return the condition, the keys of ORDER BY, and where LIMIT or the end is."""
        tokens = self._tokens
        end = _end_of_select(tokens, self._at + 1)
        after = _next_clause(tokens, self._at + 1, end)
        if after == self._at + 1:
            raise syntax_error(tokens[after] if after < len(tokens) else None)
        order: Sequence[Token] = ()
        rest = after
        if after < end and tokens[after].upper == "ORDER":
            rest = _next_clause(tokens, after + 1, end)
            order = tokens[after + 2 : rest]
        return tokens[self._at + 1 : after], order, rest

    def _is_of_result(self, order: Sequence[Token]) -> bool:
        """Return whether an ORDER BY names only columns of the result."""
        has_star = any(shown.endswith(").*") for shown in self._shown)
        for key in split_at(order, ","):
            name = key[0]
            is_single = len(key) == 1 or key[1].upper in ("ASC", "DESC", "NULLS")
            is_name = name.kind in (WORD, QUOTED) and (has_star or name.name in self._names)
            if not is_single or not (name.kind is NUMBER or is_name):
                return False
        return True

    def _inlined(self, condition: Sequence[Token]) -> str:
        """Return the condition with the aliases of the list replaced by their expressions."""
        text = self._edits.text
        by_alias = {item.alias: item.tokens for item in self._items if item.alias is not None}
        edits = Edits(text)
        for index, token in enumerate(condition):
            called = index + 1 < len(condition) and condition[index + 1].text in ("(", ".")
            qualified = index > 0 and condition[index - 1].text == "."
            if token.kind in (WORD, QUOTED) and token.name in by_alias and not called and not qualified:
                meant = by_alias[token.name]
                edits.replace(token.start, token.end, f"({text[meant[0].start : meant[-1].end]})")
        return edits.apply(condition[0].start, condition[-1].end)


def _is_column(tokens: Sequence[Token]) -> bool:
    """Return whether an expression is a column, which may have qualifiers: the subquery's has its name."""
    is_named = all(token.kind in (WORD, QUOTED) for token in tokens[::2]) and len(tokens) % 2 == 1
    return is_named and all(token.text == "." for token in tokens[1::2]) and default_name(tokens, {}) == tokens[-1].name


def _select_of(tokens: Sequence[Token], at: int) -> int:
    """Return the place of the SELECT that a clause belongs to."""
    depth = 0
    for index in range(at - 1, -1, -1):
        token = tokens[index]
        depth += (token.text == ")") - (token.text == "(")
        if depth < 0:
            break
        if depth == 0 and token.upper == "SELECT":
            return index
    raise syntax_error(tokens[at])


def _end_of_select(tokens: Sequence[Token], at: int) -> int:
    while at < len(tokens) and tokens[at].text not in (")", ";") and tokens[at].upper not in _SET_OPERATIONS:
        at = closing(tokens, at) + 1 if tokens[at].text == "(" else at + 1
    return at


def _next_clause(tokens: Sequence[Token], at: int, end: int) -> int:
    while at < end and (tokens[at].upper not in _CLAUSES or is_within_group(tokens, at)):
        at = closing(tokens, at) + 1 if tokens[at].text == "(" else at + 1
    return min(at, end)
