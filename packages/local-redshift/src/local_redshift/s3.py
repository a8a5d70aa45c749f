"""An S3 server for this machine: rclone's ``serve s3`` over a plain folder, one sub-folder a bucket.

Contract: listens on loopback unless told otherwise, asks for a key, keeps objects as files so that they outlive it, and
leaves no process behind. Needs rclone: ``pip install 'local-redshift[s3]'``.

rclone was chosen over moto (keeps everything in memory, 130 GET/s) and SeaweedFS (760 MB); it answers lists, gets, puts
and deletes of boto3 and obstore as S3 does, with MD5 ETags. It deviates where COPY and UNLOAD do not look: ETags in
listings have no quotes, an empty listing has no KeyCount, ``If-None-Match`` is not honoured, obstore's ranged gets
fail, a request without a signature gets 400 instead of 403, and a key cannot be both an object and the folder of
others.
https://rclone.org/commands/rclone_serve_s3/
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import click

from local_redshift.child_process import ChildProcess
from local_redshift.environment import own_environment
from local_redshift.exceptions import LocalRedshiftError
from local_redshift.ports import free_port
from local_redshift.settings import S3Settings

__all__ = ["S3Error", "S3Server", "is_installed"]

_START_SECONDS = 15.0
_REGION = "us-east-1"
#: For a server on loopback only.
_ACCESS_KEY_ID, _SECRET_ACCESS_KEY = "localredshift", "localredshiftsecret"

#: By how many per cent garbage may grow beyond what is in use: an upload takes 150 MB, with Go's own 100 it takes 160.
#: A limit (GOMEMLIMIT) of 64 MiB took less, but doubled the time of a listing and of a request at 100,000 objects: once
#: what is in use is near the limit, Go collects garbage again and again.
#: https://go.dev/doc/gc-guide#Memory_limit
_GARBAGE_PERCENT = "50"


class S3Error(LocalRedshiftError):
    """The S3 server could not be started; the message says what to do."""


class S3Server:
    """An S3 server over a folder, also as a context manager.

    :param folder: holds one sub-folder a bucket; created when missing.
    :param port: TCP port on 127.0.0.1; 0 takes a free one.
    :param access_key_id: the only access key that it accepts.
    :param secret_access_key: its secret.
    :param log: file to which the server writes.
    :param host: address to listen on; in a container, whose network decides who gets in, 0.0.0.0.
    """

    def __init__(
        self,
        folder: Path,
        port: int = 0,
        access_key_id: str = _ACCESS_KEY_ID,
        secret_access_key: str = _SECRET_ACCESS_KEY,
        log: Path | None = None,
        host: str = "127.0.0.1",
    ) -> None:
        self.folder = folder
        self.port = port or free_port()
        self.access_key_id = access_key_id
        self.secret_access_key = secret_access_key
        self.log = log or folder.parent / "s3.log"
        self.host = host
        self._process: ChildProcess | None = None

    @property
    def endpoint(self) -> str:
        """The server's URL, for ``endpoint_url``."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def has_died(self) -> bool:
        """Whether it was started and has ended without being stopped."""
        return self._process is not None and self._process.exit_code is not None

    @property
    def pid(self) -> int | None:
        """Its process id while it runs."""
        return None if self._process is None else self._process.pid

    @property
    def settings(self) -> S3Settings:
        """What a local Redshift needs to COPY from this server."""
        return S3Settings(self.endpoint, _REGION, self.access_key_id, self.secret_access_key)

    def client(self) -> Any:
        """Return a new boto3 client of this server."""
        import boto3  # takes a moment and memory, which many users of the server have no need of

        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            aws_access_key_id=self.access_key_id,
            aws_secret_access_key=self.secret_access_key,
            region_name=_REGION,
        )

    def create_bucket(self, name: str) -> None:
        """Create a bucket unless it exists.

        Through the server if it runs: it would not see a folder made behind its back for minutes.
        """
        if self._process is None:
            (self.folder / name).mkdir(parents=True, exist_ok=True)
            return
        client = self.client()
        with suppress(client.exceptions.BucketAlreadyExists, client.exceptions.BucketAlreadyOwnedByYou):
            client.create_bucket(Bucket=name)

    def start(self) -> None:
        """Start the server and wait until it accepts connections.

        :raises S3Error: when the port is taken, the folder cannot be written or the server ends at once.
        """
        if _answers(self.port):
            raise S3Error(
                f"Port {self.port}, which the S3 server needs, is taken: stop what listens there, or choose another."
            )
        self._process = ChildProcess(self.command(), log=self.log, environment=self.environment())
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._process.start()
        except OSError as error:
            raise S3Error(
                f"The S3 server cannot use {Path(error.filename).absolute()}: {error.strerror}. Choose another folder."
            ) from error
        if not self._process.wait_until(lambda: _answers(self.port), _START_SECONDS):
            self.stop()
            raise S3Error(f"The S3 server did not start on port {self.port}: see {self.log}.")

    def command(self) -> list[str]:
        """Return the command line that serves the folder."""
        return [
            _rclone(),
            "serve",
            "s3",
            "--addr",
            f"{self.host}:{self.port}",
            "--config",
            str(self.folder.parent / "rclone-is-not-configured"),
            "--no-cleanup",
            "--vfs-cache-mode",
            "off",
            "--log-level",
            "ERROR",
            str(self.folder),
        ]

    def environment(self) -> dict[str, str]:
        """Return the environment that the command runs in; a key on its command line would show in the process list."""
        key = f'"{self.access_key_id},{self.secret_access_key}"'  # quoted, as one value of a list
        return {**own_environment(os.environ), "GOGC": _GARBAGE_PERCENT, "RCLONE_AUTH_KEY": key}

    def stop(self) -> None:
        """Stop the server and wait until it is gone."""
        if self._process is not None:
            self._process.stop((signal.SIGTERM, 5))
            self._process = None

    def __enter__(self) -> S3Server:
        """Start."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()


def is_installed() -> bool:
    """Return whether rclone is there, which the extra ``s3`` installs."""
    return _find_rclone() is not None


def _find_rclone() -> str | None:
    """Return the path of rclone: the one installed beside this Python, or the system's."""
    beside = Path(sys.executable).parent / "rclone"
    return str(beside) if beside.exists() else shutil.which("rclone")


def _rclone() -> str:
    found = _find_rclone()
    if found is None:
        raise S3Error("The S3 server needs rclone: pip install 'local-redshift[s3]'.")
    return found


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


@click.command(context_settings={"show_default": True, "max_content_width": 110})
@click.option("--folder", type=click.Path(path_type=Path), default=Path(".state/s3"), help="Holds a folder a bucket.")
@click.option("--host", default="127.0.0.1", help="Address to listen on.")
@click.option("--port", type=int, default=9000, help="Port to listen on.")
@click.option("--bucket", "buckets", multiple=True, help="Create this bucket; may be repeated.")
@click.option(
    "--access-key-id",
    envvar="LOCAL_S3_ACCESS_KEY_ID",
    show_envvar=True,
    default=_ACCESS_KEY_ID,
    help="The key it accepts.",
)
@click.option(
    "--secret-access-key",
    envvar="LOCAL_S3_SECRET_ACCESS_KEY",
    show_envvar=True,
    default=_SECRET_ACCESS_KEY,
    help="Its secret.",
)
@click.version_option(package_name="local-redshift", prog_name="local-redshift-s3")
def main(
    folder: Path, host: str, port: int, buckets: tuple[str, ...], access_key_id: str, secret_access_key: str
) -> None:
    """Serve a folder as S3 until Ctrl-C or SIGTERM."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    server = S3Server(folder, port, access_key_id, secret_access_key, host=host)
    try:
        with server, suppress(KeyboardInterrupt):
            _serve(server, buckets)
    except S3Error as error:
        raise click.ClickException(str(error)) from error


def _serve(server: S3Server, buckets: tuple[str, ...]) -> None:
    for bucket in buckets:
        server.create_bucket(bucket)
    click.echo(f"S3 on http://{server.host}:{server.port}, key {server.access_key_id}")
    while not server.has_died:
        time.sleep(1)
    raise S3Error(f"The S3 server has ended. Its log is {server.log}.")


if __name__ == "__main__":
    main()
