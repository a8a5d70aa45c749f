"""Stages files of S3 into a table of the run's staging schema."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any

from airflow.sdk.exceptions import AirflowFailException

from sparkify.hooks.sql_text import put_values, quote_identifier
from sparkify.monitoring.links import SourceFilesLink
from sparkify.operators import staging_report
from sparkify.operators.base import WarehouseOperator
from sparkify.params import is_true
from sparkify.source.file_keys import RowKey
from sparkify.source.partitions import Layout, Partition, layout_from_name
from sparkify.source.unclaimed import Unclaimed
from sparkify.staging import bookkeeping
from sparkify.staging.absent_files import OnAbsent, judge_absent, name_some, refuse_removed
from sparkify.staging.copy_statement import CopyOptions, StaticKeys, build_copy
from sparkify.staging.new_files import Found, NewFiles
from sparkify.staging.source_files import Listing, Source
from sparkify.windows import Window

if TYPE_CHECKING:
    from airflow.providers.openlineage.extractors import OperatorLineage
    from airflow.sdk import Context

    from sparkify.hooks.object_store import ObjectStore
    from sparkify.hooks.warehouse import WarehouseSession
    from sparkify.ledger.ledger import Ledger
    from sparkify.staging.bookkeeping import StagedPartition
    from sparkify.staging.manifest_folder import ManifestFolder
    from sparkify.staging.partition_stager import PartitionStager

log = logging.getLogger(__name__)


class StageToRedshiftOperator(WarehouseOperator):
    """COPYs JSON lines from S3 into a staging table, partition by partition, and accounts for every line.

    Each partition is one transaction: its files, named one by one in a manifest, replace what an earlier try
    staged of it, and it commits only when source lines (counted from the files) = staged + rejected. What was
    staged is noted in the tables ``staged_partitions``, ``staged_objects`` and ``staged_rejects``; objects on the way
    to the partitions that belong to none are logged as a warning, counted, and noted in ``staged_rejects``.

    :param table: the staging table.
    :param columns: column → JSONPath in a line, or ``"auto"`` to have COPY match keys with column names.
    :param bucket: the source's bucket; it is only read.
    :param prefix: the folder of the source in the bucket.
    :param other_prefixes: folders of the bucket that hold something else, in case they lie below the source's.
    :param layout: ``"hourly"``, ``"daily"`` or a :class:`~sparkify.source.partitions.Layout`: the window's partitions
        are staged. ``None``: the folder as a whole, as one partition without a name.
    :param window_start: first hour to stage, ISO 8601; needed with a layout.
    :param window_end: end of the last one.
    :param only_new: without a layout, stage only files of which the ledger does not have this version.
    :param partition_column: the column that names a row's partition (it must allow NULL); ``None`` copies straight
        into the table, which is possible without a layout only.
    :param row_key: a column by which rows are given their file, such as an id: needs columns with a path to one key,
        and no partition_column. Files that share a key are copied one at a time; see
        :mod:`sparkify.staging.keyed_stager`.
    :param object_column: the column that gets the file's address; a row without a key has none.
    :param on_absent: what happens when a partition has no files: ``load_empty`` notes zero rows for it, ``skip``
        skips the task if no partition has any, ``fail`` fails it, ``wait`` defers it until all have some.
    :param wait_timeout: seconds after which ``wait`` fails.
    :param poll_interval: seconds between two looks while waiting.
    :param accept_removed: stage although files that the window was loaded from before are gone. With ``only_new``, the
        folder is always listed, and each file of the ledger that is gone is noted in ``staged_objects`` without an
        ETag, and counted as ``removed``.
    :param ledger: what was loaded of the source before; ``None`` asks no ledger.
    :param listing_share: with ``only_new``, the share of time that listing a folder of 100,000 files and more may
        take, 0 to 1: a listing of 30 seconds is good for 10 minutes at 0.05. 0 lists every time.
    :param copy_role: ARN of the role by which the warehouse reads S3, or ``default``. An ``aws`` connection with
        ``"copy_with_static_keys": true`` in its extra has its own keys used instead, kept out of the log.
    :param region: the bucket's region, when it is not the warehouse's own.
    :param manifest_bucket: bucket for manifests and JSONPaths, removed after success; default: the source's.
    :param manifest_prefix: folder for them.
    :param time_format: COPY's TIMEFORMAT.
    :param max_rejected: lines of a partition that may be put aside, with the reason, before it fails.
    :param max_rejected_share: the share of a partition's lines that may be, 0 to 1; the stricter of the two holds.
    :param rejected_by_rule_sql: a query, with ``sql_values`` in its places, for staged rows that a later rule leaves
        out (partition, the ``rejected_by_rule_columns``, reason; once each): their lines are noted. Empty: none.
    :param rejected_by_rule_columns: the columns by which such lines are told.
    :param rejected_by_rule_table: the table that will not have them.
    :param parallel_copies: partitions staged at once, on a connection each.
    :param analyze_above: so many staged rows make the table's statistics be computed, which a COPY here leaves out:
        the joins over a long window need them, an hour is done sooner without.
    :param aws_conn_id: Airflow connection of type ``aws``.
    """

    template_fields: Sequence[str] = (
        *WarehouseOperator.template_fields,
        "table",
        "columns",
        "bucket",
        "prefix",
        "window_start",
        "window_end",
        "accept_removed",
        "copy_role",
        "manifest_bucket",
        "manifest_prefix",
        "rejected_by_rule_sql",
    )
    template_ext: Sequence[str] = (".sql",)
    template_fields_renderers = {"columns": "json", "rejected_by_rule_sql": "sql"}  # noqa: RUF012 - Airflow's own attribute
    ui_color = "#b7d0ee"
    links = (*WarehouseOperator.links, SourceFilesLink())

    def __init__(
        self,
        *,
        table: str,
        columns: Mapping[str, str] | str,
        bucket: str,
        prefix: str,
        other_prefixes: Sequence[str] = (),
        layout: Layout | str | None = None,
        window_start: str | None = None,
        window_end: str | None = None,
        only_new: bool = False,
        partition_column: str | None = "source_partition",
        row_key: str | None = None,
        object_column: str = "object_uri",
        on_absent: str = OnAbsent.LOAD_EMPTY,
        wait_timeout: float = 6 * 3600,
        poll_interval: float = 60,
        accept_removed: bool | str = False,
        ledger: Ledger | None = None,
        listing_share: float = 0.05,
        copy_role: str | None = "default",
        region: str | None = None,
        manifest_bucket: str | None = None,
        manifest_prefix: str = "manifests",
        time_format: str | None = None,
        max_rejected: int = 0,
        max_rejected_share: float = 1.0,
        rejected_by_rule_sql: str = "",
        rejected_by_rule_columns: Sequence[str] = (),
        rejected_by_rule_table: str = "",
        parallel_copies: int = 4,
        analyze_above: int = 10_000,
        aws_conn_id: str | None = "aws_default",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.table = table
        self.columns = columns
        self.bucket = bucket
        self.prefix = prefix
        self.other_prefixes = other_prefixes
        self.layout = layout
        self.window_start = window_start
        self.window_end = window_end
        self.only_new = only_new
        self.partition_column = partition_column
        self.row_key = row_key
        self.object_column = object_column
        self.on_absent = on_absent
        self.wait_timeout = wait_timeout
        self.poll_interval = poll_interval
        self.accept_removed = accept_removed
        self.ledger = ledger
        self.listing_share = listing_share
        self.copy_role = copy_role
        self.region = region
        self.manifest_bucket = manifest_bucket
        self.manifest_prefix = manifest_prefix
        self.time_format = time_format
        self.max_rejected = max_rejected
        self.max_rejected_share = max_rejected_share
        self.rejected_by_rule_sql = rejected_by_rule_sql
        self.rejected_by_rule_columns = rejected_by_rule_columns
        self.rejected_by_rule_table = rejected_by_rule_table
        self.parallel_copies = parallel_copies
        self.analyze_above = analyze_above
        self.aws_conn_id = aws_conn_id

    def execute(self, context: Context) -> dict[str, Any]:
        """Stage the source and return the counts of partitions, files, bytes, lines, staged and rejected rows."""
        self._check_parameters()
        return self._stage_source(context)

    def execute_after_wait(self, context: Context, event: Mapping[str, Any]) -> dict[str, Any]:
        """Go on after the wait for absent partitions."""
        if event.get("error"):
            raise AirflowFailException(event["error"])
        if event["absent"]:
            raise AirflowFailException(
                f"{name_some(event['absent'])} still had no files after {self.wait_timeout:.0f} seconds: see why "
                "they are not delivered, or set on_absent to 'load_empty'."
            )
        return self._stage_source(context)

    def statements(self) -> list[str]:
        """Return the COPY of a partition, with a place for its manifest; static keys are never shown."""
        columns = [] if isinstance(self.columns, str) else list(self.columns)
        folder = f"s3://{self.manifest_bucket or self.bucket}/{self.manifest_prefix}/…"
        json = f"{folder}/columns.jsonpaths" if columns else "auto"
        options = self._copy_options(json, self.copy_role or "default", keys=None)
        target = "copied_rows_1" if self.partition_column else self.table
        return [build_copy(target, columns, f"{folder}/partition.manifest", options)]

    def get_openlineage_facets_on_complete(self, task_instance: Any) -> OperatorLineage[Any, Any]:
        """Return the source and the staging table, with the rows staged (called by the OpenLineage provider)."""
        from sparkify.monitoring import lineage

        fields = [] if isinstance(self.columns, str) else list(self.columns)
        written = lineage.Written(self.table, self.counts.get("staged"))
        files = lineage.Files(self.bucket, self.prefix, fields)
        return lineage.describe(self.redshift_conn_id, self.sql_folders, [files], [written], [])

    def _check_parameters(self) -> None:
        problem = None
        if self.on_absent not in list(OnAbsent):
            problem = f"on_absent is {self.on_absent!r}; set it to one of {', '.join(OnAbsent)}."
        elif self.layout is not None and not (self.window_start and self.window_end):
            problem = "a layout needs window_start and window_end."
        elif self.layout is not None and self.partition_column is None:
            problem = "a layout needs a partition_column, because its partitions share the table."
        elif self.row_key is not None and (self.partition_column is not None or self._row_key() is None):
            problem = "row_key needs a column whose path is one key, as in $['song_id'], and no partition_column."
        elif self.only_new and (self.layout is not None or self.ledger is None):
            problem = "only_new needs a ledger and no layout."
        elif not 0 <= self.max_rejected_share <= 1:
            problem = f"max_rejected_share is {self.max_rejected_share}; set it to a number from 0 to 1."
        elif not 0 <= self.listing_share <= 1:
            problem = f"listing_share is {self.listing_share}; set it to a number from 0 to 1."
        elif isinstance(self.columns, str) and self.columns != "auto":
            problem = f"columns is {self.columns!r}; give column → JSONPath, or 'auto'."
        if problem:
            raise AirflowFailException(f"{self.task_id} cannot run: {problem}")

    def _stage_source(self, context: Context) -> dict[str, Any]:
        from sparkify.hooks.object_store import ObjectStore

        started = time.monotonic()
        store = ObjectStore(self.aws_conn_id)
        with self.session(context) as session:
            find = self._new_files if self.only_new else self._whole_source
            found = find(session, store)
            self._note_unclaimed(session, found.unclaimed, context["ti"].try_number)
            staged, conflicts = self._stage(context, session, store, found)
            if sum(item.staged for item in staged) > self.analyze_above:
                session.run(f"ANALYZE {quote_identifier(self.table)}")
            self._record_rejected_by_rule(session, store, staged, is_retry=context["ti"].try_number > 1)
        return self._report(context, staged, found.unclaimed, conflicts, time.monotonic() - started)

    def _whole_source(self, session: WarehouseSession, store: ObjectStore) -> Found:
        source = self._source()
        listing, unclaimed = source.survey(store)
        unclaimed.warn(log)
        refuse_removed(source.removed_files(session, listing), accepted=is_true(self.accept_removed))
        self._handle_absent(listing)
        return Found(listing, any(listing.values()), unclaimed)

    def _new_files(self, session: WarehouseSession, store: ObjectStore) -> Found:
        assert self.ledger is not None  # noqa: S101 - checked before
        new_files = NewFiles(self._source(), self.ledger, self.listing_share)
        accepted = is_true(self.accept_removed)
        found = new_files.find_all(session, store) if accepted else new_files.find(session, store)
        refuse_removed(found.removed, accepted=accepted)
        if not found.has_files:
            self._handle_absent(found.listing)
        return found

    def _note_unclaimed(self, session: WarehouseSession, unclaimed: Unclaimed, try_number: int) -> None:
        """Note what is not loaded, for the run's audit and the pages."""
        if unclaimed or try_number > 1:
            with session.transaction():
                for sql, parameters in bookkeeping.note_unclaimed(self.table, unclaimed.objects):
                    session.run(sql, parameters)

    def _source(self) -> Source:
        layout, window = self.layout, None
        if isinstance(layout, str):
            layout = layout_from_name(layout, self.prefix)
        if layout is not None:
            window = Window.from_iso(str(self.window_start), str(self.window_end))
        others = self.other_prefixes
        return Source(self.bucket, self.prefix, layout, window, self.ledger, others)

    def _handle_absent(self, listing: Listing) -> None:
        awaited = judge_absent(self.bucket, listing, OnAbsent(self.on_absent))
        if awaited:
            self._wait_for(awaited)

    def _wait_for(self, absent: Sequence[Partition]) -> None:
        from sparkify.triggers.objects_present import ObjectsPresentTrigger

        trigger = ObjectsPresentTrigger(
            aws_conn_id=self.aws_conn_id,
            bucket=self.bucket,
            prefixes=[partition.prefix for partition in absent],
            endings=absent[0].endings,
            poll_interval=self.poll_interval,
            deadline=time.time() + self.wait_timeout,
        )
        self.defer(trigger=trigger, method_name="execute_after_wait")

    def _stage(
        self, context: Context, session: WarehouseSession, store: ObjectStore, found: Found
    ) -> tuple[list[StagedPartition], int]:
        from sparkify.staging.partition_stager import has_lines

        listing = found.listing
        filled = sum(map(has_lines, listing.values()))
        manifests = self._manifest_folder(store, context)
        stager = self._stager(store, manifests, context, copies=filled > 0, removed=found.removed)
        with ExitStack() as stack:
            more = range(min(self.parallel_copies, filled) - 1)
            sessions = [session, *(stack.enter_context(self.further_session(context)) for _ in more)]
            staged = stager.stage_all(sessions, listing)
        manifests.remove()
        return staged

    def _manifest_folder(self, store: ObjectStore, context: Context) -> ManifestFolder:
        from sparkify.staging.manifest_folder import ManifestFolder

        ti, bucket = context["ti"], self.manifest_bucket or self.bucket
        names = [ti.dag_id, ti.run_id, ti.task_id]
        return ManifestFolder(store, bucket, self.manifest_prefix, names, try_number=ti.try_number)

    def _stager(
        self,
        store: ObjectStore,
        manifests: ManifestFolder,
        context: Context,
        *,
        copies: bool,
        removed: tuple[str, ...],
    ) -> PartitionStager:
        from sparkify.source.jsonpaths import encode_jsonpaths
        from sparkify.staging.keyed_stager import KeyedStager
        from sparkify.staging.partition_stager import PartitionStager

        columns = {} if isinstance(self.columns, str) else self.columns
        json = "auto"
        if columns and copies:
            json = manifests.put("columns.jsonpaths", encode_jsonpaths(columns))
        keys = StaticKeys(*store.frozen_credentials()) if store.wants_static_keys else None
        row_key = self._row_key()
        stager = partial(KeyedStager, row_key=row_key) if row_key else PartitionStager
        return stager(
            table=self.table,
            columns=columns,
            partition_column=self.partition_column,
            options=self._copy_options(json, self.copy_role, keys),
            store=store,
            bucket=self.bucket,
            manifests=manifests,
            open_session=lambda: self.further_session(context),
            max_rejected_share=self.max_rejected_share,
            is_whole=not self.only_new,
            removed=removed,
        )

    def _row_key(self) -> RowKey | None:
        return None if isinstance(self.columns, str) else RowKey.of(self.row_key, self.columns, self.object_column)

    def _copy_options(self, json: str, role: str | None, keys: StaticKeys | None) -> CopyOptions:
        return CopyOptions(role, keys, self.region or None, json, self.time_format, int(self.max_rejected))

    def _record_rejected_by_rule(
        self, session: WarehouseSession, store: ObjectStore, staged: Sequence[StagedPartition], *, is_retry: bool
    ) -> None:
        from sparkify.staging.rejected_by_rule import RejectedByRule

        if self.rejected_by_rule_sql and not isinstance(self.columns, str):
            rejected_by_rule = RejectedByRule(self.rejected_by_rule_table, self.rejected_by_rule_columns, self.columns)
            query = put_values(self.rejected_by_rule_sql, self.sql_values)
            found = rejected_by_rule.note(session, store, query, staged, is_retry=is_retry)
            if found:
                log.warning(
                    "%s lines of %s will be rejected by rule of %s.", found, self.table, self.rejected_by_rule_table
                )

    def _report(
        self,
        context: Context,
        staged: Sequence[StagedPartition],
        unclaimed: Unclaimed,
        conflicts: int,
        seconds: float,
    ) -> dict[str, Any]:
        counts = staging_report.counts(staged, seconds)
        if unclaimed:
            counts["unclaimed"] = len(unclaimed.objects)
        if conflicts:
            counts["serialization_conflicts"] = conflicts
        staging_report.show(log, f"s3://{self.bucket}/{self.prefix} to {self.table}", staged, counts)
        self.publish_counts(context, counts)
        return counts
