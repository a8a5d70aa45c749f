"""The columns, files and errors of a COPY. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Column:
    """A column that a load fills.

    :param type_name: PostgreSQL's name of the type, without modifier.
    :param max_bytes: length of a character type, None when unbounded.
    :param precision: digits of a numeric type with a modifier.
    :param scale: digits of these after the point.
    :param default: whether the column has a default.
    :param date_order: the order of the session's DateStyle: MDY, DMY or YMD.
    """

    name: str
    type_name: str
    max_bytes: int | None = None
    precision: int | None = None
    scale: int | None = None
    nullable: bool = True
    default: bool = False
    date_order: str = "MDY"


@dataclass
class LoadedFile:
    """How much was read of an object."""

    uri: str
    byte_count: int
    lines: int = 0


@dataclass(frozen=True)
class LoadError:
    """A row that could not be loaded, as STL_LOAD_ERRORS shows it.

    https://docs.aws.amazon.com/redshift/latest/dg/r_STL_LOAD_ERRORS.html

    :param position: place of the value in the line, 0 when it is the line as a whole.
    :param error_code: one of https://docs.aws.amazon.com/redshift/latest/dg/r_Load_Error_Reference.html
    """

    file: str
    line_number: int
    column_name: str
    column_type: str
    column_length: str
    position: int
    raw_line: str
    raw_field_value: str
    error_code: int
    error_reason: str


class RowError(Exception):
    """A value, or a line, that cannot become a row.

    :param code: Redshift's error code.
    :param reason: Redshift's words.
    :param column: the column, None when it is the line as a whole.
    :param value: the text of the value.
    """

    def __init__(self, code: int, reason: str, column: Column | None = None, value: str = "") -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.column = column
        self.value = value


#: What was read, and the columns' values in it or why it has none.
Record = tuple[bytes, "list[Any] | RowError"]
