"""A local Redshift as a child process: for the runner, tests and benchmarks.

Contract: ``start`` returns when clients can connect, ``stop`` when all is gone. The child ends cleanly too when
its parent is killed. Settings are handed over by the environment, so no password shows in the process list.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import quote

from local_redshift.postgres.processes import stop_with_parent
from local_redshift.settings import Settings
from local_redshift.wire.tls import TRUST

_READY = re.compile(r"^Redshift is ready on .*?:(\d+),", re.MULTILINE)


class StartError(Exception):
    """The local Redshift did not start; the message says why."""


class RedshiftProcess:
    """A local Redshift in a process of its own.

    :param settings: what to run; port 0 takes a free one.
    :param log: file that its output is appended to; ``redshift.log`` in the folder by default.
    """

    def __init__(self, settings: Settings, log: Path | None = None) -> None:
        self.settings = settings
        self.log = log or settings.folder / "redshift.log"
        self.port = settings.port
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Its process id while it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    @property
    def certificate(self) -> Path:
        """The certificate to trust for TLS."""
        return self.settings.certificate or self.settings.folder / "server.crt"

    @property
    def trust(self) -> Path:
        """A file for ``SSL_CERT_FILE``: all that the system trusts, and this certificate; the server writes it."""
        return self.settings.folder / TRUST

    def start(self, timeout: float = 60.0) -> None:
        """Start it and wait until clients can connect.

        :param timeout: seconds to wait.
        :raises StartError: when it ends or is not ready in time, with what it said.
        """
        self.log.parent.mkdir(parents=True, exist_ok=True)
        said_before = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "local_redshift"],
                env=os.environ | self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=stop_with_parent(os.getpid()),
            )
        self._wait_until_ready(said_before, timeout)

    def stop(self, timeout: float = 40.0) -> None:
        """Stop it cleanly.

        :param timeout: seconds to wait before it is killed.
        """
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
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
            "TLS_CERTIFICATE": str(settings.certificate) if settings.certificate else None,
            "TLS_KEY": str(settings.key) if settings.key else None,
            "POSTGRES": str(settings.binaries) if settings.binaries else None,
        }
        return {f"LOCAL_REDSHIFT_{name}": value for name, value in values.items() if value is not None}

    def __enter__(self) -> RedshiftProcess:
        """Start."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()

    def _wait_until_ready(self, said_before: int, timeout: float) -> None:
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            with self.log.open("rb") as file:
                file.seek(said_before)
                said = file.read().decode(errors="replace")
            ready = _READY.search(said)
            if ready:
                self.port = int(ready[1])
                return
            if self.pid is None:
                raise StartError(f"The local Redshift did not start: {said.strip().removeprefix('Error: ')}")
            time.sleep(0.02)
        self.stop()
        raise StartError(f"The local Redshift was not ready after {timeout:.0f} s. Its log is {self.log}.")
