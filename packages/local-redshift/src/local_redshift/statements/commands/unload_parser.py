"""Parses UNLOAD ('select …') TO 's3://…'.

Options and defaults: https://docs.aws.amazon.com/redshift/latest/dg/r_UNLOAD.html
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from local_redshift.statements.commands.copy_options import READERS as COPY_READERS
from local_redshift.statements.commands.copy_parser import check_credentials
from local_redshift.statements.model import CopyStatement, Statement, UnloadStatement
from local_redshift.statements.tokens.cursor import Cursor
from local_redshift.statements.tokens.errors import not_here, syntax_error
from local_redshift.statements.tokens.keywords import keywords
from local_redshift.statements.tokens.lexer import DOLLAR, NUMBER, STRING, WORD, Token, tokenize
from local_redshift.wire.errors import RedshiftError

_ACCESS = keywords("IAM_ROLE CREDENTIALS ACCESS_KEY_ID SECRET_ACCESS_KEY SESSION_TOKEN REGION WITH")
_NOT_HERE = keywords("ENCRYPTED KMS_KEY_ID MASTER_SYMMETRIC_KEY CONFIDENTIAL ROWGROUPSIZE CATALOG")
_SMALLEST, _LARGEST = 5 * 1024 * 1024, 6_200 * 1024 * 1024
_TEXT_ONLY = ("header", "add_quotes", "escape", "delimiter", "null_as")
_Options = dict[str, Any]


def parse_unload(tokens: Sequence[Token], plan: Callable[[str], Statement]) -> UnloadStatement:
    """Return the parsed UNLOAD statement.

    :param tokens: the whole statement.
    :param plan: plans the query.
    :raises RedshiftError: when an option is not known or not supported, contradicts another, or credentials are
        missing.
    """
    cursor = Cursor(tokens, 1)
    cursor.expect("(")
    token = cursor.take()
    if token.kind not in (STRING, DOLLAR):
        raise syntax_error(token, "The query stands in quotes: UNLOAD ('SELECT …') TO 's3://…'.")
    query = token.value if token.kind is STRING else token.text.strip("$")
    cursor.expect(")", "TO")
    target, place = cursor.text(), cursor.tokens[cursor.at - 1]
    if not target.startswith("s3://"):
        raise not_here(f"UNLOAD TO '{target}'", place, "It writes to s3://bucket/prefix.")
    found: _Options = {}
    access: _Options = {}
    while not cursor.done:
        _read_option(cursor, found, access)
    check_credentials(access, "UNLOAD")
    _check(found)
    _refuse_limit(query)
    place_of = CopyStatement(schema=None, table="", columns=None, source=target, **access)
    return UnloadStatement(query=plan(query), access=place_of, **found)


def _read_option(cursor: Cursor, found: _Options, access: _Options) -> None:
    token = cursor.take()
    option = token.upper if token.kind is WORD else ""
    if option in _ACCESS:
        new, into = COPY_READERS[option](cursor, token), access
    elif option in _READERS:
        new, into = _READERS[option](cursor, token), found
    elif option in _NOT_HERE:
        raise not_here(f"UNLOAD with {option}", token, "Leave it out here.")
    else:
        raise syntax_error(token)
    for name in into.keys() & new:
        hint = f"{option} sets {name.replace('_', ' ')} a second time: leave one out."
        raise RedshiftError("42601", "conflicting or redundant options", hint=hint, position=token.start + 1)
    into.update(new)


def _check(found: _Options) -> None:
    """Refuse options that contradict each other: see "Usage notes" of the documentation."""
    form = found.get("format", "text")
    conflicts = []
    if form in ("json", "parquet"):
        conflicts = [name for name in _TEXT_ONLY if name in found]
    elif form == "csv":
        conflicts = [name for name in ("add_quotes", "escape") if name in found]
    elif form == "fixedwidth":
        conflicts = [name for name in ("header", "add_quotes", "escape", "delimiter") if name in found]
    if form == "parquet" and "compression" in found:
        conflicts.append(str(found["compression"]))
    if "allow_overwrite" in found and "clean_path" in found:
        conflicts.append("allow_overwrite beside CLEANPATH")
    if conflicts:
        text = f"UNLOAD as {form} does not go with {', '.join(conflicts).upper().replace('_', '')}."
        raise RedshiftError("42601", text, hint="Leave one of them out.")


def _refuse_limit(query: str) -> None:
    depth = 0
    for token in tokenize(query):
        depth += (token.text == "(") - (token.text == ")")
        if depth == 0 and token.upper == "LIMIT":
            hint = "Put the query into a subquery: SELECT * FROM (SELECT … LIMIT n)."
            raise RedshiftError("0A000", "Limit clause is not supported", hint=hint)


def _format(cursor: Cursor, token: Token) -> _Options:
    cursor.accept("AS")
    chosen = cursor.take()
    if chosen.upper not in ("CSV", "JSON", "PARQUET"):
        raise syntax_error(chosen, "FORMAT is one of CSV, JSON, PARQUET.")
    return {"format": chosen.upper.lower()}


def _fixed_width(cursor: Cursor, token: Token) -> _Options:
    """FIXEDWIDTH 'column:width, …'"""
    cursor.accept("AS")
    pairs = [part.strip().rpartition(":") for part in cursor.text().split(",")]
    if any(not name or not width.strip().isdigit() for name, _, width in pairs):
        raise syntax_error(token, "FIXEDWIDTH takes 'column:width, …'.")
    return {"format": "fixedwidth", "widths": tuple((name.strip().lower(), int(width)) for name, _, width in pairs)}


def _partition(cursor: Cursor, token: Token) -> _Options:
    cursor.expect("BY")
    names = tuple(cursor.bracketed_names())
    return {"partition_by": names, "include": cursor.accept("INCLUDE")}


def _max_file_size(cursor: Cursor, token: Token) -> _Options:
    """MAXFILESIZE [AS] n [MB | GB]: 5 MB to 6.2 GB."""
    cursor.accept("AS")
    number = cursor.take()
    if number.kind is not NUMBER:
        raise syntax_error(number)
    factor = 1024 * 1024
    if cursor.accept("GB"):
        factor *= 1000
    else:
        cursor.accept("MB")
    size = int(float(number.text) * factor)
    if not _SMALLEST <= size <= _LARGEST:
        text = f"MAXFILESIZE {number.text} is out of range: it must be between 5 MB and 6.2 GB."
        raise RedshiftError("22023", text, position=number.start + 1)
    return {"max_file_size": size}


def _parallel(cursor: Cursor, token: Token) -> _Options:
    chosen = cursor.take().upper if cursor.upper in ("ON", "OFF", "TRUE", "FALSE") else "ON"
    return {"parallel": chosen in ("ON", "TRUE")}


def _flag(name: str, value: object = True) -> Callable[[Cursor, Token], _Options]:
    return lambda cursor, token: {name: value}


def _text(name: str) -> Callable[[Cursor, Token], _Options]:
    def read(cursor: Cursor, token: Token) -> _Options:
        cursor.accept("AS")
        return {name: cursor.text()}

    return read


_READERS: dict[str, Callable[[Cursor, Token], _Options]] = {
    "ADDQUOTES": _flag("add_quotes"),
    "ALLOWOVERWRITE": _flag("allow_overwrite"),
    "BZIP2": _flag("compression", "bzip2"),
    "CLEANPATH": _flag("clean_path"),
    "CSV": _flag("format", "csv"),
    "DELIMITER": COPY_READERS["DELIMITER"],
    "ESCAPE": _flag("escape"),
    "EXTENSION": _text("extension"),
    "FIXEDWIDTH": _fixed_width,
    "FORMAT": _format,
    "GZIP": _flag("compression", "gzip"),
    "HEADER": _flag("header"),
    "JSON": _flag("format", "json"),
    "MANIFEST": lambda cursor, token: {"manifest": "verbose" if cursor.accept("VERBOSE") else "plain"},
    "MAXFILESIZE": _max_file_size,
    "NULL": _text("null_as"),
    "PARALLEL": _parallel,
    "PARQUET": _flag("format", "parquet"),
    "PARTITION": _partition,
    "ZSTD": _flag("compression", "zstd"),
}
