"""What happens when files are missing: not delivered yet, or gone since an earlier load. Pure."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from sparkify.hooks.shortening import name_some
from sparkify.source.partitions import Partition
from sparkify.staging.source_files import Listing

log = logging.getLogger(__name__)


class OnAbsent(StrEnum):
    """What happens when a partition has no files."""

    #: Zero rows are recorded for it.
    LOAD_EMPTY = "load_empty"
    #: The task is skipped if no partition has any.
    SKIP = "skip"
    #: The task fails.
    FAIL = "fail"

    @classmethod
    def _missing_(cls, value: object) -> OnAbsent:
        raise ValueError(f"on_absent is {value!r}; set it to one of {', '.join(cls)}, or to a Wait.")


@dataclass(frozen=True)
class Wait:
    """The task is deferred until all partitions have files.

    :param timeout: seconds after which it fails.
    :param poll_interval: seconds between two looks.
    :raises ValueError: when one of them is not above 0.
    """

    timeout: float = 6 * 3600
    poll_interval: float = 60

    def __post_init__(self) -> None:
        for name in ("timeout", "poll_interval"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} of the wait is {getattr(self, name)}: give seconds above 0.")


def refuse_removed(uris: Sequence[str], *, accepted: bool) -> None:
    """Refuse to load a window without files that it was loaded from before.

    :param uris: the files that are gone.
    :param accepted: whether their rows may go as well.
    :raises AirflowFailException: when files are gone and that is not accepted.
    """
    if uris and not accepted:
        raise AirflowFailException(
            f"Gone from S3, though the window was loaded from it before: {name_some(uris)}. Nothing was "
            "staged: put it back, or run with accept_removed to have its rows removed. If it is still there, "
            "its name is no longer that of a data file: docs/loading.md has the rules."
        )
    if uris:
        log.warning("Gone from S3, and accepted: %s.", name_some(uris))


def check_absent(bucket: str, listing: Listing, on_absent: OnAbsent | Wait) -> list[Partition]:
    """Return the partitions to wait for.

    :param bucket: where they are missing.
    :param listing: the files of each partition.
    :param on_absent: what a partition without files does.
    :raises AirflowFailException: when a partition has no files and ``on_absent`` is ``fail``.
    :raises AirflowSkipException: when no partition has files and ``on_absent`` is ``skip``.
    """
    absent = [partition for partition, objects in listing.items() if not objects]
    if not absent:
        return []
    named = name_some([f"s3://{bucket}/{partition.prefix}{'*' if partition.endings else ''}" for partition in absent])
    if on_absent is OnAbsent.FAIL:
        raise AirflowFailException(f"No files in {named}: deliver them and rerun, or set on_absent to 'load_empty'.")
    if on_absent is OnAbsent.SKIP and len(absent) == len(listing):
        raise AirflowSkipException(f"No files in {named}, and on_absent is 'skip'.")
    if isinstance(on_absent, Wait):
        log.info("Waiting for files in %s.", named)
        return absent
    log.info("No files in %s: staged as empty.", named)
    return []
