"""The names of UNLOAD's files: https://docs.aws.amazon.com/redshift/latest/dg/r_UNLOAD.html. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from local_redshift.statements.model import UnloadStatement

_COMPRESSIONS = {"gzip": "gz", "bzip2": "bz2", "zstd": "zst"}
_NO_VALUE = "__HIVE_DEFAULT_PARTITION__"


def file_name(statement: UnloadStatement, slice_number: int, part: int) -> str:
    """Return the end of a file's key: ``0000_part_00``, or ``000`` with PARALLEL OFF.

    :param statement: format, compression and options.
    :param slice_number: which of the slices writes it.
    :param part: which of the slice's files.
    """
    name = f"{slice_number:04d}_part_{part:02d}" if statement.parallel else f"{part:03d}"
    extension = statement.extension
    if extension is None:
        extension = "parquet" if statement.format == "parquet" else _COMPRESSIONS.get(statement.compression or "", "")
    return f"{name}.{extension.lstrip('.')}" if extension else name


def partition_folder(names: Sequence[str], values: Sequence[str | None]) -> str:
    """Return the folder of a partition, as Hive names it: ``year=2018/month=11/``.

    :param names: the columns of PARTITION BY.
    :param values: the columns' values in this partition.
    """
    pairs = zip(names, values, strict=True)
    return "".join(f"{name}={_NO_VALUE if value is None else quote(value, safe=' ')}/" for name, value in pairs)
