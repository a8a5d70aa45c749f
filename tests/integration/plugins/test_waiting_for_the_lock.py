"""A load waits for its turn for a bounded time, and says whom it waited for; sessions keep their own time zone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from sparkify.hooks.errors import LockWaitError, is_transient
from sparkify.hooks.warehouse import WarehouseHook
from tests.support.services import Services

pytestmark = pytest.mark.parametrize("conn_id", ["stage_redshift", "stage_postgres"])


@pytest.fixture(autouse=True)
def _connections(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in services.connections().items():
        monkeypatch.setenv(f"AIRFLOW_CONN_{name}", json.dumps(value))


@pytest.fixture
def mutex(schema: str, services: Services) -> str:
    """A table to lock."""
    with psycopg.connect(services.redshift.dsn(), autocommit=True) as connection:
        connection.execute(f"CREATE TABLE {schema}.load_mutex (id INTEGER)")
    return f"{schema}.load_mutex"


@contextmanager
def held(services: Services, mutex: str, label: str) -> Iterator[int]:
    """Hold the writers' lock in another session, whose process ID is handed over."""
    with psycopg.connect(services.redshift.dsn(), autocommit=True) as holder:
        holder.execute(f"SET query_group TO '{label}'")
        holder.execute("BEGIN")
        holder.execute(f"LOCK {mutex}")
        holder.execute("SELECT 'what the holder did last'")
        yield holder.info.backend_pid


def test_a_lock_that_is_not_free_in_time_names_its_holder(services: Services, mutex: str, conn_id: str) -> None:
    hook = WarehouseHook(conn_id)
    with (
        held(services, mutex, "sparkify_hourly/publish/stuck") as pid,
        hook.session(lock_wait_seconds=0.3) as session,
    ):
        with pytest.raises(LockWaitError) as caught, session.transaction(lock=mutex):
            pytest.fail("the lock was held by another session")
        # The session is whole: no transaction is left open.
        assert session.one("SELECT 1")[0] == 1
    assert is_transient(caught.value)
    told = str(caught.value)
    for words in (
        f"{mutex} was not free within 0.3 s",
        f"Session {pid} of user",
        "sparkify_hourly/publish/stuck",
    ):
        assert words in told
    assert "what the holder did last" in told
    assert f"pg_terminate_backend({pid})" in told


def test_only_the_wait_for_the_lock_is_bounded(services: Services, mutex: str, conn_id: str) -> None:
    with WarehouseHook(conn_id).session(lock_wait_seconds=60) as session:
        before = session.one("SHOW statement_timeout")
        with session.transaction(lock=mutex):
            assert session.one("SHOW statement_timeout") == before
        assert session.one("SHOW statement_timeout") == before


def test_a_lock_that_was_waited_for_in_vain_leaves_the_session_without_a_bound(
    services: Services, mutex: str, conn_id: str
) -> None:
    with held(services, mutex, "other"), WarehouseHook(conn_id).session(lock_wait_seconds=0.2) as session:
        before = session.one("SHOW statement_timeout")
        with pytest.raises(LockWaitError), session.transaction(lock=mutex):
            pytest.fail("the lock was held by another session")
        assert session.one("SHOW statement_timeout") == before


def test_the_environment_does_not_shift_the_time(
    services: Services, conn_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGTZ", "America/New_York")
    with WarehouseHook(conn_id).session() as session:
        told = session.one("SELECT GETDATE()")[0]
    assert abs(told.replace(tzinfo=UTC) - datetime.now(UTC)) < timedelta(hours=1)
