"""What COPYs did, written where the system views read it.

Contract: writes on a connection of its own, so that load errors survive the rollback of the COPY they belong to.
A failure to write is logged and does not fail the COPY.
"""

from __future__ import annotations

import datetime
import logging
from dataclasses import dataclass, field

from local.redshift.copy import CopyLoad
from local.redshift.copy_target import CopyTarget
from local.redshift.warehouse import Warehouse

log = logging.getLogger(__name__)


@dataclass
class CopyRecord:
    """One COPY, while it runs and after.

    :param query_id: its query id.
    :param session_id: the back end's process id, which is pg_backend_pid() for the client.
    :param text: the statement.
    :param target: the table.
    """

    query_id: int
    session_id: int
    text: str
    target: CopyTarget
    started: datetime.datetime = field(default_factory=lambda: datetime.datetime.now(datetime.UTC))
    load: CopyLoad | None = None
    failure: bytes | None = None

    def finish(self, load: CopyLoad, failure: bytes | None) -> None:
        """Note how it ended.

        :param load: what was read and rejected.
        :param failure: the error the client gets.
        """
        self.load = load
        self.failure = failure


class History:
    """Writes records.

    :param warehouse: the running PostgreSQL.
    """

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse

    async def add(self, record: CopyRecord) -> None:
        """Write one record."""

    async def close(self) -> None:
        """End the connection."""
