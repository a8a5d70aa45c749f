"""What one UNLOAD did: the rows that it adds to the table behind the system views of unloads."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from local_redshift.statements.model import UnloadStatement
from local_redshift.unload import WrittenFile

_ADD = """
INSERT INTO redshift_catalog.unload_files
    (query_id, session_id, user_id, query_text, file_format, file_name, row_count, byte_count, start_time, end_time)
SELECT %s, %s, (SELECT usesysid FROM pg_stat_activity WHERE pid = %s), %s, %s, %s, %s, %s, %s, %s
"""


@dataclass(frozen=True)
class UnloadRecord:
    """One UNLOAD that succeeded.

    :param query_id: its query id.
    :param session_id: the back end's process id.
    :param text: the statement, without secrets.
    :param files: what was written.
    """

    query_id: int
    session_id: int
    text: str
    statement: UnloadStatement
    files: Sequence[WrittenFile]
    started: datetime.datetime

    async def add_to(self, cursor: psycopg.AsyncCursor[Any]) -> None:
        """Write the record.

        :param cursor: on the catalog's database.
        """
        ended = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
        ids = (self.query_id, self.session_id, self.session_id)
        for file in self.files:
            written = (self.text, self.statement.format, file.uri, file.rows, file.size, self.started, ended)
            await cursor.execute(_ADD, (*ids, *written))
