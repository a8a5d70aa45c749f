"""End what a run started when the runner itself is killed: ``python -m local.runner.watchdog MARK``.

Its standard input is a pipe from the runner. When the pipe closes, the runner is gone, whatever the cause. The children
have had a signal from the kernel by then, and get some seconds to end by themselves. The next run on the same folder
has another mark, so it may start while the watchdog of the killed run is still at work.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from local.runner.environment import MARK, own_environment
from local.runner.run_processes import end_processes
from local.runner.settings import ROOT


def start_watchdog(mark: str, patience: float = 8.0) -> subprocess.Popen[bytes]:
    """Start a watchdog for a run; it ends when its standard input is closed.

    :param mark: the run's mark.
    :param patience: seconds in which the children may end by themselves.
    """
    environment = own_environment({name: value for name, value in os.environ.items() if name != MARK})
    return subprocess.Popen(
        [sys.executable, "-m", "local.runner.watchdog", mark, str(patience)],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        start_new_session=True,
    )


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # it must outlive what ends the runner
    sys.stdin.read()
    end_processes(sys.argv[1], float(sys.argv[2]))
