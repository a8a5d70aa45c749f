"""The operator over stand-ins for the warehouse and for S3."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from sparkify.operators.stage_to_redshift import StageToRedshiftOperator
from tests.unit.plugins.operators.fake_services import CONTEXT, TWO_HOURS, FakeHook, FakeSession, FakeStore


@pytest.fixture
def stage(monkeypatch):
    """Run the operator over some files and return the session, the store, and its result or exception."""

    def run(files, *, ledger=(), prepare=lambda session, store: None, context=CONTEXT, **options):
        store = FakeStore(files)
        session = FakeSession(store)
        session.ledger = list(ledger)
        prepare(session, store)
        monkeypatch.setattr("sparkify.hooks.object_store.ObjectStore", lambda conn_id: store)
        monkeypatch.setattr("sparkify.hooks.warehouse.WarehouseHook", lambda conn_id: FakeHook(session))
        monkeypatch.setattr("sparkify.copy_errors._WAIT_SECONDS", 0)
        options = {
            "layout": "hourly",
            "prefix": "log_data",
            "columns": {"ts": "$.ts", "user_id": "$['userId']"},
            "search_path": ["run_1", "public"],
            "manifest_bucket": "manifests",
            **(TWO_HOURS if "layout" not in options else {}),
            **options,
        }
        operator = StageToRedshiftOperator(
            task_id="t", table="staging", bucket=options.pop("bucket", "source"), **options
        )
        try:
            result = operator.execute(context)
        except BaseException as error:
            result = error
        return SimpleNamespace(session=session, store=store, result=result)

    return run
