"""SET, RESET and SHOW of the parameters that only Redshift has: they are kept as settings of our own.

https://docs.aws.amazon.com/redshift/latest/dg/cm_chap_ConfigurationRef.html
"""

from __future__ import annotations

from collections.abc import Sequence

from local.redshift.statements.cursor import Cursor
from local.redshift.statements.edits import Edits
from local.redshift.statements.keywords import keywords
from local.redshift.statements.lexer import WORD, Token
from local.redshift.statements.verbs import not_here

PARAMETERS = keywords(
    "ANALYZE_THRESHOLD_PERCENT AUTO_MV CASE_SENSITIVE_SUPER_ATTRIBUTE CAST_SUPER_NULL_ON_ERROR "
    "DATASHARE_BREAK_GLASS_SESSION_VAR DEFAULT_GEOMETRY_ENCODING DESCRIBE_FIELD_NAME_IN_UPPERCASE "
    "DOWNCASE_DELIMITED_IDENTIFIER ENABLE_CASE_SENSITIVE_IDENTIFIER ENABLE_CASE_SENSITIVE_SUPER_ATTRIBUTE "
    "ENABLE_NUMERIC_ROUNDING ENABLE_RESULT_CACHE_FOR_SESSION ENABLE_VACUUM_BOOST ERROR_ON_NONDETERMINISTIC_UPDATE "
    "INTERVAL_FORBID_COMPOSITE_LITERALS JSON_SERIALIZATION_ENABLE JSON_SERIALIZATION_PARSE_NESTED_STRINGS "
    "MAX_CONCURRENCY_SCALING_CLUSTERS MAX_CURSOR_RESULT_SET_SIZE MV_ENABLE_AQMV_FOR_SESSION "
    "NAVIGATE_SUPER_NULL_ON_ERROR PARSE_SUPER_NULL_ON_ERROR PG_FEDERATION_REPEATABLE_READ QUERY_GROUP "
    "QUERY_GROUP_LABEL SPECTRUM_ENABLE_PSEUDO_COLUMNS SPECTRUM_QUERY_MAXERROR STORED_PROC_LOG_MIN_MESSAGES "
    "USE_FIPS_SSL WLM_QUERY_SLOT_COUNT"
)


_ON = ("on", "true", "1", "yes")


def rewrite_setting(tokens: Sequence[Token], edits: Edits) -> None:
    """Put ``redshift.`` before the name of a parameter that PostgreSQL does not have.

    :param tokens: a SET, RESET or SHOW.
    :param edits: takes the change.
    :raises RedshiftError: for a setting that this server cannot follow.
    """
    cursor = Cursor(tokens, 1)
    if cursor.accept("ENABLE_CASE_SENSITIVE_IDENTIFIER") and cursor.tokens[-1].text.strip("'").lower() in _ON:
        raise not_here("enable_case_sensitive_identifier", tokens[1], "Names fold to lower case, quoted or not.")
    at = 2 if len(tokens) > 2 and tokens[1].upper in ("SESSION", "LOCAL") else 1
    if len(tokens) > at and tokens[at].kind is WORD and tokens[at].upper in PARAMETERS:
        if tokens[0].upper == "SHOW":  # the column has the parameter's own name
            name = tokens[at].text.lower()
            edits.replace(tokens[0].start, tokens[at].end, f"SELECT current_setting('redshift.{name}') AS {name}")
        else:
            edits.insert(tokens[at].start, "redshift.")
