"""Describes the columns of a result as Redshift does: VARCHAR(n) and DECIMAL(p, s) for what is computed.

Contract: pure. A column that is one of a table's keeps PostgreSQL's description, which has its declared type.
"""

from __future__ import annotations

from collections.abc import Sequence

from local_redshift.expression_types import RedshiftType
from local_redshift.expression_types.model import NUMERIC, TEXT, UNKNOWN
from local_redshift.wire import server_messages
from local_redshift.wire.server_messages import Column

_WITH_MODIFIER = frozenset((TEXT, UNKNOWN, 1042, 1043, NUMERIC))


def described(message: bytes, columns: Sequence[RedshiftType]) -> bytes:
    """Return a RowDescription with the types of computed columns.

    :param message: of PostgreSQL.
    :param columns: the types that Redshift gives the columns.
    """
    found = server_messages.parse_columns(message)
    if len(found) != len(columns):
        return message
    changed = [_described(column, declared) for column, declared in zip(found, columns, strict=True)]
    return message if changed == found else server_messages.row_description(changed)


def _described(column: Column, declared: RedshiftType) -> Column:
    is_computed = column.table == 0 and column.type_oid in _WITH_MODIFIER
    if not is_computed or declared.modifier < 0 or (column.type_oid == NUMERIC) is not (declared.oid == NUMERIC):
        return column
    return column._replace(type_oid=declared.oid, modifier=declared.modifier)
