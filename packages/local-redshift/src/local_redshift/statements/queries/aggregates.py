"""Aggregates whose syntax PostgreSQL does not have, and the rules for windows that it does not check."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from local_redshift.statements.tokens.edits import Edits, arguments, closing, matches
from local_redshift.statements.tokens.keywords import keywords
from local_redshift.statements.tokens.lexer import WORD, Token
from local_redshift.wire.errors import RedshiftError

#: Rewrites the tokens of an argument.
Render = Callable[[Sequence[Token], Edits], str]

#: Window functions whose result depends on a frame.
_FRAMED = keywords(
    "AVG COUNT MAX MIN SUM STDDEV STDDEV_SAMP STDDEV_POP VARIANCE VAR_SAMP VAR_POP FIRST_VALUE LAST_VALUE NTH_VALUE"
)

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
    call = render(tokens[index + 2 : end], edits)
    if len(arguments(tokens, index + 1)) == 1:
        call += ", ''"
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
    edits.replace(tokens[index].start, tokens[end].end, f"redshift_catalog.listagg({call}{order}){over}")
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


def require_frames(tokens: Sequence[Token], index: int) -> None:
    """Refuse an aggregate window function with an ORDER BY and no frame, which PostgreSQL takes.

    https://docs.aws.amazon.com/redshift/latest/dg/r_Window_function_synopsis.html

    :param tokens: the statement.
    :param index: place of a function's name that a bracket follows.
    :raises RedshiftError: when the frame is missing, or counts by RANGE or GROUPS.
    """
    end = closing(tokens, index + 1)
    if not matches(tokens, end + 1, "OVER", "("):
        return
    at, last, at_top = end + 3, closing(tokens, end + 2), []
    while at < last:
        if tokens[at].kind is WORD:
            at_top.append(tokens[at].upper)
        at = closing(tokens, at) + 1 if tokens[at].text == "(" else at + 1
    for word in ("RANGE", "GROUPS"):
        if word in at_top:
            raise RedshiftError(
                "0A000",
                f"{word} window frames are not supported",
                hint="Redshift's frames count ROWS.",
                position=tokens[index].start + 1,
            )
    if tokens[index].upper in _FRAMED and "ORDER" in at_top and "ROWS" not in at_top:
        raise RedshiftError(
            "42P20",
            "Aggregate window functions with an ORDER BY clause require a frame clause",
            hint="Add ROWS UNBOUNDED PRECEDING, or whatever rows are meant: "
            "https://docs.aws.amazon.com/redshift/latest/dg/r_Window_function_synopsis.html",
            position=tokens[index].start + 1,
        )
