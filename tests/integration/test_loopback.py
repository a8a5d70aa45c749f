"""The laptop's servers are reached from this machine only."""

from __future__ import annotations

import psutil

from local.redshift.process import RedshiftProcess
from local.s3 import S3Server


def listening(pid: int) -> set[str]:
    """Return the addresses that a process and its children listen on."""
    process = psutil.Process(pid)
    sockets = [s for p in (process, *process.children(recursive=True)) for s in p.net_connections(kind="inet")]
    return {s.laddr.ip for s in sockets if s.status == psutil.CONN_LISTEN}


def test_s3_and_redshift_listen_on_loopback_only(s3: S3Server, redshift: RedshiftProcess) -> None:
    assert redshift.pid is not None
    assert listening(redshift.pid) == {"127.0.0.1"}
    assert s3._process is not None
    assert listening(s3._process.pid) == {"127.0.0.1"}


def test_no_key_shows_in_the_process_list(s3: S3Server, redshift: RedshiftProcess) -> None:
    assert s3._process is not None
    assert redshift.pid is not None
    for pid in (s3._process.pid, redshift.pid):
        words = " ".join(psutil.Process(pid).cmdline())
        assert s3.secret_access_key not in words
        assert redshift.settings.password not in words
