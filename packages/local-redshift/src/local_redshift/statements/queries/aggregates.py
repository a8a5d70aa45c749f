"""Aggregates whose syntax PostgreSQL does not have."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from local_redshift.statements.tokens.edits import Edits, arguments, closing, matches
from local_redshift.statements.tokens.lexer import Token

#: Rewrites the tokens of an argument.
Render = Callable[[Sequence[Token], Edits], str]

_WHOLE = "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING"


def avg(tokens: Sequence[Token], index: int, edits: Edits, render: Render) -> int:
    """AVG(x) → a function of the average, the minimum, whose type is x's, and the sum, whose scale is.

    https://docs.aws.amazon.com/redshift/latest/dg/r_AVG.html

    :param tokens: the statement.
    :param index: place of the function's name.
    :param edits: takes the changes.
    :param render: rewrites arguments.
    :returns: index of what follows.
    """
    end = closing(tokens, index + 1)
    inner = tokens[index + 2 : end]
    if not inner:
        return index + 1
    quantifier = inner[0].upper if inner[0].upper in ("DISTINCT", "ALL") else ""
    value = render(inner[1:] if quantifier else inner, edits)
    over = ""
    if matches(tokens, end + 1, "OVER", "("):
        last = closing(tokens, end + 2)
        over = f" OVER ({render(tokens[end + 3 : last], edits)})"
        end = last
    average = f"AVG({quantifier} {value})" if quantifier else f"AVG({value})"
    edits.replace(
        tokens[index].start,
        tokens[end].end,
        f"redshift_catalog.avg({average}{over}, MIN({value}){over}, SUM({value}){over})",
    )
    return end + 1


def listagg(tokens: Sequence[Token], index: int, edits: Edits, render: Render) -> int:
    """LISTAGG([DISTINCT] x [, delimiter]) [WITHIN GROUP (ORDER BY …)] [OVER (…)] → the catalog's aggregate.

    https://docs.aws.amazon.com/redshift/latest/dg/r_LISTAGG.html
    https://docs.aws.amazon.com/redshift/latest/dg/r_WF_LISTAGG.html

    :param tokens: the statement.
    :param index: place of the function's name.
    :param edits: takes the changes.
    :param render: rewrites arguments.
    :returns: index of what follows.
    """
    end = closing(tokens, index + 1)
    if end == index + 2:
        return index + 1
    items = arguments(tokens, index + 1)
    is_distinct = items[0][0].upper == "DISTINCT" and len(items[0]) > 1
    value = render(items[0][1:] if is_distinct else items[0], edits)
    delimiter = ", ".join(render(item, edits) for item in items[1:]) or "''"
    order = ""
    if matches(tokens, end + 1, "WITHIN", "GROUP", "("):
        last = closing(tokens, end + 3)
        order = " " + render(tokens[end + 4 : last], edits)
        end = last
    over = ""
    if matches(tokens, end + 1, "OVER", "("):
        last = closing(tokens, end + 2)
        frame = f"{order} {_WHOLE}" if order else ""
        over, order, end = f" OVER ({render(tokens[end + 3 : last], edits)}{frame})", "", last
    if is_distinct:
        values = f"redshift_catalog.distinct_values(({value})::text{order}){over}"
        text = f"redshift_catalog.listagg({values}, {delimiter})"
    else:
        text = f"redshift_catalog.listagg({value}, {delimiter}{order}){over}"
    edits.replace(tokens[index].start, tokens[end].end, text)
    return end + 1


def ratio_to_report(tokens: Sequence[Token], index: int, edits: Edits, render: Render) -> int:
    """RATIO_TO_REPORT(x) OVER (…) → x by its sum.

    https://docs.aws.amazon.com/redshift/latest/dg/r_WF_RATIO_TO_REPORT.html

    :param tokens: the statement.
    :param index: place of the function's name.
    :param edits: takes the changes.
    :param render: rewrites arguments.
    :returns: index of what follows.
    """
    end = closing(tokens, index + 1)
    if end == index + 2 or not matches(tokens, end + 1, "OVER", "("):
        return index + 1
    last = closing(tokens, end + 2)
    value = render(tokens[index + 2 : end], edits)
    window = render(tokens[end + 3 : last], edits)
    text = f"redshift_catalog.ratio_to_report({value}, SUM({value}) OVER ({window}))"
    edits.replace(tokens[index].start, tokens[last].end, text)
    return last + 1
