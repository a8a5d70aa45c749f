"""What a column without an alias is called, by its expression.

Contract: pure; takes the expression as the client wrote it.
https://www.postgresql.org/docs/current/sql-select.html#SQL-SELECT-LIST
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from local_redshift.statements.queries.selects import end_of_list, select_items
from local_redshift.statements.tokens.edits import closing, matches, split_at
from local_redshift.statements.tokens.keywords import keywords
from local_redshift.statements.tokens.lexer import QUOTED, STRING, WORD, Token

#: What an expression is called that has no name of its own.
NAMELESS = "?column?"

#: Names of types as the catalog has them.
_TYPES = {
    "BIGINT": "int8",
    "BOOLEAN": "bool",
    "CHAR": "bpchar",
    "CHARACTER": "bpchar",
    "DEC": "numeric",
    "DECIMAL": "numeric",
    "DOUBLE": "float8",
    "FLOAT": "float8",
    "INT": "int4",
    "INTEGER": "int4",
    "REAL": "float4",
    "SMALLINT": "int2",
}

#: Words that are no columns: constants, and functions without brackets.
_WORDS = {"CURRENT_DATE": "date", "FALSE": NAMELESS, "NULL": NAMELESS, "SYSDATE": "timestamp", "TRUE": NAMELESS}
_USER = "USER"

#: Calls that have another name, and those that are a CASE: the name is that of the last result.
_CALLS = {"EXTRACT": "date_part", "TRIM": "btrim"}
_TRIMS = {"BOTH": "btrim", "LEADING": "ltrim", "TRAILING": "rtrim"}
_CASES = keywords("DECODE NVL2")
_CASTS = keywords("CAST TRY_CAST CONVERT")

#: What may follow a call and belongs to it.
_CALL_ENDS = (("WITHIN", "GROUP"), ("IGNORE", "NULLS"), ("RESPECT", "NULLS"), ("OVER",))


def default_name(tokens: Sequence[Token], renamed: Mapping[str, str]) -> str:
    """Return what PostgreSQL calls a column.

    :param tokens: its expression.
    :param renamed: functions that are called by another name.
    """
    return _named(tokens, renamed)[0]


def _named(tokens: Sequence[Token], renamed: Mapping[str, str]) -> tuple[str, bool]:
    """Return the name, and whether a cast keeps it."""
    if not tokens:
        return NAMELESS, False
    end = _end_of_primary(tokens)
    name, is_kept = _of_primary(tokens[:end], renamed)
    while end < len(tokens):
        if matches(tokens, end, "AT", "TIME", "ZONE") and end + 4 == len(tokens):
            return "timezone", True
        if not matches(tokens, end, "::") or end + 1 == len(tokens):
            return NAMELESS, False
        name, is_kept = (name, True) if is_kept else (_type_name(tokens[end + 1 :]), False)
        end = _end_of_type(tokens, end + 1)
    return name, is_kept


def _end_of_primary(tokens: Sequence[Token]) -> int:
    if tokens[0].text == "(":
        return closing(tokens, 0) + 1
    if tokens[0].upper == "CASE":
        return _end_of_case(tokens)
    end = 1
    while matches(tokens, end, ".") and end + 1 < len(tokens):
        end += 2
    if not matches(tokens, end, "("):
        has_literal = tokens[0].kind is WORD and end < len(tokens) and tokens[end].kind is STRING
        return end + 1 if has_literal else end
    end = closing(tokens, end) + 1
    for words in _CALL_ENDS:
        if matches(tokens, end, *words):
            end += len(words)
            end = closing(tokens, end) + 1 if matches(tokens, end, "(") else end
    return min(end, len(tokens))


def _end_of_case(tokens: Sequence[Token]) -> int:
    depth = 0
    for index, token in enumerate(tokens):
        depth += (token.upper == "CASE") - (token.upper == "END")
        if depth == 0:
            return index + 1
    return len(tokens)


def _end_of_type(tokens: Sequence[Token], at: int) -> int:
    """Return where a type ends: at the next cast, or at an operator, which a column with a name does not have."""
    at += 1
    while at < len(tokens) and tokens[at].kind is WORD and tokens[at].upper in _TYPE_WORDS:
        at += 1
    return closing(tokens, at) + 1 if matches(tokens, at, "(") else at


#: Words after the first of a type's name.
_TYPE_WORDS = keywords("PRECISION VARYING WITH WITHOUT TIME ZONE")


def _of_primary(tokens: Sequence[Token], renamed: Mapping[str, str]) -> tuple[str, bool]:
    first = tokens[0]
    if first.text == "(":
        inner = tokens[1:-1]
        return _of_subquery(inner, renamed) if inner and inner[0].upper == "SELECT" else _named(inner, renamed)
    if first.upper == "CASE":
        return _of_case(tokens, renamed)
    if tokens[-1].kind is STRING and len(tokens) > 1:
        return _type_name(tokens), False
    if tokens[-1].text == ")" or any(token.text == "(" for token in tokens):
        return _of_call(tokens, renamed)
    if first.kind is WORD and len(tokens) == 1 and first.upper in _WORDS:
        return _WORDS[first.upper], False
    if first.kind is WORD and len(tokens) == 1 and first.upper == _USER:
        return "current_user", True
    return (tokens[-1].name, True) if tokens[-1].kind in (WORD, QUOTED) else (NAMELESS, False)


def _of_call(tokens: Sequence[Token], renamed: Mapping[str, str]) -> tuple[str, bool]:
    opening = next(index for index, token in enumerate(tokens) if token.text == "(")
    word = tokens[opening - 1]
    arguments = tokens[opening + 1 : closing(tokens, opening)]
    if word.upper in _CASTS:
        return _of_cast(word.upper, arguments, renamed)
    items = split_at(arguments, ",")
    if word.upper == "NULLIF":
        return _kept(_named(items[0], renamed), "nullif", is_kept=True)
    if word.upper in _CASES:
        has_last = len(items) % 2 == 0 or word.upper == "NVL2"
        # NVL2 has its second result before the first
        last = items[2 if word.upper == "NVL2" and len(items) > 2 else -1] if has_last else ()
        return _kept(_named(last, renamed), "case")
    if word.upper in _CALLS:
        way = arguments[0].upper if word.upper == "TRIM" and arguments else ""
        return _TRIMS.get(way, _CALLS[word.upper]), True
    name = renamed.get(word.upper, word.name) if opening == 1 else word.name
    return name.rpartition(".")[2].strip('"').lower(), True


def _of_cast(word: str, arguments: Sequence[Token], renamed: Mapping[str, str]) -> tuple[str, bool]:
    separator = "," if word == "CONVERT" else "AS"
    at = next((index for index in range(len(arguments) - 1, -1, -1) if arguments[index].upper == separator), None)
    if at is None:
        return NAMELESS, False
    value, target = arguments[:at], arguments[at + 1 :]
    if word == "CONVERT":
        value, target = target, value
    return _kept(_named(value, renamed), _type_name(target))


def _of_case(tokens: Sequence[Token], renamed: Mapping[str, str]) -> tuple[str, bool]:
    """Return the name of what follows ELSE, if it has one."""
    depth, last = 0, None
    for index, token in enumerate(tokens):
        depth += (token.upper == "CASE") - (token.upper == "END") + (token.text == "(") - (token.text == ")")
        if depth == 1 and token.upper == "ELSE":
            last = index + 1
    return ("case", False) if last is None else _kept(_named(tokens[last:-1], renamed), "case")


def _of_subquery(tokens: Sequence[Token], renamed: Mapping[str, str]) -> tuple[str, bool]:
    item = next(select_items(tokens, 1, end_of_list(tokens, 1)))
    return (item.alias, True) if item.alias is not None else _named(item.tokens, renamed)


def _kept(found: tuple[str, bool], otherwise: str, *, is_kept: bool = False) -> tuple[str, bool]:
    """Return a name if it is kept, otherwise another one.

    :param found: the name, and whether it is kept.
    :param otherwise: the other one.
    :param is_kept: whether that is kept.
    """
    return found if found[1] else (otherwise, is_kept)


def _type_name(tokens: Sequence[Token]) -> str:
    """Return what the catalog calls a type."""
    if matches(tokens, 0, "CHARACTER", "VARYING"):
        return "varchar"
    word = next((token for token in tokens if token.kind in (WORD, QUOTED)), None)
    return NAMELESS if word is None else _TYPES.get(word.upper, word.name)
