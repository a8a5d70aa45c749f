"""What time can heal is retried, the rest fails at once: each class of errors brought about for real."""

from __future__ import annotations

import logging
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from airflow.providers.amazon.aws.hooks.redshift_sql import RedshiftSQLHook
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException, AirflowTaskTimeout

from local_redshift import RedshiftServer, S3Settings, Settings
from local_redshift.s3 import S3Server
from sparkify.hooks import connecting
from sparkify.hooks.refused_logins import RefusedLogins
from tests.support.fault_rig import Rig, Servers, _on_statement
from tests.support.faults.error_classes import CLASSES, CONFLICTS, Connecting, ErrorClass, OnStatement, Outcome, Work
from tests.support.faults.s3_proxy import Delay, S3Proxy
from tests.support.faults.wire_proxy import Hang, Moment, WireProxy
from tests.support.staging_rig import make_tables

CASES = [pytest.param(error, work, id=f"{error.name}-{work}") for error in CLASSES for work in error.works]
BY_NAME = {error.name: error for error in CLASSES}


@pytest.fixture(scope="module")
def servers(s3: S3Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """A Redshift of its own, because its COPY reads through a proxy."""
    with ExitStack() as stack:
        task_s3, copy_s3 = (stack.enter_context(S3Proxy(s3.port)) for _ in range(2))
        for bucket in ("stage", "manifests"):
            s3.create_bucket(bucket)
        access = S3Settings(copy_s3.endpoint, "us-east-1", s3.access_key_id, s3.secret_access_key)
        folder = tmp_path_factory.mktemp("redshift-faults") / "state"
        redshift = stack.enter_context(RedshiftServer(Settings(folder, port=0, s3=access)))
        make_tables(redshift)
        wire = stack.enter_context(WireProxy(lambda: (redshift.settings.host, redshift.port)))
        yield Servers(redshift, wire, task_s3, copy_s3, (s3.access_key_id, s3.secret_access_key))


@pytest.fixture(params=["redshift", "postgres"])
def rig(
    request: pytest.FixtureRequest, servers: Servers, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Rig]:
    monkeypatch.setattr(connecting, "_REFUSED", RefusedLogins(tmp_path / "refused"))
    # the provider's waits between five connects teach the tests nothing
    monkeypatch.setattr(RedshiftSQLHook.get_conn.retry, "sleep", lambda seconds: None)
    rig = Rig(servers, request.param, monkeypatch)
    yield rig
    rig.drop()


@contextmanager
def short_wait(error: ErrorClass) -> Iterator[None]:
    """Wait 2 seconds for an answer that never comes; one that does come may take longer on a busy machine."""
    with pytest.MonkeyPatch.context() as patch:
        if error.cause == Connecting("mute"):
            patch.setitem(connecting._POSTGRES_EXTRA, "connect_timeout", 2)
            patch.setitem(connecting._REDSHIFT_EXTRA, "timeout", 2)
        yield


@pytest.mark.parametrize(("error", "work"), CASES)
def test_error_is_retried_or_fails_at_once(rig: Rig, error: ErrorClass, work: Work) -> None:
    with short_wait(error), rig.spoiled(error, work) as options, pytest.raises(Exception) as caught:  # noqa: PT011 - judged below
        rig.run(work, **options)
    told = caught.value
    assert not isinstance(told, AirflowSkipException)
    assert error.words.lower() in str(told).lower()
    assert isinstance(told, AirflowFailException) is (error.outcome is Outcome.AT_ONCE)
    if error.outcome is Outcome.RETRIED:
        rig.run(work)
        assert rig.rows() == expected(work)


@pytest.mark.parametrize("name", CONFLICTS)
@pytest.mark.parametrize("work", [Work.STAGE, Work.LOAD])
def test_conflicts_between_transactions_are_run_again_inside_the_operator_and_counted(
    rig: Rig, work: Work, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with rig.spoiled(BY_NAME[name], work, times=2):
        counts = rig.run(work)
    assert rig.rows() == expected(work)
    assert counts["serialization_conflicts"] == 2
    assert [f"Serialization conflict {n}" in caplog.text for n in (1, 2, 3)] == [True, True, False]


@pytest.mark.parametrize("work", [Work.STAGE, Work.LOAD])
def test_a_hung_statement_ends_with_the_tasks_time_and_leaves_nothing(rig: Rig, work: Work) -> None:
    hung = _on_statement(OnStatement(Hang(), Moment.AFTER), work, 1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rig.servers.wire, "rule", hung)
        with pytest.raises(AirflowTaskTimeout), alarm(2):
            rig.run(work)
    rig.run(work)
    assert rig.rows() == expected(work)


def test_a_slow_s3_only_delays(rig: Rig) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rig.servers.task_s3, "rule", lambda request: Delay(0.2))
        rig.run(Work.STAGE)
    assert rig.rows() == expected(Work.STAGE)


def expected(work: Work) -> list[list[Any]]:
    """Return what the work leaves, once, however often it was tried."""
    label = "2018-11-05T13"
    staged = [[(number, label) for number in range(3)], [(label, 3, 3, 0)]] if work is Work.STAGE else [[], []]
    return [*staged, [(1, "a"), (2, "b")] if work is Work.LOAD else []]


class alarm:
    """Raises AirflowTaskTimeout after some seconds, as Airflow does when a task's time is up."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds

    def __enter__(self) -> None:
        def ring(*_: object) -> None:
            raise AirflowTaskTimeout("The task's time is up.")

        self.before = signal.signal(signal.SIGALRM, ring)
        signal.alarm(self.seconds)

    def __exit__(self, *_: object) -> None:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, self.before)
