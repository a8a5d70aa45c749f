"""PIVOT and UNPIVOT: https://docs.aws.amazon.com/redshift/latest/dg/r_FROM_clause-pivot-unpivot-examples.html

PIVOT becomes a grouped subquery with one CASE expression a column, UNPIVOT a join with the columns as rows. Both keep
the columns of their source that they do not name. These are read from the source's SELECT list, or from the
warehouse.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from local_redshift.statements.queries.selects import Relation, end_of_list, read_relation, written_items
from local_redshift.statements.tokens.cursor import Cursor
from local_redshift.statements.tokens.edits import closing, literal, matches, quoted, split_at
from local_redshift.statements.tokens.errors import syntax_error
from local_redshift.statements.tokens.keywords import keywords
from local_redshift.statements.tokens.lexer import NUMBER, QUOTED, STRING, WORD, Token

_AGGREGATES = keywords("AVG COUNT MAX MIN SUM")


class ColumnsNeeded(Exception):
    """The columns of a table are needed.

    :param table: its name as written.
    """

    def __init__(self, table: str) -> None:
        super().__init__(table)
        self.table = table


@dataclass(frozen=True)
class _Clause:
    """A PIVOT or UNPIVOT.

    :param source: the relation before it.
    :param text: the source as written.
    :param columns: the source's columns.
    :param inner: the tokens in its brackets.
    :param keeps_null: INCLUDE NULLS.
    """

    source: Relation
    text: str
    columns: Sequence[str]
    inner: Sequence[Token]
    keeps_null: bool


def expand_pivot(script: str, tokens: Sequence[Token], at: int, columns: Mapping[str, Sequence[str]]) -> str:
    """Return a statement without the PIVOT or UNPIVOT at a place.

    :param script: the text that the tokens are of.
    :param tokens: the statement's.
    :param at: index of the word.
    :param columns: of tables, by their names as written.
    :raises ColumnsNeeded: when the source is a table that ``columns`` lacks.
    :raises RedshiftError: when the clause cannot be understood.
    """
    start = _start_of_source(tokens, at)
    source = read_relation(tokens[start:at])
    opening = at + 1
    keeps_null = tokens[opening].upper == "INCLUDE"
    if tokens[opening].text != "(":
        opening += 2
    end = closing(tokens, opening)
    text = script[tokens[start].start : tokens[at - 1].end]
    if source.alias is None and source.is_subquery:
        text += " AS redshift_source"
    known = columns_of(tokens, source, columns)
    clause = _Clause(source, text, known, tokens[opening + 1 : end], keeps_null)
    write = _pivoted if tokens[at].upper == "PIVOT" else _unpivoted
    query = write(clause, script)
    after = end + 2 if matches(tokens, end + 1, "AS") else end + 1
    has_alias = after < len(tokens) and (matches(tokens, end + 1, "AS") or _is_alias(tokens[after]))
    alias = "" if has_alias else " AS redshift_pivoted"
    return f"{script[: tokens[start].start]}({query}){alias}{script[tokens[end].end :]}"


def _start_of_source(tokens: Sequence[Token], at: int) -> int:
    depth = 0
    for index in range(at - 1, -1, -1):
        token = tokens[index]
        depth += (token.text == ")") - (token.text == "(")
        if depth == 0 and (token.upper in ("FROM", "JOIN") or token.text == ","):
            return index + 1
    raise syntax_error(tokens[at])


def _is_alias(token: Token) -> bool:
    ends = ("WHERE", "GROUP", "ORDER", "LIMIT", "HAVING", "UNION", "JOIN", "LEFT", "INNER", "CROSS", "ON", "QUALIFY")
    return token.kind is QUOTED or (token.kind is WORD and token.upper not in ends)


def columns_of(tokens: Sequence[Token], source: Relation, columns: Mapping[str, Sequence[str]]) -> Sequence[str]:
    """Return the names of a relation's columns.

    :param tokens: the statement, which may have the relation's query in its WITH clause.
    :param source: the relation.
    :param columns: of tables, by their names as written.
    :raises ColumnsNeeded: when it is a table that ``columns`` lacks.
    """
    name = "".join(token.text for token in source.tokens)
    query = source.tokens[1:-1] if source.is_subquery else _common_table(tokens, name)
    if query is None:
        if name not in columns:
            raise ColumnsNeeded(name)
        return columns[name]
    return _names(tokens, query, columns)


def _names(tokens: Sequence[Token], query: Sequence[Token], columns: Mapping[str, Sequence[str]]) -> Sequence[str]:
    """Return the names of a query's columns."""
    select = next((i for i, token in enumerate(query) if token.upper == "SELECT"), None)
    if select is None:
        raise syntax_error(query[0])
    end = end_of_list(query, select + 1)
    names: list[str] = []
    for item in written_items(query, select + 1, end):
        last = item.tokens[-1]
        if last.text == "*":
            names += columns_of(tokens, read_relation(query[end + 1 :]), columns)
        elif item.alias is None and last.kind not in (WORD, QUOTED):
            raise syntax_error(last, "Name the column with AS.")
        else:
            names.append(item.alias or last.name)
    return names


def _common_table(tokens: Sequence[Token], name: str) -> Sequence[Token] | None:
    """Return the query of a common table expression, None when there is none of that name."""
    for index in range(1, len(tokens) - 2):
        is_here = tokens[index].text == name and matches(tokens, index + 1, "AS", "(")
        if is_here and (tokens[index - 1].text == "," or tokens[index - 1].upper in ("WITH", "RECURSIVE")):
            return tokens[index + 3 : closing(tokens, index + 2)]
    return None


def _pivoted(clause: _Clause, script: str) -> str:
    """Return the query that PIVOT (aggregate [AS name], … FOR column IN (value [AS name], …)) stands for."""
    first, column, values = _parts(clause)
    aggregates = [_aggregate(item, script) for item in split_at(first, ",")]
    used = {column.name} | {token.name for token in first if token.kind in (WORD, QUOTED)}
    kept = [quoted(name) for name in clause.columns if name not in used]
    shown = list(kept)
    for item in values:
        expression, value_name = _named(item)
        value = script[expression[0].start : expression[-1].end]
        label = value_name or _label(expression)
        for aggregate, name in aggregates:
            call = _for_value(aggregate, f"{column.text} IS NOT DISTINCT FROM {value}")
            shown.append(f"{call} AS {quoted(f'{label}_{name}' if name else label)}")
    grouped = f" GROUP BY {', '.join(kept)}" if kept else ""
    return f"SELECT {', '.join(shown)} FROM {clause.text}{grouped}"


def _unpivoted(clause: _Clause, script: str) -> str:
    """Return the query that UNPIVOT (value FOR name IN (column [AS 'label'], …)) stands for."""
    first, column, items = _parts(clause)
    value = Cursor(first).name()
    labels = {item[0].name: item[-1].value if item[-1].kind is STRING else item[-1].name for item in items}
    row = clause.source.name if clause.source.alias or not clause.source.is_subquery else "redshift_source"
    kept = [f"{row}.{quoted(name)}" for name in clause.columns if name not in labels]
    pairs = ", ".join(f"({literal(label)}, {row}.{quoted(name)})" for name, label in labels.items())
    shown = ", ".join([*kept, f"redshift_unpivoted.{column.text}", f"redshift_unpivoted.{quoted(value)}"])
    condition = "" if clause.keeps_null else f" WHERE redshift_unpivoted.{quoted(value)} IS NOT NULL"
    return (
        f"SELECT {shown} FROM {clause.text} CROSS JOIN LATERAL (VALUES {pairs}) "
        f"AS redshift_unpivoted ({column.text}, {quoted(value)}){condition}"
    )


def _parts(clause: _Clause) -> tuple[Sequence[Token], Token, list[list[Token]]]:
    """Return what stands before FOR, the column after it, and the items of its IN."""
    parts = split_at(clause.inner, "FOR")
    if len(parts) != 2:
        raise syntax_error(clause.inner[-1] if clause.inner else None)
    cursor = Cursor(parts[1])
    column = parts[1][0]
    cursor.name()
    cursor.expect("IN")
    items = cursor.bracketed()
    if not items or not cursor.done:
        raise syntax_error(cursor.next)
    return parts[0], column, items


def _named(item: Sequence[Token]) -> tuple[Sequence[Token], str | None]:
    """Return an expression, and the name that stands after it, with or without AS."""
    if item[0].upper in ("SELECT", "WITH") or matches(item, 0, "(", "SELECT"):
        raise syntax_error(item[0], "The values of PIVOT are constants, not subqueries.")
    if len(item) > 1 and item[-1].kind in (WORD, QUOTED) and item[-2].text != "::":
        return (item[:-2] if item[-2].upper == "AS" else item[:-1]), item[-1].name
    return item, None


def _aggregate(item: Sequence[Token], script: str) -> tuple[str, str | None]:
    """Return a call of an aggregate as written, and its name."""
    call, name = _named(item)
    if call[0].upper not in _AGGREGATES or not matches(call, 1, "(") or closing(call, 1) != len(call) - 1:
        hint = "PIVOT takes a call of COUNT, SUM, MIN, MAX or AVG: https://docs.aws.amazon.com/redshift/latest/dg/"
        raise syntax_error(call[0], f"{hint}r_FROM_clause-pivot-unpivot-examples.html")
    return script[call[0].start : call[-1].end], name


def _for_value(aggregate: str, condition: str) -> str:
    """Return an aggregate of the rows that a condition holds for."""
    name, _, inner = aggregate.partition("(")
    inner = inner.strip()[:-1].strip()
    distinct = "DISTINCT " if inner.upper().startswith("DISTINCT ") else ""
    inner = inner[len(distinct) :]
    return f"{name.strip()}({distinct}CASE WHEN {condition} THEN {'1' if inner == '*' else inner} END)"


def _label(tokens: Sequence[Token]) -> str:
    """Return the default name of a column: the constant, or what any other expression is called."""
    constant = tokens[1:] if tokens[0].text in ("-", "+") else tokens
    if len(constant) != 1 or constant[0].kind not in (STRING, NUMBER, WORD):
        return "?column?"
    return tokens[0].value.lower() if tokens[0].kind is STRING else "".join(token.text.lower() for token in tokens)
