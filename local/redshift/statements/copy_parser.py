"""COPY … FROM 's3://…' as a value.

Options and defaults: https://docs.aws.amazon.com/redshift/latest/dg/r_COPY.html
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from local.redshift.errors import RedshiftError
from local.redshift.statements.edits import arguments, closing, words
from local.redshift.statements.lexer import NUMBER, STRING, Token
from local.redshift.statements.model import CopyStatement

_MAX_ERRORS = 100_000
_REFUSED_FORMATS = ("CSV", "AVRO", "PARQUET", "ORC", "SHAPEFILE", "DELIMITER", "FIXEDWIDTH")
_REFUSED_OPTIONS = frozenset(
    (
        *("BZIP2", "LZOP", "ZSTD", "ENCRYPTED", "MASTER_SYMMETRIC_KEY", "SSH", "READRATIO", "IGNOREHEADER", "QUOTE"),
        *("ESCAPE", "FILLRECORD", "IGNOREBLANKLINES", "NULL", "REMOVEQUOTES", "ROUNDEC", "TRIMBLANKS", "ENCODING"),
    )
)


def parse_copy(tokens: Sequence[Token]) -> CopyStatement:
    """Return what a COPY asks for.

    :param tokens: the whole statement.
    :raises RedshiftError: when it is no COPY from S3, an option is not known or not supported, or the
        credentials are missing or contradict each other.
    """
    return _Parser(tokens).parse()


class _Parser:
    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._at = 1
        self._found: dict[str, Any] = {}
        self._handlers: dict[str, Callable[[], None]] = {
            "IAM_ROLE": self._iam_role,
            "CREDENTIALS": self._credentials,
            "ACCESS_KEY_ID": lambda: self._text_into("access_key_id"),
            "SECRET_ACCESS_KEY": lambda: self._text_into("secret_access_key"),
            "SESSION_TOKEN": lambda: self._text_into("session_token"),
            "REGION": lambda: self._text_into("region"),
            "TIMEFORMAT": lambda: self._text_into("time_format"),
            "DATEFORMAT": lambda: self._text_into("date_format"),
            "FORMAT": self._format,
            "JSON": self._json,
            "MAXERROR": self._max_error,
            "ACCEPTINVCHARS": self._accept_inv_chars,
            "COMPUPDATE": lambda: self._switch("comp_update"),
            "STATUPDATE": lambda: self._switch("stat_update"),
            "MANIFEST": lambda: self._flag("manifest"),
            "GZIP": lambda: self._flag("gzip"),
            "EMPTYASNULL": lambda: self._flag("empty_as_null"),
            "BLANKSASNULL": lambda: self._flag("blanks_as_null"),
            "TRUNCATECOLUMNS": lambda: self._flag("truncate_columns"),
            "NOLOAD": lambda: self._flag("no_load"),
            "EXPLICIT_IDS": lambda: self._flag("explicit_ids"),
            "WITH": lambda: None,
        }

    def parse(self) -> CopyStatement:
        copy = self._target()
        while self._at < len(self._tokens):
            token = self._take()
            handler = self._handlers.get(token.upper)
            if handler is None:
                raise self._unknown(token)
            handler()
        self._check()
        return replace(copy, **self._found)

    def _target(self) -> CopyStatement:
        names = [self._take().name]
        while self._peek("."):
            self._at += 1
            names.append(self._take().name)
        columns = None
        if self._peek("("):
            columns = tuple(item[0].name for item in arguments(self._tokens, self._at))
            self._at = closing(self._tokens, self._at) + 1
        self._expect("FROM")
        if self._peek("STDIN"):
            raise RedshiftError(
                "0A000",
                "COPY FROM STDIN is not supported.",
                hint="Redshift loads from Amazon S3: COPY table FROM 's3://bucket/prefix' IAM_ROLE default …",
            )
        source = self._text()
        if not source.startswith("s3://") or len(source) <= len("s3://"):
            raise RedshiftError(
                "0A000",
                f"COPY from '{source}' is not supported.",
                hint="This server loads from s3://bucket/prefix only.",
            )
        schema = names[-2] if len(names) > 1 else None
        return CopyStatement(schema=schema, table=names[-1], columns=columns, source=source)

    def _iam_role(self) -> None:
        role = self._take()
        self._found["iam_role"] = role.value if role.kind is STRING else role.name

    def _credentials(self) -> None:
        self._skip("AS")
        for part in self._text().split(";"):
            name, _, value = part.strip().partition("=")
            if name == "aws_iam_role":
                self._found["iam_role"] = value
            elif name in ("aws_access_key_id", "aws_secret_access_key"):
                self._found[name.removeprefix("aws_")] = value
            elif name == "token":
                self._found["session_token"] = value
            else:
                raise RedshiftError(
                    "XX000",
                    "Invalid credentials. Must be of the format: credentials 'aws_iam_role=...' or "
                    "'aws_access_key_id=...;aws_secret_access_key=...[;token=...]'",
                )

    def _format(self) -> None:
        self._skip("AS")
        if not self._peek("JSON"):
            raise self._unknown(self._take())
        self._at += 1
        self._json()

    def _json(self) -> None:
        self._skip("AS")
        self._found["format"] = "json"
        if self._at < len(self._tokens) and self._tokens[self._at].kind is STRING:
            option = self._text()
            if not option.startswith("s3://") and option not in ("auto", "auto ignorecase", "noshred"):
                raise RedshiftError(
                    "XX000",
                    f"Invalid JSONPath format: '{option}' is not supported.",
                    hint="Give 'auto', 'auto ignorecase' or the s3:// address of a JSONPaths file.",
                )
            self._found["json_option"] = option

    def _max_error(self) -> None:
        self._skip("AS")
        token = self._take()
        if token.kind is not NUMBER or int(float(token.text)) > _MAX_ERRORS:
            raise RedshiftError(
                "42601",
                f"MAXERROR {token.text} is out of range.",
                hint=f"Give a whole number from 0 to {_MAX_ERRORS}.",
                position=token.start + 1,
            )
        self._found["max_error"] = int(token.text)

    def _accept_inv_chars(self) -> None:
        self._skip("AS")
        following = self._tokens[self._at : self._at + 1]
        self._found["accept_inv_chars"] = self._text() if following and following[0].kind is STRING else "?"

    def _switch(self, name: str) -> None:
        self._found[name] = True
        if self._at < len(self._tokens) and self._tokens[self._at].upper in (
            "ON",
            "OFF",
            "TRUE",
            "FALSE",
            "PRESET",
        ):
            self._found[name] = self._take().upper not in ("OFF", "FALSE")

    def _flag(self, name: str) -> None:
        self._found[name] = True

    def _text_into(self, name: str) -> None:
        self._skip("AS")
        self._found[name] = self._text()

    def _check(self) -> None:
        role, key = self._found.get("iam_role"), self._found.get("access_key_id")
        if role and key:
            raise RedshiftError("XX000", "Credentials conflict: give IAM_ROLE or ACCESS_KEY_ID, not both.")
        if not role and not (key and self._found.get("secret_access_key")):
            raise RedshiftError(
                "XX000",
                "CREDENTIALS argument is not provided.",
                hint="Add IAM_ROLE default, IAM_ROLE 'arn:aws:iam::<account>:role/<name>', or ACCESS_KEY_ID and "
                "SECRET_ACCESS_KEY.",
            )
        if "format" not in self._found:
            raise RedshiftError(
                "0A000",
                "COPY of delimited text is not supported by this server.",
                hint="It loads FORMAT JSON.",
            )

    def _unknown(self, token: Token) -> RedshiftError:
        if token.upper in _REFUSED_FORMATS or token.upper in _REFUSED_OPTIONS:
            return RedshiftError(
                "0A000",
                f"COPY option {token.upper} is not supported by this server.",
                hint="It loads FORMAT JSON, plain or GZIP.",
                position=token.start + 1,
            )
        return RedshiftError("42601", f'syntax error at or near "{token.text}"', position=token.start + 1)

    def _peek(self, word: str) -> bool:
        return words(self._tokens, self._at, word)

    def _skip(self, word: str) -> None:
        self._at += self._peek(word)

    def _take(self) -> Token:
        if self._at >= len(self._tokens):
            raise RedshiftError("42601", "syntax error at end of input")
        self._at += 1
        return self._tokens[self._at - 1]

    def _expect(self, word: str) -> None:
        token = self._take()
        if token.upper != word:
            raise RedshiftError("42601", f'syntax error at or near "{token.text}"', position=token.start + 1)

    def _text(self) -> str:
        token = self._take()
        if token.kind is not STRING:
            raise RedshiftError("42601", f'syntax error at or near "{token.text}"', position=token.start + 1)
        return token.value
