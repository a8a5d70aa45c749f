"""The types of function calls whose result has a length, a precision and a scale.

Contract: pure. A rule is here when a page of the guide gives the type, or when the arguments bound the result; a
string without either is a VARCHAR(65535). https://docs.aws.amazon.com/redshift/latest/dg/c_SQL_functions.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from local_redshift.expression_types import decimals
from local_redshift.expression_types.model import (
    BOOL,
    BPCHAR,
    DATE,
    FLOAT4,
    FLOAT8,
    FLOATS,
    INT2,
    INT4,
    INT8,
    INTEGERS,
    MAX_PRECISION,
    MAX_VARCHAR,
    NAME,
    NUMERIC,
    TIME,
    TIMESTAMP,
    TIMESTAMPTZ,
    TIMETZ,
    RedshiftType,
    numeric,
    varchar,
)


@dataclass(frozen=True)
class Call:
    """A call of a function, an operator or an aggregate.

    :param oid: the type that PostgreSQL gives the result.
    :param arguments: the types of its arguments.
    :param constants: the arguments that are integers written in the statement, by their places.
    :param texts: the arguments that are strings written in the statement, by their places.
    """

    oid: int
    arguments: Sequence[RedshiftType]
    constants: Mapping[int, int]
    texts: Mapping[int, str]


Rule = Callable[[Call], RedshiftType]

#: The most bytes of other types' text.
_TEXT_LENGTHS = {
    BOOL: 5,
    INT2: 6,
    INT4: 11,
    INT8: 20,
    FLOAT4: 15,
    FLOAT8: 24,
    DATE: 13,
    TIME: 15,
    TIMETZ: 24,
    TIMESTAMP: 31,
    TIMESTAMPTZ: 40,
}


#: https://docs.aws.amazon.com/redshift/latest/dg/r_names.html
_NAME_LENGTH = 127


def text_length(value: RedshiftType) -> int:
    """Return the most bytes of a value as text."""
    if value.is_null:
        return 1
    if value.oid == NAME:
        return _NAME_LENGTH
    if value.is_string:
        return value.length
    if (parts := value.precision_and_scale) is not None:
        return parts[0] + 3  # sign, point, and a zero before it
    return _TEXT_LENGTHS.get(value.oid, MAX_VARCHAR)


def call_type(name: str | None, call: Call) -> RedshiftType:
    """Return the type of a call.

    :param name: of the function, None when it is not known.
    :param call: its arguments.
    """
    rule = _RULES.get(name or "")
    if rule is not None and call.arguments:
        return rule(call)
    if name in _FIXED:
        return _FIXED[name]
    return default_type(call.oid)


def default_type(oid: int) -> RedshiftType:
    """Return the type of a result that no rule bounds."""
    result = RedshiftType(oid)
    return varchar(MAX_VARCHAR) if result.is_string and oid not in (BPCHAR, NAME) else result


def same(call: Call) -> RedshiftType:
    """Return the first argument's type, which the function's own page gives: UPPER, MAX, ROUND."""
    first, result = call.arguments[0], RedshiftType(call.oid)
    if result.is_string:
        return first if first.is_string else varchar(text_length(first))
    is_same = first.oid == call.oid or (first.oid in FLOATS and call.oid == NUMERIC)
    return first if is_same else default_type(call.oid)


def string_of_first(call: Call) -> RedshiftType:
    """Return a VARCHAR as long as the first argument: TRIM, SUBSTRING, SPLIT_PART."""
    return varchar(text_length(call.arguments[0])) if RedshiftType(call.oid).is_string else default_type(call.oid)


def _joined(call: Call) -> RedshiftType:
    """The operands' lengths are added: https://docs.aws.amazon.com/redshift/latest/dg/r_concat_op.html"""
    return varchar(sum(text_length(each) for each in call.arguments))


def _quoted(call: Call) -> RedshiftType:
    """Each quotation mark is written twice: https://docs.aws.amazon.com/redshift/latest/dg/r_QUOTE_LITERAL.html"""
    return varchar(2 * text_length(call.arguments[0]) + 2)


def _replaced(call: Call) -> RedshiftType:
    """Each character may become the whole replacement: https://docs.aws.amazon.com/redshift/latest/dg/r_REPLACE.html"""
    growth = max(text_length(call.arguments[-1]), 1)
    return varchar(text_length(call.arguments[0]) * growth)


def _repeated(call: Call) -> RedshiftType:
    """https://docs.aws.amazon.com/redshift/latest/dg/r_REPEAT.html"""
    times = call.constants.get(1)
    return varchar(MAX_VARCHAR if times is None else text_length(call.arguments[0]) * max(times, 0))


def _padded(call: Call) -> RedshiftType:
    """The length is in characters: https://docs.aws.amazon.com/redshift/latest/dg/r_LPAD.html"""
    length = call.constants.get(1)
    return varchar(MAX_VARCHAR if length is None else 4 * length)


def _summed(call: Call) -> RedshiftType:
    """https://docs.aws.amazon.com/redshift/latest/dg/r_SUM.html

    https://docs.aws.amazon.com/redshift/latest/dg/r_WF_SUM.html has NUMERIC for BIGINT, where that page has BIGINT.
    """
    argument = call.arguments[0]
    if argument.oid in (INT2, INT4):
        return RedshiftType(INT8)
    if argument.oid in FLOATS:
        return RedshiftType(FLOAT8)
    return _widest(argument, call.oid)


def _averaged(call: Call) -> RedshiftType:
    """https://docs.aws.amazon.com/redshift/latest/dg/r_AVG.html; the planner hands over the minimum second."""
    argument = call.arguments[1 if len(call.arguments) > 1 else 0]
    if argument.oid in INTEGERS:
        return RedshiftType(INT8)
    if argument.oid in FLOATS:
        return RedshiftType(FLOAT8)
    return _widest(argument, call.oid)


def _widest(argument: RedshiftType, oid: int) -> RedshiftType:
    """A sum has a precision of 38 and its argument's scale."""
    parts = decimals.digits(argument)
    return RedshiftType(oid) if parts is None else numeric(MAX_PRECISION, parts[1])


def _sign(call: Call) -> RedshiftType:
    """https://docs.aws.amazon.com/redshift/latest/dg/r_SIGN.html"""
    return numeric(1, 0) if call.arguments[0].oid == NUMERIC else call.arguments[0]


def _quotient(call: Call) -> RedshiftType:
    """A division whose precision and scale the server has written into the call."""
    return numeric(call.constants[2], call.constants[3]) if {2, 3} <= set(call.constants) else RedshiftType(NUMERIC)


def _of_format(call: Call) -> RedshiftType:
    """TO_NUMBER gives the digits of its format: https://docs.aws.amazon.com/redshift/latest/dg/r_TO_NUMBER.html"""
    pattern = call.texts.get(1)
    if pattern is None:
        return RedshiftType(call.oid)
    whole, _, fraction = pattern.upper().replace("D", ".").partition(".")
    scale = sum(letter in "09" for letter in fraction)
    return numeric(sum(letter in "09" for letter in whole) + scale, scale)


def _computed(operation: str) -> Rule:
    def rule(call: Call) -> RedshiftType:
        if call.oid != NUMERIC:
            return default_type(call.oid)
        if any(each.oid in FLOATS for each in call.arguments):
            return RedshiftType(FLOAT8)
        return decimals.computed(operation, call.arguments[0], call.arguments[1])

    return rule


def _to_numeric(call: Call) -> RedshiftType:
    """An implicit cast of an integer to DECIMAL."""
    parts = decimals.digits(call.arguments[0])
    return RedshiftType(NUMERIC) if parts is None else numeric(*parts)


#: Their result is DOUBLE PRECISION for DECIMAL arguments too.
_FLOATS = (
    "stddev stddev_samp stddev_pop variance var_samp var_pop sqrt exp ln log power pow cbrt dlog1 dlog10 "
    "dexp dpow dsqrt"
)

#: Types by the names of their functions, whatever the arguments are.
_FIXED: dict[str | None, RedshiftType] = {
    "md5": varchar(32),
    "func_sha1": varchar(40),
    "sha1": varchar(40),
    "sha": varchar(40),
    "sha2": varchar(128),
    "crc32": varchar(8),
    "soundex": varchar(4),
    "chr": varchar(4),
    "to_hex": varchar(16),
    "listagg": varchar(MAX_VARCHAR),
    "ntile": RedshiftType(INT8),
    "rank": RedshiftType(INT4),
    "dense_rank": RedshiftType(INT4),
    **dict.fromkeys(_FLOATS.split(), RedshiftType(FLOAT8)),
}

_SAME = (
    "upper lower ltrim rtrim max min any_value first_value last_value nth_value lag lead mode abs "
    "round trunc ceil ceiling floor numeric_abs numeric_uminus numeric_uplus greatest least"
)
_STRINGS_OF_FIRST = (
    "btrim trim initcap reverse substr substring left right translate split_part regexp_substr text varchar "
    "rtrim1 ltrim1 btrim1"
)

_RULES: dict[str, Rule] = {
    **dict.fromkeys(_SAME.split(), same),
    **dict.fromkeys(_STRINGS_OF_FIRST.split(), string_of_first),
    **dict.fromkeys(("textcat", "join_values", "join_strings", "concat", "textanycat", "anytextcat"), _joined),
    **dict.fromkeys(("quote_ident", "quote_literal"), _quoted),
    **dict.fromkeys(("lpad", "rpad"), _padded),
    **dict.fromkeys(("repeat", "replicate"), _repeated),
    "replace": _replaced,
    "sum": _summed,
    "avg": _averaged,
    "sign": _sign,
    "to_number": _of_format,
    "quotient": _quotient,
    "numeric": _to_numeric,
    "numeric_add": _computed("+"),
    "numeric_sub": _computed("-"),
    "numeric_mul": _computed("*"),
    "numeric_div": _computed("/"),
    **dict.fromkeys(("numeric_mod", "mod"), _computed("%")),
}
