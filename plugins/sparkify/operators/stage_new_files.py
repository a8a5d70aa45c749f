"""Stages the new files of a folder in S3."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sparkify.operators.stage_to_redshift import StageToRedshiftOperator
from sparkify.staging.absent_files import refuse_removed
from sparkify.staging.copy_settings import check_share
from sparkify.staging.new_files import NewFiles
from sparkify.staging.source_files import FilesToStage, Source
from sparkify.staging.staged_table import KeyedTable

if TYPE_CHECKING:
    from sparkify.hooks.object_store import ObjectStore
    from sparkify.hooks.warehouse import WarehouseSession
    from sparkify.ledger.ledger import Ledger
    from sparkify.staging.stager import Stager


class StageNewFilesOperator(StageToRedshiftOperator):
    """Stages the files of a folder of which the ledger does not have this version, as one partition without a name.

    Each row with a key gets the address of its file. Files that share a key are copied one at a time; see
    :mod:`sparkify.staging.keyed_stager`. With ``accept_removed`` the folder is always listed, and each file of the
    ledger that is gone is recorded in ``staged_objects`` without an ETag, and counted as ``removed``.

    Other parameters: see :class:`~sparkify.operators.stage_to_redshift.StageToRedshiftOperator`.

    :param table: the staging table, with the key of its rows.
    :param source: the folder.
    :param ledger: what was loaded of it before.
    :param listing_share: the share of time that listing a folder of 100,000 files and more may take, 0 to 1: a listing
        of 30 seconds is good for 10 minutes at 0.05. 0 lists every time.
    :raises ValueError: when ``listing_share`` is out of range.
    """

    table: KeyedTable
    ledger: Ledger

    def __init__(
        self, *, table: KeyedTable, source: Source, ledger: Ledger, listing_share: float = 0.05, **kwargs: Any
    ) -> None:
        super().__init__(table=table, source=source, ledger=ledger, **kwargs)
        self.listing_share = check_share("listing_share", listing_share)

    def _find_files(self, session: WarehouseSession, store: ObjectStore) -> FilesToStage:
        new_files = NewFiles(self.source, self.ledger, self.listing_share)
        accepted = self._is_removal_accepted()
        found = new_files.find_all(session, store) if accepted else new_files.find(session, store)
        refuse_removed(found.removed, accepted=accepted)
        return found

    def _stager_class(self) -> type[Stager]:
        from sparkify.staging.keyed_stager import KeyedStager

        return KeyedStager
