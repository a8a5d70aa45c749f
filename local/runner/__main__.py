"""Run ``python -m local.runner`` in an environment of its own."""

from __future__ import annotations

import os
import signal

from local.runner.environment import own_environment, restart_in


def main() -> None:
    """Run the command line."""
    # Until there is something to stop, Ctrl-C ends the process without a traceback.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    restart_in(own_environment(os.environ), "local.runner")

    from local.runner.cli import main as command_line

    command_line(prog_name="python -m local.runner")


main()
