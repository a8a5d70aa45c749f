"""Operators over stand-ins for the warehouse and for S3."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from sparkify.hooks import warehouse
from tests.support.fake_services import CONTEXT, FakeHook, FakeSession, FakeStore
from tests.support.fake_warehouse import FakeSession as FakeWarehouseSession


@pytest.fixture
def run_staging(monkeypatch):
    """Run an operator over some files and return the session, the store, and its result or exception."""

    def run(files, make, *, loaded=(), prepare=lambda session, store: None, context=CONTEXT, **options):
        store = FakeStore(files)
        session = FakeSession(store)
        session.ledger = list(loaded)
        prepare(session, store)
        monkeypatch.setattr("sparkify.hooks.object_store.ObjectStore", lambda conn_id: store)
        monkeypatch.setattr("sparkify.hooks.warehouse.WarehouseHook", lambda *_: FakeHook(session))
        monkeypatch.setattr("sparkify.staging.copy_errors._WAIT_SECONDS", 0)
        operator = make(search_path=["run_1", "public"], manifest_bucket="manifests", **options)
        try:
            result = operator.execute(context)
        except BaseException as error:
            result = error
        return SimpleNamespace(session=session, store=store, result=result)

    return run


@pytest.fixture
def context() -> dict[str, Any]:
    ti = SimpleNamespace(dag_id="d", run_id="r", task_id="t", try_number=2)
    return {"ti": ti, "outlet_events": defaultdict(SimpleNamespace)}


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Make the operators' hook hand out a fake session."""

    def install(session: FakeWarehouseSession) -> FakeWarehouseSession:
        @contextmanager
        def open_session(self: Any, **options: Any) -> Iterator[FakeWarehouseSession]:
            yield session

        monkeypatch.setattr(warehouse.WarehouseHook, "session", open_session)
        monkeypatch.setattr("tenacity.nap.time.sleep", lambda seconds: None)
        return session

    return install
