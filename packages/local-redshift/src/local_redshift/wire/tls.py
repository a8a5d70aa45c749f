"""TLS for the server: a self-signed certificate, kept in the data folder, or one that is given.

Contract: returns an ``ssl.SSLContext``; writes only ``server.crt`` and ``server.key`` in the folder, and the
targets of ``write_trust`` and ``write_trust_folder``.
"""

from __future__ import annotations

import datetime
import hashlib
import ipaddress
import os
import socket
import ssl
from collections.abc import Mapping
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

#: The server's own certificate, the file for ``SSL_CERT_FILE`` and the folder for ``SSL_CERT_DIR``, all in its folder.
CERTIFICATE, TRUST, TRUST_FOLDER = "server.crt", "trusted.crt", "trusted"

_VALID_DAYS = 3650


def server_context(folder: Path, certificate: Path | None = None, key: Path | None = None) -> ssl.SSLContext:
    """Return the context that TLS connections are served with.

    :param folder: where a self-signed certificate is kept; made when absent.
    :param certificate: a PEM file to use instead, with its chain.
    :param key: the PEM file of its key; the certificate's file by default.
    """
    if certificate is None:
        certificate, key = folder / CERTIFICATE, folder / "server.key"
        if not (certificate.exists() and key.exists()):
            _make_certificate(certificate, key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["postgresql"])
    context.load_cert_chain(certificate, key)
    return context


def write_trust(certificate: Path, target: Path) -> None:
    """Write a file for ``SSL_CERT_FILE``: the certificates that the system trusts, and one more.

    Amazon's driver takes no file of authorities as a parameter: it trusts its own and those of the process.

    :param certificate: the PEM file of the certificate to trust as well.
    :param target: the file to write.
    """
    system = ssl.get_default_verify_paths().cafile
    known = Path(system).read_text() if system and Path(system) != target else ""
    target.write_text(f"{known}\n{certificate.read_text()}")


def write_trust_folder(certificate: Path, folder: Path) -> None:
    """Write a folder with the server's own certificate for ``SSL_CERT_DIR``, where OpenSSL looks issuers up by name.

    :param certificate: the PEM file of a certificate that this module has made.
    :param folder: the folder; other files in it are deleted.
    """
    folder.mkdir(exist_ok=True)
    for file in folder.iterdir():
        file.unlink()
    content = certificate.read_bytes()
    (folder / f"{_subject_hash(x509.load_pem_x509_certificate(content))}.0").write_bytes(content)


def trust_variables(folder: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that make a process trust the server as well as what it trusts already.

    Every connection of Amazon's driver reads the whole file of authorities, which takes 30 ms for a system's file; in a
    folder it reads only the file it needs. So the file is named only if the system has no such folder, or if the user
    has set another file. An empty name keeps OpenSSL from reading the file that it was built with; other programs
    take it for no file.

    :param folder: the server's folder.
    :param environment: the process's variables; those returned replace its SSL_CERT_FILE and SSL_CERT_DIR.
    """
    known = ssl.get_default_verify_paths()
    folders = environment.get("SSL_CERT_DIR", known.openssl_capath)
    file = environment.get("SSL_CERT_FILE")
    hashed = [Path(name).resolve() for name in folders.split(os.pathsep) if any(Path(name).glob("*.0"))]
    if hashed and (file is None or Path(file).resolve().parent in hashed):
        return {"SSL_CERT_FILE": "", "SSL_CERT_DIR": os.pathsep.join([str(folder / TRUST_FOLDER), folders])}
    return {"SSL_CERT_FILE": str(folder / TRUST)}


def _subject_hash(certificate: x509.Certificate) -> str:
    """Return the name that a certificate's file has in a folder of authorities: https://docs.openssl.org/master/man3/X509_NAME_hash/

    It is the hash of the subject in its canonical form: in lower case, and without the outer SEQUENCE.
    """
    common_name = str(certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)
    canonical = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name.lower())]).public_bytes()[2:]
    # SHA-1 names a file here and protects nothing.
    digest = hashlib.sha1(canonical, usedforsecurity=False).digest()
    return f"{int.from_bytes(digest[:4], 'little'):08x}"


def _make_certificate(certificate: Path, key: Path) -> None:
    """Make a certificate that is its own authority, so that clients can trust this certificate only."""
    secret = ec.generate_private_key(ec.SECP256R1())
    serial = x509.random_serial_number()
    # A unique name: OpenSSL looks up an issuer by its name and takes the first of several.
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"local Redshift {serial:x}")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(secret.public_key())
        .serial_number(serial)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=_VALID_DAYS))
        .add_extension(x509.SubjectAlternativeName(_names()), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(secret, hashes.SHA256())
    )
    pem = secret.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with os.fdopen(os.open(key, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(pem)
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))


def _names() -> list[x509.GeneralName]:
    hosts = dict.fromkeys(("localhost", "redshift", socket.gethostname()))
    addresses = ("127.0.0.1", "::1")
    return [
        *(x509.DNSName(host) for host in hosts if host.isascii()),
        *(x509.IPAddress(ipaddress.ip_address(address)) for address in addresses),
    ]
