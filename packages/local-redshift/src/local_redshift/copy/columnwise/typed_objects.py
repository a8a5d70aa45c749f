"""JSON objects of one shape, read by a decoder that is made for them.

Contract: ``TypedObjects`` returns exactly the rows that ``records`` returns, or raises ``Uncertain``. ``learn`` gets
the types of values; from then on msgspec reads only the keys that are columns, and refuses other types. So the values
need no further check. Pure.

How types and constraints are checked: https://jcristharif.com/msgspec/constraints.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import reduce
from operator import or_
from typing import Annotated, Any

import msgspec

from local_redshift.copy.columnwise.vectors import SPECIAL, Uncertain, Vector, is_plain_text, join_rows, vector
from local_redshift.copy.model import Column
from local_redshift.copy.values.convert import NULL
from local_redshift.copy.values.numbers import float_places, may_underflow
from local_redshift.statements import CopyStatement

_NONE = type(None)
_BITS = {"smallint": 15, "integer": 31, "bigint": 63}
#: Types whose conversion does not depend on how JSON writes the value.
_SCALARS: frozenset[type] = frozenset((str, int, float, bool, _NONE))

#: An end of line within an object; between objects it stands between braces.
_WITHIN = re.compile(rb"\n(?:(?<!\}\n)|(?!\{|\Z))")


class TypedObjects:
    """Rows of JSON objects whose columns are plain keys of the outer object.

    :param keys: the columns' keys, each once.
    :param columns: the columns, in the order of the keys.
    :param copy: the options of the load.
    """

    def __init__(self, keys: Sequence[str], columns: Sequence[Column], copy: CopyStatement) -> None:
        self._keys = keys
        self._columns = columns
        self._copy = copy
        self._floats = float_places(columns)
        self._kinds: list[set[type]] = [set() for _ in columns]
        self._decode: Callable[[bytes], list[Any]] | None = None
        self._fields: list[Vector] = []

    def learn(self, columns: Sequence[Sequence[Any]]) -> None:
        """Learn the types of values.

        :param columns: values, column by column.
        """
        for known, values in zip(self._kinds, columns, strict=True):
            seen = set(map(type, values)) - known
            if seen:
                known |= seen
                self._decode = None

    def rows(self, block: bytes) -> tuple[bytes, int]:
        """Return the rows of lines, of one or more whole objects each, and how many rows there are.

        :param block: the lines.
        :raises Uncertain: when a type was not learnt, or anything is not plain.
        """
        _check_lines(block)
        decode = self._decode or self._prepare()
        try:
            found = decode(block)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            raise Uncertain from None
        if not found:
            raise Uncertain
        columns = list(zip(*map(msgspec.structs.astuple, found), strict=True))
        if may_underflow(block, [columns[place] for place in self._floats]):
            raise Uncertain
        fields = [convert(values) for convert, values in zip(self._fields, columns, strict=True)]
        return join_rows(fields), len(found)

    def _prepare(self) -> Callable[[bytes], list[Any]]:
        if not all(kinds and kinds <= _SCALARS for kinds in self._kinds):
            raise Uncertain
        names = [f"field_{number}" for number in range(len(self._keys))]
        prepared = [
            _prepared(column, kinds, self._copy) for column, kinds in zip(self._columns, self._kinds, strict=True)
        ]
        shape = msgspec.defstruct(
            "Shape",
            [
                (name, kind, None) if _NONE in kinds else (name, kind)
                for name, (kind, _), kinds in zip(names, prepared, self._kinds, strict=True)
            ],
            rename=dict(zip(names, self._keys, strict=True)),
            kw_only=True,
            gc=False,
        )
        self._fields = [fields for _, fields in prepared]
        self._decode = msgspec.json.Decoder(shape).decode_lines
        return self._decode


def typed_objects(keys: Sequence[str] | None, columns: Sequence[Column], copy: CopyStatement) -> TypedObjects | None:
    """Return a reader of objects with these keys, None when msgspec cannot read them.

    The parameters are those of ``TypedObjects``; ``keys`` is None when the columns are not keys of the outer object.
    """
    if not keys or len(set(keys)) < len(keys) or any(set(key) & set('"\\') or not key.isprintable() for key in keys):
        return None
    return TypedObjects(keys, columns, copy)


def _check_lines(block: bytes) -> None:
    """Refuse objects that span lines, blank lines and lines that are not UTF-8."""
    if _WITHIN.search(block):
        raise Uncertain
    if not block.isascii():
        # msgspec does not check values that it does not read.
        try:
            block.decode()
        except UnicodeDecodeError:
            raise Uncertain from None


def _prepared(column: Column, kinds: set[type], copy: CopyStatement) -> tuple[Any, Vector]:
    """Return the type by which a column's values are read, and what makes fields of them."""
    present = kinds - {_NONE}
    kind = column.type_name
    if present == {str} and is_plain_text(column, copy):
        types, convert = _text_type(column), _texts(vector(column, copy), nulls=_NONE in kinds)
    elif present == {int} and kind in _BITS:
        types, convert = _integer_type(_BITS[kind]), _numbers(str, nulls=_NONE in kinds)
    elif present and present <= {int, float} and kind == "double precision":
        types, convert = _integer_type(63) | float, _numbers(repr, nulls=_NONE in kinds)
    else:
        types, convert = _any_of(present), vector(column, copy)
    if _NONE in kinds:
        if not column.nullable:
            raise Uncertain
        types = types | None
    return types, convert


def _text_type(column: Column) -> Any:
    return Annotated[str, msgspec.Meta(max_length=column.max_bytes)] if column.max_bytes is not None else str


def _integer_type(bits: int) -> Any:
    return Annotated[int, msgspec.Meta(ge=-(2**bits), le=2**bits - 1)]


def _any_of(kinds: set[type]) -> Any:
    """Return the union of types; a column of fractions may have integers, which stay integers."""
    types = {float: _integer_type(63) | float, int: _integer_type(63)}
    return reduce(or_, (types.get(kind, kind) for kind in kinds)) if kinds else _NONE


def _texts(otherwise: Vector, *, nulls: bool) -> Vector:
    def fields(values: Sequence[Any]) -> Sequence[str]:
        text = "".join(filter(None, values)) if nulls else "".join(values)
        if not text.isascii() or any(special in text for special in SPECIAL):
            return otherwise(values)
        return [NULL if value is None else value for value in values] if nulls else values

    return fields


def _numbers(write: Callable[[Any], str], *, nulls: bool) -> Vector:
    def fields(values: Sequence[Any]) -> Sequence[str]:
        return [NULL if value is None else write(value) for value in values] if nulls else list(map(write, values))

    return fields
