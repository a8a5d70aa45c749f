"""Window functions that PostgreSQL does not have: IGNORE NULLS, and percentiles over a window.

The catalog has aggregates that do the work (``window_functions.sql``); this module writes their arguments and frames.
"""

from __future__ import annotations

from collections.abc import Sequence

from local_redshift.statements.queries.aggregates import Render
from local_redshift.statements.tokens.edits import Edits, closing, matches, split_at
from local_redshift.statements.tokens.errors import syntax_error
from local_redshift.statements.tokens.lexer import Token

_BEFORE = "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"


def nulls(tokens: Sequence[Token], index: int, edits: Edits, render: Render) -> int:
    """FIRST_VALUE, LAST_VALUE, NTH_VALUE, LAG, LEAD with IGNORE NULLS or RESPECT NULLS, in the brackets or after them.

    https://docs.aws.amazon.com/redshift/latest/dg/r_WF_first_value.html
    https://docs.aws.amazon.com/redshift/latest/dg/r_WF_LAG.html

    :param tokens: the statement.
    :param index: place of the function's name.
    :param edits: takes the changes.
    :param render: rewrites arguments.
    :returns: index of what follows.
    """
    end = closing(tokens, index + 1)
    inner = list(tokens[index + 2 : end])
    mode = _mode(inner[-2:]) or _mode(tokens[end + 1 : end + 3])
    if mode is None:
        return index + 1
    if _mode(inner[-2:]):
        inner = inner[:-2]
    else:
        end += 2
    if not matches(tokens, end + 1, "OVER", "("):
        raise syntax_error(tokens[end], f"{tokens[index].upper} … {mode} NULLS needs OVER (…).")
    last = closing(tokens, end + 2)
    arguments = [render(item, edits) for item in split_at(inner, ",")]
    if len(arguments) < (2 if tokens[index].upper == "NTH_VALUE" else 1):
        raise syntax_error(tokens[end])
    window = tokens[end + 3 : last]
    if mode == "RESPECT":
        text = f"{tokens[index].text}({', '.join(arguments)}) OVER ({render(window, edits)})"
    else:
        text = _ignoring(tokens[index].upper, arguments, window, edits, render)
    edits.replace(tokens[index].start, tokens[last].end, text)
    return last + 1


def ranking(tokens: Sequence[Token], index: int, edits: Edits) -> int:
    """RANK() and DENSE_RANK() are INTEGER, NTILE(n) is BIGINT.

    https://docs.aws.amazon.com/redshift/latest/dg/r_WF_RANK.html
    https://docs.aws.amazon.com/redshift/latest/dg/r_WF_NTILE.html

    :param tokens: the statement.
    :param index: place of the function's name.
    :param edits: takes the changes.
    :returns: index of what follows.
    """
    end = closing(tokens, index + 1)
    if matches(tokens, end + 1, "OVER", "("):
        data_type = "bigint" if tokens[index].upper == "NTILE" else "integer"
        edits.insert(tokens[closing(tokens, end + 2)].end, f"::{data_type}")
    return index + 1


def percentile(tokens: Sequence[Token], index: int, edits: Edits, render: Render) -> int:
    """PERCENTILE_CONT(p) WITHIN GROUP (ORDER BY x) [OVER (…)], and PERCENTILE_DISC over a window.

    https://docs.aws.amazon.com/redshift/latest/dg/r_PERCENTILE_CONT.html
    https://docs.aws.amazon.com/redshift/latest/dg/r_WF_PERCENTILE_CONT.html

    :param tokens: the statement.
    :param index: place of the function's name.
    :param edits: takes the changes.
    :param render: rewrites arguments.
    :returns: index of what follows.
    """
    end = closing(tokens, index + 1)
    if not matches(tokens, end + 1, "WITHIN", "GROUP", "(", "ORDER", "BY"):
        return index + 1
    ordered = closing(tokens, end + 3)
    over, last = "", ordered
    if matches(tokens, ordered + 1, "OVER", "("):
        last = closing(tokens, ordered + 2)
        over = f" OVER ({render(tokens[ordered + 3 : last], edits)})"
    elif tokens[index].upper == "PERCENTILE_DISC":
        return index + 1
    key = list(tokens[end + 6 : ordered])
    descending = key[-1].upper == "DESC"
    value = render(key[:-1] if key[-1].upper in ("ASC", "DESC") else key, edits)
    fraction = render(tokens[index + 2 : end], edits)
    text = (
        f"redshift_catalog.{tokens[index].text.lower()}({fraction}, {str(descending).lower()}, "
        f"redshift_catalog.sorted_values({value}){over})"
    )
    edits.replace(tokens[index].start, tokens[last].end, text)
    return last + 1


def _mode(tokens: Sequence[Token]) -> str | None:
    found = [token.upper for token in tokens]
    return found[0] if found in (["IGNORE", "NULLS"], ["RESPECT", "NULLS"]) else None


def _ignoring(name: str, arguments: list[str], window: Sequence[Token], edits: Edits, render: Render) -> str:
    value, *more = arguments
    if name in ("FIRST_VALUE", "LAST_VALUE"):
        return f"redshift_catalog.{name.lower()}({value}) OVER ({render(window, edits)})"
    if name == "NTH_VALUE":
        return f"redshift_catalog.nth_value({_present(value)} OVER ({render(window, edits)}), {more[0]})"
    over = f"{_reversed(window, edits, render) if name == 'LEAD' else render(window, edits)} {_BEFORE}"
    if not more or more[0] == "1":
        return f"redshift_catalog.{name.lower()}({value}) OVER ({over})"
    return f"redshift_catalog.{name.lower()}({_present(value)} OVER ({over}), {more[0]}, {value})"


def _present(value: str) -> str:
    return f"array_agg({value}) FILTER (WHERE ({value}) IS NOT NULL)"


def _reversed(window: Sequence[Token], edits: Edits, render: Render) -> str:
    """Return a window in the opposite order, in which what follows comes before."""
    at = next((i for i in range(len(window)) if matches(window, i, "ORDER", "BY")), None)
    if at is None:
        raise syntax_error(window[-1] if window else None, "LEAD needs an ORDER BY in its window.")
    keys = ", ".join(_opposite(item, edits, render) for item in split_at(window[at + 2 :], ","))
    return f"{render(window[:at], edits)} ORDER BY {keys}"


def _opposite(item: Sequence[Token], edits: Edits, render: Render) -> str:
    key, nulls_place = list(item), ""
    if len(key) > 2 and key[-2].upper == "NULLS":
        nulls_place = " NULLS LAST" if key[-1].upper == "FIRST" else " NULLS FIRST"
        key = key[:-2]
    direction = "ASC" if key[-1].upper == "DESC" else "DESC"
    if key[-1].upper in ("ASC", "DESC"):
        key = key[:-1]
    return f"{render(key, edits)} {direction}{nulls_place}"
