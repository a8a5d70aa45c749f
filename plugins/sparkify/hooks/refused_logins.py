"""Remembers for some minutes which passwords the warehouse refused, so that they are not tried again and again.

Redshift locks a user after five wrong passwords in a row, until somebody unlocks it:
https://docs.aws.amazon.com/redshift/latest/dg/r_Users-user-lockout.html
Many processes log in beside each other (tasks, the UI's pages, the deadline), so the memory is a folder that all of one
machine and user share. It holds no password: a file's name is a digest that is slow to compute.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sparkify.error_rules import LOCKED_USER_STEP
from sparkify.errors import LoginRefusedError

#: How long a refused password is not tried again, in seconds.
HOLD_SECONDS = 600.0


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
        salt = f"{self.address} {self.user}".encode()
        return hashlib.scrypt(self.password.encode(), salt=salt, n=2**14, r=8, p=1, dklen=24).hex()


@dataclass(frozen=True)
class RefusedLogins:
    """The memory.

    :param folder: where it is kept; by default with the system's temporary files, for this user only.
    :param clock: returns the time, in seconds since 1970.
    """

    folder: Path | None = None
    clock: Callable[[], float] = time.time

    def check(self, conn_id: str, login: Login) -> None:
        """Refuse to send a password that was refused a moment ago.

        :param conn_id: the connection, for the error.
        :param login: what would be sent.
        :raises LoginRefusedError: when it was.
        """
        held = self._held()
        until = held.get(login.digest) if held else None  # most of the time there is none, and no digest to compute
        if until is not None:
            raise LoginRefusedError(
                f"The warehouse refused the login of user {login.user!r} (connection {conn_id!r}) a moment ago. It is "
                f"not tried again with this password before {datetime.fromtimestamp(until, UTC):%H:%M:%S} UTC: "
                f"{LOCKED_USER_STEP}."
            )

    def remember(self, login: Login) -> None:
        """Note that a login was refused."""
        with suppress(OSError):  # without it every process tries once
            self._place.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self._is_ours():
                path = self._place / login.digest
                path.touch(mode=0o600)
                os.utime(path, (self.clock(), self.clock()))

    @property
    def _place(self) -> Path:
        return self.folder or Path(tempfile.gettempdir()) / f"sparkify-refused-logins-{os.getuid()}"

    def _held(self) -> dict[str, float]:
        """Return until when each digest is held; what is older is removed."""
        held: dict[str, float] = {}
        with suppress(OSError):
            if not self._is_ours():
                return held
            for entry in os.scandir(self._place):
                until = entry.stat(follow_symlinks=False).st_mtime + HOLD_SECONDS
                if self.clock() < until <= self.clock() + HOLD_SECONDS:
                    held[entry.name] = until
                else:
                    Path(entry.path).unlink(missing_ok=True)
        return held

    def _is_ours(self) -> bool:
        """Return whether nobody else could have put something there."""
        found = self._place.lstat()
        return self._place.is_dir() and not self._place.is_symlink() and found.st_uid == os.getuid()
