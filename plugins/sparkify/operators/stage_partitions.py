"""Stages the partitions of a window from S3."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from airflow.sdk.exceptions import AirflowFailException

from sparkify.hooks.shortening import name_some
from sparkify.operators.stage_to_redshift import StageToRedshiftOperator
from sparkify.staging.absent_files import OnAbsent, Wait, check_absent, refuse_removed
from sparkify.staging.source_files import FilesToStage, PartitionedSource
from sparkify.staging.staged_table import PartitionedTable
from sparkify.windows import Window

if TYPE_CHECKING:
    from airflow.sdk import Context

    from sparkify.hooks.object_store import ObjectStore
    from sparkify.hooks.warehouse import WarehouseSession
    from sparkify.source.partitions import Partition
    from sparkify.staging.stager import Stager

log = logging.getLogger(__name__)


class StagePartitionsOperator(StageToRedshiftOperator):
    """Stages the partitions that hold a window's hours, all files of each.

    Other parameters: see :class:`~sparkify.operators.stage_to_redshift.StageToRedshiftOperator`. Without a ledger, no
    file is missed.

    :param table: the staging table, with the column that names a row's partition.
    :param source: a folder whose files belong to hours or days.
    :param window: the hours to stage, as text; see :meth:`~sparkify.windows.Window.parse`.
    :param on_absent: what happens when a partition has no files: ``load_empty`` records zero rows for it, ``skip``
        skips the task if no partition has any, ``fail`` fails it, and a
        :class:`~sparkify.staging.absent_files.Wait` defers it until all have some.
    :raises ValueError: when ``on_absent`` is none of these.
    """

    template_fields: Sequence[str] = (*StageToRedshiftOperator.template_fields, "window")
    table: PartitionedTable
    source: PartitionedSource

    def __init__(
        self,
        *,
        table: PartitionedTable,
        source: PartitionedSource,
        window: str,
        on_absent: OnAbsent | Wait | str = OnAbsent.LOAD_EMPTY,
        **kwargs: Any,
    ) -> None:
        super().__init__(table=table, source=source, **kwargs)
        self.window = window
        self.on_absent = on_absent if isinstance(on_absent, Wait) else OnAbsent(on_absent)

    def execute_after_wait(self, context: Context, event: Mapping[str, Any]) -> dict[str, Any]:
        """Go on after the wait for absent partitions."""
        if event.get("error"):
            raise AirflowFailException(event["error"])
        if event["absent"]:
            seconds = f" after {self.on_absent.timeout:.0f} seconds" if isinstance(self.on_absent, Wait) else ""
            raise AirflowFailException(
                f"{name_some(event['absent'])} still had no files{seconds}: see why they are not delivered, or set "
                "on_absent to 'load_empty'."
            )
        return self.execute(context)

    def _find_files(self, session: WarehouseSession, store: ObjectStore) -> FilesToStage:
        listing, unclaimed = self.source.list_with_unclaimed(store, Window.parse(self.window))
        unclaimed.warn(log)
        removed = self.source.removed_files(session, self.ledger, listing) if self.ledger else ()
        refuse_removed(removed, accepted=self._is_removal_accepted())
        absent = check_absent(self.source.bucket, listing, self.on_absent)
        if absent and isinstance(self.on_absent, Wait):
            self._wait_for(absent, self.on_absent)
        return FilesToStage(listing, unclaimed)

    def _wait_for(self, absent: Sequence[Partition], wait: Wait) -> None:
        from sparkify.triggers.objects_present import ObjectsPresentTrigger

        trigger = ObjectsPresentTrigger(
            aws_conn_id=self.aws_conn_id,
            bucket=self.source.bucket,
            prefixes=[partition.prefix for partition in absent],
            endings=absent[0].endings,
            poll_interval=wait.poll_interval,
            deadline=time.time() + wait.timeout,
        )
        self.defer(trigger=trigger, method_name="execute_after_wait")

    def _stager_class(self) -> type[Stager]:
        from sparkify.staging.partition_stager import PartitionStager

        return PartitionStager
