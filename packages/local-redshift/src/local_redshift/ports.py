"""A free port for a server that has none of its own."""

from __future__ import annotations

import random
import socket

# Below what kernels hand out by themselves: Linux starts at 32768 (ip_local_port_range), the others at 49152. A port
# of that range, found free, may be another process's outgoing connection by the time the server binds it.
_CANDIDATES = range(20_000, 32_000)


def is_free(port: int) -> bool:
    """Return whether a server could listen on a port of 127.0.0.1 now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """Return a port of 127.0.0.1 that is free now, and that the kernel gives to nobody else unasked.

    :raises OSError: when none was found.
    """
    # Not the seeded generator: two processes with one seed would look at the same ports.
    for port in random.SystemRandom().sample(_CANDIDATES, 200):
        if is_free(port):
            return port
    raise OSError(f"No free port was found between {_CANDIDATES.start} and {_CANDIDATES.stop}.")
