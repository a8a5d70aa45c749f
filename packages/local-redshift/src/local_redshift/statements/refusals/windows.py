"""Rules for the windows of functions that PostgreSQL does not check.

https://docs.aws.amazon.com/redshift/latest/dg/c_Window_functions.html#r_Window_function_synopsis
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from local_redshift.statements.tokens.edits import closing, matches, split_at
from local_redshift.statements.tokens.keywords import keywords
from local_redshift.statements.tokens.lexer import NUMBER, STRING, WORD, Token
from local_redshift.wire.errors import RedshiftError

#: Window functions whose result depends on a frame.
_FRAMED = keywords(
    "AVG COUNT MAX MIN SUM STDDEV STDDEV_SAMP STDDEV_POP VARIANCE VAR_SAMP VAR_POP FIRST_VALUE LAST_VALUE NTH_VALUE"
)
#: Those whose window cannot have one, and those whose window cannot have an order either.
_UNORDERED = keywords("LISTAGG MEDIAN RATIO_TO_REPORT PERCENTILE_CONT PERCENTILE_DISC")
_UNFRAMED = _UNORDERED | keywords("LAG LEAD CUME_DIST")

_SYNOPSIS = "https://docs.aws.amazon.com/redshift/latest/dg/c_Window_functions.html"


def check_window(tokens: Sequence[Token], index: int) -> None:
    """Refuse a window function whose window Redshift does not take.

    :param tokens: the statement.
    :param index: place of a function's name that a bracket follows.
    :raises RedshiftError: for a frame that is missing, counts by RANGE or GROUPS, or must not be there, an order that
        must not be there, and constants in PARTITION BY and ORDER BY.
    """
    window = _window(tokens, index)
    if window is None:
        return
    name = tokens[index].upper
    at_top = [token.upper for token in _at_top(window) if token.kind is WORD]
    for word in ("RANGE", "GROUPS"):
        if word in at_top:
            raise _refused(f"{word} window frames are not supported", tokens[index], "Redshift's frames count ROWS.")
    if name in _FRAMED and "ORDER" in at_top and "ROWS" not in at_top:
        raise _wrong(
            "Aggregate window functions with an ORDER BY clause require a frame clause",
            tokens[index],
            f"Add ROWS UNBOUNDED PRECEDING, or whatever rows are meant: {_SYNOPSIS}",
        )
    if name in _UNFRAMED and "ROWS" in at_top:
        raise _wrong(f"The window of {name} takes no frame clause", tokens[index], f"Leave ROWS … out: {_SYNOPSIS}")
    if name in _UNORDERED and "ORDER" in at_top:
        raise _wrong(f"The window of {name} takes no ORDER BY clause", tokens[index], f"Leave it out: {_SYNOPSIS}")
    _refuse_constants(window)


def _window(tokens: Sequence[Token], index: int) -> Sequence[Token] | None:
    """Return what stands in the brackets of a function's OVER, None when there is none."""
    at = closing(tokens, index + 1) + 1
    if matches(tokens, at, "WITHIN", "GROUP", "("):
        at = closing(tokens, at + 2) + 1
    elif matches(tokens, at, "IGNORE", "NULLS") or matches(tokens, at, "RESPECT", "NULLS"):
        at += 2
    if not matches(tokens, at, "OVER", "("):
        return None
    return tokens[at + 2 : closing(tokens, at + 1)]


def _at_top(tokens: Sequence[Token]) -> Iterator[Token]:
    """Yield the tokens outside of brackets."""
    at = 0
    while at < len(tokens):
        yield tokens[at]
        at = closing(tokens, at) + 1 if tokens[at].text == "(" else at + 1


def _refuse_constants(window: Sequence[Token]) -> None:
    """Refuse constants in PARTITION BY, and strings in ORDER BY; a number or TRUE there is what many scripts write."""
    clause, first, after = "", 0, 0
    while after <= len(window):
        at = after
        word = window[at].upper if at < len(window) else "ROWS"
        after = closing(window, at) + 1 if word == "(" else at + 1
        starts = word == "ROWS" or (word in ("PARTITION", "ORDER") and matches(window, at + 1, "BY"))
        if not starts:
            continue
        kinds = (STRING, NUMBER) if clause == "PARTITION" else (STRING,)
        for key in split_at(window[first:at], ",") if clause else ():
            if key[0].kind in kinds and (len(key) == 1 or key[1].upper in ("ASC", "DESC", "NULLS")):
                text = f"constant expressions are not supported in {clause.lower()} by clauses"
                raise _refused(text, key[0], "Name a column, or leave it out.")
        clause, first = word, at + 2


def _refused(text: str, token: Token, hint: str) -> RedshiftError:
    return RedshiftError("0A000", text, hint=hint, position=token.start + 1)


def _wrong(text: str, token: Token, hint: str) -> RedshiftError:
    return RedshiftError("42P20", text, hint=hint, position=token.start + 1)
