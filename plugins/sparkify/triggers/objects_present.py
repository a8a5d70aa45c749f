"""Waits until each of several partitions has files in S3."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from typing import Any

from airflow.triggers.base import BaseTrigger, TriggerEvent

from sparkify.hooks.object_store import ObjectStore
from sparkify.hooks.store_errors import StoreError, StoreUnavailableError
from sparkify.source.partitions import Partition


class ObjectsPresentTrigger(BaseTrigger):
    """Fires with ``{"absent": []}`` when every prefix has an object.

    At the deadline it fires with the prefixes that have none; when S3 refuses, with ``error`` as well.

    :param aws_conn_id: connection of type ``aws``.
    :param bucket: the bucket to look in.
    :param prefixes: how the keys of each partition's files begin.
    :param endings: the rest of each key; see :class:`~sparkify.source.partitions.Partition`.
    :param poll_interval: seconds between two listings.
    :param deadline: when to give up, in seconds since 1970; a restart of the triggerer does not change it.
    """

    def __init__(
        self,
        *,
        aws_conn_id: str | None,
        bucket: str,
        prefixes: Sequence[str],
        poll_interval: float,
        deadline: float,
        endings: str = "",
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.aws_conn_id = aws_conn_id
        self.bucket = bucket
        self.prefixes = list(prefixes)
        self.poll_interval = poll_interval
        self.deadline = deadline
        self.endings = endings

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return the class and the arguments of an equal trigger."""
        return (
            "sparkify.triggers.objects_present.ObjectsPresentTrigger",
            {
                "aws_conn_id": self.aws_conn_id,
                "bucket": self.bucket,
                "prefixes": self.prefixes,
                "poll_interval": self.poll_interval,
                "deadline": self.deadline,
                "endings": self.endings,
            },
        )

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """List until all prefixes have objects or the deadline has passed; if S3 does not answer, try again."""
        store = ObjectStore(self.aws_conn_id)
        absent = self.prefixes
        while True:
            try:
                absent = await asyncio.to_thread(self._absent, store, absent)
            except StoreUnavailableError as error:
                self.log.warning("%s", error)
            except StoreError as error:
                yield TriggerEvent({"absent": absent, "error": str(error)})  # type: ignore[no-untyped-call]
                return
            if not absent or time.time() >= self.deadline:
                yield TriggerEvent({"absent": absent})  # type: ignore[no-untyped-call]
                return
            await asyncio.sleep(min(self.poll_interval, max(0.0, self.deadline - time.time())))

    def _absent(self, store: ObjectStore, prefixes: Sequence[str]) -> list[str]:
        listings = store.list_prefixes(self.bucket, prefixes)
        return [
            prefix
            for prefix, listing in zip(prefixes, listings, strict=True)
            if not Partition("", None, None, prefix, self.endings).files(listing)
        ]
