"""What of the guide cannot be run or compared, and why. Pure; one table for each question."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from local_redshift.statements.tokens.lexer import NUMBER, Token, tokenize

_DIRECTIONS = frozenset(("ASC", "DESC", "NULLS", "FIRST", "LAST"))

#: The words that a statement begins with. A listing that begins with another is not SQL.
_VERB = re.compile(
    r"""(?:abort|alter|analyze|attach|begin|call|cancel|close|comment|commit|copy|create|deallocate|
    declare|delete|desc|describe|detach|drop|end|execute|explain|fetch|grant|insert|lock|merge|
    prepare|refresh|reset|revoke|rollback|select|set|show|start|truncate|unload|update|use|
    vacuum|with)$""",
    re.IGNORECASE | re.VERBOSE,
)
#: What says that a listing is a statement's syntax and no statement.
_SYNTAX_HEADING = re.compile(r"^(?:\w+ )?(?:syntax|synopsis)\b|^parameters?$|^arguments?$", re.IGNORECASE)
_SYNTAX = re.compile(
    r"\[\s*,?\s*(?:\.\.\.|…)|\{[^{}'\"]*\|[^{}'\"]*\}|\[\s*(?!SQL State)[A-Z]{2,}[^\]'\"]*\]|\[, |^\s*Session\d",
    re.MULTILINE,
)
_GAP = re.compile(r"\.\.\.|…|<[A-Za-z][\w -]*>|\[your|your_|\bxxx+\b", re.IGNORECASE)
#: Names that stand for what the reader has.
_STANDS_FOR = re.compile(
    r"'fixedwidth_spec'|^\s*copy\s+table\s|\btable-name\b|\bdata[-_]source\b|\btime\s+zone\s+time_zone\b"
    r"|'target_\w+_name'",
    re.IGNORECASE,
)
_NEEDS_AWS = re.compile(r"s3://|arn:|\biam_role\b|\bcredentials\b|\bfrom '(?:dynamodb|emr|ssh)", re.IGNORECASE)

_NOT_RUN = (
    (re.compile(r"^\s*cancel\b|pg_(?:cancel|terminate)_backend", re.IGNORECASE), "It ends other statements."),
    (re.compile(r"\bpg_sleep\b", re.IGNORECASE), "It waits."),
    (re.compile(r"^\s*explain\s+XN\b", re.IGNORECASE), "It is a plan, printed under its EXPLAIN."),
    (
        re.compile(
            r"^\s*execute\s+'|^\s*fetch\s.*\binto\b|^\s*select\s+into\s+\w+\s+\*|^\s*declare\s+\w+\s+(?!.*\bcursor\b)|^(?!\s*create\b).*:=",
            re.I | re.DOTALL,
        ),
        "It is a part of a procedure.",
    ),
)
_VARIES = (
    (
        re.compile(
            r"""\b(?:now|random|timeofday|pg_backend_pid|pg_last_\w+|version|slice_num|last_user_query_id)\s*\(
            |\b(?:has_\w+|default_iam_role|role_is_\w+)\s*\(
            |\b(?:getdate\s*\(|sysdate\b|session_user\b)
            |\bcurrent_(?:date|time|timestamp|user|user_id|schemas?|database|setting|namespace|aws_account|session_\w+)\b
            |'(?:now|today|tomorrow|yesterday)'""",
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
    (re.compile(r"\bidentity\s*\(", re.IGNORECASE), "It has values of an IDENTITY column, which have gaps."),
)
_TAG = re.compile(
    r"^\s*(?:CALL|COPY|SET|RESET|BEGIN|COMMIT|ROLLBACK|(?:DROP|CREATE) \w+|(?:INSERT|UPDATE|DELETE|SELECT)[ \d]+)\s*$"
)
_FAILS = re.compile(r"\b(?:errors?|fails?|failed|overflow)\b", re.IGNORECASE)
_HAS_FAILED = re.compile(
    r"^(?:Notice|Amazon Redshift|This|The (?:preceding|previous|statement))\b.*\b(?:error|fails)\b", re.DOTALL
)
_SYSTEM = re.compile(r"^(?:pg|stl|stv|svl|svv|svcs|stcs|sys)_|^information_schema", re.IGNORECASE)
_PROMPT = re.compile(r"^\s*\w+(?:[=-][#>]|\([#>])\s*", re.MULTILINE)


def digest(sql: str) -> str:
    """Return what tells a statement of the guide without keeping it."""
    return hashlib.md5(" ".join(sql.lower().split()).encode(), usedforsecurity=False).hexdigest()


def contradiction(sql: str) -> str | None:
    """Return why a page cannot be right about a statement, or cannot mean it as it is printed; otherwise None."""
    return _contradictions().get(digest(sql))


@cache
def _contradictions() -> dict[str, str]:
    text = (files(__package__) / "contradictions.toml").read_text(encoding="utf-8")
    return {entry["sql"]: entry["why"] for entry in tomllib.loads(text)["contradiction"]}


def begins_statement(text: str) -> bool:
    """Return whether text begins with a statement, comments and brackets before it aside."""
    words = (token for token in tokenize(text) if token.text != "(")
    first, second = next(words, None), next(words, None)
    if first is None or _VERB.match(first.text) is None:
        return False
    # A file's name or what a program prints may begin with a verb, as unload/part and copy: do.
    return second is None or not (second.text in ("/", ":", ".") and second.start == first.end)


def without_prompts(text: str) -> str:
    """Return a listing without the prompts of psql, such as ``dev=#``."""
    return _PROMPT.sub("", text)


def is_command_tag(line: str) -> bool:
    """Return whether a line is what psql prints for a statement without rows, such as ``INSERT 0 1``."""
    return bool(_TAG.match(line))


def is_syntax(heading: str, text: str) -> bool:
    """Return whether a listing is the syntax of a statement."""
    return bool(_SYNTAX_HEADING.match(heading) or _SYNTAX.search(text))


def why_not_run(sql: str) -> str | None:
    """Return why a statement is not run, or None."""
    if not begins_statement(sql):
        return "It is not a statement."
    if _GAP.search(_without_literals(sql)) or _STANDS_FOR.search(sql):
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


def sort_columns(sql: str, names: Sequence[str]) -> list[int]:
    """Return the columns of a result by which its rows are sorted, as far as ORDER BY tells them by number or name.

    :param sql: the statement.
    :param names: of the result's columns.
    """
    columns: list[int] = []
    for item in _sort_items(sql):
        words = [token for token in item if token.upper not in _DIRECTIONS]
        last = words[-1] if words else None
        if last is not None and len(words) == 1 and last.kind is NUMBER and last.text.isdigit():
            columns.append(int(last.text) - 1)
        elif last is not None and len(words) in (1, 3) and names.count(last.name) == 1:
            columns.append(names.index(last.name))
        else:
            break
    return columns


def _sort_items(sql: str) -> list[list[Token]]:
    """Return the parts of a statement's own last ORDER BY."""
    items: list[list[Token]] = []
    depth, last = 0, ""
    for token in tokenize(sql):
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth == 0 and last == "ORDER" and token.upper == "BY":
            items = [[]]
        elif depth == 0 and token.upper in ("LIMIT", "OFFSET"):
            break
        elif items and depth == 0 and token.text == ",":
            items.append([])
        elif items:
            items[-1].append(token)
        last = token.upper
    return items


def _without_literals(sql: str) -> str:
    return re.sub(r"'[^']*'|--[^\n]*|/\*.*?\*/", "''", sql, flags=re.DOTALL)


def is_said_to_fail(before: str, after: str = "") -> bool:
    """Return whether the paragraph before or after a statement says that it fails."""
    return bool(_FAILS.search(before) or _HAS_FAILED.search(after))
