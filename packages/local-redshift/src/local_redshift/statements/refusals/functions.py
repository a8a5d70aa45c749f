"""Functions that PostgreSQL has and Redshift does not have.

https://docs.aws.amazon.com/redshift/latest/dg/c_unsupported-postgresql-functions.html and the absence from
https://docs.aws.amazon.com/redshift/latest/dg/c_SQL_functions.html
"""

from __future__ import annotations

from collections.abc import Sequence

from local_redshift.statements.refusals.functions_not_here import HINTS
from local_redshift.statements.tokens.edits import argument_count, closing, matches
from local_redshift.statements.tokens.errors import not_here
from local_redshift.statements.tokens.keywords import keywords
from local_redshift.statements.tokens.lexer import WORD, Token
from local_redshift.wire.errors import RedshiftError

#: What Redshift has instead, by function.
_INSTEAD = {
    name: instead
    for instead, names in {
        "LISTAGG": "string_agg array_agg json_agg jsonb_agg xmlagg json_object_agg jsonb_object_agg",
        "GETDATE() or SYSDATE": "clock_timestamp statement_timestamp transaction_timestamp",
        "DATEDIFF": "age",
        "REGEXP_SUBSTR": "regexp_match regexp_matches",
        "SPLIT_PART": "regexp_split_to_table regexp_split_to_array string_to_array string_to_table",
        "|| or CONCAT of two arguments": "concat_ws format",
        "REGEXP_COUNT": "regexp_like starts_with",
        "DATE_TRUNC": "date_bin",
        "TO_DATE": "make_date",
        "TO_TIMESTAMP": "make_timestamp make_timestamptz",
        "INTERVAL literals": "make_interval make_time justify_days justify_hours justify_interval",
        "IDENTITY columns": "nextval currval setval lastval",
        "MD5 of a counter or of keys": "gen_random_uuid uuid_generate_v4 uuidv4 uuidv7",
        "WITH RECURSIVE, or a table of numbers": "generate_series generate_subscripts",
        "JSON_EXTRACT_PATH_TEXT": "json_extract_path jsonb_extract_path jsonb_extract_path_text json_each "
        "json_each_text json_array_elements json_array_elements_text json_object_keys json_populate_record "
        "json_populate_recordset json_to_record json_to_recordset jsonb_array_elements jsonb_array_elements_text "
        "jsonb_each jsonb_each_text jsonb_object_keys jsonb_typeof jsonb_path_query json_value json_query "
        "json_exists json_table",
        "SUPER": "unnest array_append array_cat array_dims array_length array_lower array_ndims "
        "array_prepend array_remove array_replace array_to_string array_upper cardinality row_to_json to_json "
        "to_jsonb json_build_array json_build_object jsonb_build_array jsonb_build_object jsonb_set json_object",
        "no counterpart": "pg_sleep pg_advisory_lock pg_try_advisory_lock pg_advisory_xact_lock pg_advisory_unlock "
        "every corr covar_pop covar_samp regr_slope regr_intercept mode range_agg ts_rank to_tsvector "
        "to_tsquery plainto_tsquery similarity width_bucket scale num_nulls num_nonnulls "
        "quote_nullable unistr overlay gcd lcm erf erfc random_normal div acosd asind atand atan2d cosd cotd sind tand "
        "acosh asinh atanh cosh sinh tanh casefold normalize is_normalized factorial gamma lgamma min_scale trim_scale "
        "trim_array parse_ident setseed setweight strip similar_escape like_escape unicode_assigned xpath xpath_exists "
        "corr covar_samp current_query regr_avgx regr_avgy regr_count regr_r2 regr_sxx regr_sxy regr_syy to_oct "
        "phraseto_tsquery isempty lower_inc upper_inc to_regclass to_regtype to_regproc to_regrole to_regnamespace",
        "SHA2": "sha224 sha256 sha384 sha512",
        "TO_HEX": "encode convert_from convert_to",
        "CRC32": "crc32c",
    }.items()
    for name in names.split()
}


#: How whole families of functions begin that are PostgreSQL's, and those of Redshift that begin so too.
_PREFIXES = ("array_", "jsonb_", "json_", "range_", "ts_", "tsquery_", "tsvector_", "xml", "lo_")
_JSON = frozenset(("json_extract_path_text", "json_extract_array_element_text", "json_array_length"))

#: Words before a name in brackets that is not a function's: a table's with its columns, a new function's.
_BEFORE_NAMES = keywords("INTO TABLE EXISTS VIEW FUNCTION PROCEDURE REFERENCES WITH RECURSIVE COPY")

#: Functions that Redshift has with so many arguments only, where PostgreSQL takes others too.
_ARGUMENTS: dict[str, tuple[Sequence[int], str]] = {
    "DECODE": (range(3, 1000), "DECODE(x, search, result, …)"),
    # https://docs.aws.amazon.com/redshift/latest/dg/r_WF_LAG.html
    "LAG": ((1, 2), "NVL(LAG(x, n) OVER (…), default)"),
    "LEAD": ((1, 2), "NVL(LEAD(x, n) OVER (…), default)"),
    "CONCAT": ((2,), "a || b || c"),
    "LOG": ((1,), "LN(x) / LN(base)"),
    "RANDOM": ((0,), "RANDOM() times a range"),
    "TO_TIMESTAMP": ((2, 3), "TIMESTAMP 'epoch' + x * INTERVAL '1 second'"),
    "DATE_TRUNC": ((2,), "CONVERT_TIMEZONE first"),
}

#: With so many arguments, they have Teradata's formats, which this server does not have:
#: https://docs.aws.amazon.com/redshift/latest/dg/r_Numeric-format-teradata.html
_FORMATTED = {"TEXT_TO_INT_ALT": (2,), "TEXT_TO_NUMERIC_ALT": (2, 4)}

#: What only the leader node has, so not beside a table: https://docs.aws.amazon.com/redshift/latest/dg/
#: c_SQL_functions_leader_node_only.html
LEADER_FUNCTIONS = keywords(
    "NOW CURRENT_SCHEMA CURRENT_SCHEMAS HAS_DATABASE_PRIVILEGE HAS_SCHEMA_PRIVILEGE HAS_TABLE_PRIVILEGE GET_BIT "
    "GET_BYTE SET_BIT SET_BYTE TO_ASCII ISFINITE"
)
LEADER_WORDS = keywords("CURRENT_TIMESTAMP CURRENT_TIME LOCALTIME LOCALTIMESTAMP")

#: What an ORDER BY in brackets belongs to, when it is not an aggregate.
_ORDERED = keywords("GROUP OVER IN EXISTS AS ANY ALL SOME FROM JOIN NOT AND OR ON WHERE SELECT")


def refuse_function(tokens: Sequence[Token], index: int) -> None:
    """Refuse a call.

    :param tokens: the statement.
    :param index: place of the function's name, which a bracket follows.
    :raises RedshiftError: when Redshift has no such function, or not with these arguments.
    """
    token = tokens[index]
    name = token.text.lower()
    if _is_name(tokens, index):
        return
    if name in HINTS:
        raise not_here(f"{name}()", token, HINTS[name])
    if argument_count(tokens, index + 1) in _FORMATTED.get(token.upper, ()):
        raise not_here(f"{token.upper} with a format", token, "Leave the format out, or take its characters off.")
    instead = _INSTEAD.get(name)
    if instead is None and name.startswith(_PREFIXES) and name not in _JSON:
        instead = "no counterpart"
    if instead is not None:
        raise _missing(token, f"{name}()", f"Redshift has {instead}.")
    expected = _ARGUMENTS.get(token.upper)
    if expected is not None and (count := argument_count(tokens, index + 1)) not in expected[0]:
        raise _missing(token, f"{name}() of {count} argument(s)", f"Write {expected[1]}.")
    if token.upper not in _ORDERED:
        _refuse_order(tokens, index)


def refuse_beside_tables(tokens: Sequence[Token], index: int) -> None:
    """Refuse a function of the leader node in a statement that reads tables.

    :param tokens: the statement.
    :param index: place of a word.
    :raises RedshiftError: when it is such a function.
    """
    token = tokens[index]
    called = index + 1 < len(tokens) and tokens[index + 1].text == "("
    if token.upper in LEADER_WORDS or (called and token.upper in LEADER_FUNCTIONS):
        raise RedshiftError(
            "0A000",
            "Specified types or functions (one per INFO message) not supported on Redshift tables.",
            hint=f"{token.upper} runs on the leader node only. For the time, take GETDATE() or SYSDATE.",
            position=token.start + 1,
        )


def _is_name(tokens: Sequence[Token], index: int) -> bool:
    """Return whether a word with brackets after it names a table or a new function, not a function that is called."""
    if index == 0:
        return False
    before, after = tokens[index - 1], closing(tokens, index + 1) + 1
    if before.kind is WORD and before.upper in _BEFORE_NAMES:
        return True
    return before.text == "," and matches(tokens, after, "AS", "(")


def _refuse_order(tokens: Sequence[Token], index: int) -> None:
    """count(x ORDER BY y): Redshift orders WITHIN GROUP only."""
    at, end = index + 2, closing(tokens, index + 1)
    while at < end:
        token = tokens[at]
        if token.upper in ("SELECT", "WITH"):
            return
        if token.upper == "ORDER" and tokens[at + 1].upper == "BY":
            raise RedshiftError(
                "42601",
                f'syntax error at or near "{token.text}"',
                hint="An aggregate takes no ORDER BY: LISTAGG(…) WITHIN GROUP (ORDER BY …) does.",
                position=token.start + 1,
            )
        at = closing(tokens, at) + 1 if token.text == "(" else at + 1


def _missing(token: Token, what: str, hint: str) -> RedshiftError:
    return RedshiftError("42883", f"function {what} does not exist", hint=hint, position=token.start + 1)
