"""COPY … FROM 's3://…' as a value.

Options and defaults: https://docs.aws.amazon.com/redshift/latest/dg/r_COPY.html
Conversions: https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-conversion.html
Credentials: https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-authorization.html
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from local.redshift.errors import RedshiftError
from local.redshift.statements.cursor import Cursor, syntax_error
from local.redshift.statements.keywords import keywords
from local.redshift.statements.lexer import NUMBER, STRING, WORD, Token
from local.redshift.statements.model import CopyStatement
from local.redshift.statements.verbs import not_here

_MAX_ERRORS = 100_000
_JSON_OPTIONS = ("auto", "auto ignorecase")

#: Redshift's, but not this server's.
_FORMATS = keywords("AVRO CSV DELIMITER FIXEDWIDTH ORC PARQUET SHAPEFILE")
_OPTIONS = keywords(
    "BZIP2 ENCODING ENCRYPTED ESCAPE FILLRECORD IGNOREALLERRORS IGNOREBLANKLINES IGNOREHEADER LZOP "
    "MASTER_SYMMETRIC_KEY NULL QUOTE READRATIO REMOVEQUOTES ROUNDEC SIMPLIFY SSH SUBSTITUTE TRIMBLANKS ZSTD"
)

#: Options that are a word alone, options with a text, and switches.
_FLAGS = {
    "MANIFEST": "manifest",
    "GZIP": "gzip",
    "EMPTYASNULL": "empty_as_null",
    "BLANKSASNULL": "blanks_as_null",
    "TRUNCATECOLUMNS": "truncate_columns",
    "NOLOAD": "no_load",
    "EXPLICIT_IDS": "explicit_ids",
}
_TEXTS = {
    "ACCESS_KEY_ID": "access_key_id",
    "SECRET_ACCESS_KEY": "secret_access_key",
    "SESSION_TOKEN": "session_token",
    "REGION": "region",
    "TIMEFORMAT": "time_format",
    "DATEFORMAT": "date_format",
}
_SWITCHES = {"COMPUPDATE": "comp_update", "STATUPDATE": "stat_update"}

_CREDENTIALS = (
    "Invalid credentials. Must be of the format: credentials 'aws_iam_role=...' or "
    "'aws_access_key_id=...;aws_secret_access_key=...[;token=...]'"
)


def parse_copy(tokens: Sequence[Token]) -> CopyStatement:
    """Return what a COPY asks for.

    :param tokens: the whole statement.
    :raises RedshiftError: when it is no COPY from S3, an option is not known or not supported, or the
        credentials are missing or contradict each other.
    """
    return _Parser(Cursor(tokens, 1)).parse()


class _Parser:
    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor
        self._found: dict[str, Any] = {}
        self._handlers: dict[str, Callable[[Token], None]] = {
            "IAM_ROLE": self._iam_role,
            "CREDENTIALS": self._credentials,
            "FORMAT": self._format,
            "JSON": self._json,
            "MAXERROR": self._max_error,
            "ACCEPTINVCHARS": self._accept_inv_chars,
            "WITH": self._with,
        }

    def parse(self) -> CopyStatement:
        copy = self._target()
        while not self._cursor.done:
            self._option(self._cursor.take())
        self._check()
        return replace(copy, **self._found)

    def _target(self) -> CopyStatement:
        cursor = self._cursor
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

    def _option(self, token: Token) -> None:
        word = token.upper if token.kind is WORD else ""
        if word in self._handlers:
            self._handlers[word](token)
        elif word in _FLAGS:
            self._set(_FLAGS[word], True, token)
        elif word in _TEXTS:
            self._cursor.accept("AS")
            self._set(_TEXTS[word], self._cursor.text(), token)
        elif word in _SWITCHES:
            self._switch(_SWITCHES[word], token)
        else:
            raise self._unknown(token)

    def _set(self, name: str, value: object, token: Token) -> None:
        if name in self._found:
            text = "conflicting or redundant options"
            hint = f"{token.text.upper()} sets {name.replace('_', ' ')} a second time: leave one out."
            raise RedshiftError("42601", text, hint=hint, position=token.start + 1)
        self._found[name] = value

    def _with(self, token: Token) -> None:
        """COPY t FROM '…' WITH CREDENTIALS …: the word means nothing."""
        if self._cursor.done:
            raise syntax_error(None)

    def _iam_role(self, token: Token) -> None:
        role = "default" if self._cursor.accept("DEFAULT") else self._cursor.text()
        self._set("iam_role", role, token)

    def _credentials(self, token: Token) -> None:
        self._cursor.accept("AS")
        names = {
            "aws_iam_role": "iam_role",
            "aws_access_key_id": "access_key_id",
            "aws_secret_access_key": "secret_access_key",
            "token": "session_token",
        }
        for part in filter(None, self._cursor.text().split(";")):
            name, _, value = part.strip().partition("=")
            if name not in names or not value:
                raise RedshiftError("XX000", _CREDENTIALS, position=token.start + 1)
            self._set(names[name], value, token)

    def _format(self, token: Token) -> None:
        self._cursor.accept("AS")
        if not self._cursor.accept("JSON"):
            raise self._unknown(self._cursor.take())
        self._json(token)

    def _json(self, token: Token) -> None:
        """JSON ['auto' | 'auto ignorecase' | 's3://…'].

        https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-format.html
        """
        self._set("format", "json", token)
        self._cursor.accept("AS")
        argument = self._cursor.next
        if argument is None or argument.kind is not STRING:
            return
        option = self._cursor.text()
        if option == "noshred":
            raise not_here("JSON 'noshred'", argument, "It needs a SUPER column.")
        if not option.startswith("s3://") and option not in _JSON_OPTIONS:
            raise RedshiftError(
                "XX000",
                f"Invalid JSONPath format: '{option}' is no s3:// address.",
                hint="Give 'auto', 'auto ignorecase' or the s3:// address of a JSONPaths file.",
                position=argument.start + 1,
            )
        self._set("json_option", option, token)

    def _max_error(self, token: Token) -> None:
        """MAXERROR: https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-load.html"""
        self._cursor.accept("AS")
        number = self._cursor.take()
        if number.kind is not NUMBER or not number.text.isdigit():
            raise syntax_error(number, f"MAXERROR takes a whole number from 0 to {_MAX_ERRORS}.")
        if int(number.text) > _MAX_ERRORS:
            raise RedshiftError(
                "22023",
                f"MAXERROR {number.text} is out of range: it must be between 0 and {_MAX_ERRORS}.",
                hint="Correct the data, or load it in parts.",
                position=number.start + 1,
            )
        self._set("max_error", int(number.text), token)

    def _accept_inv_chars(self, token: Token) -> None:
        """ACCEPTINVCHARS [AS] ['character']: an ASCII character, '?' when none is given."""
        self._cursor.accept("AS")
        argument = self._cursor.next
        text = self._cursor.text() if argument is not None and argument.kind is STRING else "?"
        if len(text) != 1 or not text.isascii() or text == "\0":
            raise RedshiftError(
                "22023",
                f"ACCEPTINVCHARS '{text}' must be one ASCII character.",
                hint="Leave it out for '?'.",
                position=token.start + 1,
            )
        self._set("accept_inv_chars", text, token)

    def _switch(self, name: str, token: Token) -> None:
        value = True
        if self._cursor.upper in ("ON", "OFF", "TRUE", "FALSE") or (
            name == "comp_update" and self._cursor.upper == "PRESET"
        ):
            value = self._cursor.take().upper not in ("OFF", "FALSE")
        self._set(name, value, token)

    def _check(self) -> None:
        found = self._found
        role, key, secret = (found.get(name) for name in ("iam_role", "access_key_id", "secret_access_key"))
        if role and (key or secret):
            text = "Credentials are given twice: by IAM_ROLE and by ACCESS_KEY_ID."
            raise RedshiftError("42601", text, hint="Leave one of them out.")
        if not role and not (key and secret):
            raise RedshiftError(
                "XX000",
                "COPY has no credentials.",
                hint="Add IAM_ROLE default, IAM_ROLE 'arn:aws:iam::<account>:role/<name>', or ACCESS_KEY_ID and "
                "SECRET_ACCESS_KEY.",
            )
        if "format" not in found:
            raise RedshiftError(
                "0A000",
                "COPY of delimited text is not supported by this local Redshift.",
                hint="It loads FORMAT AS JSON.",
            )

    def _unknown(self, token: Token) -> RedshiftError:
        if token.kind is WORD and token.upper in _FORMATS | _OPTIONS:
            return not_here(f"COPY with {token.upper}", token, "It loads FORMAT AS JSON, plain or GZIP.")
        return syntax_error(token)
