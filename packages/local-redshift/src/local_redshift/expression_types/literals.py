"""Literals in a query tree: their types and values, by the bytes that the tree has of them.

Contract: pure. A string literal is a VARCHAR as long as it is; a number with a fraction is a DECIMAL of its digits.
https://docs.aws.amazon.com/redshift/latest/dg/r_Literals.html
"""

from __future__ import annotations

import struct

from local_redshift.expression_types.model import BPCHAR, NAME, NUMERIC, RedshiftType, char, numeric, varchar
from local_redshift.query_tree.nodes import Node

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


def is_constant(node: Node, *oids: int) -> bool:
    """Return whether a node is a literal of one of several types, and not NULL."""
    return node.tag == "CONST" and node.number("consttype") in oids and isinstance(node.fields["constvalue"], bytes)


def integer_of(node: Node) -> int:
    """Return the value of an INTEGER literal, 0 of NULL."""
    value = node.fields["constvalue"]
    return int.from_bytes(value[:4], "little", signed=True) if isinstance(value, bytes) else 0


def text_of(node: Node) -> str:
    """Return the text of a string literal, empty of NULL."""
    value = node.fields["constvalue"]
    return value[_HEADER:].decode("utf-8", "replace") if isinstance(value, bytes) else ""
