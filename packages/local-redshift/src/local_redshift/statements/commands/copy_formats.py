"""The options about the format of COPY's objects: what their texts mean, and which can be combined. Pure.

https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-format.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from local_redshift.statements.tokens.keywords import keywords
from local_redshift.statements.tokens.lexer import Token
from local_redshift.wire.errors import RedshiftError

_ESCAPED = re.compile(r"\\(?:([0-7]{1,3})|([tnr\\]))")
_LETTERS = {"t": "\t", "n": "\n", "r": "\r", "\\": "\\"}

#: Options that each format cannot be combined with, by their names in CopyStatement.
_TEXT_ONLY = ("delimiter", "quote", "escape", "remove_quotes", "fill_record", "ignore_blank_lines", "null_as")
_EXCLUDED = {
    "text": ("quote",),
    "csv": ("escape", "remove_quotes"),
    "fixedwidth": ("delimiter", "quote", "escape", "remove_quotes"),
    "json": _TEXT_ONLY,
}
#: "COPY from columnar data formats" takes these and no other:
#: https://docs.aws.amazon.com/redshift/latest/dg/copy-usage_notes-copy-from-columnar.html
_WITH_PARQUET = keywords(
    "format iam_role access_key_id secret_access_key session_token region manifest explicit_ids stat_update fill_record"
)
_OPTION_NAMES = {"quote": "QUOTE", "null_as": "NULL AS", "time_format": "TIMEFORMAT", "date_format": "DATEFORMAT"}
_OPTION_NAMES |= {"max_error": "MAXERROR", "comp_update": "COMPUPDATE", "accept_inv_chars": "ACCEPTINVCHARS"}
_OPTION_NAMES |= {"round_decimals": "ROUNDEC", "no_load": "NOLOAD"}


def check_formats_options(found: Mapping[str, Any]) -> None:
    """Check that the options can be combined.

    :param found: the options that a statement names, by their names in CopyStatement.
    :raises RedshiftError: when two cannot.
    """
    chosen = found.get("format", "text")
    if chosen == "parquet":
        for name in found.keys() - _WITH_PARQUET:
            raise RedshiftError(
                "0A000", f"{_option_name(name, found)} argument is not supported for PARQUET based COPY"
            )
        return
    for name in _EXCLUDED[chosen]:
        if name in found:
            what = "delimited text" if chosen == "text" else chosen.upper()
            raise RedshiftError(
                "42601", f"{_option_name(name, found)} is not compatible with {what}.", hint="Leave it out."
            )
    if chosen == "csv" and len(found.get("delimiter", ",")) > 1:
        raise RedshiftError(
            "0A000",
            "CSV with a delimiter of several characters is not supported by this local Redshift.",
            hint="It takes one character with CSV, and several without.",
        )


def read_delimiter(text: str, token: Token) -> str:
    r"""Return what DELIMITER's text stands for: itself, ``\t``, or characters in octal as in ``\011``.

    :raises RedshiftError: when it is empty, not ASCII or the end of a line.
    """
    delimiter = _unescaped(text)
    if not delimiter or not delimiter.isascii() or set(delimiter) & {"\n", "\r"}:
        text = f"DELIMITER '{text}' must be ASCII characters, and no end of line."
        raise RedshiftError("22023", text, position=token.start + 1)
    return delimiter


def read_null(text: str, token: Token) -> str:
    r"""Return what NULL AS's text stands for; ``\0`` is the character NUL, ``\N`` is itself.

    :raises RedshiftError: when it holds an end of line.
    """
    null = _unescaped(text)
    if set(null) & {"\n", "\r"}:
        raise RedshiftError("22023", "NULL AS cannot be an end of line.", position=token.start + 1)
    return null


def read_widths(spec: str, token: Token) -> tuple[int, ...]:
    """Return the widths of FIXEDWIDTH's ``'column:width, …'``; the columns' names there mean nothing.

    :raises RedshiftError: when it is malformed.
    """
    widths = []
    for part in spec.split(","):
        _, colon, width = part.rpartition(":")
        if not colon or not width.strip().isdigit() or int(width) == 0:
            raise RedshiftError(
                "22023",
                f"FIXEDWIDTH '{spec}' is malformed at '{part.strip()}'.",
                hint="Write 'column:width, column:width, …'.",
                position=token.start + 1,
            )
        widths.append(int(width))
    return tuple(widths)


def one_character(option: str, text: str, token: Token) -> str:
    """Return an option's text if it is one character.

    :param option: its name.
    :raises RedshiftError: when it is not one ASCII character.
    """
    if len(text) != 1 or not text.isascii() or text == "\0":
        text = f"{option} '{text}' must be one ASCII character."
        raise RedshiftError("22023", text, hint="Leave it out for the default.", position=token.start + 1)
    return text


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 8)) if found[1] else _LETTERS[found[2]], text)


def _option_name(name: str, found: Mapping[str, Any]) -> str:
    return str(found[name]).upper() if name == "compression" else _OPTION_NAMES.get(name, name.replace("_", "").upper())
