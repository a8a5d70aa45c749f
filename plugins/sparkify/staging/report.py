"""What a staging task logs: a group with the files, and a short table of counts and rates."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sparkify.hooks.log_tables import format_counts, rate
from sparkify.hooks.shortening import first_lines
from sparkify.hooks.statement_log import log_group
from sparkify.staging.bookkeeping import StagedPartition

#: Files that are listed by name.
_SHOWN = 100


def counts(staged: Sequence[StagedPartition], seconds: float) -> dict[str, Any]:
    """Return the counts of partitions, files, bytes, lines, staged and rejected rows, and the seconds.

    Files that are gone are counted as ``removed``, if there are any.

    :param staged: what was staged.
    :param seconds: how long it took.
    """
    removed = sum(len(item.removed) for item in staged)
    return {
        "partitions": len(staged),
        "files": sum(len(item.objects) for item in staged),
        **({"removed": removed} if removed else {}),
        "bytes": sum(item.byte_count for item in staged),
        "source_lines": sum(item.line_count for item in staged),
        "staged": sum(item.staged for item in staged),
        "rejected": sum(len(item.rejects) for item in staged),
        "seconds": round(seconds, 3),
    }


def show(log: logging.Logger, title: str, staged: Sequence[StagedPartition], counted: Mapping[str, Any]) -> None:
    """Log the files and the counts with their rates.

    :param title: from where to where.
    :param staged: what was staged.
    :param counted: its counts.
    """
    lines = list(_files(staged))
    if lines:
        log_group(log, f"Files: {len(lines)}", first_lines(lines, _SHOWN))
    log.info("%s", format_counts(title, {**counted, **_rates(counted)}))


def _files(staged: Sequence[StagedPartition]) -> Iterator[str]:
    for item in staged:
        for source in item.objects:
            lines = item.source_lines.get(source.uri, 0)
            yield f"{source.uri}  {lines:,} lines  {source.size:,} bytes  ETag {source.etag}"


def _rates(counted: Mapping[str, Any]) -> dict[str, Any]:
    lines = counted["source_lines"]
    share = {"rejected_share": f"{100 * counted['rejected'] / lines:.2f} %"} if lines else {}
    return {**rate("source_lines", counted), **rate("bytes", counted), **share}
