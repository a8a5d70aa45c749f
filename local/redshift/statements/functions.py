"""Redshift's functions and words inside any statement, as PostgreSQL understands them.

A function that only needs another body is a function of the catalog; here is what needs other text: bare
dateparts, names that PostgreSQL has with another meaning, keywords.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from local.redshift.errors import RedshiftError
from local.redshift.statements.edits import Edits, arguments, closing, words
from local.redshift.statements.lexer import QUOTED, STRING, SYMBOL, WORD, Token

#: Redshift's dateparts and their other names, as PostgreSQL's field names:
#: https://docs.aws.amazon.com/redshift/latest/dg/r_Dateparts_for_datetime_functions.html
DATEPARTS = {
    name: part
    for part, names in {
        "millennium": "millennium millennia mil mils",
        "century": "century centuries c cent cents",
        "decade": "decade decades dec decs",
        "epoch": "epoch",
        "year": "year years y yr yrs",
        "quarter": "quarter quarters qtr qtrs",
        "month": "month months mon mons",
        "week": "week weeks w",
        "dow": "dayofweek dow dw weekday",
        "doy": "dayofyear doy dy yearday",
        "day": "day days d",
        "hour": "hour hours h hr hrs",
        "minute": "minute minutes m min mins",
        "second": "second seconds s sec secs",
        "milliseconds": "millisecond milliseconds ms msec msecs msecond mseconds millisec millisecs millisecon",
        "microseconds": "microsecond microseconds microsec microsecs us usec usecs usecond useconds",
        "timezone": "timezone",
        "timezone_hour": "timezone_hour",
        "timezone_minute": "timezone_minute",
    }.items()
    for name in names.split()
}

_TAKE_DATEPART = frozenset(("DATEADD", "DATEDIFF", "DATE_DIFF", "DATE_ADD", "DATE_PART", "DATE_TRUNC", "PGDATE_PART"))

#: Same meaning, other name.
_RENAMED = {
    "NVL": "COALESCE",
    "ISNULL": "COALESCE",
    "IFNULL": "COALESCE",
    "DATE_DIFF": "datediff",
    "DATE_ADD": "dateadd",
    "REGEXP_REPLACE": "redshift_catalog.regexp_replace",
    "REGEXP_SUBSTR": "redshift_catalog.regexp_substr",
    "REGEXP_COUNT": "redshift_catalog.regexp_count",
    "REGEXP_INSTR": "redshift_catalog.regexp_instr",
    "JSON_EXTRACT_PATH_TEXT": "redshift_catalog.json_extract_path_text",
    "CONCAT": "redshift_catalog.concat",
    "AVG": "redshift_catalog.avg",
}


def rewrite_expressions(tokens: Sequence[Token], edits: Edits) -> None:
    """Note the changes that make a statement's expressions PostgreSQL's.

    :param tokens: the statement.
    :param edits: takes the changes.
    :raises RedshiftError: for what cannot be had.
    """
    for index, token in enumerate(tokens):
        if token.kind is not WORD:
            continue
        if token.text.startswith("#"):
            edits.replace(token.start, token.end, f'"{token.text.lower()}"')
            continue
        if index and tokens[index - 1].text == ".":
            continue
        rewrite = _WORDS.get(token.upper)
        if rewrite is not None and not words(tokens, index + 1, "("):
            rewrite(tokens, index, edits)
        elif words(tokens, index + 1, "("):
            _rewrite_call(tokens, index, edits)


def _rewrite_call(tokens: Sequence[Token], index: int, edits: Edits) -> None:
    name = tokens[index].upper
    if name in _TAKE_DATEPART:
        _quote_datepart(tokens[index + 2], edits)
    if name in _RENAMED:
        edits.replace(tokens[index].start, tokens[index].end, _RENAMED[name])
    rewrite = _CALLS.get(name)
    if rewrite is not None:
        rewrite(tokens, index, edits)


def _quote_datepart(token: Token, edits: Edits) -> None:
    written = token.value if token.kind is STRING else token.name
    part = DATEPARTS.get(written.lower())
    if part is None:
        if token.kind is STRING:
            raise RedshiftError("22023", f'timestamp units "{written}" not recognized', position=token.start + 1)
        return
    if token.kind is not STRING or part != written:
        edits.replace(token.start, token.end, f"'{part}'")


def _extract(tokens: Sequence[Token], index: int, edits: Edits) -> None:
    """EXTRACT(weekday FROM x) → EXTRACT(dow FROM x), an INTEGER in Redshift but for epoch and seconds' fractions.

    https://docs.aws.amazon.com/redshift/latest/dg/r_EXTRACT_function.html
    """
    token = tokens[index + 2]
    written = token.value if token.kind is STRING else token.name
    part = DATEPARTS.get(written.lower())
    if part is not None and part != token.text.lower():
        edits.replace(token.start, token.end, part)


def _decode(tokens: Sequence[Token], index: int, edits: Edits) -> None:
    """DECODE(x, search, result, …[, default]) → CASE; NULL finds NULL.

    https://docs.aws.amazon.com/redshift/latest/dg/r_DECODE_expression.html
    """
    items = [_text(item, edits) for item in arguments(tokens, index + 1)]
    if len(items) < 3:
        return
    subject, rest = items[0], items[1:]
    pairs = zip(rest[::2], rest[1::2], strict=False)
    cases = " ".join(f"WHEN ({subject}) IS NOT DISTINCT FROM ({search}) THEN {result}" for search, result in pairs)
    default = f" ELSE {rest[-1]}" if len(rest) % 2 else ""
    edits.replace(tokens[index].start, tokens[closing(tokens, index + 1)].end, f"CASE {cases}{default} END")


def _nvl2(tokens: Sequence[Token], index: int, edits: Edits) -> None:
    """NVL2(x, not_null, null): https://docs.aws.amazon.com/redshift/latest/dg/r_NVL2.html"""
    items = [_text(item, edits) for item in arguments(tokens, index + 1)]
    if len(items) == 3:
        case = f"CASE WHEN ({items[0]}) IS NOT NULL THEN {items[1]} ELSE {items[2]} END"
        edits.replace(tokens[index].start, tokens[closing(tokens, index + 1)].end, case)


def _listagg(tokens: Sequence[Token], index: int, edits: Edits) -> None:
    """LISTAGG([DISTINCT] x [, delimiter]) [WITHIN GROUP (ORDER BY …)] → string_agg.

    https://docs.aws.amazon.com/redshift/latest/dg/r_LISTAGG.html
    """
    items = arguments(tokens, index + 1)
    end = closing(tokens, index + 1)
    order = ""
    if words(tokens, end + 1, "WITHIN", "GROUP", "("):
        last = closing(tokens, end + 3)
        order = " " + _text(tokens[end + 4 : last], edits)
        end = last
    distinct = "DISTINCT " if items[0][0].upper == "DISTINCT" else ""
    value = _text(items[0][1:] if distinct else items[0], edits)
    delimiter = _text(items[1], edits) if len(items) > 1 else "''"
    text = f"string_agg({distinct}CAST({value} AS text), {delimiter}{order})"
    edits.replace(tokens[index].start, tokens[end].end, text)


def _median(tokens: Sequence[Token], index: int, edits: Edits) -> None:
    """MEDIAN(x): https://docs.aws.amazon.com/redshift/latest/dg/r_MEDIAN.html"""
    end = closing(tokens, index + 1)
    value = _text(tokens[index + 2 : end], edits)
    text = f"percentile_cont(0.5) WITHIN GROUP (ORDER BY {value})"
    edits.replace(tokens[index].start, tokens[end].end, text)


def _text(tokens: Sequence[Token], edits: Edits) -> str:
    """Return tokens as rewritten text."""
    inner = Edits(edits.text)
    rewrite_expressions(tokens, inner)
    return inner.apply(tokens[0].start, tokens[-1].end)


def _minus(tokens: Sequence[Token], index: int, edits: Edits) -> None:
    edits.replace(tokens[index].start, tokens[index].end, "EXCEPT")


def _sysdate(tokens: Sequence[Token], index: int, edits: Edits) -> None:
    edits.replace(tokens[index].start, tokens[index].end, "pg_catalog.sysdate()")


def _approximate(tokens: Sequence[Token], index: int, edits: Edits) -> None:
    """APPROXIMATE COUNT(DISTINCT x): here the exact count, which is within its 2 % error."""
    if words(tokens, index + 1, "COUNT", "("):
        edits.replace(tokens[index].start, tokens[index + 1].start, "")


def _top(tokens: Sequence[Token], index: int, edits: Edits) -> None:
    """SELECT TOP n … → … LIMIT n: https://docs.aws.amazon.com/redshift/latest/dg/r_SELECT_list.html"""
    if not words(tokens, index - 1, "SELECT") or index + 1 >= len(tokens) or not tokens[index + 1].text.isdigit():
        return
    depth = 0
    for end in range(index, len(tokens)):
        depth += (tokens[end].text == "(") - (tokens[end].text == ")") if tokens[end].kind is SYMBOL else 0
        if depth < 0 or tokens[end].upper in ("UNION", "EXCEPT", "MINUS", "INTERSECT"):
            break
    else:
        end = len(tokens)
    edits.replace(tokens[index].start, tokens[index + 1].end, "")
    edits.insert(tokens[end - 1].end, f" LIMIT {tokens[index + 1].text}")


_Rewrite = Callable[[Sequence[Token], int, Edits], None]

_WORDS: dict[str, _Rewrite] = {
    "MINUS": _minus,
    "SYSDATE": _sysdate,
    "APPROXIMATE": _approximate,
    "TOP": _top,
}

_CALLS: dict[str, _Rewrite] = {
    "EXTRACT": _extract,
    "DECODE": _decode,
    "NVL2": _nvl2,
    "LISTAGG": _listagg,
    "MEDIAN": _median,
}

#: Token kinds that name things.
NAMES = (WORD, QUOTED)
