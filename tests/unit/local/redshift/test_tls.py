"""Certificates of the server's own making."""

from __future__ import annotations

import socket
import ssl
import threading
from pathlib import Path

import pytest

from local.redshift.tls import CERTIFICATE, TRUST, server_context, write_trust


def greet(server: ssl.SSLContext, client: ssl.SSLContext) -> bytes:
    """Return what a client that verifies hears of the server."""
    ours, theirs = socket.socketpair()

    def answer() -> None:
        with server.wrap_socket(theirs, server_side=True) as stream:
            stream.sendall(b"hello")

    thread = threading.Thread(target=answer)
    thread.start()
    with client.wrap_socket(ours, server_hostname="localhost") as stream:
        heard = stream.recv(5)
    thread.join()
    return heard


def test_servers_that_are_trusted_side_by_side_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    servers = []
    for name in ("first", "second"):
        folder = tmp_path / name
        folder.mkdir()
        servers.append(server_context(folder))
        # what the process trusts, which the second server's file has beside its own
        write_trust(folder / CERTIFICATE, folder / TRUST)
        monkeypatch.setenv("SSL_CERT_FILE", str(folder / TRUST))
    client = ssl.create_default_context(cafile=str(tmp_path / "second" / TRUST))
    assert [greet(server, client) for server in servers] == [b"hello", b"hello"]
