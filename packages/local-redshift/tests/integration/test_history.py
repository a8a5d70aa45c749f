"""The record of COPYs: what was promised to be written is there for others, whatever became of who asked for it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress

import psycopg
import pytest

from local_redshift import Settings
from local_redshift.copy.target import CopyTarget
from local_redshift.history.loads import CopyRecord
from local_redshift.history.writer import HistoryWriter
from local_redshift.server.warehouse import Warehouse


@pytest.fixture(scope="module")
def dsn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a warehouse that no server is in front of."""
    warehouse = Warehouse(Settings(folder=tmp_path_factory.mktemp("history")))
    warehouse.start()
    yield warehouse.dsn
    warehouse.stop()


def record(query_id: int) -> CopyRecord:
    target = CopyTarget(1, "public", "t", (), "", None, None)
    return CopyRecord(query_id, 1, "dev", "COPY t", "s3://b/k", target)


def recorded(dsn: str) -> list[int]:
    """Return the queries that a session of its own sees."""
    with psycopg.connect(dsn) as connection:
        found = connection.execute("SELECT query_id FROM redshift_catalog.loads ORDER BY query_id").fetchall()
    return [query_id for (query_id,) in found]


async def test_a_copy_whose_client_goes_meanwhile_is_recorded_too(dsn: str) -> None:
    history = HistoryWriter(dsn)
    for steps in range(1, 20):
        task = asyncio.create_task(history.add(record(steps)))
        for _ in range(steps):
            await asyncio.sleep(0.0005)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    await history.add(record(99))
    await history.close()
    assert recorded(dsn) == [*range(1, 20), 99]
