"""The laptop's servers are reached from this machine only."""

from __future__ import annotations

from contextlib import suppress

import psutil

from local_redshift import RedshiftServer
from local_redshift.s3 import S3Server


def listening(pid: int) -> set[str]:
    """Return the addresses that a process and its children listen on."""
    process = psutil.Process(pid)
    addresses = set()
    for each in (process, *process.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):  # a child may have ended meanwhile
            sockets = each.net_connections(kind="inet")
            addresses |= {s.laddr.ip for s in sockets if s.status == psutil.CONN_LISTEN}
    return addresses


def test_s3_and_redshift_listen_on_loopback_only(s3: S3Server, redshift: RedshiftServer) -> None:
    assert redshift.pid is not None
    assert listening(redshift.pid) == {"127.0.0.1"}
    assert s3.pid is not None
    assert listening(s3.pid) == {"127.0.0.1"}


def test_no_key_shows_in_the_process_list(s3: S3Server, redshift: RedshiftServer) -> None:
    assert s3.pid is not None
    assert redshift.pid is not None
    for pid in (s3.pid, redshift.pid):
        words = " ".join(psutil.Process(pid).cmdline())
        assert s3.secret_access_key not in words
        assert redshift.settings.password not in words
