"""The environment of a run: what its processes see of the user's shell, and the mark by which they are known.

Contract: needs little, since it runs before anything else is imported.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Collection, Mapping
from pathlib import Path

from local_redshift import supervision

#: Every process of a run has this variable: the run's mark, by which what it left is found.
MARK = "SPARKIFY_RUN"

#: What a terminal says about itself.
TERMINAL = ("TERM", "COLORTERM", "COLUMNS", "LINES", "NO_COLOR")

#: Names, or patterns of names, of the variables that a process may see beside those of every server.
_ALSO = (
    *TERMINAL,
    # psql's, in make psql
    *("PAGER", "LESS", "EDITOR", "VISUAL", "PSQL*"),
    # the runner's own
    *("ONCE", "DATA", "HOURS", "SONGS", "SEED", "TRIGGERER", "AIRFLOW_PORT", "REDSHIFT_PORT", "S3_PORT", MARK),
)
#: The local Redshift and S3 make environments of their own for what they start: these keep the mark.
_KEEP = {"LOCAL_REDSHIFT_KEEP": MARK}
_RESTARTED = "SPARKIFY_OWN_ENVIRONMENT"


def own_environment(shell: Mapping[str, str], home: Path | None = None, also: Collection[str] = ()) -> dict[str, str]:
    """Return the environment for a process of the run.

    :param shell: the user's environment.
    :param home: the home folder to use; the user's by default.
    :param also: further names that it may see, or patterns of names.
    """
    return supervision.own_environment({**shell, **_KEEP}, home, also=(*_ALSO, *also))


def restart_in(environment: Mapping[str, str], module: str) -> None:
    """Start this process again in an environment, unless that was done before.

    The interpreter, the C library and OpenSSL have read their variables by the time that Python code runs.

    :param environment: the environment.
    :param module: what this process runs, as ``python -m`` takes it.
    """
    if os.environ.pop(_RESTARTED, None) is None:
        command = [sys.executable, "-m", module, *sys.argv[1:]]
        # Python answers Ctrl-C with a traceback while it starts, so the signal is held back until then.
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
        os.execve(sys.executable, command, {**environment, _RESTARTED: "1"})  # noqa: S606 - the same process goes on
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
