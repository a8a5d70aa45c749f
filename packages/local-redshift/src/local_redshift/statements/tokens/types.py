"""Redshift's data types, as they are written, and as PostgreSQL has them.

https://docs.aws.amazon.com/redshift/latest/dg/c_Supported_data_types.html
"""

from __future__ import annotations

from dataclasses import dataclass

from local_redshift.statements.tokens.cursor import Cursor
from local_redshift.statements.tokens.errors import syntax_error
from local_redshift.statements.tokens.keywords import keywords
from local_redshift.statements.tokens.lexer import NUMBER, WORD, Token
from local_redshift.wire.errors import RedshiftError

MAX_VARCHAR, MAX_CHAR, BARE_VARCHAR = 65_535, 4_096, 256
MAX_PRECISION = 38

#: The names of a type, with the family that decides which encodings it may have.
_FAMILIES = {
    name: family
    for family, names in {
        "smallint": "SMALLINT INT2",
        "integer": "INTEGER INT INT4",
        "bigint": "BIGINT INT8",
        "decimal": "DECIMAL NUMERIC DEC",
        "real": "REAL FLOAT4",
        "double precision": "DOUBLE FLOAT8 FLOAT",
        "boolean": "BOOLEAN BOOL",
        "char": "CHAR CHARACTER NCHAR BPCHAR",
        "varchar": "VARCHAR NVARCHAR TEXT",
        "date": "DATE",
        "timestamp": "TIMESTAMP DATETIME",
        "timestamptz": "TIMESTAMPTZ",
        "time": "TIME TIMETZ",
        "interval": "INTERVAL",
    }.items()
    for name in names.split()
}

#: Redshift's types that this server does not have.
_NOT_HERE = keywords("SUPER HLLSKETCH VARBYTE VARBINARY BINARY GEOMETRY GEOGRAPHY INTERVALY2M INTERVALD2S")

#: https://docs.aws.amazon.com/redshift/latest/dg/c_Compression_encodings.html
_ENCODINGS = {
    "az64": "smallint integer bigint decimal date timestamp timestamptz time interval",
    "bytedict": "smallint integer bigint decimal real double precision char varchar date timestamp timestamptz",
    "delta": "smallint integer bigint date timestamp decimal",
    "delta32k": "integer bigint date timestamp decimal",
    "lzo": "smallint integer bigint decimal char varchar date timestamp timestamptz",
    "mostly8": "smallint integer bigint decimal",
    "mostly16": "integer bigint decimal",
    "mostly32": "bigint decimal",
    "text255": "varchar",
    "text32k": "varchar",
}
_ANY_TYPE = frozenset(("raw", "zstd", "runlength"))


@dataclass(frozen=True)
class DataType:
    """A type as written.

    :param family: its kind, whatever name was used.
    :param sql: PostgreSQL's text for it; None when the text can stay as it is.
    :param length: of CHAR and VARCHAR, in bytes; None for other types.
    """

    family: str
    sql: str | None = None
    length: int | None = None


def read_type(cursor: Cursor, subject: str) -> DataType:
    """Read the type that comes next.

    :param cursor: goes past it.
    :param subject: the column or expression, for messages.
    :raises RedshiftError: when Redshift or this server does not have it, or its length is out of range.
    """
    token = cursor.take()
    family = _FAMILIES.get(token.upper) if token.kind is WORD else None
    if family is None or cursor.peek("[") or cursor.peek("ARRAY"):
        raise _unsupported(token, subject, is_array=family is not None)
    if token.upper == "DATETIME":
        return DataType(family, "timestamp")
    if family == "char" and (cursor.accept("VARYING") or cursor.accept("CHARACTER", "VARYING")):
        family = "varchar"
    if family in ("char", "varchar"):
        return _character_type(cursor, token, family)
    if family == "decimal":
        return _decimal(cursor)
    if token.upper == "DOUBLE":
        cursor.expect("PRECISION")
    elif cursor.peek("("):
        cursor.bracketed()
    return DataType(_with_zone(cursor, family))


def check_encoding(encoding: Token, data_type: DataType | None, column: str) -> None:
    """Refuse an encoding that a type cannot have.

    :param encoding: the word after ENCODE.
    :param data_type: the column's type, None when it is not known.
    :param column: its name.
    :raises RedshiftError: when there is no such encoding, or not for this type.
    """
    name = encoding.text.lower()
    allowed = _ENCODINGS.get(name, "")
    fits = data_type is None or name in _ANY_TYPE or f" {data_type.family} " in f" {allowed} "
    if (name in _ANY_TYPE or allowed) and fits:
        return
    problem = "invalid encoding type specified" if data_type is None or not allowed else "invalid encoding type"
    raise RedshiftError(
        "42P16",
        f'{problem} for column "{column}"',
        hint="Encodings by type: https://docs.aws.amazon.com/redshift/latest/dg/c_Compression_encodings.html",
        position=encoding.start + 1,
    )


def _unsupported(token: Token, subject: str, *, is_array: bool) -> RedshiftError:
    if token.kind is not WORD:
        return syntax_error(token)
    name = token.text.lower() + ("[]" if is_array else "")
    if token.upper in _NOT_HERE:
        hint = "This local Redshift does not have the type; Redshift itself does."
    else:
        hint = "Redshift's types: https://docs.aws.amazon.com/redshift/latest/dg/c_Supported_data_types.html"
    text = f'{subject} has unsupported type "{name}".'
    return RedshiftError("0A000", text, hint=hint, position=token.start + 1)


def _character_type(cursor: Cursor, token: Token, family: str) -> DataType:
    """VARCHAR(n) and CHAR(n) count bytes; TEXT and bare VARCHAR are VARCHAR(256), BPCHAR is CHAR(256).

    https://docs.aws.amazon.com/redshift/latest/dg/r_Character_types.html
    """
    most = MAX_VARCHAR if family == "varchar" else MAX_CHAR
    bare = BARE_VARCHAR if family == "varchar" or token.upper == "BPCHAR" else 1
    if token.upper == "TEXT" and cursor.peek("("):
        cursor.bracketed()
        return DataType(family, f"varchar({BARE_VARCHAR})", BARE_VARCHAR)
    if not cursor.peek("("):
        return DataType(family, None if bare == 1 else f"{family}({bare})", bare)
    length = _length(cursor, most, family)
    is_plain = token.upper in ("VARCHAR", "CHAR", "CHARACTER") and cursor.tokens[cursor.at - 2].kind is NUMBER
    return DataType(family, None if is_plain else f"{family}({length})", length)


def _length(cursor: Cursor, most: int, family: str) -> int:
    items = cursor.bracketed()
    token = items[0][0] if len(items) == 1 and len(items[0]) == 1 else cursor.tokens[cursor.at - 1]
    if token.upper == "MAX":
        return most
    if token.kind is not NUMBER or not token.text.isdigit():
        raise syntax_error(token)
    length = int(token.text)
    if not 1 <= length <= most:
        problem = f"cannot exceed {most}" if length > most else "must be at least 1"
        raise RedshiftError(
            "22023",
            f"length for type {'character varying' if family == 'varchar' else 'character'} {problem}",
            hint=f"Lengths are in bytes: https://docs.aws.amazon.com/redshift/latest/dg/r_Character_types.html; "
            f"give 1 to {most}.",
            position=token.start + 1,
        )
    return length


def _decimal(cursor: Cursor) -> DataType:
    """DECIMAL without a precision is DECIMAL(18,0), which has no fraction.

    https://docs.aws.amazon.com/redshift/latest/dg/r_Numeric_types201.html
    """
    if not cursor.peek("("):
        return DataType("decimal", "decimal(18,0)")
    numbers = cursor.bracketed()
    precision = numbers[0][0] if numbers else cursor.tokens[cursor.at - 1]
    if precision.text.isdigit() and not 1 <= int(precision.text) <= MAX_PRECISION:
        raise RedshiftError(
            "22023",
            f"DECIMAL precision {precision.text} must be between 1 and {MAX_PRECISION}",
            hint=f"Use a precision of {MAX_PRECISION} at most.",
            position=precision.start + 1,
        )
    _check_scale(numbers, precision)
    return DataType("decimal")


def _check_scale(numbers: list[list[Token]], precision: Token) -> None:
    scale = numbers[1][0] if len(numbers) > 1 else None
    if scale is None or not scale.text.isdigit() or not precision.text.isdigit():
        return
    most = min(int(precision.text), MAX_PRECISION - 1)
    if int(scale.text) > most:
        raise RedshiftError(
            "22023",
            f"DECIMAL scale {scale.text} must be between 0 and {most}",
            hint="The scale is at most the precision, and never more than 37.",
            position=scale.start + 1,
        )


def _with_zone(cursor: Cursor, family: str) -> str:
    if family not in ("timestamp", "time"):
        return family
    if cursor.accept("WITH", "TIME", "ZONE"):
        return "timestamptz" if family == "timestamp" else family
    cursor.accept("WITHOUT", "TIME", "ZONE")
    return family
