"""The manifest of an UNLOAD: https://docs.aws.amazon.com/redshift/latest/dg/r_UNLOAD_command_examples.html. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from local_redshift.unload.model import ResultColumn, WrittenFile

_TYPES = {
    16: "boolean",
    21: "smallint",
    23: "integer",
    20: "bigint",
    700: "real",
    701: "double precision",
    1042: "character",
    1043: "character varying",
    1082: "date",
    1114: "timestamp without time zone",
    1184: "timestamp with time zone",
    1700: "numeric",
}


def manifest(files: Sequence[WrittenFile], columns: Sequence[ResultColumn], *, verbose: bool) -> bytes:
    """Return the manifest's text.

    :param files: what was written.
    :param columns: of the files.
    :param verbose: with the rows of each file, and the columns.
    """
    if not verbose:
        entries: list[dict[str, Any]] = [{"url": file.uri, "meta": {"content_length": file.size}} for file in files]
        return orjson.dumps({"entries": entries}, option=orjson.OPT_INDENT_2)
    entries = [{"url": f.uri, "meta": {"content_length": f.size, "record_count": f.rows}} for f in files]
    total = {"content_length": sum(f.size for f in files), "record_count": sum(f.rows for f in files)}
    elements = [{"name": column.name, "type": _type(column)} for column in columns]
    text = {
        "entries": entries,
        "schema": {"elements": elements},
        "meta": total,
        "author": {"name": "Amazon Redshift", "version": "1.0.0"},
    }
    return orjson.dumps(text, option=orjson.OPT_INDENT_2)


def _type(column: ResultColumn) -> dict[str, Any]:
    base = _TYPES.get(column.type_oid, "character varying")
    modifier = column.modifier - 4
    if base == "numeric" and modifier >= 0:
        return {"base": base, "precision": modifier >> 16, "scale": modifier & 0x7FF}
    if base.startswith("character"):
        return {"base": base, "max_length": modifier if modifier >= 0 else 65_535}
    return {"base": base}
