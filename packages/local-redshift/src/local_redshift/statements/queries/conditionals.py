"""DECODE, NVL2 and NULLIF as CASE.

https://docs.aws.amazon.com/redshift/latest/dg/c_conditional_expressions.html
"""

from __future__ import annotations

from collections.abc import Sequence

from local_redshift.statements.queries.aggregates import Render
from local_redshift.statements.tokens.edits import Edits, arguments, closing
from local_redshift.statements.tokens.errors import syntax_error
from local_redshift.statements.tokens.lexer import NUMBER, QUOTED, STRING, WORD, Token


def decode(tokens: Sequence[Token], index: int, edits: Edits, render: Render) -> int:
    """DECODE(x, search, result, …[, default]) → CASE; NULL finds NULL.

    https://docs.aws.amazon.com/redshift/latest/dg/r_DECODE_expression.html

    :param tokens: the statement.
    :param index: place of the function's name.
    :param edits: takes the changes.
    :param render: rewrites arguments.
    :returns: index of what follows.
    """
    items = [render(item, edits) for item in arguments(tokens, index + 1)]
    if len(items) < 3:
        return index + 1
    subject, rest = items[0], items[1:]
    pairs = zip(rest[::2], rest[1::2], strict=False)
    cases = " ".join(f"WHEN ({subject}) IS NOT DISTINCT FROM ({search}) THEN {result}" for search, result in pairs)
    default = f" ELSE {rest[-1]}" if len(rest) % 2 else ""
    end = closing(tokens, index + 1)
    edits.replace(tokens[index].start, tokens[end].end, f"CASE {cases}{default} END")
    return end + 1


def nvl2(tokens: Sequence[Token], index: int, edits: Edits, render: Render) -> int:
    """NVL2(x, not_null, null): beside a text, a number becomes a text.

    https://docs.aws.amazon.com/redshift/latest/dg/r_NVL2.html

    :param tokens: the statement.
    :param index: place of the function's name.
    :param edits: takes the changes.
    :param render: rewrites arguments.
    :returns: index of what follows.
    :raises RedshiftError: for another number of arguments.
    """
    given = arguments(tokens, index + 1)
    items = [render(item, edits) for item in given]
    if len(items) != 3:
        raise syntax_error(tokens[index], "NVL2 takes three arguments.")
    if [token.kind for item in given[1:] for token in item] == [STRING, NUMBER]:
        items[1:] = [f"{item}::varchar" for item in items[1:]]
    end = closing(tokens, index + 1)
    case = f"CASE WHEN ({items[0]}) IS NOT NULL THEN {items[1]} ELSE {items[2]} END"
    edits.replace(tokens[index].start, tokens[end].end, case)
    return end + 1


def nullif(tokens: Sequence[Token], index: int, edits: Edits, render: Render) -> int:
    """NULLIF(a, x) → CASE, so that the result's column is called a.

    https://docs.aws.amazon.com/redshift/latest/dg/r_NULLIF_function.html

    :param tokens: the statement.
    :param index: place of the function's name.
    :param edits: takes the changes.
    :param render: rewrites arguments.
    :returns: index of what follows.
    """
    items = arguments(tokens, index + 1)
    if len(items) != 2 or any(token.kind not in (WORD, QUOTED) and token.text != "." for token in items[0]):
        return index + 1
    first, last = (render(item, edits) for item in items)
    end = closing(tokens, index + 1)
    edits.replace(tokens[index].start, tokens[end].end, f"CASE WHEN {first} = ({last}) THEN NULL ELSE {first} END")
    return end + 1
