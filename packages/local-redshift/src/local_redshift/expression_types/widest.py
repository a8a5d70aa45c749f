"""Which type holds the values of others: of the results of a CASE, of the arms of a UNION, of a column. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from local_redshift.expression_types import decimals
from local_redshift.expression_types.functions import default_type, text_length
from local_redshift.expression_types.model import BPCHAR, FLOAT8, FLOATS, NAME, NUMERIC, RedshiftType, char, varchar

#: What CREATE TABLE AS makes of NULL.
OF_NULL = varchar(1)


def known(oid: int, modifier: int) -> RedshiftType:
    """Return a type of PostgreSQL's; a string without a length is as long as one can be.

    :param oid: its number.
    :param modifier: its length, or precision and scale; -1 without one.
    """
    return default_type(oid) if modifier < 0 else RedshiftType(oid, modifier)


def declared(found: RedshiftType) -> RedshiftType:
    """Return the type of a column that holds such values: of NULL without a type, VARCHAR(1).

    :param found: the type of an expression.
    """
    if not found.is_null:
        return found
    return OF_NULL if found.is_string else RedshiftType(found.oid)


def widest(types: Sequence[RedshiftType], kind: RedshiftType) -> RedshiftType:
    """Return the widest of several types, which are of one kind.

    :param types: of expressions, one at least.
    :param kind: the type that PostgreSQL gives them in common.
    """
    given = [each for each in types if not each.is_null]
    if not given:
        return RedshiftType(kind.oid, is_null=True)
    if kind.is_string and kind.oid != NAME:
        length = max(text_length(each) for each in given)
        return char(length) if all(each.oid == BPCHAR for each in given) else varchar(length)
    if any(each.oid in FLOATS for each in given) and kind.oid == NUMERIC:
        return RedshiftType(FLOAT8)
    return decimals.common(given) if kind.oid == NUMERIC else kind
