"""The clients that have not logged in yet: how many may wait at the same time.

Contract: values only. A client that waits costs the server a socket and no back end. When there are too many, the one
that has waited longest is refused: a client that means to log in answers within milliseconds, so it is never the
longest waiting, however many others only open connections.
"""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Callable

#: Clients that may wait in all. A laptop's own programs all have one address, so for it this is the only bound.
_IN_ALL = 300
#: Clients of one other machine that may wait.
_PER_ADDRESS = 100

#: Refuses a client that waits.
Refuse = Callable[[], None]


class WaitingClients:
    """The clients of one server that have not logged in yet, in the order in which they came.

    :param in_all: how many may wait.
    :param per_address: how many of one machine may wait, this one excepted.
    """

    def __init__(self, in_all: int = _IN_ALL, per_address: int = _PER_ADDRESS) -> None:
        self._in_all = in_all
        self._per_address = per_address
        self._waiting: dict[Refuse, str] = {}

    def __len__(self) -> int:
        """Return how many wait."""
        return len(self._waiting)

    def add(self, refuse: Refuse, address: str) -> None:
        """Note that a client waits; if there are too many now, the one that has waited longest is refused.

        :param refuse: refuses the client.
        :param address: its IP address.
        """
        self._waiting[refuse] = address
        count = sum(1 for other in self._waiting.values() if other == address)
        if count > self._per_address and not _is_this_machine(address):
            self._refuse_longest(address)
        elif len(self._waiting) > self._in_all:
            ((busiest, _),) = Counter(self._waiting.values()).most_common(1)
            self._refuse_longest(busiest)

    def remove(self, refuse: Refuse) -> None:
        """Note that a client waits no longer.

        :param refuse: what was given to ``add``.
        """
        self._waiting.pop(refuse, None)

    def _refuse_longest(self, address: str) -> None:
        longest = next(refuse for refuse, other in self._waiting.items() if other == address)
        del self._waiting[longest]
        longest()


def _is_this_machine(address: str) -> bool:
    try:
        return ipaddress.ip_address(address.partition("%")[0]).is_loopback
    except ValueError:  # a Unix socket
        return True
