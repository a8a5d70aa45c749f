"""COPY's options: each reader reads an option's argument and returns what the option sets. Pure.

Every reader gets a cursor after the option's name, and the name's token; it returns values by their names in
CopyStatement, and raises a RedshiftError when the argument is invalid. A new option is a function here and a line in
``READERS``.

https://docs.aws.amazon.com/redshift/latest/dg/r_COPY-parameters.html
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from local_redshift.statements.commands.copy_formats import one_character, read_delimiter, read_null, read_widths
from local_redshift.statements.tokens.cursor import Cursor
from local_redshift.statements.tokens.errors import not_here, syntax_error
from local_redshift.statements.tokens.lexer import NUMBER, STRING, Token
from local_redshift.wire.errors import RedshiftError

Reader = Callable[[Cursor, Token], dict[str, Any]]

_MAX_ERRORS = 100_000
_JSON_OPTIONS = ("auto", "auto ignorecase")
_CREDENTIALS = (
    "Invalid credentials. Must be of the format: credentials 'aws_iam_role=...' or "
    "'aws_access_key_id=...;aws_secret_access_key=...[;token=...]'"
)
_CREDENTIAL_NAMES = {
    "aws_iam_role": "iam_role",
    "aws_access_key_id": "access_key_id",
    "aws_secret_access_key": "secret_access_key",
    "token": "session_token",
}


def _iam_role(cursor: Cursor, token: Token) -> dict[str, Any]:
    return {"iam_role": "default" if cursor.accept("DEFAULT") else cursor.text()}


def _credentials(cursor: Cursor, token: Token) -> dict[str, Any]:
    """https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-authorization.html"""
    cursor.accept("AS")
    found: dict[str, Any] = {}
    for part in filter(None, cursor.text().split(";")):
        name, _, value = part.strip().partition("=")
        if name not in _CREDENTIAL_NAMES or not value:
            raise RedshiftError("XX000", _CREDENTIALS, position=token.start + 1)
        found[_CREDENTIAL_NAMES[name]] = value
    return found


def _with(cursor: Cursor, token: Token) -> dict[str, Any]:
    """COPY t FROM '…' WITH CREDENTIALS …: WITH means nothing."""
    if cursor.done:
        raise syntax_error(None)
    return {}


def _json(cursor: Cursor, token: Token) -> dict[str, Any]:
    """JSON ['auto' | 'auto ignorecase' | 's3://…']."""
    cursor.accept("AS")
    argument = cursor.next
    if argument is None or argument.kind is not STRING:
        return {"format": "json"}
    option = cursor.text()
    if option == "noshred":
        raise not_here("JSON 'noshred'", argument, "It needs a SUPER column.")
    if not option.startswith("s3://") and option not in _JSON_OPTIONS:
        raise RedshiftError(
            "XX000",
            f"Invalid JSONPath format: '{option}' is not an s3:// address.",
            hint="Use 'auto', 'auto ignorecase' or the s3:// address of a JSONPaths file.",
            position=argument.start + 1,
        )
    return {"format": "json", "json_option": option}


def _fixed_width(cursor: Cursor, token: Token) -> dict[str, Any]:
    cursor.accept("AS")
    return {"format": "fixedwidth", "widths": read_widths(cursor.text(), token)}


def _delimiter(cursor: Cursor, token: Token) -> dict[str, Any]:
    cursor.accept("AS")
    return {"delimiter": read_delimiter(cursor.text(), token)}


def _quote(cursor: Cursor, token: Token) -> dict[str, Any]:
    cursor.accept("AS")
    return {"quote": one_character("QUOTE", cursor.text(), token)}


def _null(cursor: Cursor, token: Token) -> dict[str, Any]:
    r"""NULL [AS] 'null_string'; ``'\N'``, which as a string would be N, is kept as it is."""
    cursor.accept("AS")
    written, text = cursor.next, cursor.text()
    if written is not None and written.text == r"'\N'":
        return {"null_as": r"\N"}
    return {"null_as": read_null(text, token)}


def _ignore_header(cursor: Cursor, token: Token) -> dict[str, Any]:
    return {"ignore_header": _number(cursor, token)}


def _compression_rows(cursor: Cursor, token: Token) -> dict[str, Any]:
    """COMPROWS: how many rows are sampled to choose encodings, which this server does not have."""
    _number(cursor, token)
    return {}


def _encoding(cursor: Cursor, token: Token) -> dict[str, Any]:
    cursor.accept("AS")
    encoding = cursor.take()
    if encoding.upper not in ("UTF8", "'UTF8'"):
        raise not_here(f"COPY with ENCODING {encoding.text}", encoding, "It reads UTF8.")
    return {}


def _serialize(cursor: Cursor, token: Token) -> dict[str, Any]:
    """https://docs.aws.amazon.com/redshift/latest/dg/copy-usage_notes-copy-from-columnar.html"""
    raise not_here("COPY with SERIALIZETOJSON", token, "It needs a SUPER column.")


def _max_error(cursor: Cursor, token: Token) -> dict[str, Any]:
    """https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-load.html"""
    count = _number(cursor, token)
    if count > _MAX_ERRORS:
        raise RedshiftError(
            "22023",
            f"MAXERROR {count} is out of range: it must be between 0 and {_MAX_ERRORS}.",
            hint="Correct the data, or load it in parts.",
            position=token.start + 1,
        )
    return {"max_error": count}


def _accept_inv_chars(cursor: Cursor, token: Token) -> dict[str, Any]:
    """ACCEPTINVCHARS [AS] ['character']: an ASCII character, '?' when none is given."""
    cursor.accept("AS")
    argument = cursor.next
    text = cursor.text() if argument is not None and argument.kind is STRING else "?"
    return {"accept_inv_chars": one_character("ACCEPTINVCHARS", text, token)}


def _number(cursor: Cursor, token: Token) -> int:
    cursor.accept("AS")
    number = cursor.take()
    if number.kind is not NUMBER or not number.text.isdigit():
        raise syntax_error(number, f"{token.upper} takes a whole number.")
    return int(number.text)


def _flag(name: str, value: object = True) -> Reader:
    return lambda cursor, token: {name: value}


def _text(name: str) -> Reader:
    def read(cursor: Cursor, token: Token) -> dict[str, Any]:
        cursor.accept("AS")
        return {name: cursor.text()}

    return read


def _switch(name: str, *others: str) -> Reader:
    def read(cursor: Cursor, token: Token) -> dict[str, Any]:
        value = cursor.take().upper if cursor.upper in ("ON", "OFF", "TRUE", "FALSE", *others) else "ON"
        return {name: value not in ("OFF", "FALSE")}

    return read


FORMATS: dict[str, Reader] = {
    "CSV": _flag("format", "csv"),
    "FIXEDWIDTH": _fixed_width,
    "JSON": _json,
    "PARQUET": _flag("format", "parquet"),
}

READERS: dict[str, Reader] = FORMATS | {
    "ACCEPTANYDATE": _flag("accept_any_date"),
    "ACCEPTINVCHARS": _accept_inv_chars,
    "ACCESS_KEY_ID": _text("access_key_id"),
    "BLANKSASNULL": _flag("blanks_as_null"),
    "BZIP2": _flag("compression", "bzip2"),
    "COMPROWS": _compression_rows,
    "COMPUPDATE": _switch("comp_update", "PRESET"),
    "CREDENTIALS": _credentials,
    "DATEFORMAT": _text("date_format"),
    "DELIMITER": _delimiter,
    "EMPTYASNULL": _flag("empty_as_null"),
    "ENCODING": _encoding,
    "ESCAPE": _flag("escape"),
    "EXPLICIT_IDS": _flag("explicit_ids"),
    "FILLRECORD": _flag("fill_record"),
    "GZIP": _flag("compression", "gzip"),
    "IAM_ROLE": _iam_role,
    "IGNOREALLERRORS": _flag("max_error", sys.maxsize),
    "IGNOREBLANKLINES": _flag("ignore_blank_lines"),
    "IGNOREHEADER": _ignore_header,
    "MANIFEST": _flag("manifest"),
    "MAXERROR": _max_error,
    "NOLOAD": _flag("no_load"),
    "NULL": _null,
    "QUOTE": _quote,
    "REGION": _text("region"),
    "REMOVEQUOTES": _flag("remove_quotes"),
    "ROUNDEC": _flag("round_decimals"),
    "SECRET_ACCESS_KEY": _text("secret_access_key"),
    "SERIALIZETOJSON": _serialize,
    "SESSION_TOKEN": _text("session_token"),
    "STATUPDATE": _switch("stat_update"),
    "TIMEFORMAT": _text("time_format"),
    "TRIMBLANKS": _flag("trim_blanks"),
    "TRUNCATECOLUMNS": _flag("truncate_columns"),
    "WITH": _with,
    "ZSTD": _flag("compression", "zstd"),
}
