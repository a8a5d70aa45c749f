"""Scripts into statements: split, refused or rewritten, and told apart by what the server has to do.

Contract: pure, and cached by the caller. A statement that needs no change keeps its bytes.
"""

from __future__ import annotations

from collections.abc import Sequence

from local.redshift.statements.copy_parser import parse_copy
from local.redshift.statements.ddl import rewrite_create_table, table_name_at
from local.redshift.statements.edits import Edits, closing, words
from local.redshift.statements.functions import rewrite_expressions
from local.redshift.statements.lexer import Token, split, tokenize
from local.redshift.statements.model import Statement, StatementKind
from local.redshift.statements.refusals import refuse_unknown

#: Redshift's session parameters that PostgreSQL does not have, kept as settings of our own:
#: https://docs.aws.amazon.com/redshift/latest/dg/cm_chap_ConfigurationRef.html
_PARAMETERS = frozenset(
    (
        *("ANALYZE_THRESHOLD_PERCENT", "AUTO_MV", "CASE_SENSITIVE_SUPER_ATTRIBUTE"),
        *("DATASHARE_BREAK_GLASS_SESSION_VAR", "DEFAULT_GEOMETRY_ENCODING"),
        *("DESCRIBE_FIELD_NAME_IN_UPPERCASE", "DOWNCASE_DELIMITED_IDENTIFIER"),
        *("ENABLE_CASE_SENSITIVE_IDENTIFIER", "ENABLE_RESULT_CACHE_FOR_SESSION", "ENABLE_VACUUM_BOOST"),
        *("ERROR_ON_NONDETERMINISTIC_UPDATE", "MAX_CONCURRENCY_SCALING_CLUSTERS"),
        *("MAX_CURSOR_RESULT_SET_SIZE", "MV_ENABLE_AQMV_FOR_SESSION", "NAVIGATE_SUPER_NULL_ON_ERROR"),
        *("PARSE_SUPER_NULL_ON_ERROR", "QUERY_GROUP", "SPECTRUM_ENABLE_PSEUDO_COLUMNS"),
        *("SPECTRUM_QUERY_MAXERROR", "STORED_PROC_LOG_MIN_MESSAGES", "USE_FIPS_SSL", "WLM_QUERY_SLOT_COUNT"),
    )
)


def plan_script(sql: str) -> tuple[Statement, ...]:
    """Return the statements of a script.

    :param sql: what a client sent in one message.
    :raises RedshiftError: for a statement that Redshift refuses, or that this server does not have.
    """
    return tuple(_plan(sql, tokens) for tokens in split(tokenize(sql))) or (_empty(sql),)


def _empty(sql: str) -> Statement:
    return Statement(StatementKind.PASS, sql, sql)


def _plan(script: str, tokens: list[Token]) -> Statement:
    start, end = tokens[0].start, tokens[-1].end
    original = script[start:end]
    verb = tokens[0].upper
    refuse_unknown(tokens)
    if verb == "COPY":
        return Statement(StatementKind.COPY, original, original, copy=parse_copy(tokens))
    if verb == "CANCEL":
        return Statement(StatementKind.PASS, original, f"SELECT pg_catalog.pg_cancel_backend({tokens[1].text})")
    if verb == "ANALYZE":
        return _analyze(tokens, original)
    if verb == "VACUUM":
        return _vacuum(tokens, original)
    edits = Edits(script)
    _rewrite(tokens, edits)
    kind = StatementKind.TRUNCATE if verb == "TRUNCATE" else StatementKind.PASS
    return Statement(kind, original, edits.apply(start, end))


def _rewrite(tokens: list[Token], edits: Edits) -> None:
    verb = tokens[0].upper
    if verb in ("SET", "RESET", "SHOW"):
        _rewrite_parameter(tokens, edits)
        return
    name_at = table_name_at(tokens) if verb == "CREATE" else None
    if name_at is not None:
        _rewrite_temporary(tokens, name_at, edits)
        rewrite_create_table(tokens, name_at, edits)
    elif verb == "ALTER":
        _rewrite_alter(tokens, edits)
    rewrite_expressions(tokens, edits)


def _rewrite_temporary(tokens: Sequence[Token], name_at: int, edits: Edits) -> None:
    """CREATE TABLE #t is CREATE TEMP TABLE "#t".

    https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_TABLE_NEW.html
    """
    if tokens[name_at].text.startswith("#") and tokens[1].upper == "TABLE":
        edits.insert(tokens[1].start, "TEMP ")


def _rewrite_alter(tokens: Sequence[Token], edits: Edits) -> None:
    """ALTER TABLE … ADD COLUMN … ENCODE x: the encoding has no counterpart."""
    for index in range(len(tokens)):
        if words(tokens, index, "ENCODE") and index + 1 < len(tokens):
            edits.remove(tokens[index : index + 2])


def _rewrite_parameter(tokens: Sequence[Token], edits: Edits) -> None:
    at = 2 if len(tokens) > 2 and tokens[1].upper in ("SESSION", "LOCAL") else 1
    if len(tokens) > at and tokens[at].upper in _PARAMETERS:
        edits.insert(tokens[at].start, "redshift.")


def _analyze(tokens: Sequence[Token], original: str) -> Statement:
    """ANALYZE [COMPRESSION] [table [(columns)]] [PREDICATE COLUMNS | ALL COLUMNS].

    https://docs.aws.amazon.com/redshift/latest/dg/r_ANALYZE.html
    """
    if words(tokens, 1, "COMPRESSION"):
        return Statement(StatementKind.NOOP, original, original, tag="ANALYZE COMPRESSION")
    rest = [token for token in tokens[1:] if token.upper not in ("VERBOSE", "PREDICATE", "ALL", "COLUMNS")]
    return Statement(StatementKind.PASS, original, " ".join(["ANALYZE", "".join(t.text for t in rest)]).strip())


def _vacuum(tokens: Sequence[Token], original: str) -> Statement:
    """VACUUM [FULL | SORT ONLY | DELETE ONLY | REINDEX | RECLUSTER] [table] [TO n PERCENT] [BOOST].

    https://docs.aws.amazon.com/redshift/latest/dg/r_VACUUM_command.html: not inside a transaction block.
    """
    at = 1
    while at < len(tokens) and tokens[at].upper in ("FULL", "SORT", "DELETE", "ONLY", "REINDEX", "RECLUSTER"):
        at += 1
    name = []
    while at < len(tokens) and tokens[at].upper not in ("TO", "BOOST"):
        name.append(tokens[at].text)
        at = closing(tokens, at) if tokens[at].text == "(" else at
        at += 1
    return Statement(StatementKind.NOT_IN_TRANSACTION, original, f"VACUUM {''.join(name)}".strip())
