"""Stages files of S3 into a table of the run's staging schema: what both ways of choosing the files have in common."""

from __future__ import annotations

import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from sparkify.hooks.sql_text import quote_identifier
from sparkify.operators.base import WarehouseOperator
from sparkify.operators.links import SourceFilesLink
from sparkify.params import is_true
from sparkify.source.unclaimed import Unclaimed
from sparkify.staging import bookkeeping, report
from sparkify.staging.copy_settings import CopySettings, RejectLimit
from sparkify.staging.source_files import FilesToStage, Source
from sparkify.staging.staged_table import StagedTable

if TYPE_CHECKING:
    from airflow.providers.openlineage.extractors import OperatorLineage
    from airflow.sdk import Context

    from sparkify.hooks.object_store import ObjectStore
    from sparkify.hooks.warehouse import WarehouseSession
    from sparkify.ledger.ledger import Ledger
    from sparkify.staging.bookkeeping import StagedPartition
    from sparkify.staging.manifest_folder import ManifestFolder
    from sparkify.staging.rejected_by_rule import RejectRule
    from sparkify.staging.stager import Stager

log = logging.getLogger(__name__)

#: So many staged rows make the table's statistics be computed, which a COPY here leaves out: the joins over a long
#: window need them, an hour is done sooner without.
_ANALYZE_ABOVE = 10_000


class StageToRedshiftOperator(WarehouseOperator, ABC):
    """COPYs JSON lines from S3 into a staging table, partition by partition, and accounts for every line.

    Each partition is one transaction: its files, named one by one in a manifest, replace what an earlier try
    staged of it, and it commits only when source lines (counted from the files) = staged + rejected. What was
    staged is recorded in the tables ``staged_partitions``, ``staged_objects`` and ``staged_rejects``; objects on the
    way to the partitions that belong to none are logged as a warning, counted, and kept in ``staged_rejects``.

    Which files these are is up to the subclasses: :class:`~sparkify.operators.stage_partitions.StagePartitionsOperator`
    for the partitions of a window, :class:`~sparkify.operators.stage_new_files.StageNewFilesOperator` for the new files
    of a folder.

    :param table: the staging table.
    :param source: where the files are.
    :param ledger: what was loaded of the source before.
    :param copy_settings: how COPY is run.
    :param reject_limit: how many lines of a partition may be rejected.
    :param reject_rule: which staged rows a later rule leaves out: their lines are kept as well. ``None``: no rows.
    :param accept_removed: whether files that were loaded before may be gone: their rows go as well.
    """

    template_fields: Sequence[str] = (
        *WarehouseOperator.template_fields,
        "table",
        "source",
        "copy_settings",
        "reject_rule",
        "accept_removed",
    )
    template_ext: Sequence[str] = (".sql",)
    template_fields_renderers = {  # noqa: RUF012 - Airflow's own attribute
        "table": "json",
        "source": "json",
        "copy_settings": "json",
        "reject_rule": "json",
        "reject_rule.sql": "sql",
    }
    ui_color = "#b7d0ee"
    links = (*WarehouseOperator.links, SourceFilesLink())

    def __init__(
        self,
        *,
        table: StagedTable,
        source: Source,
        ledger: Ledger | None = None,
        copy_settings: CopySettings | None = None,
        reject_limit: RejectLimit | None = None,
        reject_rule: RejectRule | None = None,
        accept_removed: bool | str = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.table = table
        self.source = source
        self.ledger = ledger
        self.copy_settings = copy_settings or CopySettings()
        self.reject_limit = reject_limit or RejectLimit()
        self.reject_rule = reject_rule
        self.accept_removed = accept_removed

    def execute(self, context: Context) -> dict[str, Any]:
        """Stage the source and return the counts of partitions, files, bytes, lines, staged and rejected rows."""
        from sparkify.hooks.object_store import ObjectStore

        started = time.monotonic()
        is_retry = context["ti"].try_number > 1
        store = ObjectStore(self.aws_conn_id)
        with self.session(context) as session:
            found = self._find_files(session, store)
            self._record_unclaimed(session, found.unclaimed, is_retry=is_retry)
            staged, conflicts = self._stage(context, session, store, found)
            self._analyze(session, staged)
            self._record_rejected_by_rule(session, store, staged, is_retry=is_retry)
        return self._report(context, staged, found.unclaimed, conflicts, time.monotonic() - started)

    @abstractmethod
    def _find_files(self, session: WarehouseSession, store: ObjectStore) -> FilesToStage:
        """Return the files to stage.

        :raises AirflowFailException: when files are gone that may not be.
        """

    @abstractmethod
    def _stager_class(self) -> type[Stager]:
        """Return the class that stages the files."""

    def get_openlineage_facets_on_complete(self, task_instance: Any) -> OperatorLineage[Any, Any]:
        """Return the source and the staging table, with the rows staged (called by the OpenLineage provider)."""
        from sparkify.operators import lineage

        written = lineage.Written(self.table.name, self.counts.get("staged"))
        files = lineage.Files(self.source.bucket, self.source.prefix, list(self.table.columns))
        return lineage.describe(self.redshift_conn_id, self.sql_folders, [files], [written], [])

    def _is_removal_accepted(self) -> bool:
        return is_true(self.accept_removed)

    def _record_unclaimed(self, session: WarehouseSession, unclaimed: Unclaimed, *, is_retry: bool) -> None:
        """Keep what is not loaded, for the run's audit and the pages."""
        if unclaimed or is_retry:
            with session.transaction():
                for sql, parameters in bookkeeping.record_unclaimed(self.table.name, unclaimed.objects):
                    session.run(sql, parameters)

    def _stage(
        self, context: Context, session: WarehouseSession, store: ObjectStore, found: FilesToStage
    ) -> tuple[list[StagedPartition], int]:
        from sparkify.staging.reading import has_lines

        filled = sum(map(has_lines, found.listing.values()))
        manifests = self._manifest_folder(store, context)
        stager = self._stager_class()(
            table=self.table,
            options=self.copy_settings.options(
                store,
                region=self.source.region,
                json=self._put_jsonpaths(manifests) if filled else "auto",
                max_rejected=self.reject_limit.max_rejected,
            ),
            limit=self.reject_limit,
            store=store,
            bucket=self.source.bucket,
            manifests=manifests,
            open_session=lambda: self.further_session(context),
            removed=found.removed,
        )
        with ExitStack() as stack:
            more = range(min(self.copy_settings.parallel_copies, filled) - 1)
            sessions = [session, *(stack.enter_context(self.further_session(context)) for _ in more)]
            staged = stager.stage_all(sessions, found.listing)
        manifests.remove()
        return staged

    def _manifest_folder(self, store: ObjectStore, context: Context) -> ManifestFolder:
        from sparkify.staging.manifest_folder import ManifestFolder

        ti, bucket = context["ti"], self.copy_settings.manifest_bucket or self.source.bucket
        names = [ti.dag_id, ti.run_id, ti.task_id]
        return ManifestFolder(store, bucket, self.copy_settings.manifest_prefix, names, try_number=ti.try_number)

    def _put_jsonpaths(self, manifests: ManifestFolder) -> str:
        from sparkify.source.jsonpaths import encode_jsonpaths

        return manifests.put("columns.jsonpaths", encode_jsonpaths(self.table.columns))

    def _analyze(self, session: WarehouseSession, staged: Sequence[StagedPartition]) -> None:
        if sum(item.staged for item in staged) > _ANALYZE_ABOVE:
            session.run(f"ANALYZE {quote_identifier(self.table.name)}")

    def _record_rejected_by_rule(
        self, session: WarehouseSession, store: ObjectStore, staged: Sequence[StagedPartition], *, is_retry: bool
    ) -> None:
        if self.reject_rule is None:
            return
        from sparkify.staging.rejected_by_rule import RejectedLineFinder

        finder = RejectedLineFinder(self.reject_rule, self.table.columns)
        found = finder.record(session, store, self.sql_values, staged, is_retry=is_retry)
        if found:
            log.warning(
                "%s lines of %s are rejected by rule: %s will not have them.",
                found,
                self.table.name,
                self.reject_rule.target,
            )

    def _report(
        self,
        context: Context,
        staged: Sequence[StagedPartition],
        unclaimed: Unclaimed,
        conflicts: int,
        seconds: float,
    ) -> dict[str, Any]:
        counts = report.counts(staged, seconds)
        if unclaimed:
            counts["unclaimed"] = len(unclaimed.objects)
        if conflicts:
            counts["serialization_conflicts"] = conflicts
        title = f"s3://{self.source.bucket}/{self.source.prefix} to {self.table.name}"
        report.show(log, title, staged, counts)
        self.publish_counts(context, counts)
        return counts
