"""Prevents a wrong password from being sent repeatedly.

Redshift locks a user after five wrong passwords in a row, until an administrator unlocks it:
https://docs.aws.amazon.com/redshift/latest/dg/r_Users-user-lockout.html
Many processes log in at the same time (tasks, the UI's pages, the deadline). So at most three processes of a machine
log in as one user at a time, and a refusal is remembered for some minutes. Both are kept in a folder that the processes
of one machine and user share. It holds no password: a refusal's file is named by a digest that is slow to compute.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sparkify.hooks.error_rules import LOCKED_USER_STEP
from sparkify.hooks.errors import LoginRefusedError, is_refused_login

#: How long a refused password is not tried again, in seconds.
HOLD_SECONDS = 600.0
#: How many processes send a user's password at a time: fewer than it takes to lock the user, even if someone else
#: mistypes it once.
_AT_A_TIME = 3
_TURN = "turn-"


@dataclass(frozen=True)
class Login:
    """What is sent to log in.

    :param address: host, port and database of the warehouse.
    :param user: the user.
    :param password: its password.
    """

    address: str
    user: str
    password: str

    @property
    def digest(self) -> str:
        """The name by which a refusal of this login is remembered."""
        return hashlib.scrypt(self.password.encode(), salt=self._account, n=2**14, r=8, p=1, dklen=24).hex()

    @property
    def turns(self) -> list[str]:
        """The names of the files; a process locks one of them while it logs in."""
        name = hashlib.sha256(self._account).hexdigest()[:32]
        return [f"{_TURN}{name}-{number}" for number in range(_AT_A_TIME)]

    @property
    def _account(self) -> bytes:
        return f"{self.address} {self.user}".encode()


@dataclass(frozen=True)
class RefusedLogins:
    """The logins that the warehouse refused.

    :param folder: where they are kept; by default with the system's temporary files, for this user only.
    :param clock: returns the time, in seconds since 1970.
    """

    folder: Path | None = None
    clock: Callable[[], float] = time.time

    @contextmanager
    def turn(self, conn_id: str, login: Login) -> Iterator[None]:
        """Wait for a turn to log in, and remember the login if it is refused.

        :param conn_id: the connection, for the error.
        :param login: what is sent.
        :raises LoginRefusedError: when the login was refused within the last minutes; it is not sent again.
        """
        with ExitStack() as stack:
            with suppress(OSError):  # without the folder there are no turns
                stack.callback(os.close, self._take_turn(login))
            self._check(conn_id, login)
            try:
                yield
            except Exception as error:
                if is_refused_login(error):
                    self.remember(login)
                raise

    def _check(self, conn_id: str, login: Login) -> None:
        held = self._held()
        until = held.get(login.digest) if held else None  # the digest is slow, and usually nothing is held
        if until is not None:
            raise LoginRefusedError(
                f"The warehouse refused the login of user {login.user!r} (connection {conn_id!r}) a moment ago. It is "
                f"not tried again with this password before {datetime.fromtimestamp(until, UTC):%H:%M:%S} UTC: "
                f"{LOCKED_USER_STEP}."
            )

    def remember(self, login: Login) -> None:
        """Record that a login was refused."""
        with suppress(OSError):  # without the folder every process tries once
            self._make_place()
            path = self._place / login.digest
            path.touch(mode=0o600)
            os.utime(path, (self.clock(), self.clock()))

    def _take_turn(self, login: Login) -> int:
        """Return an open, locked file. Closing it, or the end of the process, gives the turn to the next process."""
        self._make_place()
        last = len(login.turns) - 1
        for number, name in enumerate(login.turns):
            opened = os.open(self._place / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
            try:
                fcntl.flock(opened, fcntl.LOCK_EX | (0 if number == last else fcntl.LOCK_NB))
            except BlockingIOError:
                os.close(opened)
            except BaseException:
                os.close(opened)
                raise
            else:
                return opened
        raise OSError("unreachable: the last one waits")

    def _make_place(self) -> None:
        self._place.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self._is_ours():
            raise PermissionError(str(self._place))

    @property
    def _place(self) -> Path:
        return self.folder or Path(tempfile.gettempdir()) / f"sparkify-refused-logins-{os.getuid()}"

    def _held(self) -> dict[str, float]:
        """Return until when each digest is held; older files are removed."""
        held: dict[str, float] = {}
        with suppress(OSError):
            if not self._is_ours():
                return held
            for entry in os.scandir(self._place):
                if entry.name.startswith(_TURN):
                    continue
                until = entry.stat(follow_symlinks=False).st_mtime + HOLD_SECONDS
                if self.clock() < until <= self.clock() + HOLD_SECONDS:
                    held[entry.name] = until
                else:
                    Path(entry.path).unlink(missing_ok=True)
        return held

    def _is_ours(self) -> bool:
        """Return whether only this user can write there."""
        found = self._place.lstat()
        return self._place.is_dir() and not self._place.is_symlink() and found.st_uid == os.getuid()
