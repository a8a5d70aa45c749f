"""Certificates of the server's own making."""

from __future__ import annotations

import socket
import ssl
import threading
from pathlib import Path

import pytest

from local_redshift.wire.tls import (
    CERTIFICATE,
    TRUST,
    TRUST_FOLDER,
    server_context,
    trust_variables,
    write_trust,
    write_trust_folder,
)


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


def test_a_folder_of_authorities_has_the_certificate_by_its_name(tmp_path: Path) -> None:
    server = server_context(tmp_path)
    for _ in range(2):  # the second time in the place of the first
        write_trust_folder(tmp_path / CERTIFICATE, tmp_path / TRUST_FOLDER)
    assert len(list((tmp_path / TRUST_FOLDER).iterdir())) == 1
    client = ssl.create_default_context(capath=str(tmp_path / TRUST_FOLDER))
    assert greet(server, client) == b"hello"


def test_what_the_system_looks_up_by_name_is_looked_up_beside_the_servers(tmp_path: Path) -> None:
    system = tmp_path / "system"
    system.mkdir()
    (system / "01234567.0").touch()
    (system / "all.crt").touch()
    own = str(tmp_path / TRUST_FOLDER)
    looked_up = {"SSL_CERT_FILE": "", "SSL_CERT_DIR": f"{own}:{system}"}
    assert trust_variables(tmp_path, {"SSL_CERT_DIR": str(system)}) == looked_up
    assert (
        trust_variables(tmp_path, {"SSL_CERT_DIR": str(system), "SSL_CERT_FILE": str(system / "all.crt")}) == looked_up
    )


def test_authorities_that_are_looked_up_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    system = tmp_path / "system"
    system.mkdir()
    (system / "01234567.0").touch()
    for name, value in trust_variables(tmp_path, {"SSL_CERT_DIR": str(system)}).items():
        monkeypatch.setenv(name, value)
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.load_default_certs()
    assert client.cert_store_stats()["x509"] == 0


@pytest.mark.parametrize("special", [True, False])
def test_what_is_in_a_file_is_read_from_a_file(special: bool, tmp_path: Path) -> None:
    system = tmp_path / "system"
    system.mkdir()
    environment = {"SSL_CERT_DIR": str(system)}
    if special:
        (system / "01234567.0").touch()
        environment["SSL_CERT_FILE"] = str(tmp_path / "of-our-company.crt")
    assert trust_variables(tmp_path, environment) == {"SSL_CERT_FILE": str(tmp_path / TRUST)}
