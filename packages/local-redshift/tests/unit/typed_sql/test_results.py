"""Computed columns are described with Redshift's types; a table's columns keep PostgreSQL's description."""

from __future__ import annotations

from local_redshift.expression_types import RedshiftType
from local_redshift.expression_types.model import INT4, NUMERIC, TEXT, VARCHAR, numeric, varchar
from local_redshift.typed_sql.results import described
from local_redshift.wire.server_messages import Column, parse_columns, row_description

TEXT_COLUMN = Column(b"a", 0, 0, TEXT, -1, -1, 0)
OF_A_TABLE = Column(b"b", 16_400, 1, VARCHAR, -1, 24, 0)
DECIMAL = Column(b"c", 0, 0, NUMERIC, -1, -1, 1)
INTEGER = Column(b"d", 0, 0, INT4, 4, -1, 0)


def test_text_becomes_varchar_and_decimals_get_precision_and_scale() -> None:
    message = row_description([TEXT_COLUMN, DECIMAL])
    text, decimal = parse_columns(described(message, [varchar(10), numeric(8, 2)]))

    assert text == TEXT_COLUMN._replace(type_oid=VARCHAR, modifier=14)
    assert decimal == DECIMAL._replace(modifier=(8 << 16 | 2) + 4)


def test_columns_of_tables_and_types_without_a_modifier_stay() -> None:
    message = row_description([OF_A_TABLE, INTEGER, DECIMAL])

    assert described(message, [varchar(10), RedshiftType(INT4), RedshiftType(NUMERIC)]) is message


def test_a_type_of_another_kind_is_not_believed() -> None:
    message = row_description([TEXT_COLUMN])

    assert described(message, [numeric(8, 2)]) is message
    assert described(message, [varchar(10), varchar(10)]) is message
