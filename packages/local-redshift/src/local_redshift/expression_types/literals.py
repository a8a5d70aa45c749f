"""The types of literals, by the bytes of their values in a query tree.

Contract: pure. A string literal is a VARCHAR as long as it is; a number with a fraction is a DECIMAL of its digits.
https://docs.aws.amazon.com/redshift/latest/dg/r_Literals.html
"""

from __future__ import annotations

import struct

from local_redshift.expression_types.model import BPCHAR, NAME, NUMERIC, RedshiftType, char, numeric, varchar

#: Bytes before a value of variable length: https://www.postgresql.org/docs/current/storage-toast.html
_HEADER = 4

#: Decimal digits in one of NUMERIC's digits, and how its header packs scale and weight:
#: https://github.com/postgres/postgres/blob/REL_18_STABLE/src/backend/utils/adt/numeric.c
_GROUP = 4
_SPECIAL, _SHORT, _LONG_SCALE = 0xC000, 0x8000, 0x3FFF


def string_type(oid: int, value: bytes) -> RedshiftType:
    """Return the type of a string literal.

    :param oid: the type that PostgreSQL gave it.
    :param value: its bytes in the tree.
    """
    if oid == NAME:
        return RedshiftType(NAME)
    length = len(value) - _HEADER
    return char(length) if oid == BPCHAR else varchar(length)


def number_type(value: bytes) -> RedshiftType:
    """Return the DECIMAL of a number that is written with a fraction, or too large for an integer.

    :param value: its bytes in the tree.
    """
    (header,) = struct.unpack_from("<H", value, _HEADER)
    if header & _SPECIAL == _SPECIAL:  # NaN or infinity
        return RedshiftType(NUMERIC)
    if header & _SHORT:
        scale, start = (header >> 7) & 0x3F, _HEADER + 2
        weight = (header & 0x3F) - (header & 0x40)
    else:
        scale, start = header & _LONG_SCALE, _HEADER + 4
        (weight,) = struct.unpack_from("<h", value, _HEADER + 2)
    first = struct.unpack_from("<h", value, start)[0] if len(value) > start else 0
    whole = weight * _GROUP + len(str(first)) if first and weight >= 0 else 0
    return numeric(whole + scale, scale)
