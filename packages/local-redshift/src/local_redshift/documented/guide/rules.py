"""What of the guide cannot be run or compared, and why. Pure; one table for each question."""

from __future__ import annotations

import re

from local_redshift.statements.tokens.lexer import tokenize

#: The words that a statement begins with. A listing that begins with another is not SQL.
_VERB = re.compile(
    r"""(?:abort|alter|analyze|begin|call|cancel|close|comment|commit|copy|create|deallocate|
    declare|delete|desc|describe|drop|end|execute|explain|fetch|grant|insert|lock|merge|
    prepare|refresh|reset|revoke|rollback|select|set|show|start|truncate|unload|update|use|
    vacuum|with)$""",
    re.IGNORECASE | re.VERBOSE,
)
#: What says that a listing is a statement's syntax and no statement.
_SYNTAX_HEADING = re.compile(r"^(?:\w+ )?(?:syntax|synopsis)\b|^parameters?$|^arguments?$", re.IGNORECASE)
_SYNTAX = re.compile(r"\[\s*,?\s*(?:\.\.\.|…)|\{[^{}'\"]*\|[^{}'\"]*\}|\[\s*[A-Z]{2,}[^\]'\"]*\]|\[, ")
_GAP = re.compile(r"\.\.\.|…|<[A-Za-z][\w -]*>|\[your|your_|\bxxx+\b", re.IGNORECASE)
_NEEDS_AWS = re.compile(r"s3://|arn:|\biam_role\b|\bcredentials\b|\bfrom '(?:dynamodb|emr|ssh)", re.IGNORECASE)

_NOT_RUN = (
    (re.compile(r"^\s*cancel\b|pg_(?:cancel|terminate)_backend", re.IGNORECASE), "It ends other statements."),
    (re.compile(r"\bpg_sleep\b", re.IGNORECASE), "It waits."),
)
_VARIES = (
    (
        re.compile(
            r"""\b(?:now|random|timeofday|pg_backend_pid|pg_last_\w+|version|slice_num|last_user_query_id|has_\w+)\s*\(
            |\b(?:getdate\s*\(|sysdate\b|current_\w+|session_user\b|'now'|'today'|'tomorrow'|'yesterday')""",
            re.IGNORECASE | re.VERBOSE,
        ),
        "Its result changes with time or session.",
    ),
    (
        re.compile(r"\b(?:pg|stl|stv|svl|svv|svcs|stcs|sys)_\w+|\binformation_schema\b", re.IGNORECASE),
        "It reads system tables, whose rows are those of the page's cluster.",
    ),
    (re.compile(r"^\s*(?:explain|show|desc|describe)\b", re.IGNORECASE), "It shows the state of the page's cluster."),
    (re.compile(r"\bapproximate\b|\bhll\w*\s*\(", re.IGNORECASE), "Its result is an estimate."),
)
_SYSTEM = re.compile(r"^(?:pg|stl|stv|svl|svv|svcs|stcs|sys)_|^information_schema", re.IGNORECASE)
_PROMPT = re.compile(r"^\s*\w+(?:[=-][#>]|\([#>])\s*", re.MULTILINE)


def begins_statement(text: str) -> bool:
    """Return whether text begins with a statement, comments and brackets before it aside."""
    words = (token for token in tokenize(text) if token.text != "(")
    return (first := next(words, None)) is not None and _VERB.match(first.text) is not None


def without_prompts(text: str) -> str:
    """Return a listing without the prompts of psql, such as ``dev=#``."""
    return _PROMPT.sub("", text)


def is_syntax(heading: str, text: str) -> bool:
    """Return whether a listing is the syntax of a statement."""
    return bool(_SYNTAX_HEADING.match(heading) or _SYNTAX.search(text))


def why_not_run(sql: str) -> str | None:
    """Return why a statement is not run, or None."""
    if _GAP.search(_without_literals(sql)):
        return "Parts of it are left out or for the reader to fill in."
    return next((reason for pattern, reason in _NOT_RUN if pattern.search(sql)), None)


def needs_aws(sql: str) -> bool:
    """Return whether a statement reads or writes something in AWS, so that only its text can be checked."""
    return bool(_NEEDS_AWS.search(sql))


def why_not_compared(sql: str) -> str | None:
    """Return why a statement's result is not compared with the printed one, or None."""
    return next((reason for pattern, reason in _VARIES if pattern.search(sql)), None)


def is_system_name(name: str) -> bool:
    """Return whether a table's name is one of the system's own."""
    return bool(_SYSTEM.match(name))


def is_ordered(sql: str) -> bool:
    """Return whether the order of a statement's rows is told by an ORDER BY of its own."""
    depth, last = 0, ""
    for token in tokenize(sql):
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth == 0 and last == "ORDER" and token.upper == "BY":
            return True
        last = token.upper
    return False


def _without_literals(sql: str) -> str:
    return re.sub(r"'[^']*'|--[^\n]*|/\*.*?\*/", "''", sql, flags=re.DOTALL)
