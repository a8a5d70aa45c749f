"""Parses COPY … FROM 's3://…'.

Options and defaults: https://docs.aws.amazon.com/redshift/latest/dg/r_COPY.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from local_redshift.statements.commands.copy_formats import check_formats_options
from local_redshift.statements.commands.copy_options import FORMATS, READERS
from local_redshift.statements.model import CopyStatement
from local_redshift.statements.tokens.cursor import Cursor
from local_redshift.statements.tokens.errors import not_here, syntax_error
from local_redshift.statements.tokens.keywords import keywords
from local_redshift.statements.tokens.lexer import STRING, WORD, Token
from local_redshift.wire.errors import RedshiftError

#: Redshift's, but not this server's.
_NOT_HERE = keywords("AVRO ENCRYPTED LZOP MASTER_SYMMETRIC_KEY ORC READRATIO SHAPEFILE SIMPLIFY SSH SUBSTITUTE")


def parse_copy(tokens: Sequence[Token]) -> CopyStatement:
    """Return a COPY as a value.

    :param tokens: the whole statement.
    :raises RedshiftError: when it is not a COPY from S3, an option is not known or not supported, or the
        credentials are missing or contradict each other.
    """
    cursor = Cursor(tokens, 1)
    copy = _target(cursor)
    found: dict[str, Any] = {}
    while not cursor.done:
        token = cursor.take()
        _merge(found, _option(cursor, token), token)
    check_credentials(found, "COPY")
    check_formats_options(found)
    return replace(copy, **found)


def _target(cursor: Cursor) -> CopyStatement:
    names = cursor.names()
    columns = tuple(cursor.bracketed_names()) if cursor.peek("(") else None
    cursor.expect("FROM")
    if cursor.next is not None and cursor.next.kind is not STRING:
        raise RedshiftError(
            "0A000",
            f"COPY FROM {cursor.upper} is not supported.",
            hint="Redshift loads from Amazon S3: COPY table FROM 's3://bucket/prefix' IAM_ROLE default ….",
            position=cursor.next.start + 1,
        )
    token = cursor.next
    source = cursor.text()
    if token is not None and (not source.startswith("s3://") or len(source) == len("s3://")):
        raise not_here(f"COPY FROM '{source}'", token, "It loads from s3://bucket/prefix.")
    schema = names[-2] if len(names) > 1 else None
    return CopyStatement(schema=schema, table=names[-1], columns=columns, source=source)


def _option(cursor: Cursor, token: Token) -> dict[str, Any]:
    """Return what one option sets."""
    readers = READERS
    if token.kind is WORD and token.upper == "FORMAT":
        cursor.accept("AS")
        token, readers = cursor.take(), FORMATS
    if token.kind is WORD and token.upper in readers:
        return readers[token.upper](cursor, token)
    if token.kind is WORD and token.upper in _NOT_HERE:
        hint = "It loads delimited text, CSV, FIXEDWIDTH, JSON and PARQUET, plain or in GZIP, BZIP2 or ZSTD."
        raise not_here(f"COPY with {token.upper}", token, hint)
    raise syntax_error(token)


def _merge(found: dict[str, Any], new: dict[str, Any], token: Token) -> None:
    for name in found.keys() & new:
        hint = f"{token.text.upper()} sets {name.replace('_', ' ')} a second time: leave one out."
        raise RedshiftError("42601", "conflicting or redundant options", hint=hint, position=token.start + 1)
    found.update(new)


def check_credentials(found: dict[str, Any], verb: str) -> None:
    """Refuse credentials that are missing or given twice.

    https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-authorization.html

    :param found: what the options set.
    :param verb: the statement, for the message.
    """
    role, key, secret = (found.get(name) for name in ("iam_role", "access_key_id", "secret_access_key"))
    if role and (key or secret):
        text = "Credentials are given twice: by IAM_ROLE and by ACCESS_KEY_ID."
        raise RedshiftError("42601", text, hint="Leave one of them out.")
    if not role and not (key and secret):
        raise RedshiftError(
            "XX000",
            f"{verb} has no credentials.",
            hint="Add IAM_ROLE default, IAM_ROLE 'arn:aws:iam::<account>:role/<name>', or ACCESS_KEY_ID and "
            "SECRET_ACCESS_KEY.",
        )
