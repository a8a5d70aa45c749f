"""Redshift's CREATE TABLE as PostgreSQL's: storage attributes out, informational keys out, byte lengths in.

What is taken out is handed on in a comment, ``/*redshift {json}*/``, which the catalog's event trigger reads: it
remembers the attributes and makes the indexes that stand in for zone maps.

- keys inform the planner and are not enforced, but PRIMARY KEY columns are NOT NULL:
  https://docs.aws.amazon.com/redshift/latest/dg/t_Defining_constraints.html
- VARCHAR(n) and CHAR(n) count bytes; TEXT and bare VARCHAR are VARCHAR(256), bare CHAR is CHAR(1):
  https://docs.aws.amazon.com/redshift/latest/dg/r_Character_types.html
- table attributes: https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_TABLE_NEW.html
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from local.redshift.errors import RedshiftError
from local.redshift.statements.edits import Edits, arguments, closing, words
from local.redshift.statements.lexer import NUMBER, QUOTED, WORD, Token

MAX_VARCHAR, MAX_CHAR, BARE_VARCHAR = 65_535, 4_096, 256

#: Checks of byte lengths are named by this, the length and the column, so that their violation can be told.
BYTES_CHECK = "redshift_bytes"

_VARCHARS = frozenset(("VARCHAR", "NVARCHAR", "TEXT", "BPCHAR"))
_CHARS = frozenset(("CHAR", "CHARACTER", "NCHAR"))
_TABLE_CONSTRAINTS = frozenset(("PRIMARY", "UNIQUE", "FOREIGN", "CONSTRAINT"))


@dataclass
class Attributes:
    """What a table was declared with beyond its columns' types."""

    dist_style: str | None = None
    dist_key: str | None = None
    sort_style: str | None = None
    sort_key: list[str] = field(default_factory=list)
    encodings: dict[str, str] = field(default_factory=dict)
    primary_key: list[str] = field(default_factory=list)

    def comment(self, table: str) -> str:
        """Return the comment for the event trigger, empty when there is nothing to hand on."""
        known = {name: value for name, value in vars(self).items() if value}
        # '*/' cannot end the comment early: JSON allows '/' to be escaped
        text = json.dumps({"table": table, **known}).replace("*/", "*\\/")
        return f" /*redshift {text}*/" if known else ""


def rewrite_create_table(tokens: Sequence[Token], name_at: int, edits: Edits) -> None:
    """Note the changes that make a CREATE TABLE, or CREATE TABLE AS, PostgreSQL's.

    :param tokens: the statement.
    :param name_at: index of the table name's first token.
    :param edits: takes the changes.
    :raises RedshiftError: when a length is out of Redshift's range.
    """
    at = name_at
    while words(tokens, at + 1, "."):
        at += 2
    table, at = tokens[at].name, at + 1
    attributes = Attributes()
    if words(tokens, at, "(") and not _is_column_name_list(tokens, at):
        _rewrite_items(tokens, at, edits, attributes)
        at = closing(tokens, at) + 1
    elif words(tokens, at, "("):
        at = closing(tokens, at) + 1
    end = _remove_table_attributes(tokens, at, edits, attributes)
    edits.insert(tokens[end].start if end < len(tokens) else tokens[-1].end, attributes.comment(table) + " ")


def _is_column_name_list(tokens: Sequence[Token], opening: int) -> bool:
    """CREATE TABLE t (a, b) AS …"""
    return all(len(item) == 1 for item in arguments(tokens, opening))


def _rewrite_items(tokens: Sequence[Token], opening: int, edits: Edits, attributes: Attributes) -> None:
    items = arguments(tokens, opening)
    kept = [item for item in items if item[0].upper not in _TABLE_CONSTRAINTS]
    for item in items:
        if item not in kept:
            attributes.primary_key += _primary_key(item)
    for index, item in enumerate(items):
        if item in kept:
            continue
        if index:  # with the comma before it
            edits.replace(items[index - 1][-1].end, item[-1].end, "")
        else:  # with the comma after it
            edits.replace(item[0].start, items[1][0].start if len(items) > 1 else item[-1].end, "")
    for item in kept:
        if item[0].upper == "LIKE":
            _rewrite_like(item, edits)
        else:
            _rewrite_column(item, edits, attributes)


def _primary_key(item: Sequence[Token]) -> list[str]:
    for index in range(len(item)):
        if words(item, index, "PRIMARY", "KEY", "("):
            return [column[0].name for column in arguments(item, index + 2)]
    return []


def _rewrite_like(item: Sequence[Token], edits: Edits) -> None:
    """LIKE keeps the byte lengths, which are checks; defaults only if asked for."""
    edits.insert(item[-1].end, " INCLUDING CONSTRAINTS")


def _rewrite_column(item: Sequence[Token], edits: Edits, attributes: Attributes) -> None:
    column = item[0].name
    at = _rewrite_type(item, edits)
    not_null = column in attributes.primary_key
    while at < len(item):
        word = item[at].upper
        length = _attribute_length(item, at)
        if word == "ENCODE":
            attributes.encodings[column] = item[at + 1].text.lower()
        elif word == "DISTKEY":
            attributes.dist_key = column
        elif word == "SORTKEY":
            attributes.sort_key.append(column)
        elif word == "PRIMARY":
            attributes.primary_key.append(column)
            not_null = True
        elif word == "IDENTITY":
            _rewrite_identity(item, at, edits)
        if word in ("ENCODE", "DISTKEY", "SORTKEY", "PRIMARY", "UNIQUE", "REFERENCES", "COLLATE"):
            edits.remove(item[at : at + length])
        at += length
    if not_null:
        edits.insert(item[-1].end, " NOT NULL")


def _attribute_length(item: Sequence[Token], at: int) -> int:
    word = item[at].upper
    if word in ("ENCODE", "PRIMARY", "COLLATE"):
        return 2
    if word == "REFERENCES":
        end = at + 2
        while words(item, end, "."):
            end += 2
        return (closing(item, end) + 1 if words(item, end, "(") else end) - at
    if word == "IDENTITY" and words(item, at + 1, "("):
        return closing(item, at + 1) + 1 - at
    return 1


def _rewrite_identity(item: Sequence[Token], at: int, edits: Edits) -> None:
    """IDENTITY(seed, step) → PostgreSQL's identity column.

    https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_TABLE_NEW.html: values are unique, with gaps.
    """
    by_default = at >= 2 and words(item, at - 3, "BY", "DEFAULT", "AS")
    numbers = [argument[-1].text for argument in arguments(item, at + 1)] if words(item, at + 1, "(") else []
    seed, step = numbers if len(numbers) == 2 else ("1", "1")
    options = f"IDENTITY (START WITH {seed} INCREMENT BY {step} CACHE 16)"
    end = item[at + _attribute_length(item, at) - 1].end
    edits.replace(item[at].start, end, options if by_default else f"GENERATED ALWAYS AS {options}")


def _rewrite_type(item: Sequence[Token], edits: Edits) -> int:
    """Rewrite a column's type and return the index after it."""
    if len(item) < 2:
        return len(item)
    word, after = item[1].upper, 2
    varying = words(item, 2, "VARYING")
    after += varying
    if words(item, 1, "DOUBLE", "PRECISION"):
        after = 3
    bounded = words(item, after, "(")
    end = closing(item, after) + 1 if bounded else after
    if word in _VARCHARS or (word in _CHARS and varying):
        _character_type(item, end, "VARCHAR", _length(item, after, BARE_VARCHAR, MAX_VARCHAR), edits)
    elif word in _CHARS:
        _character_type(item, end, "CHAR", _length(item, after, 1, MAX_CHAR), edits)
    return end


def _length(item: Sequence[Token], opening: int, default: int, most: int) -> int:
    if not words(item, opening, "("):
        return default
    token = item[opening + 1]
    length = most if token.upper == "MAX" else int(token.text) if token.kind is NUMBER else 0
    if not 1 <= length <= most:
        raise RedshiftError(
            "22023",
            f"length for type must be between 1 and {most}, not {token.text}",
            hint=f"The column {item[0].text} can hold at most {most} bytes.",
            position=token.start + 1,
        )
    return length


def _character_type(item: Sequence[Token], end: int, base: str, length: int, edits: Edits) -> None:
    column = item[0].text if item[0].kind is QUOTED else f'"{item[0].name}"'
    check = f"{BYTES_CHECK}_{length}_{item[0].name}"[:60].replace('"', "")
    edits.replace(
        item[1].start,
        item[end - 1].end,
        f'{base}({length}) CONSTRAINT "{check}" CHECK (octet_length({column}) <= {length} '
        f"OR octet_length(rtrim({column})) <= {length})",
    )


def _remove_table_attributes(tokens: Sequence[Token], at: int, edits: Edits, attributes: Attributes) -> int:
    """Take out what follows the columns, and return the index of what is left: AS, or the end."""
    while at < len(tokens):
        length = _table_attribute(tokens, at, attributes)
        if not length:
            return at
        edits.remove(tokens[at : at + length])
        at += length
    return at


def _table_attribute(tokens: Sequence[Token], at: int, attributes: Attributes) -> int:
    """Note the table attribute at a place and return its number of tokens, 0 when there is none."""
    word = tokens[at].upper
    if word == "DISTSTYLE":
        attributes.dist_style = tokens[at + 1].upper if at + 1 < len(tokens) else None
        return 2
    if word in ("BACKUP", "ENCODE"):
        return 2
    if word in ("COMPOUND", "INTERLEAVED"):
        attributes.sort_style = word
        return 1
    if word == "DISTKEY" and words(tokens, at + 1, "("):
        attributes.dist_key = arguments(tokens, at + 1)[0][0].name
        return closing(tokens, at + 1) + 1 - at
    if word == "SORTKEY" and words(tokens, at + 1, "("):
        attributes.sort_key = [column[0].name for column in arguments(tokens, at + 1)]
        return closing(tokens, at + 1) + 1 - at
    if word == "SORTKEY" and words(tokens, at + 1, "AUTO"):
        return 2
    return 0


def table_name_at(tokens: Sequence[Token]) -> int | None:
    """Return the index of the name in a CREATE TABLE, None when the statement is none."""
    at = 1
    while at < len(tokens) and tokens[at].upper in ("LOCAL", "TEMP", "TEMPORARY"):
        at += 1
    if not words(tokens, at, "TABLE"):
        return None
    at += 4 if words(tokens, at + 1, "IF", "NOT", "EXISTS") else 1
    return at if at < len(tokens) and tokens[at].kind in (WORD, QUOTED) else None
