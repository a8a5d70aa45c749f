"""A local Redshift as a child process: for tests, programs that need one, and benchmarks.

Contract: ``start`` returns when clients can connect, ``stop`` when all is gone. The child ends cleanly too when
its parent is killed. Settings are handed over by the environment, so no password shows in the process list.
"""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import quote

from local_redshift.child_process import ChildProcess
from local_redshift.environment import KEEP, POSTGRES
from local_redshift.exceptions import StartError
from local_redshift.settings import Settings
from local_redshift.wire.tls import CERTIFICATE, TRUST, trust_variables

__all__ = ["RedshiftServer"]

_PREFIX = "LOCAL_REDSHIFT_"
_READY = re.compile(r"^Redshift is ready on .*?:(\d+),", re.MULTILINE)
#: Of the user's shell; all others are replaced by the settings.
_SHELLS = (KEEP, POSTGRES)
#: The caller's folder must not be looked into for modules: a ``queue.py`` there would take the place of Python's own.
_COMMAND = (sys.executable, "-P", "-m", "local_redshift")


class RedshiftServer:
    """A local Redshift in a process of its own, also as a context manager.

    :param settings: what to run; port 0 takes a free one.
    :param log: file that its output is appended to; ``redshift.log`` in the folder by default.
    """

    def __init__(self, settings: Settings, log: Path | None = None) -> None:
        self.settings = settings
        self.log = log or settings.folder / "redshift.log"
        self.port = settings.port
        self._process: ChildProcess | None = None

    @property
    def pid(self) -> int | None:
        """Its process id while it runs."""
        return None if self._process is None else self._process.pid

    @property
    def certificate(self) -> Path:
        """The certificate to trust for TLS."""
        return self.settings.certificate or self.settings.folder / CERTIFICATE

    @property
    def trust(self) -> Path:
        """A file for ``SSL_CERT_FILE``: all that the system trusts, and this certificate; the server writes it."""
        return self.settings.folder / TRUST

    def start(self, timeout: float = 60.0) -> None:
        """Start it and wait until clients can connect.

        :param timeout: seconds to wait.
        :raises StartError: when it ends or is not ready in time, with what it said.
        """
        process = self._process = ChildProcess(_COMMAND, log=self.log, environment=_without_own() | self.environment())
        try:
            process.start()
        except OSError as error:
            raise StartError(f"The local Redshift cannot write its log {self.log}: {error.strerror}.") from error
        if not process.wait_until(lambda: _READY.search(process.logged()) is not None, timeout):
            raise self._failure(process, timeout)
        if ready := _READY.search(process.logged()):
            self.port = int(ready[1])

    def stop(self, timeout: float = 40.0) -> None:
        """Stop it cleanly.

        :param timeout: seconds to wait before it is killed.
        """
        if self._process is not None:
            self._process.stop((signal.SIGTERM, timeout))
            self._process = None

    def connection(self) -> dict[str, Any]:
        """Return host, port, dbname, user and password, as libpq's drivers take them."""
        settings = self.settings
        return {
            "host": settings.host,
            "port": self.port,
            "dbname": settings.database,
            "user": settings.user,
            "password": settings.password,
        }

    def dsn(self) -> str:
        """Return the ``postgresql://`` address of its database."""
        settings = self.settings
        login = f"{quote(settings.user, safe='')}:{quote(settings.password, safe='')}"
        return f"postgresql://{login}@{settings.host}:{self.port}/{quote(settings.database, safe='')}"

    def postgres_dsn(self) -> str:
        """Return the address of the PostgreSQL behind it, as its superuser: to compare with, not to change it."""
        from local_redshift.server.warehouse import Warehouse  # loads psycopg, which the server in its own process does

        return Warehouse(self.settings).dsn

    def trust_variables(self, environment: Mapping[str, str]) -> dict[str, str]:
        """Return the variables by which a process trusts its certificate beside what it trusts otherwise.

        redshift_connector takes no file of authorities as a parameter: it trusts its own and those of the process.

        :param environment: the variables without these; they are to take the place of SSL_CERT_FILE and SSL_CERT_DIR.
        """
        return trust_variables(self.settings.folder, environment)

    def environment(self) -> dict[str, str]:
        """Return the environment variables that hand over the settings."""
        settings, s3 = self.settings, self.settings.s3
        values = {
            "FOLDER": str(settings.folder.absolute()),
            "HOST": settings.host,
            "PORT": str(settings.port),
            "DATABASE": settings.database,
            "USER": settings.user,
            "PASSWORD": settings.password,
            "ADD_USER": " ".join(f"{name}:{password}" for name, password in settings.users) or None,
            "TLS": settings.tls.value,
            "ISOLATION": settings.isolation.value,
            "DATA_API_PORT": str(settings.data_api_port) if settings.data_api_port else None,
            "LENIENT": "1" if settings.lenient else None,
            "S3_ENDPOINT": s3.endpoint,
            "S3_REGION": s3.region,
            "S3_ACCESS_KEY_ID": s3.access_key_id,
            "S3_SECRET_ACCESS_KEY": s3.secret_access_key,
            "ALLOW_ROLE": " ".join(s3.allowed_roles) or None,
            "TLS_CERTIFICATE": str(settings.certificate) if settings.certificate else None,
            "TLS_KEY": str(settings.key) if settings.key else None,
            "POSTGRES": str(settings.binaries) if settings.binaries else None,
        }
        return {f"{_PREFIX}{name}": value for name, value in values.items() if value is not None}

    def __enter__(self) -> RedshiftServer:
        """Start."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()

    def _failure(self, process: ChildProcess, timeout: float) -> StartError:
        if process.exit_code is not None:
            return StartError(f"The local Redshift did not start: {process.logged().strip().removeprefix('Error: ')}")
        self.stop()
        return StartError(f"The local Redshift was not ready after {timeout:.0f} s. Its log is {self.log}.")


def _without_own() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(_PREFIX) or name in _SHELLS}
