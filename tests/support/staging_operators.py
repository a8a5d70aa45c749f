"""Makes staging operators of flat options, so that a test names only what it is about."""

from __future__ import annotations

from typing import Any

from sparkify.operators.stage_new_files import StageNewFilesOperator
from sparkify.operators.stage_partitions import StagePartitionsOperator
from sparkify.staging.copy_settings import CopySettings, RejectLimit
from sparkify.staging.source_files import PartitionedSource, Source
from sparkify.staging.staged_table import KeyedTable, PartitionedTable

_SOURCE = ("bucket", "prefix", "region")
_LAYOUT = ("layout", "other_prefixes")
_COPY = {
    "copy_role": "role",
    "manifest_bucket": "manifest_bucket",
    "manifest_prefix": "manifest_prefix",
    "parallel_copies": "parallel_copies",
}
_LIMIT = ("max_rejected", "max_rejected_share")


def stage_partitions(*, table: str, columns: dict[str, str], **options: Any) -> StagePartitionsOperator:
    """Return the operator for the partitions of a window."""
    return StagePartitionsOperator(
        table=PartitionedTable(table, columns, **_take(options, "partition_column")),
        source=PartitionedSource(**_take(options, *_SOURCE, *_LAYOUT)),
        **_common(options),
    )


def stage_new_files(*, table: str, columns: dict[str, str], **options: Any) -> StageNewFilesOperator:
    """Return the operator for the new files of a folder."""
    return StageNewFilesOperator(
        table=KeyedTable(table, columns, **_take(options, "row_key", "object_column")),
        source=Source(**_take(options, *_SOURCE)),
        **_common(options),
    )


def _common(options: dict[str, Any]) -> dict[str, Any]:
    copy = {_COPY[name]: value for name, value in _take(options, *_COPY).items()}
    limit = _take(options, *_LIMIT)
    return {"copy_settings": CopySettings(**copy), "reject_limit": RejectLimit(**limit), **options}


def _take(options: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: options.pop(name) for name in names if name in options}
