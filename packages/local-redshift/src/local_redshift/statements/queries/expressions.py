"""Redshift's functions, words and casts inside any statement, as PostgreSQL understands them.

A function that only needs another body is a function of the catalog. This module rewrites what needs other text: bare
dateparts, names that PostgreSQL uses for something else, and syntax that it does not have.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from local_redshift.statements.queries import (
    aggregates,
    casts,
    conditionals,
    moments,
    session_functions,
    window_functions,
)
from local_redshift.statements.queries.catalog_names import FIRST_WORDS, rewrite_catalog_name
from local_redshift.statements.queries.dateparts import TAKE_DATEPART, read_datepart
from local_redshift.statements.queries.group_by_all import group_by_all
from local_redshift.statements.queries.number_literals import check_rest, guard_text, rewrite_number
from local_redshift.statements.queries.prefix_operators import bracket_prefix_operator
from local_redshift.statements.tokens.edits import Edits, arguments, closing, matches
from local_redshift.statements.tokens.effort import spend
from local_redshift.statements.tokens.errors import syntax_error
from local_redshift.statements.tokens.lexer import NUMBER, PARAMETER, STRING, SYMBOL, WORD, Token

#: Functions that are called by another name: PostgreSQL has none of that name, or one that does something else.
RENAMED = {
    "NVL": "COALESCE",
    "BPCHARCMP": "redshift_catalog.bpcharcmp",
    "BTTEXT_PATTERN_CMP": "redshift_catalog.bttext_pattern_cmp",
    "CBRT": "redshift_catalog.cbrt",
    "CHR": "redshift_catalog.chr",
    "COLLATE": 'redshift_catalog."collate"',
    "CONCAT": "redshift_catalog.concat",
    "DATEADD": "date_add",
    "DATEDIFF": "date_diff",
    "DATEPART": "pgdate_part",
    "DATE_PART": "pgdate_part",
    "DIFFERENCE": "redshift_catalog.difference",
    "CRC32": "redshift_catalog.crc32",
    "FNV_HASH": "redshift_catalog.fnv_hash",
    "LOG": "dlog10",
    "MEDIAN": "redshift_catalog.median",
    "OCTET_LENGTH": "redshift_catalog.octet_length",
    "QUOTE_LITERAL": "redshift_catalog.quote_literal",
    "REGEXP_COUNT": "redshift_catalog.regexp_count",
    "REGEXP_INSTR": "redshift_catalog.regexp_instr",
    "REGEXP_REPLACE": "redshift_catalog.regexp_replace",
    "REGEXP_SUBSTR": "redshift_catalog.regexp_substr",
    "SPLIT_PART": "redshift_catalog.split_part",
    "TO_DATE": "redshift_catalog.to_date",
    "TO_TIMESTAMP": "redshift_catalog.to_timestamp",
    "GROUPING_ID": "GROUPING",
}

#: Words without brackets, as functions: https://docs.aws.amazon.com/redshift/latest/dg/r_SYSDATE.html
_VALUES = {
    "SYSDATE": "pg_catalog.sysdate()",
    "CURRENT_USER_ID": "pg_catalog.current_user_id()",
    "CURRENT_NAMESPACE": "redshift_catalog.current_namespace()",
}

#: The same where they are columns of a result that have no other name, called as the documentation prints them.
#: https://docs.aws.amazon.com/redshift/latest/dg/r_CURRENT_DATE_function.html
_COLUMNS = {"SYSDATE": 'redshift_catalog."timestamp"()', "CURRENT_DATE": "redshift_catalog.date()"}

_SET_OPERATIONS = ("UNION", "EXCEPT", "MINUS", "INTERSECT")
_AFTER_ITEM = (",", ";", ")", "FROM", *_SET_OPERATIONS)


def rewrite_expressions(tokens: Sequence[Token], edits: Edits) -> None:
    """Add the edits that turn a statement's expressions into PostgreSQL's.

    :param tokens: the statement or a part of it.
    :param edits: takes the changes.
    :raises RedshiftError: for what this server does not have.
    """
    spend(len(tokens))
    index = 0
    while index < len(tokens):
        index = _rewrite_at(tokens, index, edits)


def rewritten(tokens: Sequence[Token], edits: Edits) -> str:
    """Return tokens as rewritten text."""
    inner = Edits(edits.text)
    rewrite_expressions(tokens, inner)
    return inner.apply(tokens[0].start, tokens[-1].end) if tokens else ""


def _rewrite_at(tokens: Sequence[Token], index: int, edits: Edits) -> int:
    """Rewrite what begins at a token; return the index of what follows."""
    token = tokens[index]
    if token.kind is SYMBOL:
        if token.text == "::":
            return casts.rewrite_cast(tokens, index, edits)
        bracket_prefix_operator(tokens, index, edits)
        return index + 1
    if token.kind is not WORD:
        return _literal(tokens, index, edits)
    if token.text.startswith("#"):
        edits.replace(token.start, token.end, f'"{token.text.lower()}"')
        return index + 1
    if index and tokens[index - 1].text == "." and tokens[index - 1].kind is SYMBOL:
        return index + 1
    if token.upper in FIRST_WORDS:
        return rewrite_catalog_name(tokens, index, edits)
    if matches(tokens, index + 1, "("):
        return _rewrite_call(tokens, index, edits)
    rewrite = _WORDS.get(token.upper)
    return rewrite(tokens, index, edits) if rewrite is not None else index + 1


def _literal(tokens: Sequence[Token], index: int, edits: Edits) -> int:
    token = tokens[index]
    if token.kind is STRING and ("_" in token.text or "0" in token.text):
        guard_text(tokens, index, edits)
    elif token.kind is NUMBER:
        if index + 1 < len(tokens) and tokens[index + 1].start == token.end and tokens[index + 1].kind is WORD:
            check_rest(token, tokens[index + 1])
            # CASE a WHEN 1THEN 2END: Redshift reads it, as PostgreSQL did before 15, and drivers send it.
            edits.insert(token.end, " ")
        if "e" in token.text or "E" in token.text:
            rewrite_number(token, edits)
    return index + 1


def _rewrite_call(tokens: Sequence[Token], index: int, edits: Edits) -> int:
    token, name = tokens[index], tokens[index].upper
    if name in RENAMED:
        edits.replace(token.start, token.end, RENAMED[name])
    rewrite = _CALLS.get(name)
    if rewrite is not None:
        return rewrite(tokens, index, edits)
    if name in TAKE_DATEPART and index + 2 < len(tokens):
        part = read_datepart(tokens[index + 2])
        if part is not None:
            edits.replace_token(tokens[index + 2], f"'{part}'")
            return index + 3
    return index + 1


def _extract(tokens: Sequence[Token], index: int, edits: Edits) -> int:
    """EXTRACT(weekday FROM x) → a function that gives an INTEGER, of the named part only.

    https://docs.aws.amazon.com/redshift/latest/dg/r_EXTRACT_function.html
    """
    if not matches(tokens, index + 3, "FROM"):
        return index + 1
    part = read_datepart(tokens[index + 2])
    if part is None:
        raise syntax_error(tokens[index + 2])
    edits.replace(tokens[index].start, tokens[index + 3].end, f"redshift_catalog.date_part('{part}',")
    return index + 4


def _date_trunc(tokens: Sequence[Token], index: int, edits: Edits) -> int:
    """DATE_TRUNC('part', x) takes the part as a string: https://docs.aws.amazon.com/redshift/latest/dg/r_DATE_TRUNC.html"""
    token = tokens[index + 2] if index + 2 < len(tokens) else None
    if token is None or token.kind is not STRING:
        return index + 1
    part = read_datepart(token)
    if part != token.value.strip().lower():
        edits.replace(token.start, token.end, f"'{part}'")
    return index + 3


def _json_path(tokens: Sequence[Token], index: int, edits: Edits) -> int:
    """JSON_EXTRACT_PATH_TEXT(x, 'a', …[, null_if_invalid]): the Boolean goes to the front.

    https://docs.aws.amazon.com/redshift/latest/dg/JSON_EXTRACT_PATH_TEXT.html
    """
    items = [rewritten(item, edits) for item in arguments(tokens, index + 1)]
    if len(items) < 2:
        return index + 1
    null_if_invalid = items.pop() if len(items) > 2 and items[-1].upper() in ("TRUE", "FALSE") else "false"
    end = closing(tokens, index + 1)
    call = f"redshift_catalog.json_extract_path_text({null_if_invalid}, {', '.join(items)})"
    edits.replace(tokens[index].start, tokens[end].end, call)
    return end + 1


def _strtol(tokens: Sequence[Token], index: int, edits: Edits) -> int:
    """STRTOL('\\0', base) is 0: PostgreSQL reads no text with the null character.

    https://docs.aws.amazon.com/redshift/latest/dg/r_STRTOL.html
    """
    token = tokens[index + 2] if index + 2 < len(tokens) else None
    if token is not None and token.kind is STRING and token.value.startswith("\0"):
        edits.replace(token.start, token.end, "''")
    return index + 1


def _user(tokens: Sequence[Token], index: int, edits: Edits) -> int:
    """USER is CURRENT_USER, and its column is called so: https://docs.aws.amazon.com/redshift/latest/dg/r_USER.html"""
    if index and tokens[index - 1].upper in ("SELECT", ",", "("):
        edits.replace(tokens[index].start, tokens[index].end, "CURRENT_USER")
    return index + 1


def _minus(tokens: Sequence[Token], index: int, edits: Edits) -> int:
    """MINUS is EXCEPT: https://docs.aws.amazon.com/redshift/latest/dg/r_UNION.html"""
    edits.replace(tokens[index].start, tokens[index].end, "EXCEPT")
    return index + 1


def _value(tokens: Sequence[Token], index: int, edits: Edits) -> int:
    token = tokens[index]
    function = _COLUMNS.get(token.upper) if _is_column(tokens, index) else None
    edits.replace_token(token, function or _VALUES.get(token.upper, token.text))
    return index + 1


def _is_column(tokens: Sequence[Token], index: int) -> bool:
    """Return whether a word is all of an item in a SELECT's list."""
    before = tokens[index - 1].upper if index else ""
    after = tokens[index + 1].upper if index + 1 < len(tokens) else ";"
    if before not in ("SELECT", ",") or after not in _AFTER_ITEM:
        return False
    depth = 0
    for at in range(index - 1, -1, -1):
        depth += (tokens[at].text == ")") - (tokens[at].text == "(")
        if depth < 0 or (depth == 0 and tokens[at].upper == "SELECT"):
            # what is DISTINCT has to be the same text in ORDER BY
            return depth == 0 and tokens[at + 1].upper != "DISTINCT"
    return False


def _approximate(tokens: Sequence[Token], index: int, edits: Edits) -> int:
    """APPROXIMATE COUNT(DISTINCT x): here the exact count, which is within its 2 % of error.

    https://docs.aws.amazon.com/redshift/latest/dg/r_COUNT.html
    """
    if matches(tokens, index + 1, "COUNT", "(", "DISTINCT") or matches(tokens, index + 1, "PERCENTILE_DISC", "("):
        edits.replace(tokens[index].start, tokens[index + 1].start, "")
    return index + 1


def _top(tokens: Sequence[Token], index: int, edits: Edits) -> int:
    """SELECT TOP n … → … LIMIT n: https://docs.aws.amazon.com/redshift/latest/dg/r_SELECT_list.html"""
    after_select = index > 0 and tokens[index - 1].upper in ("SELECT", "ALL", "DISTINCT")
    if not after_select or index + 1 >= len(tokens) or tokens[index + 1].kind not in (NUMBER, PARAMETER):
        return index + 1
    if index + 2 >= len(tokens):
        raise syntax_error(None)
    end = index + 2
    while end < len(tokens) and tokens[end].text != ")":
        token = tokens[end]
        if token.kind is WORD and token.upper in (*_SET_OPERATIONS, "LIMIT", "OFFSET", "SELECT"):
            raise syntax_error(token, f"Use LIMIT instead of TOP beside {token.upper}.")
        end = closing(tokens, end) + 1 if token.text == "(" else end + 1
    edits.replace(tokens[index].start, tokens[index + 2].start, "")
    edits.insert(tokens[end - 1].end, f" LIMIT {tokens[index + 1].text}")
    return index + 2


def _rows(tokens: Sequence[Token], index: int, edits: Edits) -> int:
    """ROWS UNBOUNDED FOLLOWING begins at the current row: https://docs.aws.amazon.com/redshift/latest/dg/c_Window_functions.html"""
    if matches(tokens, index + 1, "UNBOUNDED", "FOLLOWING"):
        edits.insert(tokens[index].end, " BETWEEN CURRENT ROW AND")
    return index + 1


def _percentile(tokens: Sequence[Token], index: int, edits: Edits) -> int:
    return window_functions.percentile(tokens, index, edits, rewritten)


def _nulls(tokens: Sequence[Token], index: int, edits: Edits) -> int:
    return window_functions.nulls(tokens, index, edits, rewritten)


_Rewrite = Callable[[Sequence[Token], int, Edits], int]

_WORDS: dict[str, _Rewrite] = {
    "GROUP": group_by_all,
    "MINUS": _minus,
    "SYSDATE": _value,
    "CURRENT_DATE": _value,
    **dict.fromkeys(moments.TYPES, moments.rewrite_literal),
    "INTERVAL": moments.rewrite_interval,
    "CURRENT_AWS_ACCOUNT": session_functions.no_account,
    "CURRENT_NAMESPACE": _value,
    "CURRENT_USER_ID": _value,
    "APPROXIMATE": _approximate,
    "ROWS": _rows,
    "TOP": _top,
    "USER": _user,
}

_CALLS: dict[str, _Rewrite] = {
    "AVG": lambda tokens, index, edits: aggregates.avg(tokens, index, edits, rewritten),
    "CAST": lambda tokens, index, edits: casts.cast(tokens, index, edits, rewrite_expressions),
    "TRY_CAST": lambda tokens, index, edits: casts.try_cast(tokens, index, edits, rewritten),
    "CONVERT": lambda tokens, index, edits: casts.convert(tokens, index, edits, rewritten),
    "CURRENT_SETTING": session_functions.setting,
    "DATE_TRUNC": _date_trunc,
    "DECODE": lambda tokens, index, edits: conditionals.decode(tokens, index, edits, rewritten),
    "EXTRACT": _extract,
    "JSON_EXTRACT_PATH_TEXT": _json_path,
    "LISTAGG": lambda tokens, index, edits: aggregates.listagg(tokens, index, edits, rewritten),
    "RATIO_TO_REPORT": lambda tokens, index, edits: aggregates.ratio_to_report(tokens, index, edits, rewritten),
    "NULLIF": lambda tokens, index, edits: conditionals.nullif(tokens, index, edits, rewritten),
    "NVL2": lambda tokens, index, edits: conditionals.nvl2(tokens, index, edits, rewritten),
    "SET_CONFIG": session_functions.setting,
    "SLICE_NUM": session_functions.slice_num,
    "STRTOL": _strtol,
    **dict.fromkeys(("PERCENTILE_CONT", "PERCENTILE_DISC"), _percentile),
    **dict.fromkeys(("RANK", "DENSE_RANK", "NTILE"), window_functions.ranking),
    **dict.fromkeys(("FIRST_VALUE", "LAST_VALUE", "NTH_VALUE", "LAG", "LEAD"), _nulls),
}
