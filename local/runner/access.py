"""How other commands reach the running system: ``make psql``, ``make notebook`` and ``.state/airflow``.

Contract: imports little, since each call of ``.state/airflow`` goes through it.
"""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NoReturn

from local.runner.environment import TERMINAL
from local.runner.errors import RunnerError
from local.runner.lock import find_holder
from local.runner.private_files import write_secret
from local.runner.settings import ROOT


@dataclass(frozen=True)
class Access:
    """What is needed to reach a running system.

    :param redshift: the warehouse's address for libpq and psycopg.
    :param trust: file for ``SSL_CERT_FILE`` with which a client trusts the warehouse's certificate.
    :param airflow: the address of Airflow's UI.
    :param environment: of Airflow's processes.
    """

    redshift: str
    trust: str
    airflow: str
    environment: Mapping[str, str]


def write_access(state: Path, access: Access) -> None:
    """Write to a state folder what other commands need, readable only by its owner."""
    write_secret(state / "running.json", json.dumps(asdict(access)))
    program = (
        f"import sys; sys.path.insert(0, {str(ROOT)!a}); from local.runner.access import run_airflow; "
        f"run_airflow({str(state)!a})"
    )
    command = f'exec {shlex.quote(sys.executable)} -I -X utf8 -c {shlex.quote(program)} "$@"\n'
    write_secret(state / "airflow", "#!/bin/sh\n# Airflow's CLI on the running system.\n" + command)
    (state / "airflow").chmod(0o700)


def remove_access(state: Path) -> None:
    """Remove what ``write_access`` left."""
    for name in ("running.json", "airflow"):
        (state / name).unlink(missing_ok=True)


def read_access(state: Path) -> Access:
    """Return how to reach the run that uses a state folder.

    :raises RunnerError: when no run uses it.
    """
    with suppress(OSError):
        # A killed run leaves the file, but not the lock.
        if find_holder(state) is not None:
            return Access(**json.loads((state / "running.json").read_text()))
    raise RunnerError(f"Nothing runs in {state}: start it with make run, in another terminal.")


def run_airflow(state: str) -> NoReturn:
    """Replace this process by Airflow's CLI on the running system, with the same arguments and working folder."""
    try:
        access = read_access(Path(state))
    except RunnerError as error:
        sys.exit(str(error))
    terminal = {name: os.environ[name] for name in TERMINAL if name in os.environ}
    # Without -P, a file of the working folder could take the place of a module.
    command = [sys.executable, "-P", "-m", "airflow", *sys.argv[1:]]
    os.execve(sys.executable, command, {**access.environment, **terminal})  # noqa: S606 - it takes this process's place
