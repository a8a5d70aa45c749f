"""What a load of a window would find and run. Nothing is changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sparkify.hooks.shortening import first_lines
from sparkify.hooks.sql_files import SqlFiles
from sparkify.ledger.changes import compare
from sparkify.ledger.plan import PlannedHour, describe_hours, plan_hours, summarize
from sparkify.source.unclaimed import Unclaimed

if TYPE_CHECKING:
    from sparkify.hooks.object_store import ObjectStore
    from sparkify.hooks.warehouse import WarehouseSession
    from sparkify.ledger.ledger import Ledger
    from sparkify.staging.new_files import NewFiles
    from sparkify.staging.source_files import PartitionedSource
    from sparkify.windows import Window

#: So many lines of a plan are shown.
_SHOWN = 400


@dataclass(frozen=True)
class LoadPlan:
    """What a load would find.

    :param hours: the window's hours with their states.
    :param new_files: how many files of a folder that any run loads are new or changed.
    :param unclaimed: objects on the way to the hours that no load reads.
    """

    hours: Sequence[PlannedHour]
    new_files: int
    unclaimed: Unclaimed

    @classmethod
    def make(
        cls,
        source: PartitionedSource,
        ledger: Ledger,
        files: NewFiles,
        window: Window,
        session: WarehouseSession,
        store: ObjectStore,
    ) -> LoadPlan:
        """Compare what S3 holds of a window with the ledger.

        :param source: the source of partitions.
        :param ledger: the ledger of the source.
        :param files: the folder whose new files any run loads.
        :param window: the hours.
        :param session: where the ledger is read.
        :param store: where the files are listed.
        """
        listing, unclaimed = source.list_with_unclaimed(store, window)
        loaded = ledger.read_hours(session, window)
        hours = plan_hours(listing, loaded.hours, compare(listing, loaded, window), window)
        return cls(hours, len(files.peek(session, store)), unclaimed)

    def counts(self) -> dict[str, int]:
        """Return the numbers of hours by state, of files and bytes, and of new files."""
        return {**summarize(self.hours), "new_files": self.new_files}

    def lines(self) -> list[str]:
        """Return a line for each hour and each file that differs, up to some hundreds."""
        return first_lines(describe_hours(self.hours), _SHOWN, "lines")


def describe_sql(sql: SqlFiles, files: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the statements of each step as its files have them.

    :param sql: the SQL files.
    :param files: the names of each step's files, in their order.
    """
    return [f"-- {step}: {name}\n{sql.text(name).strip()}" for step, names in files.items() for name in names]
